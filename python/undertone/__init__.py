"""Emotion in speech, fast: librosa's features and scikit-learn's perceptron from a C++ library.

What is here:

- :mod:`undertone.features`: ``mfcc``, ``melspectrogram``, ``chroma_stft``, ``stft`` and more, as librosa's.
- :func:`extract`: the features of many files, on all cores.
- :func:`load`: a trained model, which predicts from files or samples.
- :func:`plot`: pictures of a recording.
- :func:`read_audio`: samples of a recording, as ``librosa.load(path, sr=None)``.
- :mod:`undertone.sklearn`: estimators for scikit-learn.
- :mod:`undertone.spark`: features and predictions at scale.
"""

import importlib

from . import features, filters
from ._audio import read_audio, resample
from ._core import framework_options as _framework_options
from ._errors import (
    Cancelled,
    CorruptData,
    Error,
    IncompatibleModel,
    InvalidArgument,
    IoError,
    NotFitted,
    Numerical,
    ShapeMismatch,
    UnsupportedFormat,
)
from ._extract import columns, extract, voice_activity
from ._model import Model, load
from ._plot import Picture, plot

__version__ = "0.1.0"

__all__ = [
    "Cancelled", "CorruptData", "Error", "IncompatibleModel", "InvalidArgument", "IoError", "Model", "NotFitted",
    "Numerical", "Picture", "ShapeMismatch", "UnsupportedFormat", "columns", "extract", "features", "filters",
    "framework_options", "load", "plot", "read_audio", "resample", "sklearn", "spark", "voice_activity",
]


def framework_options(framework):
    """The options of a framework and their defaults.

    Parameters
    ----------
    framework : {"sklearn", "keras", "undertone"}
        Whose rules of training.

    Returns
    -------
    dict of str to str
        Name to default, as text.
    """
    return dict(_framework_options(framework))


def __getattr__(name):
    # scikit-learn and pyspark take seconds to import: only who asks for them waits.
    if name in ("sklearn", "spark"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
