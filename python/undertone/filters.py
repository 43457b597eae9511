"""Filter banks under librosa's names."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from . import _core
from .features import _texts

__all__ = ["chroma", "hz_to_mel", "mel", "mel_to_hz"]


def mel(*, sr: float, n_fft: int, n_mels: int = 128, fmin: float = 0.0, fmax: float | None = None, htk: bool = False,
        norm: str | float | None = "slaney") -> np.ndarray:
    """Triangles evenly spaced in mel, as ``librosa.filters.mel``.

    Parameters
    ----------
    sr : float
        Sampling rate in Hz.
    n_fft, n_mels : int
        Length of the transform, number of bands.
    fmin, fmax : float, optional
        Edges of the lowest and the highest band in Hz.
    htk : bool, default=False
        HTK's mel scale instead of Slaney's.
    norm : {"slaney", None, 1, 2, numpy.inf}, default="slaney"
        How bands are scaled.

    Returns
    -------
    ndarray of shape (n_mels, 1 + n_fft // 2), float32
    """
    return _core.mel_filters(_texts(dict(sr=sr, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax, htk=htk,
                                         mel_norm=norm)))


def chroma(*, sr: float, n_fft: int, n_chroma: int = 12, tuning: float = 0.0, ctroct: float = 5.0,
           octwidth: float | None = 2, norm: float | None = 2, base_c: bool = True) -> np.ndarray:
    """Which bins belong to which pitch class, as ``librosa.filters.chroma``.

    Parameters
    ----------
    sr : float
        Sampling rate in Hz.
    n_fft, n_chroma : int
        Length of the transform, pitch classes in an octave.
    tuning : float, default=0.0
        Deviation from A440 in bins.
    ctroct, octwidth : float, default=5.0, 2
        Octave that weighs most, and the width of that weight; None: all alike.
    norm : {2, 1, numpy.inf, None}, default=2
        How a bin's weights are scaled.
    base_c : bool, default=True
        Whether the first class is C, else A.

    Returns
    -------
    ndarray of shape (n_chroma, 1 + n_fft // 2), float32
    """
    return _core.chroma_filters(_texts(dict(sr=sr, n_fft=n_fft, n_chroma=n_chroma, tuning=tuning, ctroct=ctroct,
                                            octwidth=octwidth, norm=norm, base_c=base_c)))


def hz_to_mel(frequencies: ArrayLike, *, htk: bool = False) -> np.ndarray:
    """Hz to mel, as ``librosa.hz_to_mel``."""
    return np.vectorize(lambda hz: _core.hz_to_mel(float(hz), htk), otypes=[float])(frequencies)[()]


def mel_to_hz(mels: ArrayLike, *, htk: bool = False) -> np.ndarray:
    """Mel to Hz, as ``librosa.mel_to_hz``."""
    return np.vectorize(lambda mel: _core.mel_to_hz(float(mel), htk), otypes=[float])(mels)[()]
