"""The rows that networks are timed on: 1716 standardised vectors of 193 values in 8 overlapping classes.

make_data.py OUT    writes OUT.npz and OUT.safetensors: x, float64; y, int32
"""
import json
import struct
import sys

import numpy as np

random = np.random.RandomState(7)
y = (np.arange(1716) % 8).astype(np.int32)
x = random.randn(1716, 193) + 0.2 * random.randn(8, 193)[y]
x = (x - x.mean(axis=0)) / x.std(axis=0)
np.savez(sys.argv[1] + ".npz", x=x, y=y)
header = json.dumps({
    "x": {"dtype": "F64", "shape": x.shape, "data_offsets": [0, x.nbytes]},
    "y": {"dtype": "I32", "shape": y.shape, "data_offsets": [x.nbytes, x.nbytes + y.nbytes]},
}).encode()
header += b" " * (-len(header) % 8)
with open(sys.argv[1] + ".safetensors", "wb") as out:
    out.write(struct.pack("<Q", len(header)) + header + x.tobytes() + y.tobytes())
