import pathlib

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def clips():
    """The synthetic clips of the demo, as paths, and what each says."""
    paths = sorted(str(path) for path in (ROOT / "examples" / "demo").glob("synthetic-*.opus"))
    assert len(paths) == 80
    return paths


@pytest.fixture(scope="session")
def emotions(clips):
    return [pathlib.Path(path).stem.split("-")[1] for path in clips]


@pytest.fixture(scope="session")
def recordings():
    """Real recordings, where they are."""
    folder = ROOT.parent / "shared" / "data" / "ravdess"
    paths = sorted(str(path) for path in folder.rglob("*.flac"))
    if not paths:
        pytest.skip("no recordings in ../shared/data/ravdess")
    return paths


@pytest.fixture
def signal():
    """A gliding voice without words, in noise."""
    random = np.random.RandomState(0)
    t = np.arange(22050) / 22050
    phase = 2 * np.pi * np.cumsum(140 + 60 * np.sin(3 * t)) / 22050
    voice = sum(np.sin(k * phase) / k for k in range(1, 12))
    return (0.2 * voice + 0.01 * random.randn(len(t))).astype(np.float32)
