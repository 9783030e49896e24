"""The keeping of one server: started, started again when it was lost, stopped when nobody uses it any more."""

import os
import select
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from scanlane.session.embedded.binaries import Binaries
from scanlane.session.embedded.cluster import ensure_cluster
from scanlane.session.embedded.errors import DidNotStart, EmbeddedPostgresError
from scanlane.session.embedded.launch import start_server
from scanlane.session.embedded.leftovers import clear_lock_files, take_server_lock
from scanlane.session.embedded.locks import FileLock
from scanlane.session.embedded.place import APP_ROLE, DATABASE, Place
from scanlane.session.embedded.protocol import Answer, ask
from scanlane.session.embedded.state import Notes, Status, read_notes, write_notes

WATCH_SECONDS = 0.2
START_WATCH_SECONDS = 0.02
RESTART_DELAYS = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
FAST_STOP_SECONDS = 60.0
IMMEDIATE_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What this keeper was set up for."""

    place: Place
    binaries: Binaries
    attempt: str
    grace_seconds: float


class Keeper:
    """One server, from its start to its stop."""

    def __init__(self, duty: Duty, socket_dir: Path, *, wakes: int) -> None:
        self._duty = duty
        self._wakes = wakes
        self._clients = FileLock(duty.place.clients_lock)
        self._lock = FileLock(duty.place.server_lock)
        self._lent = self._lock.lend()
        self._socket_dir = socket_dir
        self._stop_asked = False

    def run(self) -> None:
        """Serve until the last client is gone, a signal asks to stop, or the server does not come up again."""
        self._note(Status.STARTING)
        try:
            self._prepare()
            self._serve()
        except EmbeddedPostgresError as error:
            failed = isinstance(error, DidNotStart)
            self._note(Status.FAILED if failed else Status.REFUSED, error.message, type(error).__name__)
        except Exception as error:
            self._note(Status.FAILED, f"{type(error).__name__}: {error}", DidNotStart.__name__)
            raise

    def ask_to_stop(self, *_: object) -> None:
        """End at the next look; the server is shut down fast."""
        self._stop_asked = True

    def _prepare(self) -> None:
        place = self._duty.place
        before = read_notes(place.state)
        take_server_lock(self._lock, [self._socket_dir, *([Path(before.socket_dir)] if before else [])])
        ensure_cluster(place, self._duty.binaries, held=self._lent)

    def _serve(self) -> None:
        """Start a lost server again for as long as somebody waits for it; one that never was up is given up at once."""
        has_been_up = False
        misses = 0
        while True:
            was_up, words = self._serve_once()
            if not words:
                return
            has_been_up = has_been_up or was_up
            misses = 0 if was_up else misses + 1
            if not has_been_up or self._stop_asked or self._has_no_client():
                raise DidNotStart(words)
            self._note(Status.FAILED, words, DidNotStart.__name__)
            self._pause(RESTART_DELAYS[min(misses, len(RESTART_DELAYS) - 1)])

    def _has_no_client(self) -> bool:
        if not self._clients.try_exclusive():
            return False
        self._clients.release()
        return True

    def _serve_once(self) -> tuple[bool, str]:
        """Run the server to its end. Answers whether it was up, and why it ended unless we stopped it."""
        place = self._duty.place
        clear_lock_files(place, self._socket_dir)
        server = start_server(place, self._duty.binaries, self._socket_dir, held=self._lent)
        if not self._comes_up(server):
            return False, _ending(server, place)
        self._note(Status.RUNNING)
        if not self._is_left(server):
            return True, _ending(server, place)
        self._note(Status.STOPPING)
        _stop(server)
        self._note(Status.STOPPED, "asked to stop" if self._stop_asked else "the last client was gone")
        return True, ""

    def _comes_up(self, server: "subprocess.Popen[bytes]") -> bool:
        """Wait however long a recovery takes; False when the server ends instead."""
        while server.poll() is None:
            if self._must_stop() or ask(self._socket_dir, user=APP_ROLE, database=DATABASE) is Answer.ALIVE:
                return True
            self._pause(START_WATCH_SECONDS)
        return False

    def _is_left(self, server: "subprocess.Popen[bytes]") -> bool:
        """Wait until nobody holds the clients' lock for the whole grace period; False when the server ends."""
        last_used = time.monotonic()
        while server.poll() is None:
            if self._must_stop():
                return True
            if not self._clients.try_exclusive():
                last_used = time.monotonic()
            elif time.monotonic() - last_used >= self._duty.grace_seconds:
                return True  # the lock is kept: whoever comes now waits until this supervisor is gone
            else:
                self._clients.release()
            self._pause(WATCH_SECONDS)
        return False

    def _must_stop(self) -> bool:
        """Somebody asked, or deleted the data: nobody could find this server any more."""
        return self._stop_asked or not self._duty.place.pgdata.exists()

    def _pause(self, seconds: float) -> None:
        """Wait, but not past a signal: a child's end or a request to stop."""
        if select.select([self._wakes], [], [], seconds)[0]:
            os.read(self._wakes, 512)

    def _note(self, status: Status, reason: str = "", error: str = "") -> None:
        duty = self._duty
        notes = Notes(
            status=status,
            attempt=duty.attempt,
            version=str(duty.binaries.version),
            socket_dir=str(self._socket_dir),
            reason=reason,
            error=error,
        )
        write_notes(duty.place.state, notes)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """Fast first, then at once. The server is our child and not yet reaped, so the pid is its own."""
    for how, patience in (
        (signal.SIGINT, FAST_STOP_SECONDS),
        (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS),
        (signal.SIGKILL, None),
    ):
        server.send_signal(how)
        try:
            server.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return


def _ending(server: "subprocess.Popen[bytes]", place: Place) -> str:
    code = server.returncode
    how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
    return f"the server {how}; its last words are in {place.log}"
