"""The embedded PostgreSQL as its clients see it: start, ask whether it lives, let go."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scanlane.session.embedded.binaries import Binaries
from scanlane.session.embedded.connection import ConnectionInfo
from scanlane.session.embedded.databases import SuperuserStatements, check_name
from scanlane.session.embedded.homes import SYSTEM_DIR, find_place, refusing
from scanlane.session.embedded.locks import FileLock
from scanlane.session.embedded.place import APP_ROLE, DATABASE, SUPERUSER, Place
from scanlane.session.embedded.protocol import PORT, Answer
from scanlane.session.embedded.starting import Start, ask_noted
from scanlane.session.embedded.state import Notes, Status, read_notes


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """What `scanlane doctor` shows."""

    is_running: bool
    data_dir: Path
    version: str
    status: Status | None
    reason: str
    log_dir: Path


class EmbeddedPostgres:
    """A PostgreSQL server for the clients of one data directory.

    It runs from the first start() on this machine until about two seconds after the last client let go, whether by
    close() or by its death. `report` hears a sentence when the start takes long. `can_create_databases` lets the
    application's role do that; tests want it.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        binaries: Binaries | None = None,
        can_create_databases: bool = False,
        report: Callable[[str], None] | None = None,
        system_dir: Path = SYSTEM_DIR,
        account_name: str | None = None,
        grace_seconds: float = 2.0,
    ) -> None:
        self.data_dir = data_dir
        self._binaries = binaries
        self._can_create_databases = can_create_databases
        self._report = report or (lambda _: None)
        self._system_dir = system_dir
        self._account_name = account_name
        self._grace_seconds = grace_seconds
        self._held: FileLock | None = None
        self._one_at_a_time = threading.Lock()

    def start(self, *, timeout: float = 60) -> ConnectionInfo:
        """Make sure that the server runs and answers, and keep it running until close(). Any number of times.

        Raises EmbeddedPostgresError: what is wrong, or NotReadyInTime when it only takes longer than `timeout` seconds.
        """
        with self._one_at_a_time, refusing(self.data_dir):
            start = self._new_start(timeout)
            was_client = self._held is not None and self._held.is_open
            if not was_client:
                self._held = start.join()
            try:
                info = self._info(start.wait_until_alive(), start.place)
                self._allow_creating_databases(info)
            except BaseException:
                if not was_client:
                    self._leave()
                raise
            return info

    def ping(self) -> bool:
        """Whether the server answers at this moment."""
        return ask_noted(read_notes(self._place().state)) is Answer.ALIVE

    def close(self) -> None:
        """Stop being a client. The server stops soon if it was the last one."""
        with self._one_at_a_time:
            self._leave()

    def state(self) -> ServerState:
        """How the server is, and why it ended."""
        place = self._place()
        notes = read_notes(place.state)
        return ServerState(
            is_running=ask_noted(notes) is Answer.ALIVE,
            data_dir=place.pgdata,
            version=notes.version if notes else "",
            status=notes.status if notes else None,
            reason=notes.reason if notes else "",
            log_dir=place.log,
        )

    def create_database(self, name: str) -> ConnectionInfo:
        """Make one more database that belongs to the application's role. Raises DatabaseNameRefused."""
        check_name(name)
        info = self.start()
        self._as_superuser(info).create(name)
        return info.to_database(name)

    def drop_database(self, name: str) -> None:
        """Remove such a database if it exists, and cut off whoever uses it. Raises DatabaseNameRefused."""
        check_name(name)
        self._as_superuser(self.start()).drop(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _place(self) -> Place:
        return find_place(self.data_dir, system_dir=self._system_dir, account_name=self._account_name)

    def _leave(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def _new_start(self, timeout: float) -> Start:
        return Start(
            place=self._place(),
            binaries=self._binaries,
            system_dir=self._system_dir,
            grace_seconds=self._grace_seconds,
            deadline=time.monotonic() + timeout,
            report=self._report,
        )

    def _info(self, notes: Notes, place: Place) -> ConnectionInfo:
        return ConnectionInfo(
            host=Path(notes.socket_dir),
            port=PORT,
            user=APP_ROLE,
            password=place.password(APP_ROLE),
            database=DATABASE,
        )

    def _allow_creating_databases(self, info: ConnectionInfo) -> None:
        """Once for each object: the role keeps the privilege."""
        if self._can_create_databases:
            self._as_superuser(info).allow_creating_databases()
            self._can_create_databases = False

    def _as_superuser(self, info: ConnectionInfo) -> SuperuserStatements:
        return SuperuserStatements(info, password=self._place().password(SUPERUSER))
