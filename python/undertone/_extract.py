"""The features of many recordings."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _core
from ._audio import CLIP_MEMORY, MEMORY, as_samples
from ._errors import error_of
from ._text import text


@functools.lru_cache(maxsize=32)
def _set(name, options):
    return _core.feature_set(name, dict(options))


def feature_set(name, options=None):
    """The library's feature set of that name, kept for the next call."""
    if isinstance(name, _core.FeatureSet):
        return name
    return _set(name, tuple(sorted((key, text(value)) for key, value in (options or {}).items())))


def n_threads_of(n_jobs):
    """joblib's way of counting: None is 1, -1 is all cores, -2 all but one."""
    if n_jobs is None:
        return 1
    if n_jobs == 0:
        raise ValueError("n_jobs = 0: must be above or below 0")
    return int(n_jobs) if n_jobs > 0 else max(1, len(os.sched_getaffinity(0)) + 1 + int(n_jobs))


def paths_of(files):
    """A list of texts; a lone path is refused where several are meant."""
    if isinstance(files, (str, bytes, os.PathLike)):
        raise TypeError("files: must be a list of paths")
    return [os.fspath(file) for file in files]


def columns(features: str = "librosa193") -> list[str]:
    """The names of a feature set's values.

    Parameters
    ----------
    features : str, default="librosa193"
        ``librosa193`` (one vector a recording), or ``logmel64``, ``pcen64``, ``logmel64+pitch`` (one a frame).

    Returns
    -------
    list of str
    """
    return list(feature_set(features).columns)


def extract(files: Iterable[str | os.PathLike], features: str = "librosa193", *, n_jobs: int | None = -1,
            output: str = "array", errors: str = "raise", options: dict | None = None,
            clip_memory: int = CLIP_MEMORY, memory: int = MEMORY) -> Any:
    """Compute the features of files on several cores.

    Parameters
    ----------
    files : iterable of str or os.PathLike
        Recordings; entries of zips too.
    features : str, default="librosa193"
        Name of the feature set, see :func:`columns`.
    n_jobs : int, default=-1
        Threads, counted as joblib does: -1 is all cores.
    output : {"array", "pandas"}, default="array"
        What to return.
    errors : {"raise", "nan"}, default="raise"
        What a file that cannot be read does: raise its error, or give a row of NaN (of a set that gives frames an
        array without rows, in a DataFrame a frame of NaN). A DataFrame then has a column ``error`` beside the
        features.
    options : dict, optional
        Of the feature set: ``{"pad_mode": "reflect"}``.
    clip_memory : int, default=256
        MB of memory for the sound of one recording; the message of one that needs more names a value that works.
    memory : int, default=512
        MB of memory for the sound of all threads together.

    Returns
    -------
    ndarray of shape (n_files, n_columns), float64
        In the order given. Of a set that gives frames: a list of arrays ``(n_frames, n_columns)``.
    pandas.DataFrame
        With ``output="pandas"``: a row a file, whose index is the file; of frames a row each, indexed by file
        and frame.

    Examples
    --------
    >>> undertone.extract(["a.wav", "b.flac"]).shape  # doctest: +SKIP
    (2, 193)
    """
    if output not in ("array", "pandas"):
        raise ValueError(f"output = {output!r}: must be array or pandas")
    if errors not in ("raise", "nan"):
        raise ValueError(f"errors = {errors!r}: must be raise or nan")
    paths = paths_of(files)
    chosen = feature_set(features, options)
    rows = chosen.extract_files(paths, n_threads_of(n_jobs), False, int(clip_memory), int(memory))
    names, values, messages = chosen.columns, [], []
    for row, code, message, _ in rows:
        if code is not None and errors == "raise":
            raise error_of(code, message)
        if row is None:
            row = np.full((0 if chosen.per_frame else 1, len(names)), np.nan)
        values.append(row)
        messages.append(message)
    if output == "pandas":
        return _frame(paths, values, messages if errors == "nan" else None, names, chosen.per_frame)
    if chosen.per_frame:
        return values
    return np.concatenate(values) if values else np.empty((0, len(names)))


def _frame(paths, values, messages, names, per_frame):
    import pandas as pd

    if per_frame:
        if messages is not None:
            values = [rows if message is None else np.full((1, len(names)), np.nan)
                      for rows, message in zip(values, messages)]
            messages = [message for rows, message in zip(values, messages) for _ in rows]
        index = pd.MultiIndex.from_tuples(
            [(path, i) for path, rows in zip(paths, values) for i in range(len(rows))], names=["file", "frame"])
    else:
        index = pd.Index(paths, name="file")
    frame = pd.DataFrame(np.concatenate(values) if values else np.empty((0, len(names))), index=index, columns=names)
    if messages is not None:
        frame["error"] = messages
    return frame


def voice_activity(y: ArrayLike, *, sr: int) -> str:
    """Tell whether somebody speaks in a clip.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Samples.
    sr : int
        Their rate in Hz.

    Returns
    -------
    {"speech", "too short", "no speech"}

    Raises
    ------
    undertone.Numerical
        A sample is not finite.
    """
    return _core.voice_activity(as_samples(y), int(sr))
