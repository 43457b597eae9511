"""Writes reference vectors: tests/reference/data/NAME.safetensors, with how they were made in the metadata."""

import importlib.metadata
import json
import pathlib
import struct
import sys

import numpy as np

DTYPES = {"float32": "F32", "float64": "F64", "int32": "I32", "int64": "I64"}
DATA = pathlib.Path(__file__).resolve().parents[2] / "tests" / "reference" / "data"


def write(name, tensors, packages, **metadata):
    """tensors: name -> array; packages: names whose installed versions are recorded; metadata: text, the seed."""
    header, blobs, offset = {}, [], 0
    header["__metadata__"] = {
        **{package: importlib.metadata.version(package) for package in packages},
        "python": sys.version.split()[0],
        "command": f"python tools/reference/{pathlib.Path(sys.argv[0]).name}",
        **{key: str(value) for key, value in metadata.items()},
    }
    for key, array in tensors.items():
        array = np.asarray(array, order="C")
        blob = array.tobytes()
        header[key] = {
            "dtype": DTYPES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(blob)],
        }
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path = DATA / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    print(f"{path}: {path.stat().st_size} bytes")
