"""Features under librosa's names, arguments and array orientation: ``[n_coefficients, n_frames]``.

Each function gives what librosa 0.11.0 gives, within the tolerances of ``docs/exactness.md``, in float32
whatever goes in. Arrays of more than one dimension are taken as channels, as librosa does. Results are
transposed views (Fortran order), which costs nothing; samples that are contiguous float32 are not copied. An
argument that is not listed is a TypeError.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from . import _core
from ._audio import as_samples
from ._text import text

__all__ = [
    "amplitude_to_db", "chroma_stft", "db_to_amplitude", "db_to_power", "estimate_tuning", "melspectrogram", "mfcc",
    "power_to_db", "stft", "zero_crossing_rate", "zero_crossings",
]


def _texts(options):
    """librosa's arguments as the library's tables know them."""
    window = options.get("window", "hann")
    if not isinstance(window, str):
        raise ValueError(f"window of type {type(window).__name__}: must be a name, such as hann")
    return {("sample_rate" if name == "sr" else name): text(value) for name, value in options.items()}


@functools.lru_cache(maxsize=64)
def _kept_plan(kind, options):
    return kind(_texts({name: value for name, _, value in options}))


def _plan(kind, **options):
    """A plan (window, transform, filter bank) is made once for calls with the same options."""
    if not isinstance(options["window"], str):
        _texts(options)
    # With the type: 1 and True are one key, and mean different things.
    return _kept_plan(kind, tuple((name, type(value), value) for name, value in options.items()))


def _over_channels(work, array, n_dims):
    """Calls `work` with the last `n_dims` dimensions of an array, for whatever lies before them."""
    array = np.asarray(array)
    if array.ndim < n_dims:
        raise ValueError(f"array of {array.ndim} dimensions: must have at least {n_dims}")
    if array.ndim == n_dims:
        return work(array)
    channels = array.reshape(-1, *array.shape[array.ndim - n_dims:])
    results = np.stack([work(channel) for channel in channels])
    return results.reshape(*array.shape[:array.ndim - n_dims], *results.shape[1:])


def _from_samples(function, y):
    return _over_channels(lambda channel: function(as_samples(channel)).T, y, 1)


def _frames(matrix, name="S"):
    """``[n_bins, n_frames]`` as the library reads it; no copy of what it gave itself."""
    if matrix.dtype.kind == "c":
        raise TypeError(f"{name} is complex: must be real, take np.abs of it")
    return np.ascontiguousarray(matrix.T, np.float32)


def _from_spectrogram(function, S):
    return _over_channels(lambda channel: function(_frames(channel)).T, S, 2)


def _one_of(y, S):
    if (y is None) == (S is None):
        raise ValueError("y and S: exactly one of them must be given")


def _n_fft_of(S, n_fft):
    """As librosa: the rows of a spectrogram say its n_fft."""
    rows = np.shape(S)[-2]
    return n_fft if n_fft // 2 + 1 == rows else 2 * (rows - 1)


def stft(y: ArrayLike, *, n_fft: int = 2048, hop_length: int | None = None, win_length: int | None = None,
         window: str = "hann", center: bool = True, pad_mode: str = "constant") -> np.ndarray:
    """Short-time Fourier transform.

    Parameters
    ----------
    y : ndarray of shape (..., n_samples)
        Samples.
    n_fft : int, default=2048
        Length of the transform.
    hop_length : int, optional
        Samples from one frame to the next; by default a quarter of `win_length`.
    win_length : int, optional
        Length of the window; by default `n_fft`.
    window : {"hann", "hamming", "blackman", "bartlett", "boxcar"}, default="hann"
        Its shape.
    center : bool, default=True
        Whether frame t is centred on sample ``t * hop_length``.
    pad_mode : {"constant", "edge", "reflect", "symmetric"}, default="constant"
        What stands outside the signal when `center`.

    Returns
    -------
    ndarray of shape (..., 1 + n_fft // 2, n_frames), complex64

    See Also
    --------
    librosa.stft : equals it within 1e-6 of the largest magnitude.
    """
    plan = _plan(_core.Stft, n_fft=n_fft, hop_length=hop_length, win_length=win_length, window=window, center=center,
                 pad_mode=pad_mode)
    return _from_samples(plan, y)


def melspectrogram(*, y: ArrayLike | None = None, sr: float = 22050, S: ArrayLike | None = None, n_fft: int = 2048,
                   hop_length: int | None = 512, win_length: int | None = None, window: str = "hann",
                   center: bool = True, pad_mode: str = "constant", power: float = 2.0, n_mels: int = 128,
                   fmin: float = 0.0, fmax: float | None = None, htk: bool = False,
                   norm: str | float | None = "slaney") -> np.ndarray:
    """Energy in mel bands, frame by frame.

    Parameters
    ----------
    y : ndarray of shape (..., n_samples), optional
        Samples; this or `S`.
    sr : float, default=22050
        Their rate in Hz.
    S : ndarray of shape (..., 1 + n_fft // 2, n_frames), optional
        A spectrogram, to whatever power is wanted.
    n_fft, hop_length, win_length, window, center, pad_mode
        As of :func:`stft`.
    power : float, default=2.0
        1 for magnitudes, 2 for powers.
    n_mels : int, default=128
        Number of bands.
    fmin, fmax : float, optional
        Edges of the lowest and the highest band in Hz; by default 0 and half of `sr`.
    htk : bool, default=False
        HTK's mel scale instead of Slaney's.
    norm : {"slaney", None, 1, 2, numpy.inf}, default="slaney"
        How bands are scaled.

    Returns
    -------
    ndarray of shape (..., n_mels, n_frames), float32

    See Also
    --------
    librosa.feature.melspectrogram : equals it within 1e-6 of the largest value.
    """
    _one_of(y, S)
    if y is None:
        options = _texts(dict(sr=sr, n_fft=_n_fft_of(S, n_fft), n_mels=n_mels, fmin=fmin, fmax=fmax, htk=htk,
                              mel_norm=norm))
        return _from_spectrogram(lambda frames: _core.mel_of_spectrogram(frames, options), S)
    plan = _plan(_core.MelSpectrogram, sr=sr, n_fft=n_fft, hop_length=hop_length, win_length=win_length,
                 window=window, center=center, pad_mode=pad_mode, power=power, n_mels=n_mels, fmin=fmin, fmax=fmax,
                 htk=htk, mel_norm=norm)
    return _from_samples(plan, y)


def mfcc(*, y: ArrayLike | None = None, sr: float = 22050, S: ArrayLike | None = None, n_mfcc: int = 20,
         dct_type: int = 2, norm: str | None = "ortho", lifter: float = 0, n_fft: int = 2048,
         hop_length: int | None = 512, win_length: int | None = None, window: str = "hann", center: bool = True,
         pad_mode: str = "constant", power: float = 2.0, n_mels: int = 128, fmin: float = 0.0,
         fmax: float | None = None, htk: bool = False, mel_norm: str | float | None = "slaney") -> np.ndarray:
    """Mel-frequency cepstral coefficients.

    Parameters
    ----------
    y, sr
        As of :func:`melspectrogram`.
    S : ndarray of shape (..., n_mels, n_frames), optional
        A mel spectrogram in dB. Only `n_mfcc`, `dct_type`, `norm` and `lifter` are of use then.
    n_mfcc : int, default=20
        Coefficients; at most as many as there are bands.
    dct_type : {1, 2, 3}, default=2
        Cosine transform, as scipy numbers them.
    norm : {"ortho", None}, default="ortho"
        Whether the transform is scaled to be orthonormal.
    lifter : float, default=0
        Weight of higher coefficients.
    n_fft, hop_length, win_length, window, center, pad_mode, power, n_mels, fmin, fmax, htk
        As of :func:`melspectrogram`; `mel_norm` is its `norm`.

    Returns
    -------
    ndarray of shape (..., n_mfcc, n_frames), float32

    See Also
    --------
    librosa.feature.mfcc : equals it within 1e-5 of the largest value.
    """
    _one_of(y, S)
    if norm not in ("ortho", None):
        raise ValueError(f"norm = {norm!r}: must be 'ortho' or None")
    n_bands = n_mels if S is None else np.shape(S)[-2]
    cosine = dict(n_mfcc=min(n_mfcc, n_bands), dct_type=dct_type, ortho=norm == "ortho", lifter=lifter,
                  n_mels=n_bands)
    if y is None:
        options = _texts(cosine)
        return _from_spectrogram(lambda frames: _core.mfcc_of_decibels(frames, options), S)
    plan = _plan(_core.Mfcc, sr=sr, n_fft=n_fft, hop_length=hop_length, win_length=win_length, window=window,
                 center=center, pad_mode=pad_mode, power=power, fmin=fmin, fmax=fmax, htk=htk, mel_norm=mel_norm,
                 **cosine)
    return _from_samples(plan, y)


def chroma_stft(*, y: ArrayLike | None = None, sr: float = 22050, S: ArrayLike | None = None,
                norm: float | None = np.inf, n_fft: int = 2048, hop_length: int | None = 512,
                win_length: int | None = None, window: str = "hann", center: bool = True, pad_mode: str = "constant",
                tuning: float | None = None, n_chroma: int = 12, ctroct: float = 5.0, octwidth: float | None = 2,
                base_c: bool = True) -> np.ndarray:
    """Energy in pitch classes, frame by frame.

    Parameters
    ----------
    y, sr
        As of :func:`melspectrogram`.
    S : ndarray of shape (..., 1 + n_fft // 2, n_frames), optional
        A spectrogram.
    norm : {numpy.inf, 1, 2, None}, default=numpy.inf
        How a frame is scaled.
    n_fft, hop_length, win_length, window, center, pad_mode
        As of :func:`stft`.
    tuning : float, optional
        Deviation from A440 in bins; estimated by default.
    n_chroma : int, default=12
        Pitch classes in an octave.
    ctroct, octwidth : float, default=5.0, 2
        Octave that weighs most, and the width of that weight; None: all alike.
    base_c : bool, default=True
        Whether the first class is C, else A.

    Returns
    -------
    ndarray of shape (..., n_chroma, n_frames), float32

    See Also
    --------
    librosa.feature.chroma_stft : equals it within 1e-5 of the largest value, given the same tuning.
    """
    _one_of(y, S)
    shared = dict(sr=sr, tuning=tuning, n_chroma=n_chroma, norm=norm, ctroct=ctroct, octwidth=octwidth, base_c=base_c)
    if y is None:
        options = _texts(dict(shared, n_fft=_n_fft_of(S, n_fft)))
        return _from_spectrogram(lambda frames: _core.chroma_of_spectrogram(frames, options), S)
    options = _texts(dict(shared, n_fft=n_fft, hop_length=hop_length, win_length=win_length, window=window,
                          center=center, pad_mode=pad_mode))
    return _from_samples(lambda samples: _core.chroma_stft(samples, options), y)


def estimate_tuning(*, y: ArrayLike | None = None, sr: float = 22050, S: ArrayLike | None = None, n_fft: int = 2048,
                    resolution: float = 0.01, bins_per_octave: int = 12, hop_length: int | None = None,
                    fmin: float = 150.0, fmax: float | None = 4000.0, threshold: float = 0.1,
                    win_length: int | None = None, window: str = "hann", center: bool = True,
                    pad_mode: str = "constant") -> float:
    """How far a recording is tuned away from A440.

    Parameters
    ----------
    y, sr
        As of :func:`melspectrogram`, of one channel.
    S : ndarray of shape (1 + n_fft // 2, n_frames), optional
        Magnitudes.
    resolution : float, default=0.01
        Fineness of the answer, in bins.
    bins_per_octave : int, default=12
        Bins of an octave.
    fmin, fmax : float, default=150, 4000
        Lowest and highest pitch in Hz.
    threshold : float, default=0.1
        A peak below this share of its frame's largest magnitude is none.
    n_fft, hop_length, win_length, window, center, pad_mode
        As of :func:`stft`.

    Returns
    -------
    float
        In [-0.5, 0.5) bins; 0 when no pitch is found.

    See Also
    --------
    librosa.estimate_tuning : equals it.
    """
    _one_of(y, S)
    if y is not None:
        S = np.abs(stft(y, n_fft=n_fft, hop_length=hop_length, win_length=win_length, window=window, center=center,
                        pad_mode=pad_mode))
    S = np.asarray(S)
    if S.ndim != 2:
        raise ValueError(f"spectrogram of shape {S.shape}: must have two dimensions")
    return _core.estimate_tuning(_frames(S), _texts(dict(
        sr=sr, n_fft=_n_fft_of(S, n_fft), resolution=resolution, bins_per_octave=bins_per_octave, fmin=fmin, fmax=fmax,
        threshold=threshold)))


def _decibels(S, ref, amin, top_db):
    S = np.asarray(S)
    if S.dtype.kind == "c":
        warnings.warn("S is complex: its phase is dropped, take np.abs(S) ** 2", stacklevel=3)
        S = np.abs(S)
    whole = np.ascontiguousarray(S.T if S.flags.f_contiguous else S, np.float32)
    options = dict(ref=abs(float(ref(S) if callable(ref) else ref)), amin=amin, top_db=top_db)
    flat = whole.reshape(1, -1)
    decibels = _core.power_to_db(flat, _texts(options)).reshape(whole.shape)
    return decibels.T if S.flags.f_contiguous else decibels


def power_to_db(S: ArrayLike, *, ref: float | Callable[[np.ndarray], float] = 1.0, amin: float = 1e-10,
                top_db: float | None = 80.0) -> np.ndarray:
    """Power to decibels: ``10 * log10(S / ref)``.

    Parameters
    ----------
    S : ndarray
        Powers, of any shape.
    ref : float or callable, default=1.0
        The power that is 0 dB, or a function of `S` that gives it, such as ``np.max``.
    amin : float, default=1e-10
        Smaller powers count as this.
    top_db : float, optional, default=80.0
        Nothing lies further below the peak; None: no limit.

    Returns
    -------
    ndarray of the shape of `S`, float32

    See Also
    --------
    librosa.power_to_db : equals it within 1e-6 of the largest value.
    """
    return _decibels(S, ref, amin, top_db)


def amplitude_to_db(S: ArrayLike, *, ref: float | Callable[[np.ndarray], float] = 1.0, amin: float = 1e-5,
                    top_db: float | None = 80.0) -> np.ndarray:
    """Amplitude to decibels: ``20 * log10(S / ref)``.

    Parameters
    ----------
    S : ndarray
        Amplitudes, of any shape.
    ref, amin, top_db
        As of :func:`power_to_db`, in amplitudes.

    Returns
    -------
    ndarray of the shape of `S`, float32

    See Also
    --------
    librosa.amplitude_to_db : equals it within 1e-6 of the largest value.
    """
    S = np.asarray(S)
    if S.dtype.kind == "c":
        warnings.warn("S is complex: its phase is dropped, take np.abs(S)", stacklevel=2)
    magnitude = np.abs(S)
    return _decibels(np.square(magnitude), abs(float(ref(magnitude) if callable(ref) else ref)) ** 2, amin**2, top_db)


def db_to_power(S_db: ArrayLike, *, ref: float = 1.0) -> np.ndarray:
    """Decibels to power: ``ref * 10 ** (S_db / 10)``; the inverse of :func:`power_to_db` within its `top_db`."""
    return ref * np.power(10.0, np.multiply(S_db, 0.1))


def db_to_amplitude(S_db: ArrayLike, *, ref: float = 1.0) -> np.ndarray:
    """Decibels to amplitude: the inverse of :func:`amplitude_to_db` within its `top_db`."""
    return np.sqrt(db_to_power(S_db, ref=ref**2))


def zero_crossings(y: ArrayLike, *, threshold: float = 1e-10,
                   ref_magnitude: float | Callable[[np.ndarray], float] | None = None, pad: bool = True,
                   zero_pos: bool = True) -> np.ndarray:
    """Where the sign changes from one sample to the next.

    Parameters
    ----------
    y : ndarray of shape (..., n_samples)
        Samples.
    threshold : float, default=1e-10
        Values this small count as zero.
    ref_magnitude : float or callable, optional
        What `threshold` is multiplied with, or a function of ``abs(y)`` that gives it.
    pad : bool, default=True
        Whether the first sample counts as a crossing.
    zero_pos : bool, default=True
        Whether zero is positive; otherwise it has a sign of its own.

    Returns
    -------
    ndarray of shape (..., n_samples), bool

    See Also
    --------
    librosa.zero_crossings : equals it.
    """
    if callable(ref_magnitude):
        threshold = threshold * ref_magnitude(np.abs(y))
    elif ref_magnitude is not None:
        threshold = threshold * ref_magnitude
    return _over_channels(
        lambda channel: _core.zero_crossing_marks(as_samples(channel), float(threshold), bool(pad),
                                                  bool(zero_pos)).view(bool), y, 1)


def zero_crossing_rate(y: ArrayLike, *, frame_length: int = 2048, hop_length: int = 512, center: bool = True,
                       threshold: float = 1e-10, ref_magnitude: float | Callable[[np.ndarray], float] | None = None,
                       pad: bool = False, zero_pos: bool = True) -> np.ndarray:
    """The share of samples at which the sign changes, frame by frame.

    Parameters
    ----------
    y : ndarray of shape (..., n_samples)
        Samples.
    frame_length, hop_length : int, default=2048, 512
        Length of a frame, and samples from one to the next.
    center : bool, default=True
        Whether frame t is centred on sample ``t * hop_length``.
    threshold, ref_magnitude, pad, zero_pos
        As of :func:`zero_crossings`, of each frame.

    Returns
    -------
    ndarray of shape (..., 1, n_frames), float64

    See Also
    --------
    librosa.feature.zero_crossing_rate : equals it.
    """
    if frame_length < 1 or hop_length < 1:
        raise ValueError(f"frame_length = {frame_length}, hop_length = {hop_length}: must be at least 1")
    marks = zero_crossings(y, threshold=threshold, ref_magnitude=ref_magnitude, pad=False, zero_pos=zero_pos)
    if center:  # beyond its ends a signal is as at its ends, so that no crossing is added
        margin = frame_length // 2
        marks = np.pad(marks, [(0, 0)] * (marks.ndim - 1) + [(margin, margin)])
    if marks.shape[-1] < frame_length:
        raise ValueError(f"y has {np.shape(y)[-1]} samples: must have at least frame_length = {frame_length}")
    before = np.concatenate([np.zeros((*marks.shape[:-1], 1), int), np.cumsum(marks, axis=-1)], axis=-1)
    first = np.arange(0, marks.shape[-1] - frame_length + 1, hop_length)
    # The first sample of a frame has none before it.
    counts = before[..., first + frame_length] - before[..., first + 1] + (1 if pad else 0)
    return (counts / frame_length)[..., np.newaxis, :]
