"""Vectors of librosa's to_mono and resample(res_type="soxr_hq")."""

import librosa
import numpy as np

from writer import write

SEED = 20240

CHANNELS = [2, 3, 6, 7, 8, 9, 16, 130, 300]

RATES = [
    (48000, 16000),
    (44100, 22050),
    (22050, 16000),
    (16000, 48000),
    (8000, 44100),
    (48000, 44100),
    (192000, 16000),
    (24414, 22050),
]
LENGTHS = [1, 2, 100, 1777]


def main():
    random = np.random.RandomState(SEED)
    out = {}
    for channels in CHANNELS:
        # As a sound file holds them and soundfile gives them: frames by channels, turned.
        frames = random.uniform(-1, 1, (23, channels)).astype(np.float32)
        out[f"mix.{channels}.frames"] = frames
        out[f"mix.{channels}.mono"] = librosa.to_mono(frames.T)
    # Noise and a falling tone, the same for all rates; each case takes its beginning.
    time = np.arange(max(LENGTHS)) / 16000
    signal = 0.3 * random.standard_normal(max(LENGTHS)) + 0.5 * np.sin(2 * np.pi * (900 - 2000 * time) * time)
    signal = signal.astype(np.float32)
    out["resample.signal"] = signal
    for from_rate, to_rate in RATES:
        for length in LENGTHS:
            out[f"resample.{from_rate}.{to_rate}.{length}"] = librosa.resample(
                signal[:length], orig_sr=from_rate, target_sr=to_rate, res_type="soxr_hq"
            )
    write("audio", out, ["librosa", "numpy", "soxr"], seed=SEED)


main()
