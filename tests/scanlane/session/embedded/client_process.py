"""A client of the embedded database as a process of its own; it says on stdout how it fares, and obeys stdin.

It imports nothing that is installed, so that any user's Python 3.11 can run it.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from scanlane.session.embedded import EmbeddedPostgres, EmbeddedPostgresError


def main() -> int:
    """Start the database, report, then answer lines: ping, start, fork, exec. The end of stdin is the end."""
    given = _parse()
    # Whoever runs the tests in the background may have it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if given.uid:
        os.setgroups([])
        os.setgid(given.uid)
        os.setuid(given.uid)
    if given.tidy:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    embedded = EmbeddedPostgres(given.data_dir, grace_seconds=given.grace, system_dir=given.system_dir)
    began = time.monotonic()
    try:
        url = embedded.start(timeout=given.timeout).url
    except EmbeddedPostgresError as error:
        _say(error=type(error).__name__, message=error.message)
        return 1
    _say(pid=os.getpid(), url=url, seconds=time.monotonic() - began)
    with embedded:
        for line in sys.stdin:
            _obey(embedded, line.strip())
    return 0


def _obey(embedded: EmbeddedPostgres, order: str) -> None:
    match order:
        case "ping":
            _say(alive=embedded.ping())
        case "start":
            _say(url=embedded.start().url)
        case "fork":
            _fork()
        case "exec":
            _say(child=subprocess.Popen(["sleep", "600"], close_fds=False).pid)


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os.close(0)
        signal.pause()
    _say(child=child)


def _say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--system-dir", type=Path, required=True)
    parser.add_argument("--grace", type=float, default=0.3)
    parser.add_argument("--timeout", type=float, default=30)
    parser.add_argument("--uid", type=int, default=0)
    parser.add_argument("--tidy", action="store_true", help="leave in good order on SIGTERM")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
