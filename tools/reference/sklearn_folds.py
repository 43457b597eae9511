"""Vectors of scikit-learn's cross-validation folds.

A fold is kept as the fold that each sample tests in; what trains is the rest, in ascending order, as in all of these.
"""

import warnings

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, LeaveOneGroupOut, StratifiedGroupKFold, StratifiedKFold

from writer import write

# n_splits, shuffle, random_state
OPTIONS = [(2, False, 0), (5, False, 0), (5, True, 0), (3, True, 9), (6, True, 42), (4, True, 2**32 - 1)]


def sets():
    """name -> classes, groups"""
    random = np.random.RandomState(7)
    yield "even", np.tile(np.arange(8), 24), np.repeat(np.arange(24), 8)  # every group has every class alike
    # like a corpus of which each speaker lacks something, and one class is rare
    groups = np.sort(random.randint(0, 10, 408))
    yield "uneven", np.array([(g * 3 + random.randint(0, 7) ** 2 // 6) % 7 for g in groups]), groups
    groups = random.randint(0, 31, 500)  # mixed order; groups of much alike spread over 13 classes
    yield "mixed", random.randint(0, 13, 500) * 2 - 5, groups * 3 - 40
    groups = np.repeat(np.arange(12), [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 3])
    yield "skewed", random.randint(0, 3, len(groups)), groups
    # the same counts in another order of classes: ties are told by the last bit of numpy's sums
    counts = np.array([[3, 1, 2, 7, 5, 6, 1, 4, 2], [7, 6, 5, 4, 3, 2, 2, 1, 1], [1, 2, 1, 3, 2, 4, 5, 6, 7]] * 4)
    groups = np.repeat(np.arange(12), counts.sum(axis=1))
    yield "ties", np.concatenate([np.repeat(np.arange(9), row) for row in counts]), groups


def fold_of(splitter, classes, groups):
    which = np.full(len(classes), -1, dtype=np.int32)
    for i, (train, test) in enumerate(splitter.split(np.zeros((len(classes), 1)), classes, groups)):
        assert np.array_equal(np.sort(np.concatenate([train, test])), np.arange(len(classes)))
        assert np.array_equal(train, np.sort(train)) and np.array_equal(test, np.sort(test))
        which[test] = i
    return which


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # classes smaller than the number of folds, on purpose
    tensors = {}
    for name, classes, groups in sets():
        tensors[f"{name}.classes"] = classes.astype(np.int32)
        tensors[f"{name}.groups"] = groups.astype(np.int32)
        tensors[f"{name}.leave_one_group_out"] = fold_of(LeaveOneGroupOut(), classes, groups)
        for i, (n, shuffle, seed) in enumerate(OPTIONS):
            options = {"n_splits": n, "shuffle": shuffle, "random_state": seed if shuffle else None}
            tensors[f"{name}.k_fold.{i}"] = fold_of(KFold(**options), classes, None)
            tensors[f"{name}.stratified_k_fold.{i}"] = fold_of(StratifiedKFold(**options), classes, None)
            tensors[f"{name}.group_k_fold.{i}"] = fold_of(GroupKFold(**options), classes, groups)
            tensors[f"{name}.stratified_group_k_fold.{i}"] = fold_of(StratifiedGroupKFold(**options), classes, groups)
    write("sklearn_folds", tensors, ["numpy", "scikit-learn"], seed="in the source of the generator, one a case")
