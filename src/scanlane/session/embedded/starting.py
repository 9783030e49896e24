"""The way to a server that answers: a supervisor is started when there is none, and then the answer is awaited."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import scanlane
from scanlane.session.embedded.binaries import Binaries, find_binaries
from scanlane.session.embedded.errors import DidNotStart, EmbeddedPostgresError, NotReadyInTime, error_named
from scanlane.session.embedded.launch import clean_environment
from scanlane.session.embedded.locks import FileLock
from scanlane.session.embedded.place import APP_ROLE, DATABASE, Place
from scanlane.session.embedded.programs import programs_for
from scanlane.session.embedded.protocol import Answer, ask
from scanlane.session.embedded.state import Notes, Status, read_notes

LOOK_SECONDS = 0.02
PATIENCE_BEFORE_A_WORD = 2.0
MOST_ATTEMPTS = 3


@dataclass(slots=True, kw_only=True)
class Start:
    """One wait for a server that answers, and the supervisors that were started on the way."""

    place: Place
    binaries: Binaries | None
    system_dir: Path
    grace_seconds: float
    deadline: float
    report: Callable[[str], None]
    _attempts: list[str] = field(default_factory=list)

    def join(self) -> FileLock:
        """Become a client. A server that is just stopping is waited for."""
        lock = FileLock(self.place.clients_lock, owner=self.place.account.uid)
        while not lock.try_shared():
            if time.monotonic() > self.deadline:
                lock.close()
                raise NotReadyInTime("the embedded database takes too long to stop before it can start again")
            time.sleep(LOOK_SECONDS)
        return lock

    def wait_until_alive(self) -> Notes:
        """Answer where the server was found. Raises what its supervisor met, or NotReadyInTime."""
        began = time.monotonic()
        silent_until = began + PATIENCE_BEFORE_A_WORD
        while True:
            self._supervise()
            notes = read_notes(self.place.state)
            answer = ask_noted(notes)
            if notes is not None and answer is Answer.ALIVE:
                return notes
            now = time.monotonic()
            if now > self.deadline:
                raise NotReadyInTime(f"{_waiting_for(answer, notes)}; not ready after {now - began:.0f} s, try again")
            if now > silent_until:
                self.report(_waiting_for(answer, notes))
                silent_until = self.deadline
            time.sleep(LOOK_SECONDS)

    def _supervise(self) -> None:
        """Start a supervisor when there is none. Whoever gets its lock starts it, and hands the lock over."""
        with FileLock(self.place.supervisor_lock, owner=self.place.account.uid) as lock:
            if not lock.try_exclusive():
                return
            notes = read_notes(self.place.state)
            if notes is not None and notes.attempt in self._attempts:
                _raise_what_failed(notes, last=len(self._attempts) == MOST_ATTEMPTS)
            self._attempts.append(os.urandom(8).hex())
            self._start_supervisor(lock)

    def _start_supervisor(self, lock: FileLock) -> None:
        FileLock(self.place.server_lock, owner=self.place.account.uid).close()
        try:
            done = subprocess.run(  # noqa: S603 - an argument list, no shell
                self._command(lock),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                env={**clean_environment(), "PYTHONPATH": str(Path(scanlane.__file__).parents[1])},
                pass_fds=(lock.descriptor,),
                start_new_session=True,
                timeout=max(1.0, self.deadline - time.monotonic()),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotReadyInTime("the supervisor of the embedded database could not be started in time") from None
        if done.returncode != 0:
            raise EmbeddedPostgresError(done.stderr.strip().rpartition("\n")[2] or None)

    def _command(self, lock: FileLock) -> list[str]:
        place, account = self.place, self.place.account
        programs = programs_for(self.binaries or find_binaries(), account, self.system_dir)
        return [
            *(sys.executable, "-P", "-S", "-m", "scanlane.session.embedded.supervisor"),
            *("--root", str(place.root), "--bin", str(programs.bin_dir), "--version", str(programs.version)),
            *("--lock", str(lock.descriptor), "--attempt", self._attempts[-1], "--grace", str(self.grace_seconds)),
            *("--uid", str(account.uid), "--gid", str(account.gid)),
        ]


def ask_noted(notes: Notes | None) -> Answer:
    """Ask the server that the notes speak of."""
    return ask(Path(notes.socket_dir), user=APP_ROLE, database=DATABASE) if notes else Answer.SILENCE


def _raise_what_failed(notes: Notes, *, last: bool) -> None:
    if notes.status is Status.REFUSED:
        raise error_named(notes.error, notes.reason)
    if notes.status is Status.FAILED or last:
        raise DidNotStart(f"the embedded database did not start: {notes.reason or notes.status}")


def _waiting_for(answer: Answer, notes: Notes | None) -> str:
    is_coming = answer is Answer.NOT_YET
    what = "is starting, or recovering after a crash" if is_coming else "does not answer yet"
    because = f" ({notes.reason})" if notes and notes.reason else ""
    return f"the embedded database {what}{because}"
