"""The features of a folder by undertone.spark, on all cores of this machine.

spark_features.py FOLDER OUT CORES    writes Parquet; prints the seconds of the job
A small job goes before it, so that Spark's own start (Java, the Python workers) is not counted.
"""
import json
import os
import pathlib
import sys
import time

os.environ["PYSPARK_PYTHON"] = sys.executable
from pyspark.sql import SparkSession  # noqa: E402

import undertone.spark  # noqa: E402

folder, out, cores = sys.argv[1], sys.argv[2], int(sys.argv[3])
spark = (SparkSession.builder.master(f"local[{cores}]").config("spark.ui.enabled", "false")
         .config("spark.ui.showConsoleProgress", "false").config("spark.driver.host", "127.0.0.1").getOrCreate())
spark.sparkContext.setLogLevel("ERROR")
files = sorted(str(path) for path in pathlib.Path(folder).iterdir())


def job(paths):
    table = spark.createDataFrame([(path,) for path in paths], "path string").repartition(8 * cores)
    undertone.spark.features(table, path="path").write.mode("overwrite").parquet(out)


job(files[:8 * cores])
start = time.perf_counter()
job(files)
seconds = time.perf_counter() - start
rows = spark.read.parquet(out)
print(json.dumps({"seconds": seconds, "rows": rows.count(), "distinct": rows.select("path").distinct().count(),
                  "failed": rows.where("error is not null").count()}))
spark.stop()
