"""The Python project's way to one prediction with scikit-learn, a whole process.

predict_sklearn.py MODEL CLIP       predict
predict_sklearn.py --make MODEL     train a model to predict with
"""
import sys

import joblib
import numpy as np

from librosa_features import of_file

if sys.argv[1] == "--make":
    from sklearn.neural_network import MLPClassifier

    random = np.random.RandomState(0)
    network = MLPClassifier(hidden_layer_sizes=(300, 50, 20, 10), max_iter=20)
    joblib.dump(network.fit(random.randn(800, 193), np.arange(800) % 8), sys.argv[2])
else:
    print(joblib.load(sys.argv[1]).predict_proba([of_file(sys.argv[2])]))
