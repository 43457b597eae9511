"""GridSearchCV of scikit-learn over a Pipeline of StandardScaler and MLPClassifier."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from writer import write

warnings.simplefilter("ignore", ConvergenceWarning)
SEED, N_FOLDS = 11, 4
random = np.random.RandomState(SEED)
y = (np.arange(130) % 3).astype(np.int32)
x = random.randn(130, 6) + 0.5 * random.randn(3, 6)[y]
search = GridSearchCV(
    make_pipeline(StandardScaler(), MLPClassifier(batch_size=16, max_iter=12, random_state=SEED)),
    {"mlpclassifier__alpha": [1e-4, 1.0, 10.0], "mlpclassifier__hidden_layer_sizes": [(4,), (12, 5)]},
    cv=StratifiedKFold(N_FOLDS, shuffle=True, random_state=SEED), scoring=["accuracy", "balanced_accuracy"],
    refit="balanced_accuracy").fit(x, y)
out = {"x": x, "y": y, "best": np.array([search.best_index_], np.int64)}
for name, scoring in (("accuracy", "accuracy"), ("uar", "balanced_accuracy")):
    results = search.cv_results_
    out[name] = np.array([results[f"split{fold}_test_{scoring}"] for fold in range(N_FOLDS)]).T
    out[name + ".mean"] = results["mean_test_" + scoring]
    out[name + ".deviation"] = results["std_test_" + scoring]
    out[name + ".rank"] = results["rank_test_" + scoring].astype(np.int64)
write("sklearn_search", out, ["scikit-learn", "numpy", "scipy"], seed=SEED)
