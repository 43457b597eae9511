"""One network trained by Keras: the peer of `bench_train keras`.

train_keras.py DATA EPOCHS
"""
import json
import sys
import time

import keras
import numpy as np

data, epochs = np.load(sys.argv[1]), int(sys.argv[2])
x, y = data["x"].astype("float32"), keras.utils.to_categorical(data["y"])


class Clock(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs_s = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.epochs_s.append(time.perf_counter() - self.start)


keras.utils.set_random_seed(0)
network = keras.Sequential([keras.layers.Input((x.shape[1],))]
                           + [keras.layers.Dense(units, activation="relu") for units in (300, 50, 20, 10)]
                           + [keras.layers.Dense(y.shape[1], activation="softmax")])
network.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
clock = Clock()
history = network.fit(x, y, batch_size=8, epochs=epochs, validation_split=0.2, verbose=0, callbacks=[clock])
# The first epoch also builds the graph: it is not counted.
print(json.dumps({"epochs_s": clock.epochs_s[1:], "loss": history.history["loss"]}))
