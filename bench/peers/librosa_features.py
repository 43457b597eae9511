"""The 193 features as the Python project computes them, by librosa: the peer of `librosa193/1`.

librosa_features.py time RUNS CLIP          times of all 193 and of the MFCC alone, clip in memory
librosa_features.py extract OUT FILE...     the features of many files, as JSON: file -> 193 values
"""
import json
import multiprocessing
import sys
import time

import librosa
import numpy as np
import soundfile


def load(path):
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return samples.mean(axis=1), rate


def features(y, sr):
    magnitude = np.abs(librosa.stft(y))
    return np.hstack([
        librosa.feature.mfcc(y=y, sr=sr, n_mfcc=40).mean(axis=1),
        librosa.feature.chroma_stft(S=magnitude, sr=sr, n_chroma=24).mean(axis=1),
        librosa.feature.melspectrogram(y=y, sr=sr).mean(axis=1),
        librosa.zero_crossings(y, pad=False).sum(),
    ])


def of_file(path):
    return [float(value) for value in features(*load(path))]


def times_ms(runs, work):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - start))
    return times


def main():
    command, argument, *files = sys.argv[1:]
    if command == "time":
        y, sr = load(files[0])
        features(y, sr)  # numba compiles on the first call
        print(json.dumps({
            "features": [float(value) for value in features(y, sr)],
            "all_ms": times_ms(int(argument), lambda: features(y, sr)),
            "mfcc_ms": times_ms(int(argument), lambda: librosa.feature.mfcc(y=y, sr=sr, n_mfcc=40)),
        }))
    else:
        with multiprocessing.Pool() as pool:
            table = dict(zip(files, pool.map(of_file, files, chunksize=16)))
        with open(argument, "w") as out:
            json.dump(table, out)


if __name__ == "__main__":
    main()
