"""Recordings to samples."""

from __future__ import annotations

import math
import os

import numpy as np
from numpy.typing import ArrayLike

from . import _core
from ._errors import error_of

# MB, as the program has it: of one recording, and of all that threads read at a time.
CLIP_MEMORY, MEMORY = 256, 512


def as_samples(y, name="y"):
    """One-dimensional contiguous float32; no copy where it is that already."""
    y = np.asarray(y)
    if y.dtype.kind != "f":
        raise TypeError(f"{name} has dtype {y.dtype}: must be floating-point, full scale from -1 to 1")
    if y.ndim != 1:
        raise ValueError(f"{name} has shape {y.shape}: must be one-dimensional")
    return np.ascontiguousarray(y, np.float32)


def read_audio(source: str | os.PathLike | bytes, *, sr: int | None = None, start: float = 0.0,
               end: float = 0.0, clip_memory: int = CLIP_MEMORY) -> tuple[np.ndarray, int]:
    """Read a recording: WAV, FLAC, Ogg Vorbis and Opus, MP3, AIFF, AU, CAF.

    Parameters
    ----------
    source : str, os.PathLike or bytes
        A file, an entry of a zip (``corpus.zip/a/b.wav``), or the bytes of a file.
    sr : int, optional
        Resample to this rate in Hz; by default the recording keeps its own.
    start, end : float, optional
        Read this part only, in seconds; ``end`` 0 is the end of the recording. Not for bytes.
    clip_memory : int, default=256
        MB of memory for its sound, resampled too; what needs more is refused before it is decoded.

    Returns
    -------
    y : ndarray of shape (n_samples,), float32
        The mean of the channels, full scale from -1 to 1.
    sr : int
        Its rate in Hz.

    Notes
    -----
    Equals ``librosa.load(source, sr=None)`` of librosa 0.11.0, bit for bit, and
    ``librosa.resample(res_type="soxr_hq")``. A cut or broken file is an error here.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        if start or end:
            raise ValueError("start and end: must be left out for bytes")
        y, rate = _core.read_audio_bytes(bytes(source), "bytes", int(clip_memory))
    else:
        y, rate = _core.read_audio(os.fspath(source), float(start), float(end), int(clip_memory))
    if sr is not None and sr != rate:
        megabytes = math.ceil(len(y) * (1 + int(sr) / rate) * y.itemsize / 1e6)
        if megabytes > clip_memory:
            raise error_of("io", f"at {sr} Hz the sound needs {megabytes} MB of memory, the limit is {clip_memory} MB: "
                                 f"clip_memory={megabytes} allows it")
        y, rate = _core.resample(y, rate, int(sr)), int(sr)
    return y, rate


def resample(y: ArrayLike, *, orig_sr: int, target_sr: int) -> np.ndarray:
    """Resample with soxr at its high quality, as librosa's ``resample(res_type="soxr_hq")``.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Samples.
    orig_sr, target_sr : int
        Rates in Hz, which may differ 256 times at most.

    Returns
    -------
    ndarray of shape (ceil(n_samples * target_sr / orig_sr),), float32
    """
    return _core.resample(as_samples(y), int(orig_sr), int(target_sr))
