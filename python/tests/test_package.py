"""What the wheel holds, and what an import costs."""

import importlib.util
import pathlib
import subprocess
import sys

import pytest

import undertone

FOLDER = pathlib.Path(undertone.__file__).parent
WHEEL = (FOLDER / "lib" / "libundertone.so.0").exists()
in_wheel = pytest.mark.skipif(not WHEEL, reason="not installed from a wheel")


def run(script, **options):
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, **options).stdout


def test_import_waits_for_no_large_package():
    script = ("import numpy, sys, undertone; "
              "assert not {'sklearn', 'pandas', 'pyspark', 'scipy'} & set(sys.modules), sys.modules.keys()")
    run(script)


def test_types_are_there():
    assert (FOLDER / "py.typed").exists()
    assert "def read_audio(" in (FOLDER / "_core.pyi").read_text()


@in_wheel
def test_stable_abi():
    suffix = pathlib.Path(importlib.util.find_spec("undertone._core").origin).name
    assert suffix == "_core.abi3.so" if sys.version_info >= (3, 12) else "cpython" in suffix


@in_wheel
def test_the_loader_takes_the_library_that_fits_this_machine():
    flags = set(pathlib.Path("/proc/cpuinfo").read_text().split())
    level = "v4" if {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= flags else (
        "v3" if {"avx2", "fma", "bmi2", "movbe"} <= flags else "v2")
    maps = run("import undertone; print(open('/proc/self/maps').read())")
    loaded = {line.split()[-1] for line in maps.splitlines() if "/libundertone.so" in line}
    assert len(loaded) == 1
    wanted = f"glibc-hwcaps/x86-64-{level}/" if level != "v2" else "lib/libundertone.so"
    assert wanted in loaded.pop()


def test_every_public_function_has_a_docstring():
    import inspect

    for module in (undertone, undertone.features, undertone.filters):
        for name in module.__all__:
            if module is undertone and name in ("sklearn", "spark"):
                continue
            assert inspect.getdoc(getattr(module, name)), name
