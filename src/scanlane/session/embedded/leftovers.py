"""What a crash, a full disk or a killed supervisor left behind, cleared away while we hold the server lock."""

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from scanlane.session.embedded.errors import DidNotStart
from scanlane.session.embedded.locks import FileLock
from scanlane.session.embedded.place import Place
from scanlane.session.embedded.protocol import socket_path

LOCAL_PEERPID = 0x002
SOL_LOCAL = 0
LINUX_CREDENTIALS = struct.Struct("iII")
ORPHAN_SECONDS = 60.0


def take_server_lock(lock: FileLock, socket_dirs: list[Path], *, seconds: float = ORPHAN_SECONDS) -> None:
    """Take the lock, after stopping a server whose supervisor was killed and that did not notice."""
    deadline = time.monotonic() + seconds
    unasked = list(socket_dirs)
    while not lock.try_exclusive():
        unasked = [folder for folder in unasked if not _stop_listener(folder)]
        if time.monotonic() > deadline:
            raise DidNotStart(f"an earlier server still holds {lock.path}; stop it by hand")
        time.sleep(0.05)


def clear_lock_files(place: Place, socket_dir: Path) -> None:
    """Remove what PostgreSQL would take for a running server: it believes pids, and pids are given out again."""
    _clear_pid_file(place)
    path = socket_path(socket_dir)
    for leftover in (path, path.with_name(f"{path.name}.lock")):
        leftover.unlink(missing_ok=True)


def _clear_pid_file(place: Place) -> None:
    """Remove postmaster.pid unless the process it names really is a server on these very files.

    Processes of our own servers hold the lock that we hold now, so the pid is stale, reused, or that of a server
    which somebody started by hand. None of them is ever signalled.
    """
    path = place.pgdata / "postmaster.pid"
    try:
        first = path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0].strip()
    except FileNotFoundError:
        return
    if first.isdigit() and _serves(int(first), place.pgdata):
        raise DidNotStart(f"process {first} is another PostgreSQL server on {place.pgdata}; stop it first")
    path.unlink()


def _serves(pid: int, pgdata: Path) -> bool:
    """A server works in its data directory; where that cannot be seen, its command line names it."""
    if sys.platform.startswith("linux"):
        with suppress(OSError):
            return os.path.samefile(os.readlink(f"/proc/{pid}/cwd"), pgdata)
        return False
    shown = subprocess.run(["/bin/ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603
    return str(pgdata) in shown.stdout


def _stop_listener(socket_dir: Path) -> bool:
    """Ask the process that listens on our private socket, as named by the kernel, to shut down fast."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(2)
            peer.connect(str(socket_path(socket_dir)))
            os.kill(_listener_of(peer), signal.SIGINT)
    except OSError:
        return False
    return True


def _listener_of(peer: socket.socket) -> int:
    """The pid of whoever called listen(). (unix(7), SO_PEERCRED; macOS unix(4), LOCAL_PEERPID)"""
    if sys.platform.startswith("linux"):
        raw = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, LINUX_CREDENTIALS.size)
        return int(LINUX_CREDENTIALS.unpack(raw)[0])
    return peer.getsockopt(SOL_LOCAL, LOCAL_PEERPID)
