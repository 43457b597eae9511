"""On a real cluster: two executors, one of them killed on the way."""

import os
import pathlib
import shutil
import signal
import sys
import threading
import time

import numpy as np
import pytest

import undertone

pytest.importorskip("pyspark")
pandas = pytest.importorskip("pandas")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("no Java here", allow_module_level=True)

from pyspark.sql import SparkSession

import undertone.spark


@pytest.fixture(scope="module")
def spark():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (SparkSession.builder.master("local-cluster[2,1,1024]").appName("undertone")
               .config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
               .config("spark.executor.memory", "1g")
               .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
               .config("spark.sql.execution.arrow.maxRecordsPerBatch", "200").getOrCreate())
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def executors(driver):
    """Processes of the executors that a driver started, however deep below it."""
    parents, found = {}, []
    for folder in pathlib.Path("/proc").iterdir():
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if b"CoarseGrainedExecutorBackend" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except (ValueError, OSError):  # no process, or one that has just ended
            continue

    def below(process):
        while process in parents:
            if process == driver:
                return True
            process = parents[process]
        return False

    return [process for process in found if below(process) and process != driver]


def test_a_killed_worker_loses_nothing(spark, clips, tmp_path):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF....WAVE")
    files = [*clips, str(broken), None] * 20
    table = spark.createDataFrame(list(enumerate(files)), "id long, path string").repartition(20)
    out, failed = str(tmp_path / "features.parquet"), []

    def write():
        try:
            undertone.spark.features(table, path="path").write.parquet(out)
        except Exception as error:
            failed.append(error)

    job = threading.Thread(target=write)
    tracker = spark.sparkContext.statusTracker()
    job.start()

    def completed():
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        return max((stage.numCompletedTasks for stage in stages if stage and stage.numTasks == 20), default=0)

    while job.is_alive() and completed() < 4:
        time.sleep(0.05)
    killed = executors(spark.sparkContext._gateway.proc.pid)
    assert len(killed) == 2 and job.is_alive()
    os.kill(killed[0], signal.SIGKILL)
    job.join()
    assert not failed, failed

    rows = spark.read.parquet(out).toPandas().sort_values("id")
    assert rows["id"].tolist() == list(range(len(files)))  # each exactly once
    expected = undertone.extract(clips)
    for i, row in enumerate(rows.head(82).itertuples()):
        if i < 80:
            assert pandas.isna(row.error) and np.array_equal(row.features, expected[i])
    bad = rows[rows["error"].notna()]
    assert len(bad) == 40 and bad["features"].isna().all()
    assert "broken.wav" in bad["error"].iloc[0] and bad["error"].iloc[1] == "there is no path"


def test_bytes_and_predictions(spark, clips):
    table = spark.read.format("binaryFile").load(clips[:6])
    rows = undertone.spark.features(table, content="content").toPandas()
    assert "content" not in rows and rows["error"].isna().all() and len(rows) == 6
    paths = [path.removeprefix("file:") for path in rows["path"]]
    assert np.array_equal(np.stack(rows["features"]), undertone.extract(paths))

    model = undertone.load("ravdess")
    for options in ({"content": "content"}, {"path": "path"}):
        said = undertone.spark.predictions(table, model, **options).toPandas()
        assert said["label"].tolist() == list(model.predict([p.removeprefix("file:") for p in said["path"]]))
        assert np.allclose(np.stack(said["probabilities"]).sum(axis=1), 1)


def test_what_is_wrong_is_said(spark, clips):
    table = spark.createDataFrame([(clips[0], "x")], "path string, error string")
    with pytest.raises(ValueError, match="column 'error'"):
        undertone.spark.features(table, path="path")
    with pytest.raises(ValueError, match="exactly one"):
        undertone.spark.features(table)
    with pytest.raises(ValueError, match="column 'file'"):
        undertone.spark.features(table, path="file")
    with pytest.raises(ValueError, match="one vector"):
        undertone.spark.features(table, path="path", features="logmel64")
