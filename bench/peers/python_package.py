"""The Python package beside librosa and scikit-learn, in one process: same call, array in and out.

python_package.py RUNS CLIP DATA EPOCHS
"""
import json
import subprocess
import sys
import time
import warnings

import librosa
import numpy as np
import sklearn.neural_network
from sklearn.exceptions import ConvergenceWarning

import undertone
import undertone.sklearn


def best_and_median(runs, ours, theirs):
    """In turn, so that both meet the same neighbours; time of the processor, for both sides have one thread."""
    times = [], []
    for _ in range(runs):
        for kept, work in zip(times, (ours, theirs)):
            start = time.process_time()
            work()
            kept.append(time.process_time() - start)
    return [[float(np.min(kept)), float(np.median(kept))] for kept in times]


def main():
    runs, clip, data, epochs = int(sys.argv[1]), sys.argv[2], np.load(sys.argv[3]), int(sys.argv[4])
    y, sr = undertone.read_audio(clip)
    result = {}
    calls = {
        "mfcc": lambda f, y=y: f.mfcc(y=y, sr=sr, n_mfcc=40),
        "melspectrogram": lambda f: f.melspectrogram(y=y, sr=sr),
        "chroma_stft": lambda f: f.chroma_stft(y=y, sr=sr, n_chroma=24),
    }
    for name, call in calls.items():
        ours, theirs = call(undertone.features), call(librosa.feature)
        result[name] = {"difference": float(np.abs(ours - theirs).max() / np.abs(theirs).max()),
                        "s": best_and_median(runs, lambda c=call: c(undertone.features),
                                             lambda c=call: c(librosa.feature))}

    warnings.simplefilter("ignore", ConvergenceWarning)
    options = dict(hidden_layer_sizes=(300, 50, 20, 10), alpha=0.01, batch_size=8, epsilon=1e-8,
                   learning_rate="adaptive", max_iter=epochs, n_iter_no_change=epochs, random_state=0)
    for dtype in ("float64", "float32"):
        x, labels = data["x"].astype(dtype), data["y"]
        models = [kind(**options) for kind in (undertone.sklearn.MLPClassifier, sklearn.neural_network.MLPClassifier)]
        times = best_and_median(3, *(lambda m=model: m.fit(x, labels) for model in models))
        difference = max(float(np.abs(a - b).max()) for a, b in zip(models[0].coefs_, models[1].coefs_))
        curve = float(np.abs(np.subtract(models[0].loss_curve_, models[1].loss_curve_)).max())
        result[f"fit {dtype}"] = {"difference": difference, "loss curve": curve, "s": times,
                                  "n_iter": [model.n_iter_ for model in models]}

    script = ("import numpy, time; t = time.perf_counter(); import undertone; "
              "print(time.perf_counter() - t)")
    imports = [float(subprocess.check_output([sys.executable, "-c", script])) for _ in range(7)]
    result["import_s"] = [min(imports), float(np.median(imports))]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
