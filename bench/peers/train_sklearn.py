"""One network trained by scikit-learn: the peer of `bench_train sklearn`.

train_sklearn.py DTYPE DATA EPOCHS RUNS
"""
import json
import sys
import time
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

dtype, data, epochs, runs = sys.argv[1], np.load(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
warnings.simplefilter("ignore", ConvergenceWarning)
x, y = data["x"].astype(dtype), data["y"]
epochs_s = []
for _ in range(runs):
    network = MLPClassifier(hidden_layer_sizes=(300, 50, 20, 10), alpha=0.01, batch_size=8, epsilon=1e-8,
                            learning_rate="adaptive", max_iter=epochs, n_iter_no_change=epochs, random_state=0)
    start = time.perf_counter()
    network.fit(x, y)
    epochs_s.append((time.perf_counter() - start) / epochs)
print(json.dumps({"epochs_s": epochs_s, "loss": [float(value) for value in network.loss_curve_]}))
