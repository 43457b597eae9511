"""A grid search by scikit-learn on two cores: the peer of `bench_evaluation tune`.

tune_sklearn.py DATA JOBS MAX_ITER
"""
import json
import sys
import time
import warnings

import numpy as np
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    data, jobs, epochs = np.load(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    network = MLPClassifier(batch_size=8, max_iter=epochs, n_iter_no_change=epochs, random_state=0)
    search = GridSearchCV(make_pipeline(StandardScaler(), network),
                          {"mlpclassifier__alpha": [0.001, 0.01],
                           "mlpclassifier__hidden_layer_sizes": [(100,), (300, 50, 20, 10)]},
                          cv=StratifiedKFold(5, shuffle=True, random_state=0), n_jobs=jobs, refit=False)
    start = time.perf_counter()
    search.fit(data["x"], data["y"])
    print(json.dumps({"means": list(search.cv_results_["mean_test_score"]), "best": int(search.best_index_),
                      "seconds": time.perf_counter() - start}))
