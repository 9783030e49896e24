"""How many URLs a second a sitemap parser reads, and its memory above the file: `python -m benchmarks.sitemaps`.

Files of 50,000 pages: plain; the same packed; with images and languages (ext); with a comment in each address (odd);
with bare ampersands (broken). Every reading is a process of its own; readers take turns, CPU time counts, medians are
printed; "!" marks a reader that did not find every page. Peers are measured if this Python, or the one given, has them.
The last line is one JSON object.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.sitemaps.files import write_files
from benchmarks.sitemaps.one import READERS

ONE = Path(__file__).with_name("one.py")
PACKAGES = {"scrapy": "scrapy", "usp": "usp", "trafilatura": "trafilatura"}


def has(python: str, package: str) -> bool:
    """Whether a Python can import a package."""
    return subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode == 0


def read_once(python: str, reader: str, path: Path) -> dict[str, Any]:
    """One reading of a file in a new process; no pages if it fails."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["src", os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run([python, str(ONE), reader, str(path)], capture_output=True, text=True, env=environment)
    if done.returncode:
        return {"pages": 0, "seconds": 0.0, "megabytes": 0.0}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The medians of the readings of one file by one reader."""
    rates = [run["pages"] / run["seconds"] if run["seconds"] else 0 for run in runs]
    return {
        "pages": runs[0]["pages"],
        "urls_per_second": round(statistics.median(rates)),
        "megabytes_above": statistics.median(run["megabytes"] for run in runs),
    }


def main(rounds: int, pages: int, peers_python: str) -> None:
    """Measure every reader on every file in turn; print a table and the JSON object."""
    pythons = {"scanlane": sys.executable, "expat": sys.executable}
    for reader, package in PACKAGES.items():
        if has(peers_python, package):
            pythons[reader] = peers_python
        else:
            print(f"{reader}: skipped, {peers_python} has no package {package}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        files = write_files(Path(folder), pages)
        runs: dict[tuple[str, str], list[dict[str, Any]]] = {(r, f): [] for r in READERS if r in pythons for f in files}
        for _ in range(rounds):
            for reader, file in runs:
                runs[reader, file].append(read_once(pythons[reader], reader, files[file]))
    found: dict[str, dict[str, Any]] = {}
    for (reader, file), made in runs.items():
        one = found.setdefault(reader, {})[file] = summary(made)
        mark = "" if one["pages"] == pages else f"  ! {one['pages']} of {pages} pages"
        above = f"{one['megabytes_above']:>7.1f} MB above the file"
        print(f"{reader:>12} {file:>7}: {one['urls_per_second']:>8,} URLs/s {above}{mark}", file=sys.stderr)
    print(json.dumps({"rounds": rounds, "pages": pages, "readers": found}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sitemaps", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--pages", type=int, default=50_000, help="the pages of a file (default: %(default)s)")
    parser.add_argument("--peers-python", default=sys.executable, help="a Python that has the peers installed")
    given = parser.parse_args()
    main(given.rounds, given.pages, given.peers_python)
