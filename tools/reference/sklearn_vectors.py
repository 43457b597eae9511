"""Vectors of NumPy's RandomState and of scikit-learn's splits and scaler.

Not called sklearn.py: it would stand before the real one in Python's search path.
"""

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from writer import write

SEEDS = [0, 9, 42, 2**32 - 1]


def random_streams(out):
    for seed in SEEDS:
        random = np.random.RandomState(seed)
        reals, whole = [], []
        reals += [random.random_sample() for _ in range(4)]
        reals += list(random.uniform(-2.3, 5.1, 4))
        whole += list(random.randint(0, 1000, 5))
        whole += list(random.randint(-5, 2**40, 4))
        whole += [random.randint(-(2**63), 2**63 - 1)]
        whole += [random.randint(7, 8)]
        reals += [random.random_sample()]
        whole += list(random.permutation(10))
        order = np.arange(700)
        random.shuffle(order)
        whole += list(order)
        whole += list(random.choice(50, size=7, replace=False))
        random.random_sample(2000)
        reals += [random.random_sample()]
        out[f"random.{seed}.reals"] = np.array(reals)
        out[f"random.{seed}.whole"] = np.array(whole, dtype=np.int64)


# samples, classes to stratify by (0: none), random_state, options
SPLITS = [
    (10, 0, 0, {}),
    (2452, 0, 9, {"test_size": 0.3}),
    (101, 0, 1, {"test_size": 0.5}),
    (100, 0, 2, {"train_size": 0.33}),
    (57, 0, 3, {"test_size": 13}),
    (57, 0, 3, {"train_size": 13}),
    (200, 0, 4, {"test_size": 0.1, "train_size": 0.25}),
    (200, 0, 4, {"test_size": 7, "train_size": 0.9}),
    (30, 0, 5, {"test_size": 0.3, "shuffle": False}),
    (30, 0, 5, {"test_size": 4, "train_size": 9, "shuffle": False}),
    (500, 8, 9, {"test_size": 0.3}),
    (500, 8, 10, {"test_size": 0.1, "train_size": 0.4}),
    (97, 3, 11, {"test_size": 20, "train_size": 31}),
    (64, 2, 12, {}),
    (60, 6, 13, {"test_size": 7}),
]


def splits(out):
    for i, (n, classes, seed, options) in enumerate(SPLITS):
        stratify = np.random.RandomState(seed).randint(0, classes, n) if classes else None
        train, test = train_test_split(np.arange(n), random_state=seed, stratify=stratify, **options)
        out[f"split.{i}.train"] = train.astype(np.int32)
        out[f"split.{i}.test"] = test.astype(np.int32)


def scaler(out):
    random = np.random.RandomState(5)
    x = random.uniform(-1, 1, (61, 9))
    x[:, 1] = x[:, 1] * 1e-3 + 1e6  # small variance far from zero
    x[:, 2] = 0.0  # constant
    x[:, 3] = 1.1  # constant, its mean rounds
    x[:, 4] = 1e8 + random.randint(0, 2, 61) * 1.5e-8  # one unit in the last place: taken for constant
    x[:, 5] *= 1e150
    x[:, 6] *= 1e-150
    x[:, 7] = random.randint(0, 60000, 61)  # like zero crossings
    x[:, 8] = np.arange(61) == 60  # all but one are zero
    fitted = StandardScaler().fit(x)
    out["scaler.x"] = x
    out["scaler.mean"], out["scaler.var"], out["scaler.scale"] = fitted.mean_, fitted.var_, fitted.scale_
    out["scaler.both"] = fitted.transform(x)
    out["scaler.with_mean"] = StandardScaler(with_std=False).fit_transform(x)
    out["scaler.with_std"] = StandardScaler(with_mean=False).fit_transform(x)


if __name__ == "__main__":
    tensors = {}
    random_streams(tensors)
    splits(tensors)
    scaler(tensors)
    write("sklearn", tensors, ["numpy", "scikit-learn"], seed="in the source of the generator, one a case")
