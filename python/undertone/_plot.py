"""Pictures of recordings."""

from __future__ import annotations

import os
import pathlib
from typing import Any

from . import _core
from ._audio import as_samples, read_audio
from ._text import text


class Picture:
    """A picture that is drawn: a notebook shows it, :meth:`save` writes it. Made by :func:`plot`."""

    def __init__(self, data: bytes, format: str):
        self.data, self.format = data, format

    def __repr__(self):
        return f"<undertone.Picture {self.format}, {len(self.data)} bytes>"

    def _repr_png_(self):
        return self.data if self.format == "png" else None

    def _repr_svg_(self):
        return self.data.decode() if self.format == "svg" else None

    def save(self, path: str | os.PathLike) -> None:
        """Write the file, whose name must end as the picture's format does."""
        path = pathlib.Path(path)
        if path.suffix.lower() != f".{self.format}":
            raise ValueError(f"{path}: the picture is a {self.format}; plot(format=...) draws another")
        path.write_bytes(self.data)


def plot(clip: Any, kind: str = "all", *, title: str | None = None, start: float = 0.0, end: float = 0.0,
         width: float = 900, dpi: float = 96, dark: bool = False, format: str = "png", **options: Any) -> Picture:
    """Draw a recording, as ``undertone plot`` does.

    Parameters
    ----------
    clip : str, os.PathLike, or a pair ``(y, sr)``
        A file, or samples and their rate in Hz.
    kind : {"all", "waveform", "spectrogram", "mel", "chroma", "mfcc", "zero-crossings"}
        What is shown of it.
    title : str, optional
        By default the name of the file.
    start, end : float, optional
        The part to show, in seconds; ``end`` 0 is the end of the recording. For samples, ``start`` is where they begin
        in their recording, and there is no ``end``.
    width : float, default=900
        In px of 1/96 inch.
    dpi : float, default=96
        Pixels an inch.
    dark : bool, default=False
        Bright on dark.
    format : {"png", "svg", "pdf"}
        Of the picture.
    **options
        How the arrays are computed, under librosa's names: ``n_fft``, ``hop_length``, ``n_mels``, ``n_mfcc``,
        ``n_chroma``, ``fmin``, ``fmax``, ``top_db``, and ``scale`` ("linear", "log" or "mel") of the spectrogram.

    Returns
    -------
    Picture

    See Also
    --------
    librosa.display.specshow : the arrays drawn are equal to librosa's.
    """
    if isinstance(clip, (str, os.PathLike)):
        y, sr = read_audio(clip, start=start, end=end)
        title = os.fsencode(pathlib.Path(clip).name).decode(errors="backslashreplace") if title is None else title
    else:
        if end:
            raise ValueError("end: must be left out for samples")
        y, sr = clip
    data = _core.sound_picture(as_samples(y), int(sr), kind, title or "", float(start),
                               {name: text(value) for name, value in options.items()}, float(width), float(dpi),
                               bool(dark), format)
    return Picture(data, format)
