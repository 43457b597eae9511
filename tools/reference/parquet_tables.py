"""Tables that audformat and pyarrow write, as Parquet and as CSV: tests/reference/data/parquet/.

What is read from a `.parquet` must be what is read from the `.csv` of its name, which pandas writes of the same data.
"""

import hashlib
import importlib.metadata
import json
import pathlib
import sys

import audformat
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet

DATA = pathlib.Path(__file__).resolve().parents[2] / "tests" / "reference" / "data" / "parquet"
PACKAGES = ["audformat", "pandas", "pyarrow"]


def database():
    """All kinds of tables, with what is not known in each column that may lack it."""
    db = audformat.Database("made", usage="research", languages=["de"], license="CC0-1.0")
    db.schemes["emotion"] = audformat.Scheme(labels=["anger", "happiness", "sadness"])
    db.schemes["speaker"] = audformat.Scheme(labels={3: {"gender": "male"}, 8: {"gender": "female"}})
    db.schemes["rating"] = audformat.Scheme("float")
    db.schemes["known"] = audformat.Scheme("bool")
    db.schemes["sentence"] = audformat.Scheme("str")
    db.splits["test"] = audformat.Split(type="test")

    def fill(table, **columns):
        for name, (scheme, values) in columns.items():
            table[name] = audformat.Column(scheme_id=scheme)
            table[name].set(values)

    files = [f"wav/{name}.wav" for name in "abcdef"]
    db["files"] = audformat.Table(audformat.filewise_index(files))
    fill(db["files"], speaker=("speaker", [3, 8, 3, 8, 3, None]),
         sentence=("sentence", ["früh", "b, c", None, '"d"', "", "f"]))
    db["emotion"] = audformat.Table(audformat.filewise_index(files[:3]), split_id="test")
    fill(db["emotion"], emotion=("emotion", ["anger", None, "sadness"]), sure=("rating", [0.5, None, 1.0]))
    db["parts"] = audformat.Table(audformat.segmented_index(
        ["wav/d.wav", "wav/d.wav", "wav/e.wav", "wav/f.wav"],
        ["0s", "1.5s", "0.000000001s", "3723.25s"], ["1.5s", pd.NaT, "2s", "3725s"]))
    fill(db["parts"], emotion=("emotion", ["anger", "happiness", "sadness", "anger"]),
         known=("known", [True, False, None, True]))
    return db


def kinds(n, unit="ns"):
    """A column of each kind that is read."""
    return pd.DataFrame({
        "text": [None if i % 5 == 4 else f"text {i % 7}" for i in range(n)],
        "category": pd.Categorical([None if i % 6 == 5 else "xyz"[i % 3] for i in range(n)]),
        "whole": pd.array([None if i % 4 == 3 else (-1) ** i * i * 10**9 for i in range(n)], dtype="Int64"),
        "large": pd.Series([2**64 - 1 - i for i in range(n)], dtype="uint64"),
        "real": [float("nan") if i % 8 == 7 else i / 3 for i in range(n)],
        "single": pd.Series([i * 0.5 for i in range(n)], dtype="float32"),
        "truth": [i % 3 == 0 for i in range(n)],
        "maybe": pd.array([None if i % 3 == 2 else i % 2 == 0 for i in range(n)], dtype="boolean"),
        "time": pd.Series([pd.NaT if i % 9 == 8 else pd.Timedelta(seconds=i * 4321) for i in range(n)],
                          dtype=f"timedelta64[{unit}]"),
    })


def write(name, frame, **options):
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)  # pandas' note is long
    parquet.write_table(table, DATA / f"{name}.parquet", write_statistics=False, **options)
    frame.to_csv(DATA / f"{name}.csv", index=False)


if __name__ == "__main__":
    DATA.mkdir(parents=True, exist_ok=True)
    for old in DATA.iterdir():
        old.unlink()
    database().save(DATA, storage_format="parquet")
    database().save(DATA, storage_format="csv")
    write("plain", kinds(11), compression="none", use_dictionary=False)
    write("pages", kinds(60)[["text", "truth"]], compression="snappy", data_page_size=32, write_batch_size=16)
    write("version_2", kinds(40), compression="zstd", data_page_version="2.0")
    write("version_2_plain", kinds(20, "us"), compression="gzip", data_page_version="2.0", use_dictionary=False)
    write("groups", kinds(10, "ms")[["text", "maybe", "time"]], compression="gzip", row_group_size=4)
    write("seconds", kinds(6, "s")[["text", "time"]])
    write("none", kinds(0)[["text", "real"]])
    indexed = kinds(3)[["real", "text"]].set_index("text")
    indexed.to_parquet(DATA / "index.parquet")
    indexed.to_csv(DATA / "index.csv")
    refused = pa.table({"text": ["a"], "list": [[1, 2]], "day": pa.array([0], pa.date32()), "last": ["z"]})
    parquet.write_table(refused, DATA / "refused.parquet", compression="none", store_schema=False)
    parquet.write_table(pa.table({"text": ["a", "b"]}), DATA / "delta.parquet", use_dictionary=False,
                        column_encoding={"text": "DELTA_BYTE_ARRAY"}, store_schema=False)
    parquet.write_table(pa.table({"text": ["a"]}), DATA / "brotli.parquet", compression="brotli", store_schema=False)
    manifest = {
        **{package: importlib.metadata.version(package) for package in PACKAGES},
        "python": sys.version.split()[0],
        "command": f"python tools/reference/{pathlib.Path(sys.argv[0]).name}",
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(DATA.iterdir())},
    }
    (DATA / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
