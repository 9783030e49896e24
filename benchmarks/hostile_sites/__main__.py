"""`python -m benchmarks.hostile_sites`: every attack against a process of its own; a table, or `--json`."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.hostile_sites.serve import NAMES, host
from benchmarks.hostile_sites.tls import tls_sites

MOST_MB = 120
# Two tries of what no answer comes to, and the start of the process.
GRACE = 30.0


@contextmanager
def serving() -> Iterator[int]:
    """The hostile server in a process of its own; answers its port."""
    command = [sys.executable, "-m", "benchmarks.hostile_sites.serve"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as server:
        assert server.stdout is not None
        try:
            yield int(json.loads(server.stdout.readline())["port"])
        finally:
            server.kill()


def visit(name: str, url: str, seconds: float) -> dict[str, object]:
    """One attack: what became of it."""
    command = [sys.executable, "-m", "benchmarks.hostile_sites.visit", str(seconds), url]
    longest = seconds * 12 + GRACE
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=longest, check=False)
    except subprocess.TimeoutExpired:
        return {"case": name, "passed": False, "fetch": f"not over after {longest:g} s"}
    if done.returncode:
        return {"case": name, "passed": False, "fetch": done.stderr.strip()[-200:] or f"exit {done.returncode}"}
    row: dict[str, object] = {"case": name, **json.loads(done.stdout)}
    in_time = float(str(row["fetch_seconds"])) <= seconds + 2
    return {**row, "passed": in_time and int(str(row["peak_mb"])) <= MOST_MB}


def main() -> int:
    """Run the attacks that were asked for; the exit status says whether all were withstood."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="the deadline of one request [4]")
    parser.add_argument("--only", default="", help="attacks whose name holds this")
    parser.add_argument("--json", action="store_true", help="one JSON document for each attack")
    said = parser.parse_args()
    rows = []
    with serving() as port, tls_sites() as encrypted:
        sites = {name: f"http://{host(name)}:{port}/" for name in NAMES} | encrypted
        for name, url in sites.items():
            if said.only in name:
                rows.append(visit(name, url, said.seconds))
                show(rows[-1], as_json=said.json)
    return 0 if all(row["passed"] for row in rows) else 1


def show(row: dict[str, object], *, as_json: bool) -> None:
    """One line."""
    if as_json:
        print(json.dumps(row), flush=True)
        return
    figures = f"{row.get('peak_mb', '-'):>5} MB {row.get('fetch_seconds', '-'):>6} s"
    verdict = "" if row["passed"] else "  FAILED"
    print(f"{row['case']!s:34} {figures}  {row['fetch']!s:22} {row.get('scan', '')!s:.90}{verdict}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
