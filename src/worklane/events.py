"""What happens to work, as values; the only file that words log lines."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import ClassVar

log = logging.getLogger("worklane")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened. Its fields are the facts of the log line."""

    wording: ClassVar[str] = "something happened"
    level: ClassVar[int] = logging.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class _AboutRow(Event):
    kind: str
    row: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(_AboutRow):
    """A row was taken."""

    wording: ClassVar[str] = "claimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(_AboutRow):
    """A row reached its next status."""

    wording: ClassVar[str] = "settled"
    status: str
    seconds: float
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed(_AboutRow):
    """The work raised an exception that nobody expected."""

    wording: ClassVar[str] = "work raised"
    level: ClassVar[int] = logging.WARNING
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(_AboutRow):
    """The claim was gone; nothing was written."""

    wording: ClassVar[str] = "claim lost, nothing written"
    level: ClassVar[int] = logging.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack(Event):
    """Unfinished rows went back to waiting at a stop."""

    wording: ClassVar[str] = "handed back"
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRescued(Event):
    """A dead worker's row was freed."""

    wording: ClassVar[str] = "rescued from a dead worker"
    level: ClassVar[int] = logging.WARNING
    row: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStarted(Event):
    """A worker began to beat."""

    wording: ClassVar[str] = "worker started"
    worker: str
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStopping(Event):
    """A worker claims no more, and waits for what it is working on."""

    wording: ClassVar[str] = "worker stopping"
    worker: str
    unfinished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStopped(Event):
    """A worker said good-bye."""

    wording: ClassVar[str] = "worker stopped"
    worker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced(Event):
    """A worker could not beat, or was declared dead, and stopped its work."""

    wording: ClassVar[str] = "worker fenced itself, its work was stopped"
    level: ClassVar[int] = logging.ERROR
    worker: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueUnreachable(Event):
    """The queue did not answer; the worker tries again."""

    wording: ClassVar[str] = "queue unreachable, trying again"
    level: ClassVar[int] = logging.WARNING
    doing: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopBlocked(Event):
    """The event loop has not answered for `seconds`, because `task` keeps it at `where`. Told from another thread."""

    wording: ClassVar[str] = "event loop blocked"
    level: ClassVar[int] = logging.WARNING
    seconds: float
    task: str | None
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopFreed(Event):
    """The event loop answers again; it did not for `seconds`. Told from another thread."""

    wording: ClassVar[str] = "event loop answers again"
    seconds: float


Listener = Callable[[Event], None]


def to_log(event: Event) -> None:
    """Write one line of key=value facts."""
    log.log(event.level, "%s", line(event))


def line(event: Event) -> str:
    """The wording and the facts: `settled kind=email_scan row=... status=complete`."""
    facts = ((field.name, getattr(event, field.name)) for field in fields(event))
    return " ".join([event.wording, *(f"{name}={_plain(value)}" for name, value in facts if value is not None)])


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = " ".join(str(value).splitlines()).replace('"', "'")
    return f'"{text}"' if " " in text else text
