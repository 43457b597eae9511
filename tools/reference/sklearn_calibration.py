"""Vectors of a temperature: scikit-learn's, and SciPy's root of the derivative of the log loss."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import softmax
from sklearn.calibration import _TemperatureScaling

from writer import write

# name, samples, classes, how far logits lie apart, how much they are sharpened
SETS = [("sharp", 200, 8, 1.5, 4.0), ("blunt", 90, 3, 2.0, 0.4), ("two", 60, 2, 1.0, 1.5), ("right", 150, 5, 1.5, 1.0)]
SEED = 5


def root(proba, truth):
    logs, rows = np.log(proba), np.arange(len(truth))

    def slope(log_temperature):
        given = softmax(logs * np.exp(-log_temperature), axis=1)
        return ((given * logs).sum(axis=1) - logs[rows, truth]).sum()

    return np.exp(brentq(slope, np.log(0.1), np.log(100), xtol=1e-15, rtol=1e-15))


random, tensors = np.random.RandomState(SEED), {}
for name, n, n_classes, apart, sharpness in SETS:
    logits = random.normal(size=(n, n_classes)) * apart
    truth = np.array([random.choice(n_classes, p=row) for row in softmax(logits, axis=1)])
    proba = softmax(logits * sharpness, axis=1)
    scaling = _TemperatureScaling().fit(np.log(proba), truth)  # of probabilities it would take log(p + 1e-12)
    tensors[f"{name}.proba"] = proba
    tensors[f"{name}.truth"] = truth.astype(np.int32)
    tensors[f"{name}.sklearn"] = np.array([1 / scaling.beta_])
    tensors[f"{name}.root"] = np.array([root(proba, truth)])
    tensors[f"{name}.calibrated"] = softmax(np.log(proba) / root(proba, truth), axis=1)
    print(name, 1 / scaling.beta_, root(proba, truth))
write("sklearn_calibration", tensors, ["scikit-learn", "numpy", "scipy"], seed=SEED)
