"""Vectors of scikit-learn's scores of probabilities, of a bootstrap and of a paired comparison in NumPy."""

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, brier_score_loss, f1_score, log_loss
from sklearn.metrics import precision_recall_fscore_support

from writer import write

N_DRAWS = 200
# name, samples, classes, units, whether the last class has no sample
SETS = [("many", 240, 8, 24, False), ("two", 90, 2, 9, False), ("lacking", 61, 4, 7, True)]


def ece(truth, proba):
    """Guo et al. 2017: 15 bins, each without its lower end."""
    confidence, right = proba.max(axis=1), proba.argmax(axis=1) == truth
    bins = np.clip(np.digitize(confidence, np.linspace(0, 1, 16), right=True) - 1, 0, 14)
    return sum(abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in set(bins))


def figures(truth, proba):
    n_classes = proba.shape[1]
    predicted, labels = proba.argmax(axis=1), list(range(n_classes))
    occurring = sorted(set(truth))
    seen = sorted(set(truth) | set(predicted))
    precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    given = np.bincount(predicted, minlength=n_classes)
    precision[(support == 0) & (given == 0)] = np.nan
    recall[support == 0] = np.nan
    f1[(support == 0) & (given == 0)] = np.nan
    uar = recall[occurring].mean()
    if len(occurring) > 1 and seen == occurring:
        assert abs(uar - balanced_accuracy_score(truth, predicted)) < 1e-14
    return np.concatenate([[
        uar,
        accuracy_score(truth, predicted),
        f1_score(truth, predicted, average="macro", labels=seen, zero_division=0),
        log_loss(truth, proba, labels=labels),
        brier_score_loss(truth, proba, labels=labels) if n_classes > 2 else brier_score_loss(truth, proba[:, 1], pos_label=1),
        ece(truth, proba),
    ], precision, recall, f1])


def samples_of(unit_of, draw):
    return np.concatenate([np.flatnonzero(unit_of == unit) for unit in draw])


def data(random, n, n_classes, lacking):
    truth = random.randint(0, n_classes - lacking, n)
    logits = random.normal(size=(n, n_classes))
    logits[np.arange(n), truth] += 1.2
    logits[0] = [-800] + [0] * (n_classes - 1)  # a probability of 0
    proba = np.exp(logits - logits.max(axis=1, keepdims=True))
    return truth, proba / proba.sum(axis=1, keepdims=True)


def bootstrap(truth, proba, unit_of, seed):
    random, n_units = np.random.RandomState(seed), unit_of.max() + 1
    draws = []
    for _ in range(N_DRAWS):
        some = samples_of(unit_of, random.randint(0, n_units, n_units))
        draws.append(figures(truth[some], proba[some]))
    return np.nanpercentile(draws, [2.5, 97.5], axis=0)


def short(truth, predicted):
    labels = sorted(set(truth) | set(predicted))
    recall = precision_recall_fscore_support(truth, predicted, labels=sorted(set(truth)), zero_division=0)[1]
    return np.array([recall.mean(), accuracy_score(truth, predicted), f1_score(truth, predicted, average="macro", labels=labels, zero_division=0)])


def compared(truth, a, b, unit_of, seed):
    random, n_units = np.random.RandomState(seed), unit_of.max() + 1
    draws = []
    for _ in range(N_DRAWS):
        some = samples_of(unit_of, random.randint(0, n_units, n_units))
        draws.append(short(truth[some], b[some]) - short(truth[some], a[some]))
    seen = short(truth, b) - short(truth, a)

    def as_large(swapped):
        swap = np.array(swapped)[unit_of]
        return abs(short(truth, np.where(swap, a, b)) - short(truth, np.where(swap, b, a))) >= abs(seen) - 1e-12

    if 2**n_units <= N_DRAWS:
        p = np.mean([as_large([mask >> u & 1 == 1 for u in range(n_units)]) for mask in range(2**n_units)], axis=0)
    else:
        random, counts = np.random.RandomState(seed), np.zeros(3)
        for _ in range(N_DRAWS):
            words = [int(random.randint(0, 2**32)) for _ in range((n_units + 31) // 32)]
            counts += as_large([words[u // 32] >> (u % 32) & 1 == 1 for u in range(n_units)])
        p = (counts + 1) / (N_DRAWS + 1)
    right_a, right_b = a == truth, b == truth
    only_a, only_b = int(np.sum(right_a & ~right_b)), int(np.sum(right_b & ~right_a))
    mcnemar = binomtest(only_a, only_a + only_b, 0.5).pvalue
    return np.concatenate([seen, *np.percentile(draws, [2.5, 97.5], axis=0), p, [only_a, only_b, mcnemar]])


if __name__ == "__main__":
    tensors = {}
    for i, (name, n, n_classes, n_units, lacking) in enumerate(SETS):
        random = np.random.RandomState(20 + i)
        truth, proba = data(random, n, n_classes, lacking)
        units = np.concatenate([np.arange(n_units), random.randint(0, n_units, n - n_units)])
        other = np.where(random.uniform(size=n) < 0.25, random.randint(0, n_classes, n), proba.argmax(axis=1))
        tensors[f"{name}.truth"] = truth.astype(np.int32)
        tensors[f"{name}.proba"] = proba
        tensors[f"{name}.units"] = units.astype(np.int32)
        tensors[f"{name}.figures"] = figures(truth, proba)
        tensors[f"{name}.low"], tensors[f"{name}.high"] = bootstrap(truth, proba, units, 5 + i)
        tensors[f"{name}.other"] = other.astype(np.int32)
        tensors[f"{name}.compared"] = compared(truth, proba.argmax(axis=1), other, units, 30 + i)
    pairs = [(0, 0), (0, 1), (3, 3), (2, 9), (40, 17), (400, 520), (3000, 2900), (1, 60)]
    tensors["mcnemar.pairs"] = np.array(pairs, dtype=np.int32)
    tensors["mcnemar.p"] = np.array([binomtest(a, a + b, 0.5).pvalue if a + b else 1.0 for a, b in pairs])
    write("sklearn_scores", tensors, ["numpy", "scipy", "scikit-learn"], seed="in the source of the generator, one a set")
