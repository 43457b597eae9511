"""Reference vectors of librosa for tests/reference/pictures_test.cpp: the arrays that its pictures are drawn of."""

import librosa
import numpy as np

from writer import write

SEED, SR = 21, 16000
random = np.random.RandomState(SEED)
t = np.arange(8000) / SR
y = sum(np.sin(2 * np.pi * 150 * k * t * (1 + 0.2 * t)) / k for k in range(1, 12)) * np.exp(-3 * t)
y = (0.2 * y + 0.002 * random.standard_normal(len(t))).astype(np.float32)
y[5000:6000] = 0
HOP = 1024

out = {
    "y": y,
    "spectrogram": librosa.amplitude_to_db(np.abs(librosa.stft(y, hop_length=HOP)), ref=np.max),
    "mel": librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=SR, hop_length=HOP), ref=np.max),
    "chroma": librosa.feature.chroma_stft(y=y, sr=SR, hop_length=HOP),
    "mfcc": librosa.feature.mfcc(y=y, sr=SR, hop_length=HOP, n_mfcc=40),
    "zero-crossings": librosa.feature.zero_crossing_rate(y, hop_length=HOP),
}
out = {name: np.asarray(array, dtype=np.float32).T for name, array in out.items()}
write("librosa_pictures", out, ["librosa", "numpy", "scipy", "numba"], seed=SEED)
