"""The process in which one server is kept: without root, without a terminal, a child of nobody.

    python -m scanlane.session.embedded.supervisor --root FOLDER --bin FOLDER --version 18.6 --lock 3 --attempt ID ...

It imports the standard library alone, so that it starts in a few hundredths of a second.
"""

import argparse
import fcntl
import os
import signal
import sys
from pathlib import Path

from scanlane.session.embedded.account import Account, become
from scanlane.session.embedded.binaries import Binaries, Version
from scanlane.session.embedded.errors import EmbeddedPostgresError
from scanlane.session.embedded.keeper import Duty, Keeper
from scanlane.session.embedded.place import Place
from scanlane.session.embedded.sockets import make_socket_dir

LONGEST_LOG = 1_000_000


def main(arguments: list[str] | None = None) -> int:
    """Become the supervisor of a place. Status 1 and a sentence on stderr when that is refused at once."""
    given = _parse(arguments)
    account = Account(given.uid, given.gid)
    duty = Duty(
        place=Place(given.root, account),
        binaries=Binaries(given.bin, Version(*map(int, given.version.split(".")))),
        attempt=given.attempt,
        grace_seconds=given.grace,
    )
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    fcntl.fcntl(given.lock, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    os.umask(0o077)
    os.chdir("/")
    try:
        become(account)
        duty.place.log.mkdir(mode=0o700, exist_ok=True)
        socket_dir = make_socket_dir(duty.place)
    except (EmbeddedPostgresError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the starter reads it
        return 1
    _leave_the_starter(duty.place)
    keeper = Keeper(duty, socket_dir, wakes=_wake_on_signals())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.ask_to_stop)
    keeper.run()
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scanlane.session.embedded.supervisor", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the folder of the embedded database")
    parser.add_argument("--bin", type=Path, required=True, help="the folder of PostgreSQL's programs")
    parser.add_argument("--version", required=True, help="their version")
    parser.add_argument("--lock", type=int, required=True, help="descriptor of the supervisor lock, already taken")
    parser.add_argument("--attempt", required=True, help="how the starter recognises this attempt in the notes")
    parser.add_argument("--uid", type=int, required=True)
    parser.add_argument("--gid", type=int, required=True)
    parser.add_argument("--grace", type=float, default=2.0, help="seconds to stay after the last client left")
    return parser.parse_args(arguments)


def _wake_on_signals() -> int:
    """A descriptor that becomes readable on every handled signal."""
    reader, writer = os.pipe()
    for descriptor in (reader, writer):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reader


def _leave_the_starter(place: Place) -> None:
    """Go on as a child of nobody, talking to the log: the starter has neither a zombie nor an open pipe of ours."""
    if os.fork():
        os._exit(0)
    log = os.open(place.supervisor_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.fstat(log).st_size > LONGEST_LOG:
        os.ftruncate(log, 0)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)


if __name__ == "__main__":
    sys.exit(main())
