"""Reference vectors from Keras: layers over sequences and whole networks of them; outputs, gradients, a few steps.

Outputs and gradients are Keras's in float64, to which float is compared too; the steps are its float32. A case is a network of one input. Its loss is the sum of its outputs times numbers
drawn at random. Its weights have our names: those of the layer "block_1.conv" are "block_1/conv/kernel" and so on.
"""
import json
import math
import os
import pathlib
import sys

os.environ.update(KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3")
sys.path = [p for p in sys.path if pathlib.Path(p or ".").resolve() != pathlib.Path(__file__).resolve().parent]
import keras  # noqa: E402  (a neighbour has the same name, hence the line above)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers, ops  # noqa: E402

sys.path.append(str(pathlib.Path(__file__).resolve().parent))
from writer import write  # noqa: E402

SEED, CLIPS, FRAMES, COLUMNS = 20241, 3, 11, 4
VARIANCE_FLOOR = 1e-5
RENAMED = {"depthwise_kernel": "depthwise/kernel", "pointwise_kernel": "pointwise/kernel", "bias": "pointwise/bias"}


def conv(filters, kernel_size, **options):
    return lambda x: layers.Conv1D(filters, kernel_size, name="conv", **{"padding": "same"} | options)(x)


def dense(units, name, activation=None, use_bias=True):
    return layers.Conv1D(units, 1, activation=activation, use_bias=use_bias, name=name)


def norm(name):
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-3, name=name)


def squeeze_excitation(x, channels, units, prefix=""):
    gate = layers.GlobalAveragePooling1D(keepdims=True)(x)
    gate = dense(units, prefix + "squeeze.in", "relu")(gate)
    return x * dense(channels, prefix + "squeeze.out", "sigmoid")(gate)


def statistics_pooling(x, logits):
    """Okabe, Koshinaka and Shinoda 2018; logits have the channels of x or one for all."""
    weights = ops.softmax(logits, axis=1)
    mean = ops.sum(weights * x, axis=1, keepdims=True)
    variance = ops.sum(weights * ops.square(x - mean), axis=1, keepdims=True)
    return ops.concatenate([mean, ops.sqrt(ops.maximum(variance, VARIANCE_FLOOR))], axis=-1)


def attentive(heads):
    def build(x):
        return statistics_pooling(x, dense(heads, "attention.out")(dense(3, "attention.in", "tanh")(x)))

    return build


def normalised_residual(x):
    return ops.relu(norm("norm")(layers.Conv1D(COLUMNS, 3, padding="same", use_bias=False, name="conv")(x))) + x


def network(o):
    """The network of the framework `undertone` without its dropout."""
    def build(x):
        x = layers.Conv1D(o["channels"], o["stem_kernel_size"], strides=o.get("stem_strides", 1), padding="same",
                          use_bias=False, name="stem.conv")(x)
        x = ops.relu(norm("stem.norm")(x))
        for i, dilation in enumerate(o["dilations"]):
            name, h = f"block_{i + 1}.", x
            if o.get("separable"):
                h = layers.DepthwiseConv1D(o["kernel_size"], dilation_rate=dilation, padding="same", use_bias=False,
                                           name=name + "depthwise")(h)
                h = dense(o["channels"], name + "pointwise", use_bias=False)(h)
            else:
                h = layers.Conv1D(o["channels"], o["kernel_size"], dilation_rate=dilation, padding="same", use_bias=False,
                                  name=name + "conv")(h)
            h = ops.relu(norm(name + "norm")(h))
            if o.get("squeeze"):
                h = squeeze_excitation(h, o["channels"], o["squeeze"], name)
            x = x + h
        x = statistics_pooling(x, dense(o["channels"], "attention.out")(dense(o["attention"], "attention.in", "tanh")(x)))
        x = norm("pooling.norm")(x)
        if o["embedding"]:
            x = ops.relu(norm("embedding.norm")(dense(o["embedding"], "embedding", use_bias=False)(x)))
        return dense(o["classes"], "output")(x)

    return build


# name: what is built, training, frames of each clip
CASES = {
    "conv": (conv(5, 3), False, FRAMES),
    "conv_one": (conv(3, 1, activation="relu"), False, FRAMES),
    "conv_even": (conv(2, 4, activation="sigmoid"), False, FRAMES),
    "conv_dilated": (conv(3, 3, dilation_rate=2, activation="relu"), False, FRAMES),
    "conv_even_dilated": (conv(3, 2, dilation_rate=3, activation="tanh"), False, FRAMES),
    "conv_stride_2": (conv(3, 5, strides=2), False, FRAMES),
    "conv_stride_2_even": (conv(3, 4, strides=2), False, FRAMES + 1),
    "conv_stride_3": (conv(3, 2, strides=3, use_bias=False), False, FRAMES),
    "conv_stride_3_wide": (conv(2, 7, strides=3, activation="tanh"), False, FRAMES),
    "conv_causal": (conv(3, 3, padding="causal"), False, FRAMES),
    "conv_causal_dilated": (conv(3, 3, padding="causal", dilation_rate=4), False, FRAMES),
    "conv_causal_stride_2": (conv(3, 4, padding="causal", strides=2), False, FRAMES),
    "conv_longer_than_clips": (conv(3, 9), False, 2),
    "conv_one_frame": (conv(3, 5, strides=2), False, 1),
    "conv_wide": (conv(33, 3), False, 5),
    "depthwise": (lambda x: layers.DepthwiseConv1D(3, dilation_rate=2, padding="same", use_bias=False,
                                                   name="depthwise")(x), False, FRAMES),
    "depthwise_even": (lambda x: layers.DepthwiseConv1D(4, padding="same", use_bias=False, name="depthwise")(x), False,
                       FRAMES),
    "separable": (lambda x: layers.SeparableConv1D(5, 3, padding="same", dilation_rate=2, activation="relu",
                                                   name="separable")(x), False, FRAMES),
    "batch_normalization": (lambda x: norm("norm")(x), True, FRAMES),
    "batch_normalization_trained": (lambda x: norm("norm")(x), False, FRAMES),
    "batch_normalization_defaults": (lambda x: layers.BatchNormalization(name="norm")(x), True, FRAMES),
    "batch_normalization_relu": (lambda x: ops.relu(norm("norm")(x)), True, FRAMES),
    "batch_normalization_residual": (normalised_residual, True, FRAMES),
    "layer_normalization": (lambda x: layers.LayerNormalization(name="norm")(x), False, FRAMES),
    "average": (lambda x: layers.GlobalAveragePooling1D(keepdims=True)(x), False, FRAMES),
    "squeeze_excitation": (lambda x: squeeze_excitation(x, COLUMNS, 2), False, FRAMES),
    "attentive_statistics": (attentive(COLUMNS), False, FRAMES),
    "attentive_statistics_one_head": (attentive(1), False, FRAMES),
    "attentive_statistics_one_frame": (attentive(COLUMNS), False, 1),
}

# Whole networks: our options (the names of SequenceOptions) for the network and for five steps of it.
NETWORK = {"channels": 8, "stem_kernel_size": 5, "kernel_size": 3, "dilations": [1, 2], "attention": 4, "embedding": 6,
           "classes": 3}
NETWORKS = {
    "network": NETWORK,
    "network_squeeze": NETWORK | {"separable": True, "squeeze": 3, "stem_strides": 2, "embedding": 0},
}
FIT = {"epochs": 5, "batch_size": 8, "learning_rate": 0.01, "weight_decay": 0.5, "warmup_epochs": 2.0,
       "schedule": "cosine", "label_smoothing": 0.1, "class_weight": "balanced", "global_clipnorm": 0.5, "crop_frames": 0,
       "dropout": 0, "clip_normalization": "none", "random_state": 3}


def weight_name(layer, weight):
    if isinstance(layer, layers.SeparableConv1D):
        return RENAMED[weight.name]
    return layer.name.replace(".", "/") + "/" + weight.name


def model_of(build, frames, columns, initial):
    x = keras.Input((frames, columns))
    model = keras.Model(x, build(x))
    named = {weight_name(layer, weight): weight for layer in model.layers for weight in layer.weights}
    random = np.random.RandomState(SEED)
    for name, weight in named.items():
        if name not in initial:
            drawn = random.standard_normal(weight.shape) * 0.5
            drawn = np.abs(drawn) + 0.5 if name.endswith(("variance", "gamma")) else drawn
            initial[name] = drawn.astype("float32")
        weight.assign(initial[name])
    return model, named


def run(build, training, x, initial):
    """Output, gradients and what BatchNormalization moved."""
    model, named = model_of(build, x.shape[1], x.shape[2], initial)
    random = np.random.RandomState(SEED + 1)
    x = tf.constant(x)
    weights = {name: weight for name, weight in named.items() if weight.trainable}
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x, training=training)
        dy = random.standard_normal(y.shape).astype("float32")
        loss = tf.reduce_sum(y * tf.constant(dy, y.dtype))
    of_x, of_weights = tape.gradient(loss, [x, [weight.value for weight in weights.values()]])
    results = {"y": y.numpy(), "gradient/x": of_x.numpy()}
    results |= {"gradient/" + name: gradient.numpy() for name, gradient in zip(weights, of_weights)}
    if training:
        results |= {"moved/" + name: weight.numpy() for name, weight in named.items() if not weight.trainable}
    return dy, results


def learning_rate(step):
    epoch = step + 0.5  # one step an epoch
    if epoch < FIT["warmup_epochs"]:
        return FIT["learning_rate"] * epoch / FIT["warmup_epochs"]
    part = (epoch - FIT["warmup_epochs"]) / (FIT["epochs"] - FIT["warmup_epochs"])
    return FIT["learning_rate"] * 0.5 * (1 + math.cos(math.pi * part))


def train(build, x, y, classes, initial):
    """Weights and losses of five steps of AdamW over all clips, in float32."""
    model, named = model_of(build, x.shape[1], x.shape[2], initial)
    optimizer = keras.optimizers.AdamW(FIT["learning_rate"], weight_decay=FIT["weight_decay"],
                                       global_clipnorm=FIT["global_clipnorm"])
    optimizer.exclude_from_weight_decay(var_list=[w for name, w in named.items() if not name.endswith("kernel")])
    targets = keras.utils.to_categorical(y, classes)[:, None, :]
    weights = (len(y) / (classes * np.bincount(y)))[y][:, None].astype("float32")
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=FIT["label_smoothing"])
    model.compile(optimizer, loss)
    losses = []
    for step in range(FIT["epochs"]):
        optimizer.learning_rate = learning_rate(step)
        losses.append(float(model.train_on_batch(x, targets, sample_weight=weights)))
    print("losses", losses)
    return {"trained/" + name: weight.numpy() for name, weight in named.items()} | {"losses": np.array(losses)}


def text(value):
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def main():
    keras.utils.set_random_seed(SEED)
    tf.config.threading.set_intra_op_parallelism_threads(1)  # the same sums in every run
    tf.config.experimental.enable_op_determinism()
    random = np.random.RandomState(SEED)
    tensors = {"x": random.standard_normal((CLIPS, FRAMES + 1, COLUMNS)).astype("float32") + np.float32(0.3),
               "network/x": random.standard_normal((6, 12, 5)).astype("float32"),
               "network/labels": np.array([0, 1, 2, 0, 1, 0], "int32")}
    cases = dict(CASES)
    cases |= {name: (network(options), True, 12) for name, options in NETWORKS.items()}
    for name, (build, training, frames) in cases.items():
        x = tensors["network/x"] if name in NETWORKS else tensors["x"][:, :frames]
        initial = {}
        keras.backend.set_floatx("float64")
        keras.utils.clear_session()
        dy, results = run(build, training, x.astype("float64"), initial)
        tensors |= {f"{name}/{key}": value for key, value in results.items()}
        tensors[f"{name}/dy"] = dy
        tensors |= {f"{name}/initial/{key}": value for key, value in initial.items()}
        if name in NETWORKS:
            keras.backend.set_floatx("float32")
            keras.utils.clear_session()
            trained = train(build, x, tensors["network/labels"], NETWORKS[name]["classes"], initial)
            tensors |= {f"{name}/{key}": value for key, value in trained.items()}
        print(name, dy.shape, sorted(initial))
    frames = {name: frames for name, (_, _, frames) in cases.items()}
    options = {name: {key: text(value) for key, value in (options | FIT).items() if key != "classes"}
               for name, options in NETWORKS.items()}
    write("keras_sequence", tensors, ["keras", "tensorflow-cpu", "numpy"], seed=str(SEED), frames=json.dumps(frames),
          networks=json.dumps(options))


if __name__ == "__main__":
    main()
