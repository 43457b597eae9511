"""Accuracy of the Python project's network, features standardised, over several random_states.

accuracy_sklearn.py FEATURES LABELS SEEDS    FEATURES and LABELS: JSON, file -> values and file -> label
"""
import json
import sys
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore", ConvergenceWarning)
features, labels = (json.load(open(path)) for path in sys.argv[1:3])
files = list(labels)
x, y = np.array([features[file] for file in files]), np.array([labels[file] for file in files])
accuracies = []
for seed in range(int(sys.argv[3])):
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=seed)
    scaler = StandardScaler().fit(x_train)
    network = MLPClassifier(hidden_layer_sizes=(300, 50, 20, 10), alpha=0.01, batch_size=8, epsilon=1e-8,
                            learning_rate="adaptive", max_iter=500, random_state=seed)
    network.fit(scaler.transform(x_train), y_train)
    accuracies.append(network.score(scaler.transform(x_test), y_test))
print(json.dumps({"accuracies": accuracies}))
