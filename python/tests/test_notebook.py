"""The notebook runs from its first cell to its last."""

import pytest

from conftest import ROOT

nbclient = pytest.importorskip("nbclient")
pytest.importorskip("matplotlib")


def test_classic_walk():
    import nbformat

    folder = ROOT / "examples" / "notebook"
    notebook = nbformat.read(folder / "classic_walk.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3",
                            resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 3
    assert sum("macro avg" in output.get("text", "") for output in outputs) == 2
