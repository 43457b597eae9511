#!/usr/bin/env python3
"""Goes on with the fuzzing, target after target, and counts. ./dev fuzz --long calls it.

  long.py run [--hours H] [--jobs N] [--only NAME,...]   until all targets are done, or so long
  long.py status                                         the table
  long.py write                                          the table into docs/security.md
  long.py seeds                                          corpora without what adds nothing, into tests/fuzz/corpus

What it keeps lies in build/fuzz: corpus/NAME (what libFuzzer keeps), findings/NAME (what crashed, took more than
5 seconds or too much memory), state.json (the counts). Where that is not there, it goes on from the table.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TREE = ROOT / "build/fuzz"
PAGE = ROOT / "docs/security.md"
SEEDS = ROOT / "tests/fuzz/corpus"
BEGIN, END = "<!-- counts: begin -->", "<!-- counts: end -->"

SLICE_S = 300  # a target's turn
QUIET_S = 3600  # without a new edge
EXECUTIONS = 10**7
FIRST_EXECUTIONS = 10**5  # every target gets so many before any gets more
SLOW = {"audio": 10**6, "h5": 10**6, "keras": 10**6, "parquet": 10**6}
MOST_SEED_BYTES = 100_000  # of a target, in the repository
LIMITS = ["-timeout=5", "-rss_limit_mb=1024", "-malloc_limit_mb=512"]

lock = threading.Lock()
stopping = threading.Event()
running = {}  # target -> process


def targets():
    found = sorted(p.name[len("fuzz_"):] for p in (TREE / "bin").glob("fuzz_*"))
    if not found:
        sys.exit("build/fuzz/bin: no fuzz target; ./dev fuzz builds them")
    return found


def empty():
    return {"executions": 0, "edges": 0, "quiet_s": 0.0, "seconds": 0.0, "findings": 0}


def number(text):
    return int(re.sub(r"[^0-9]", "", text) or 0)


def state_of_page():
    state = {}
    for line in PAGE.read_text().splitlines() if PAGE.exists() else []:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and re.fullmatch(r"`\w+`", cells[0]) and cells[1].replace(",", "").isdigit():
            minutes = number(cells[3])
            state[cells[0].strip("`")] = {
                "executions": number(cells[1]), "edges": number(cells[2]), "quiet_s": minutes * 60.0,
                "seconds": float(cells[4].split()[0]) * 3600, "findings": number(cells[5])}
    return state


def load():
    file = TREE / "state.json"
    return json.loads(file.read_text()) if file.exists() else state_of_page()


def save(state):
    file = TREE / "state.json.tmp"
    file.write_text(json.dumps(state, indent=1, sort_keys=True) + "\n")
    file.rename(TREE / "state.json")


def build_of(name):
    """Tells builds apart: edges of two cannot be compared."""
    files = [TREE / "bin" / f"fuzz_{name}", *(TREE / "lib").glob("*.so")]
    return max(file.stat().st_mtime_ns for file in files)


def is_done(name, one):
    return one["quiet_s"] >= QUIET_S and one["executions"] >= SLOW.get(name, EXECUTIONS)


def table(state):
    rows = ["| target | executions | edges | since the last new edge | in all | findings |",
            "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for name in sorted(state):
        one = state[name]
        rows.append(f"| `{name}` | {one['executions']:,} | {one['edges']:,} | {int(one['quiet_s'] / 60)} min | "
                    f"{one['seconds'] / 3600:.1f} h | {one['findings']} |")
    done = sum(is_done(name, one) for name, one in state.items())
    return "\n".join(rows) + f"\n\n{done} of {len(state)} targets are done.\n"


def write_page(state):
    text = PAGE.read_text()
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    PAGE.write_text(text[:begin] + "\n" + table(state) + text[end:])


def command(name, *more):
    words = [str(TREE / "bin" / f"fuzz_{name}"), *LIMITS, "-detect_leaks=0", "-print_final_stats=1", *more]
    dictionary = ROOT / "tests/fuzz/dictionaries" / f"{name}.dict"
    if dictionary.exists():
        words.append(f"-dict={dictionary}")
    return words


def environment(scratch):
    settings = dict(os.environ)
    for name, more in (("ASAN_OPTIONS", "quarantine_size_mb=16:malloc_context_size=2"),
                       ("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1")):
        settings[name] = ":".join(filter(None, [settings.get(name), more]))
    settings.setdefault("ASAN_SYMBOLIZER_PATH",
                        shutil.which("llvm-symbolizer-14") or shutil.which("llvm-symbolizer") or "")
    settings["TMPDIR"] = str(scratch)
    return settings


def memory():
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def unfixed(name):
    """What was found and still fails. What no longer does becomes a seed, so that it stays tested."""
    left = []
    for file in sorted((TREE / "findings" / name).glob("*")):
        with tempfile.TemporaryDirectory(dir=memory(), prefix="undertone-fuzz-") as scratch:
            again = subprocess.run(command(name, str(file)), cwd=scratch, env=environment(scratch),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if again.returncode == 0:
            shutil.move(file, SEEDS / name / file.name)
            print(f"{name}: {file.name} is mended; kept in {(SEEDS / name).relative_to(ROOT)}", flush=True)
        else:
            left.append(file.name)
    return left


def turn(name, state, seconds):
    """One turn of one target."""
    own, findings = TREE / "corpus" / name, TREE / "findings" / name
    for folder in (own, findings, SEEDS / name, TREE / "logs"):
        folder.mkdir(parents=True, exist_ok=True)
    before, build = len(list(findings.iterdir())), build_of(name)
    begin = last_new = time.monotonic()
    most, executions, started = 0, 0, False
    with tempfile.TemporaryDirectory(dir=memory(), prefix="undertone-fuzz-") as scratch, \
            open(TREE / "logs" / f"{name}.log", "w") as log:
        process = subprocess.Popen(
            command(name, f"-max_total_time={seconds}", "-reload=0", f"-artifact_prefix={findings}/", str(own),
                    str(SEEDS / name)),
            cwd=scratch, env=environment(scratch), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            errors="replace")
        with lock:
            running[name] = process
            if stopping.is_set():
                process.terminate()
        for line in process.stderr:
            log.write(line)
            if found := re.search(r"\bcov: (\d+)", line):
                edges = int(found[1])
                started = started or "INITED" in line
                if edges > most:
                    # What the corpus reaches as it is read again is not new.
                    if started and "INITED" not in line:
                        last_new = time.monotonic()
                    most = edges
            if found := re.match(r"(?:#|stat::number_of_executed_units: +)(\d+)", line):
                executions = max(executions, int(found[1]))
        process.wait()
    now = time.monotonic()
    with lock:
        running.pop(name, None)
        one = state.setdefault(name, empty())
        if one.get("build") != build:
            one["edges"], one["build"] = 0, build
        one["executions"] += executions
        one["seconds"] += now - begin
        # An edge that the last turns had and this one had not by chance is not new.
        one["quiet_s"] = now - last_new if last_new > begin and most > one["edges"] else one["quiet_s"] + now - begin
        one["edges"] = max(most, one["edges"]) if most > 0 else one["edges"]
        new = len(list(findings.iterdir())) - before
        one["findings"] += new
        save(state)
    print(f"{time.strftime('%H:%M')} {name}: {executions:,} executions, {most} edges, quiet for "
          f"{int(one['quiet_s'] / 60)} min" + (f"; {new} FOUND: build/fuzz/findings/{name}" if new else ""), flush=True)
    return process.returncode


def work(names, state, until):
    """A worker: takes the target that had least time, until all are done. Those without the first executions
    come first."""
    while not stopping.is_set() and time.monotonic() < until:
        with lock:
            free = [n for n in names if n not in running and resting.get(n) != build_of(n)
                    and not is_done(n, state.setdefault(n, empty()))]
            if free:
                name = min(free, key=lambda n: (state[n]["executions"] >= FIRST_EXECUTIONS, state[n]["seconds"]))
                running[name] = None
        if not free:
            if not running:
                return
            time.sleep(1)
            continue
        left = unfixed(name)
        if left:
            print(f"{name}: rests until {', '.join(left)} in build/fuzz/findings/{name} is mended", flush=True)
            with lock:
                resting[name] = build_of(name)
                running.pop(name, None)
            continue
        code = turn(name, state, max(1, int(min(SLICE_S, until - time.monotonic()))))
        if code != 0 and not stopping.is_set() and not list((TREE / "findings" / name).iterdir()):
            print(f"{name}: ended with {code}, see build/fuzz/logs/{name}.log", flush=True)
            with lock:
                resting[name] = build_of(name)


resting = {}  # target -> the build that has a finding


def stop(*_):
    stopping.set()
    for process in list(running.values()):
        if process is not None:
            process.send_signal(signal.SIGINT)  # libFuzzer then prints what it did


def run(options):
    state = load()
    names = options.only.split(",") if options.only else targets()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    (TREE / "long.pid").write_text(f"{os.getpid()}\n")
    until = time.monotonic() + options.hours * 3600
    workers = [threading.Thread(target=work, args=(names, state, until)) for _ in range(options.jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        while worker.is_alive():
            worker.join(1)  # so that signals are seen
    (TREE / "long.pid").unlink(missing_ok=True)
    print(table(state))


def seeds(_options):
    """A smallest corpus of each target that is worth it and small enough."""
    for name in targets():
        own = TREE / "corpus" / name
        if not own.is_dir():
            continue
        with tempfile.TemporaryDirectory(dir=memory(), prefix="undertone-fuzz-") as scratch:
            merged = Path(scratch) / "merged"
            merged.mkdir()
            for file in (SEEDS / name).iterdir():
                shutil.copy(file, merged / file.name)
            subprocess.run(command(name, "-merge=1", str(merged), str(own)), cwd=scratch, env=environment(scratch),
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            kept = {file.name for file in (SEEDS / name).iterdir()}
            new = sorted((f for f in merged.iterdir() if f.name not in kept), key=lambda f: f.stat().st_size)
            room = MOST_SEED_BYTES - sum(f.stat().st_size for f in (SEEDS / name).iterdir())
            taken = 0
            for file in new:
                room -= file.stat().st_size
                if room < 0:
                    break
                shutil.copy(file, SEEDS / name / file.name)
                taken += 1
            print(f"{name}: {taken} of {len(new)} inputs that add edges were taken", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["run", "status", "write", "seeds"])
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    if options.what == "run":
        run(options)
    elif options.what == "status":
        print(table(load()))
    elif options.what == "write":
        write_page(load())
    else:
        seeds(options)


main()
