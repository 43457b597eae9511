"""Reference vectors of librosa for tests/reference/librosa_test.cpp: a grid of options over one synthetic signal.

Larger arrays are stored as every seventh column of every third frame, frames first.
"""

import warnings

import librosa
import numpy as np

from writer import write

warnings.simplefilter("ignore")

SEED, SR = 7, 16000
random = np.random.RandomState(SEED)
t = np.arange(9000) / SR
y = sum(np.sin(2 * np.pi * 226 * k * t * (1 + 0.05 * t)) / k for k in range(1, 9)) * np.exp(-1.5 * t)
y = (0.2 * y + 0.01 * random.standard_normal(len(t))).astype(np.float32)
y[4000:4600] = 0

out = {"y": y}


def keep(name, array, thin=True):
    array = np.asarray(array, dtype=np.float32).T
    out[name] = array[::3, ::7] if thin else array


for name, o in {
    "stft_default": {},
    "stft_reflect": {"pad_mode": "reflect"},
    "stft_left": {"center": False, "n_fft": 1024},
    "stft_hamming": {"window": "hamming", "n_fft": 512, "win_length": 400, "hop_length": 160},
    "stft_blackman": {"window": "blackman", "n_fft": 512, "pad_mode": "edge"},
    "stft_bartlett": {"window": "bartlett", "n_fft": 512, "pad_mode": "symmetric"},
    "stft_odd": {"n_fft": 400, "hop_length": 160},
    "stft_prime": {"n_fft": 257, "hop_length": 100, "window": "boxcar"},
}.items():
    S = librosa.stft(y, **o)
    keep(name + "_re", S.real)
    keep(name + "_im", S.imag)
for name, o in {
    "mel_default": {},
    "mel_htk": {"htk": True, "n_mels": 40, "fmin": 50, "fmax": 7000},
    "mel_none": {"norm": None, "n_mels": 64},
    "mel_l2": {"norm": 2, "n_mels": 26, "n_fft": 512},
    "mel_power1": {"power": 1, "n_mels": 64, "hop_length": 256},
}.items():
    keep(name, librosa.feature.melspectrogram(y=y, sr=SR, **o), thin=False)
for name, o in {
    "mfcc_default": {},
    "mfcc_40": {"n_mfcc": 40},
    "mfcc_lifter": {"n_mfcc": 13, "lifter": 22},
    "mfcc_type1": {"dct_type": 1},
    "mfcc_type3": {"dct_type": 3},
    "mfcc_raw": {"norm": None},
    "mfcc_type1_raw": {"dct_type": 1, "norm": None},
    "mfcc_type3_raw": {"dct_type": 3, "norm": None},
}.items():
    keep(name, librosa.feature.mfcc(y=y, sr=SR, **o), thin=False)
for name, o in {
    "chroma_default": {},
    "chroma_24": {"n_chroma": 24},
    "chroma_tuned": {"tuning": 0.2, "norm": 2, "base_c": False},
    "chroma_wide": {"octwidth": None, "norm": 1, "n_chroma": 36},
}.items():
    keep(name, librosa.feature.chroma_stft(y=y, sr=SR, **o), thin=False)
keep("bank_mel", librosa.filters.mel(sr=SR, n_fft=2048))
keep("bank_chroma", librosa.filters.chroma(sr=SR, n_fft=2048, n_chroma=24, tuning=-0.13))
S = np.abs(librosa.stft(y))
out["tuning"] = np.array([librosa.estimate_tuning(S=S, sr=SR, bins_per_octave=24), librosa.estimate_tuning(S=S, sr=SR)])
out["db"] = librosa.power_to_db(np.array([[0, 1e-12, 1e-3, 1, 50]], np.float32), ref=np.max, top_db=60)
out["crossings"] = np.array([librosa.zero_crossings(y, pad=p, zero_pos=z).sum() for p in (False, True) for z in (False, True)], np.int64)


def librosa193(y, sr, pad_mode="constant"):
    S = np.abs(librosa.stft(y, pad_mode=pad_mode))
    return np.hstack([
        librosa.feature.mfcc(y=y, sr=sr, n_mfcc=40, pad_mode=pad_mode).mean(axis=1),
        librosa.feature.chroma_stft(S=S, sr=sr, n_chroma=24).mean(axis=1),
        librosa.feature.melspectrogram(y=y, sr=sr, pad_mode=pad_mode).mean(axis=1),
        [librosa.zero_crossings(y, pad=False).sum()],
    ]).astype(np.float64)


click = np.zeros(5000, np.float32)
click[2500] = 1
out["features"] = np.array([
    librosa193(y, SR), librosa193(y, SR, "reflect"), librosa193(y, 48000), librosa193(y[:100], SR),
    librosa193(y[:1], SR), librosa193(np.zeros(5000, np.float32), SR), librosa193(np.full(5000, 0.5, np.float32), SR),
    librosa193(click, SR),
])
write("librosa", out, ["librosa", "numpy", "scipy", "numba"], seed=SEED)
