"""Features and predictions at scale, with Apache Spark.

A table of paths or of bytes goes in, one row a clip; one row a clip comes out, in which a clip that cannot be read has
its error. No bad file ends a job. undertone must be installed where the executors run.
"""

import functools

from ._audio import CLIP_MEMORY, MEMORY
from ._extract import feature_set, n_threads_of
from ._model import Model

__all__ = ["features", "predictions"]


def features(table, *, path=None, content=None, features="librosa193", options=None, n_jobs=1,
             clip_memory=CLIP_MEMORY, memory=MEMORY):
    """Compute the features of a table of recordings.

    Parameters
    ----------
    table : pyspark.sql.DataFrame
        A row a recording.
    path : str, optional
        Column of paths, which every executor can read.
    content : str, optional
        Column of the bytes of files, as ``spark.read.format("binaryFile")`` gives them; this or `path`. It is not in
        the result.
    features : str, default="librosa193"
        Feature set of one vector a recording.
    options : dict, optional
        Of the feature set.
    n_jobs : int, default=1
        Threads a task, for paths: Spark's ``spark.task.cpus``. Bytes are read one after the other.
    clip_memory : int, default=256
        MB of memory for the sound of one recording; the message of one that needs more names a value that works.
    memory : int, default=512
        MB of memory for the sound of all threads together.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns of `table`, then ``features`` (array of double; null for a failure) and ``error`` (string; null
        where all went well).
    """
    name, options, n_threads = features, dict(options or {}), n_threads_of(n_jobs)
    if feature_set(name, options).per_frame:
        raise ValueError(f"features = {name!r}: must give one vector a recording")

    def answers(clips):
        chosen = feature_set(name, options)
        for row, message, _ in _extracted(chosen, clips, path is None, n_threads, False,
                                         (clip_memory, memory)):
            yield (None if row is None else row[0]), message

    return _mapped(table, path, content, {"features": "array", "error": "string"}, answers)


def predictions(table, model, *, path=None, content=None, any_sound=False, abstain=0.0, n_jobs=1,
                clip_memory=CLIP_MEMORY, memory=MEMORY):
    """Predict the emotions of a table of recordings.

    Parameters
    ----------
    table : pyspark.sql.DataFrame
        A row a recording.
    model : undertone.Model
        Goes to the executors with the job.
    path, content, n_jobs, clip_memory, memory
        As of :func:`features`.
    any_sound, abstain
        As of :meth:`undertone.Model.predict`.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns of `table`, then ``label`` (string), ``probability`` (double, of the likeliest label; null where
        nobody speaks), ``probabilities`` (array of double, in the order of ``model.labels``) and ``error`` (string).
    """
    data, n_threads = model.to_bytes(), n_threads_of(n_jobs)

    def answers(clips):
        heard = _kept_model(data)
        labels = heard.labels
        for row, message, reason in _extracted(heard._core.features, clips, path is None, n_threads, not any_sound,
                                              (clip_memory, memory)):
            if row is None:
                yield reason, None, None, message
                continue
            try:
                said = heard._core.predict_features(row.ravel(), None)
            except Exception as error:  # one clip of many: its error is its answer
                yield None, None, None, str(error)
                continue
            best = max(range(len(said)), key=said.__getitem__)
            yield "unsure" if said[best] < abstain else labels[best], said[best], said, None

    columns = {"label": "string", "probability": "double", "probabilities": "array", "error": "string"}
    return _mapped(table, path, content, columns, answers)


@functools.lru_cache(maxsize=4)
def _kept_model(data):
    return Model.from_bytes(data, "the model of the job")


def _mapped(table, path, content, columns, answers):
    """The table with the columns that `answers` gives, an answer a clip in their order."""
    from pyspark.sql.types import ArrayType, DoubleType, StringType, StructField, StructType

    if (path is None) == (content is None):
        raise ValueError("path and content: exactly one of them must be given")
    column = path or content
    if column not in table.columns:
        raise ValueError(f"column {column!r}: the table has {', '.join(table.columns)}")
    kept = [field for field in table.schema.fields if field.name != content]
    taken = sorted(set(columns) & {field.name for field in kept})
    if taken:
        raise ValueError(f"column {taken[0]!r}: the table must not have it, for the result does")

    def over_batches(batches):
        import pandas as pd

        for batch in batches:
            result = batch[[field.name for field in kept]].reset_index(drop=True)
            for name, values in zip(columns, zip(*answers(batch[column].tolist()))):
                result[name] = pd.Series(list(values), dtype=object)
            if len(result):
                yield result

    types = {"string": StringType(), "double": DoubleType(), "array": ArrayType(DoubleType())}
    added = [StructField(name, types[kind]) for name, kind in columns.items()]
    return table.mapInPandas(over_batches, StructType(kept + added))


def _extracted(chosen, clips, are_bytes, n_threads, check_speech, limits):
    """Of each clip: its values or None, its error or None, the reason why there is no answer or None."""
    if not are_bytes:
        paths = [i for i, clip in enumerate(clips) if isinstance(clip, str)]
        found = [(None, "there is no path", None)] * len(clips)
        rows = chosen.extract_files([clips[i].removeprefix("file:") for i in paths], n_threads, check_speech,
                                    *limits)
        for i, (row, _, message, reason) in zip(paths, rows):
            found[i] = row, message, reason
        yield from found
        return
    from . import _core

    for clip in clips:
        try:
            if not isinstance(clip, (bytes, bytearray)):  # pandas may say null in several ways
                raise ValueError("there are no bytes")
            y, sr = _core.read_audio_bytes(bytes(clip), "bytes", limits[0])
            reason = _core.voice_activity(y, sr) if check_speech else "speech"
            yield (chosen.extract_clip(y, sr), None, None) if reason == "speech" else (None, None, reason)
        except Exception as error:  # one clip of many: its error is its answer
            yield None, str(error), None
