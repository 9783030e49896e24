"""What happens to work, as values; the only file that words log lines."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import ClassVar

from worklane.claim import Claim
from worklane.clock import now

log = logging.getLogger("worklane")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened. Its fields are the facts of the log line."""

    wording: ClassVar[str] = "something happened"
    level: ClassVar[int] = logging.INFO


@dataclass(frozen=True, slots=True)
class AboutRow(Event):
    """Something happened to a claimed row."""

    claim: Claim

    @property
    def kind(self) -> str:
        """The kind of work."""
        return self.claim.kind

    @property
    def row(self) -> str:
        """The row's id."""
        return str(self.claim.row_id)

    @property
    def attempt(self) -> int:
        """Which attempt it is."""
        return self.claim.attempt


@dataclass(frozen=True, slots=True)
class Claimed(AboutRow):
    """A row was taken."""

    wording: ClassVar[str] = "claimed"

    @property
    def waited(self) -> float | None:
        """Seconds since the row was due, as far as this machine's clock agrees with the queue's."""
        due = self.claim.due_at
        return None if due is None else max((now() - due).total_seconds(), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(AboutRow):
    """A row reached its next status."""

    wording: ClassVar[str] = "settled"
    status: str
    seconds: float
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed(AboutRow):
    """The work raised an exception that nobody expected."""

    wording: ClassVar[str] = "work raised"
    level: ClassVar[int] = logging.WARNING
    error: str


@dataclass(frozen=True, slots=True)
class Lost(AboutRow):
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
class QuarantineEnded(Event):
    """The process in which suspects ran alone has ended; a code that is not 0 tells of a crash."""

    wording: ClassVar[str] = "quarantine ended"
    code: int


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
class _AboutSlot(Event):
    task: str
    slot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTaken(_AboutSlot):
    """A slot of a periodic task was taken, and its job is waiting."""

    wording: ClassVar[str] = "periodic slot taken"
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotJoined(_AboutSlot):
    """A slot came while the previous run was still active: that run stands for it too."""

    wording: ClassVar[str] = "periodic slot joined the run that is still active"
    level: ClassVar[int] = logging.WARNING
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotMissed(_AboutSlot):
    """Nobody took the slots before this one; they run together with it."""

    wording: ClassVar[str] = "periodic slots missed, run as one"
    level: ClassVar[int] = logging.WARNING
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollFailed(Event):
    """A tick raised; the schedule goes on."""

    wording: ClassVar[str] = "poll failed, the schedule goes on"
    level: ClassVar[int] = logging.WARNING
    poll: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTimedOut(Event):
    """A tick did not end in time and was cancelled; the schedule goes on."""

    wording: ClassVar[str] = "poll cancelled after its time limit, the schedule goes on"
    level: ClassVar[int] = logging.WARNING
    poll: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStepped(Event):
    """The computer's clock was set; polls were put on its new time."""

    wording: ClassVar[str] = "the clock was set, polls follow it"
    level: ClassVar[int] = logging.WARNING
    seconds: float


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
    if log.isEnabledFor(event.level):
        log.log(event.level, "%s", line(event))


def line(event: Event) -> str:
    """The wording and the facts: `settled kind=email_scan row=... status=complete`."""
    names = [field.name for field in fields(event)]
    if isinstance(event, AboutRow):
        names = ["kind", "row", "attempt", *(name for name in names if name != "claim")]
    facts = ((name, getattr(event, name)) for name in names)
    return " ".join([event.wording, *(f"{name}={_plain(value)}" for name, value in facts if value is not None)])


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = " ".join(str(value).splitlines()).replace('"', "'")
    return f'"{text}"' if " " in text else text
