"""Measures undertone beside its Python peers: ./dev bench [--write] [--only ROW,...] [--peers PYTHON]

Same machine, same run; results are compared before times are. Prints Markdown; --write puts it into
docs/benchmarks.md. The peers are installed, pinned, into a virtual environment under build/, unless --peers
names a Python that has them.
"""
import argparse
import datetime
import os
import pathlib
import platform
import subprocess
import sys

import rows

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "bench"
REQUIREMENTS = ROOT / "bench" / "peers" / "requirements.txt"


def install_peers():
    python = WORK / "venv" / "bin" / "python"
    stamp = WORK / "venv" / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != REQUIREMENTS.read_text():
        print("bench: installing the peers into build/bench/venv", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", WORK / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        stamp.write_text(REQUIREMENTS.read_text())
    return python


def check_versions(python):
    script = "import importlib.metadata as m, sys; [print(f'{p}=={m.version(p)}') for p in sys.argv[1:]]"
    wanted = REQUIREMENTS.read_text().split()
    found = subprocess.run([python, "-c", script, *(line.split("==")[0] for line in wanted)],
                           check=True, capture_output=True, text=True).stdout.split()
    if found != wanted:
        sys.exit(f"bench: {python} has {', '.join(sorted(set(found) - set(wanted)))}; bench/peers/requirements.txt wants "
                 f"{', '.join(sorted(set(wanted) - set(found)))}")


def machine():
    with open("/proc/cpuinfo") as file:
        fields = dict(line.split(":", 1) for line in file if ":" in line)
    model = {key.strip(): value.strip() for key, value in fields.items()}.get("model name", platform.machine())
    vectors = [name for name in ("avx512f", "avx2", "sse4_2") if name in str(fields.get("flags\t\t", ""))]
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 2**20
    compiler = subprocess.run([os.environ.get("CXX", "g++"), "--version"], capture_output=True, text=True)
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return (f"{os.cpu_count()} cores of {model} ({vectors[0] if vectors else 'no vectors'}), {memory:.0f} GB, {system}, "
            f"{compiler.stdout.splitlines()[0]}")


def commit():
    def git(*words):
        return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + (" with changes" if git("status", "--porcelain", "-uno") else "")


def table(results):
    lines = ["| what | results compared | peer | undertone | ratio | to reach |", "| --- | --- | --- | --- | --- | --- |"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for result in results for row in result])


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md")
    parser.add_argument("--only", metavar="ROW,...", help="of " + ", ".join(rows.ROWS))
    parser.add_argument("--peers", metavar="PYTHON", help="a Python that has the peers, at the pinned versions")
    arguments = parser.parse_args()
    chosen = arguments.only.split(",") if arguments.only else list(rows.ROWS)
    for name in chosen:
        if name not in rows.ROWS:
            parser.error(f"--only {name}: no such row; there are {', '.join(rows.ROWS)}")
    WORK.mkdir(parents=True, exist_ok=True)
    python = arguments.peers or install_peers()
    check_versions(python)

    bench = rows.Bench(ROOT, WORK, python)
    results, failed = [], False
    for name in chosen:
        print(f"bench: {name}", file=sys.stderr)
        try:
            results.append(rows.ROWS[name](bench))
            print(*(" | ".join(row) for row in results[-1]), sep="\n", file=sys.stderr)
        except rows.Skipped as reason:
            print(f"bench: {name}: skipped: {reason}", file=sys.stderr)
            results.append([[name, f"not measured: {reason}", "", "", "", ""]])
        except rows.Failed as reason:
            print(f"bench: {name}: {reason}", file=sys.stderr)
            failed = True
    command = " ".join(["./dev bench", *sys.argv[1:]])
    text = f"""# Benchmarks
Made by `{command}` on {datetime.date.today()}: commit {commit()}, {machine()}.
Peers: {', '.join(REQUIREMENTS.read_text().split()).replace('==', ' ')}, Python {platform.python_version()}.
Times are medians unless they say otherwise; both sides ran on this machine, one after the other, in this run.

{table(results)}
"""
    print(text)
    if failed:
        sys.exit("bench: a row failed: nothing is written")
    if arguments.write:
        (ROOT / "docs").mkdir(exist_ok=True)
        (ROOT / "docs" / "benchmarks.md").write_text(text)


if __name__ == "__main__":
    main()
