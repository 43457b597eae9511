"""Reference vectors of librosa for tests/reference/frames_test.cpp: what frames of a sequence network are, over one synthetic signal."""

import librosa
import numpy as np

from writer import write

SEED, SR = 11, 16000
random = np.random.RandomState(SEED)
t = np.arange(11200) / SR
y = sum(np.sin(2 * np.pi * 180 * k * t * (1 + 0.08 * t)) / k for k in range(1, 12)) * np.exp(-2 * t)
y = (0.2 * y + 0.003 * random.standard_normal(len(t))).astype(np.float32)
y[6000:8000] = 0

out = {"y": y}
DEFAULT = {"n_fft": 512, "win_length": 400, "hop_length": 160, "n_mels": 64, "fmin": 20, "fmax": 8000}


def mel(y, **options):
    return librosa.feature.melspectrogram(y=y, sr=SR, **{**DEFAULT, **options})


def keep(name, array):
    out[name] = np.asarray(array, dtype=np.float32).T[::2, ::3]


for name, samples, options in [
    ("default", y, {}),
    ("fine", y, {"n_fft": 1024, "win_length": 1024, "hop_length": 200, "n_mels": 80, "fmin": 0, "fmax": 7600}),
    ("few", y, {"win_length": 321, "n_mels": 24, "fmin": 50, "fmax": 6000}),
    ("short", y[:100], {}),
    ("one", y[:1], {}),
    ("silence", np.zeros(1600, np.float32), {}),
]:
    keep("log_" + name, np.log(np.maximum(mel(samples, **options), 1e-10)))
PCEN = {"sr": SR, "hop_length": 160}
for name, samples, options in [
    ("default", y, {}),
    ("slow", y, {"gain": 0.8, "bias": 10, "power": 0.25, "time_constant": 0.06, "eps": 1e-5}),
    ("silence", np.zeros(1600, np.float32), {}),
]:
    keep("pcen_" + name, librosa.pcen(mel(samples) * 2.0**31, **{**PCEN, **options}))
write("librosa_frames", out, ["librosa", "numpy", "scipy", "numba"], seed=SEED)
