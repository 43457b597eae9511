"""The network of the framework `undertone` in Keras: the peer of `bench_sequence`.

train_keras_sequence.py start DATA WEIGHTS     losses of the first steps from these weights, without dropout
train_keras_sequence.py train DATA EPOCHS JIT  seconds an epoch; JIT 1 asks for XLA
"""
import json
import os
import struct
import sys
import time

os.environ.update(KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="-1")
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers, ops  # noqa: E402

CLASSES, BATCH, CROP, COLUMNS, CHANNELS, STEPS = 8, 32, 300, 64, 128, 3
DTYPES = {"F32": "<f4", "I32": "<i4"}


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        body = file.read()
    header.pop("__metadata__", None)
    return {name: np.frombuffer(body[slice(*entry["data_offsets"])], DTYPES[entry["dtype"]]).reshape(entry["shape"])
            for name, entry in header.items()}


def normalised(clip):
    return ((clip - clip.mean(0)) / np.maximum(clip.std(0), 1e-2)).astype("float32")


def network(dropout):
    def norm(name):
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-3, name=name)

    def conv(name, kernel_size, dilation=1):
        return layers.Conv1D(CHANNELS, kernel_size, dilation_rate=dilation, padding="same", use_bias=False, name=name)

    inputs = keras.Input((CROP, COLUMNS))
    x = ops.relu(norm("stem.norm")(conv("stem.conv", 5)(inputs)))
    for i, dilation in enumerate((1, 2, 4, 8)):
        x = x + ops.relu(norm(f"block_{i + 1}.norm")(conv(f"block_{i + 1}.conv", 3, dilation)(x)))
    logits = layers.Dense(64, activation="tanh", name="attention.in")(x)
    weights = ops.softmax(layers.Dense(CHANNELS, name="attention.out")(logits), axis=1)
    mean = ops.sum(weights * x, axis=1, keepdims=True)
    variance = ops.sum(weights * ops.square(x - mean), axis=1)
    x = ops.concatenate([ops.squeeze(mean, 1), ops.sqrt(ops.maximum(variance, 1e-5))], axis=-1)
    x = layers.Dropout(dropout)(norm("pooling.norm")(x))
    x = ops.relu(norm("embedding.norm")(layers.Dense(128, use_bias=False, name="embedding")(x)))
    return keras.Model(inputs, layers.Dense(CLASSES, name="output")(layers.Dropout(dropout)(x)))


class Crops(keras.utils.PyDataset):
    """Batches of random crops; shorter clips get zeros behind them, since a batch has one length here."""

    def __init__(self, clips, targets, weights):
        super().__init__()
        self.clips, self.targets, self.weights = clips, targets, weights
        self.random = np.random.default_rng(0)
        self.on_epoch_begin()

    def __len__(self):
        return -(-len(self.clips) // BATCH)

    def on_epoch_begin(self):
        self.order = self.random.permutation(len(self.clips))

    def __getitem__(self, index):
        chosen = self.order[index * BATCH:(index + 1) * BATCH]
        x = np.zeros((len(chosen), CROP, COLUMNS), "float32")
        for row, i in zip(x, chosen):
            first = self.random.integers(max(1, len(self.clips[i]) - CROP + 1))
            part = self.clips[i][first:first + CROP]
            row[:len(part)] = part
        return x, self.targets[chosen], self.weights[chosen]


class Clock(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs_s = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.epochs_s.append(time.perf_counter() - self.start)


def main():
    data = read(sys.argv[2])
    ends = np.cumsum(data["n_frames"])
    clips = [data["frames"][end - n:end] for end, n in zip(ends, data["n_frames"])]
    labels = data["emotions"]
    start = sys.argv[1] == "start"
    if start:
        kept = [i for i, clip in enumerate(clips) if len(clip) >= CROP]
        clips, labels = [clips[i][:CROP] for i in kept], labels[kept]
    clips = [normalised(clip) for clip in clips]
    targets = keras.utils.to_categorical(labels, CLASSES)
    weights = (len(labels) / (CLASSES * np.bincount(labels, minlength=CLASSES)))[labels].astype("float32")

    keras.utils.set_random_seed(0)
    model = network(0 if start else 0.2)
    epochs, steps = (1, 1) if start else (int(sys.argv[3]), -(-len(clips) // BATCH))
    rate = 1e-3 if start else keras.optimizers.schedules.CosineDecay(
        0.0, max(1, (epochs - 2) * steps), warmup_target=1e-3, warmup_steps=2 * steps)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=0.05, global_clipnorm=5)
    optimizer.exclude_from_weight_decay(var_list=[weight for weight in model.weights if weight.name != "kernel"])
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
                  jit_compile=not start and sys.argv[4] == "1")
    if start:
        ours = read(sys.argv[3])
        for layer in model.layers:
            for weight in layer.weights:
                weight.assign(ours[f"member_1/{layer.name.replace('.', '/')}/{weight.name}"].reshape(weight.shape))
        order = np.random.RandomState(0).permutation(len(clips))
        losses = []
        for step in range(STEPS):
            chosen = order[step * BATCH:(step + 1) * BATCH]
            losses.append(float(model.train_on_batch(np.stack([clips[i] for i in chosen]), targets[chosen],
                                                     sample_weight=weights[chosen])))
            model.reset_metrics()
        print(json.dumps({"losses": losses}))
        return
    clock = Clock()
    history = model.fit(Crops(clips, targets, weights), epochs=epochs, verbose=0, shuffle=False, callbacks=[clock])
    # The first epoch also builds the graph: it is not counted.
    print(json.dumps({"epochs_s": clock.epochs_s[1:], "loss": history.history["loss"],
                      "n_weights": sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)}))


if __name__ == "__main__":
    main()
