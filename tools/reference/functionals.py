"""Vectors of what is told of a whole clip, and of the logistic regression that reads it."""

import numpy as np
from scipy.fft import dct
from sklearn.linear_model import LogisticRegression

from writer import write

SEED = 11
LEAST_DEVIATION, LEAST_POWER = 1e-2, 1e-4


def moments(x):
    mean = x.mean(0)
    deviation = np.sqrt(((x - mean) ** 2).mean(0))
    return mean, deviation, ((x - mean) ** 3).mean(0) / np.maximum(deviation, LEAST_DEVIATION) ** 3


def differences(x, ahead):
    return x[2 * ahead :] - x[: -2 * ahead] if len(x) > 2 * ahead else np.zeros((1, x.shape[1]))


def parts(n, n_parts):
    for part in range(n_parts):
        first = min(part * n // n_parts, n - 1)
        yield slice(first, max((part + 1) * n // n_parts, first + 1))


def grouped(x, n_groups):
    return np.stack([x[:, part].mean(1) for part in parts(x.shape[1], n_groups)], axis=1)


def functionals(frames):
    levels = frames.mean(1)
    x = frames - frames.mean()
    n, out = len(x), []
    times = np.arange(n) - (n - 1) / 2
    out += [*moments(x), times @ x * n / max((times**2).sum(), 1)]
    d = differences(x, 1)
    out += [moments(d)[1], np.abs(d).mean(0)]

    c = dct(x, norm="ortho", axis=1)[:, :20]
    c = np.pad(c, [(0, 0), (0, 20 - c.shape[1])])
    mean, deviation, skewness = moments(c)
    d = differences(c, 2)
    out += [mean, deviation, skewness, moments(d)[1], moments(differences(d, 1))[1]]
    z = ((c - mean) / np.maximum(deviation, LEAST_DEVIATION))[:, :13]
    out.append((z.T @ z / n)[np.triu_indices(13, 1)])
    for lag in (5, 10, 20):
        out.append((z[lag:].T @ z[:-lag] / (n - lag) if n > lag else np.zeros((13, 13))).ravel())

    level = levels - levels.mean()
    moving = np.concatenate([grouped(x, 8), level[:, None], c[:, :8]], axis=1)
    sums = np.concatenate([np.zeros((1, moving.shape[1])), np.cumsum(moving, axis=0)])
    for run in (1, 2, 4, 8, 16, 32):
        power = np.zeros(moving.shape[1])
        if n >= 2 * run:
            power = (((sums[2 * run :] - 2 * sums[run:-run] + sums[: -2 * run]) / (2 * run)) ** 2).mean(0)
        out.append(np.log(power + LEAST_POWER))

    fine = grouped(x, 16)
    for third in parts(n, 3):
        out += [fine[third].mean(0), [level[third].mean()]]
    power = (level**2).sum() + 1e-9
    out.append([(level[lag:] * level[:-lag]).sum() / power if n > lag else 0 for lag in range(1, 61)])
    out.append([n / 100, np.log(n), level.std(), levels.mean(), levels.max()])
    return np.concatenate(out)


random, tensors = np.random.RandomState(SEED), {}
for name, n_frames, n_bands in [("clip", 90, 64), ("short", 13, 64), ("one", 1, 64), ("few", 50, 10), ("still", 40, 24)]:
    frames = np.cumsum(random.normal(size=(n_frames, n_bands)), axis=0) * 0.3 + random.normal(size=n_bands) - 5
    if name == "still":
        frames[:] = frames[0]
    frames = frames.astype(np.float32)
    tensors[f"{name}.frames"] = frames
    tensors[f"{name}.functionals"] = functionals(frames.astype(float))

for name, n, n_features, n_classes, alpha in [("wide", 60, 90, 4, 0.1), ("tall", 200, 7, 3, 0.02)]:
    centres = random.normal(size=(n_classes, n_features))
    y = np.concatenate([np.arange(n_classes), random.randint(n_classes, size=n - n_classes)])
    x = centres[y] + 2 * random.normal(size=(n, n_features))
    weights = random.uniform(0.5, 2, size=n)
    model = LogisticRegression(C=1 / (alpha * n), tol=1e-10, max_iter=10000).fit(x, y, weights)
    kernel, bias = model.coef_.T, model.intercept_
    tensors[f"{name}.x"], tensors[f"{name}.y"], tensors[f"{name}.weights"] = x, y.astype(np.int32), weights
    tensors[f"{name}.alpha"], tensors[f"{name}.kernel"] = np.array([alpha]), np.ascontiguousarray(kernel)
    tensors[f"{name}.proba"] = model.predict_proba(x)
write("functionals", tensors, ["scikit-learn", "numpy", "scipy"], seed=SEED)
