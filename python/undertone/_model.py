"""Trained models."""

from __future__ import annotations

import os
import pathlib
from typing import Any

import numpy as np

from . import _core
from ._audio import CLIP_MEMORY, MEMORY, as_samples
from ._errors import error_of
from ._extract import n_threads_of

_SHIPPED = pathlib.Path(__file__).parent / "models"


class Model:
    """A trained model: from recordings to emotions. Made by :func:`load`.

    A clip is a path (str or os.PathLike), or a pair ``(y, sr)`` of samples and their rate.
    """

    def __init__(self, core):
        self._core = core

    @classmethod
    def from_bytes(cls, data: bytes, origin: str = "bytes") -> Model:
        """Make a model of the bytes of its file."""
        return cls(_core.Model.parse(bytes(data), origin))

    def to_bytes(self) -> bytes:
        """The bytes of the model file: safetensors, nothing in it that runs."""
        return self._core.bytes()

    def save(self, path: str | os.PathLike) -> None:
        """Write the model file, whole or not at all."""
        self._core.save(os.fspath(path))

    def __reduce__(self):
        return Model.from_bytes, (self.to_bytes(), "a pickle")

    def __repr__(self):
        return f"<undertone.Model {self.features}, {self._core.framework}, {' '.join(self.labels)}>"

    @property
    def labels(self) -> list[str]:
        """Labels in the order of the probabilities."""
        return list(self._core.labels)

    @property
    def features(self) -> str:
        """Name of the feature set that it reads."""
        return self._core.features.name

    @property
    def record(self) -> dict[str, str]:
        """What is known of its training: corpus, licence, split, accuracy and more."""
        return dict(self._core.record)

    def predict_proba(self, clips: Any, *, n_jobs: int | None = -1, any_sound: bool = False,
                      voice: Any = None, clip_memory: int = CLIP_MEMORY, memory: int = MEMORY) -> np.ndarray:
        """Probabilities of the labels.

        Parameters
        ----------
        clips : a clip, or a list of clips
            Paths, or pairs ``(y, sr)``.
        n_jobs : int, default=-1
            Threads, counted as joblib does.
        any_sound : bool, default=False
            Ask the model about clips in which nobody speaks too; without it their rows are NaN.
        voice : optional
            How the speaker usually sounds, from :meth:`enroll`.
        clip_memory : int, default=256
            MB of memory for the sound of one recording; the message of one that needs more names a value that works.
        memory : int, default=512
            MB of memory for the sound of all threads together.

        Returns
        -------
        ndarray of shape (n_labels,) for one clip, else (n_clips, n_labels)
        """
        single, rows, _ = self._answers(clips, n_jobs, any_sound, voice, clip_memory, memory)
        return rows[0] if single else rows

    def predict(self, clips: Any, *, n_jobs: int | None = -1, any_sound: bool = False, voice: Any = None,
                abstain: float = 0.0, clip_memory: int = CLIP_MEMORY, memory: int = MEMORY) -> Any:
        """The likeliest label.

        Parameters
        ----------
        clips, n_jobs, any_sound, voice, clip_memory, memory
            As of :meth:`predict_proba`.
        abstain : float, default=0.0
            What is less probable becomes ``"unsure"``.

        Returns
        -------
        str for one clip, else ndarray of str, shape (n_clips,)
            A label, ``"unsure"``, or, unless `any_sound`, ``"no speech"`` and ``"too short"``.
        """
        single, rows, reasons = self._answers(clips, n_jobs, any_sound, voice, clip_memory, memory)
        labels = self.labels
        said = [reason if reason is not None else "unsure" if row.max() < abstain else labels[int(row.argmax())]
                for row, reason in zip(rows, reasons)]
        return said[0] if single else np.array(said, dtype=object if not said else None)

    def enroll(self, clips: Any, label: str = "", *, n_jobs: int | None = -1, clip_memory: int = CLIP_MEMORY,
               memory: int = MEMORY) -> Any:
        """Learn how a speaker usually sounds, for a model that hears clips against their speaker's voice.

        Parameters
        ----------
        clips : list of clips
            Some ten recordings of one speaker.
        label : str, default=""
            How they were spoken: one of the labels, or ``any``; by default neutral.
        n_jobs, clip_memory, memory
            As of :meth:`predict_proba`.
        """
        _, clips = _listed(clips)
        features = self._features(clips, n_jobs, True, clip_memory, memory)
        return self._core.enroll([row.ravel().tolist() for row, _ in features], label)

    def _answers(self, clips, n_jobs, any_sound, voice, clip_memory, memory):
        single, clips = _listed(clips)
        rows, reasons = np.full((len(clips), len(self._core.labels)), np.nan), []
        for i, (features, reason) in enumerate(self._features(clips, n_jobs, any_sound, clip_memory, memory)):
            reasons.append(reason)
            if reason is None:
                rows[i] = self._core.predict_features(features.ravel(), voice)
        return single, rows, reasons

    def _features(self, clips, n_jobs, any_sound, clip_memory, memory):
        """Of each clip: features, reason why there are none."""
        chosen = self._core.features
        files = [i for i, clip in enumerate(clips) if not isinstance(clip, tuple)]
        found = [None] * len(clips)
        extracted = chosen.extract_files([os.fspath(clips[i]) for i in files], n_threads_of(n_jobs), not any_sound,
                                         int(clip_memory), int(memory))
        for i, (row, code, message, reason) in zip(files, extracted):
            if code is not None:
                raise error_of(code, message)
            found[i] = row, reason
        for i, clip in enumerate(clips):
            if isinstance(clip, tuple):
                y, sr = as_samples(clip[0]), int(clip[1])
                reason = "speech" if any_sound else _core.voice_activity(y, sr)
                found[i] = (chosen.extract_clip(y, sr), None) if reason == "speech" else (None, reason)
        return found


def _is_clip(clip):
    return isinstance(clip, (str, os.PathLike)) or (
        isinstance(clip, tuple) and len(clip) == 2 and np.ndim(clip[1]) == 0
        and not isinstance(clip[1], (str, os.PathLike)))


def _listed(clips):
    if _is_clip(clips):
        return True, [clips]
    clips = list(clips)
    for clip in clips:
        if not _is_clip(clip):
            raise TypeError(f"clip of type {type(clip).__name__}: must be a path or a pair (y, sr)")
    return False, clips


def load(model: str | os.PathLike = "ravdess") -> Model:
    """Load a trained model and run its self-test.

    Parameters
    ----------
    model : str or os.PathLike, default="ravdess"
        A file, or where there is no such file the name of a shipped model: ``ravdess``, ``emodb``, ``all``.

    Returns
    -------
    Model

    Notes
    -----
    The shipped models were trained on corpora for non-commercial use; their cards lie beside them.
    """
    path = os.fspath(model)
    shipped = _SHIPPED / f"{path}.safetensors"
    if not os.path.isfile(path) and os.path.basename(path) == path and shipped.is_file():
        path = str(shipped)
    return Model(_core.Model.load(path))

