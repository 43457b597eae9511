"""The Python project's way to one prediction with Keras, a whole process.

predict_keras.py MODEL CLIP       predict
predict_keras.py --make MODEL     make a model to predict with
"""
import sys

import keras
import numpy as np

from librosa_features import of_file

if sys.argv[1] == "--make":
    network = keras.Sequential([keras.layers.Input((193,))]
                               + [keras.layers.Dense(units, activation="relu") for units in (300, 50, 20, 10)]
                               + [keras.layers.Dense(8, activation="softmax")])
    network.compile(loss="categorical_crossentropy", optimizer="adam")
    network.save(sys.argv[2])
else:
    print(keras.saving.load_model(sys.argv[1]).predict(np.array([of_file(sys.argv[2])]), verbose=0))
