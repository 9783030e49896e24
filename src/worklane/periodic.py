"""Work that comes round again: tasks, their schedules, and which slot is due. Pure: no clock, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from worklane.json_value import JsonValue

COUNTED_AT_MOST = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHORTEST = timedelta(seconds=1)


class Schedule(Protocol):
    """The moments at which a task is to run: its slots. Everywhere the same, so that processes agree on them."""

    def latest(self, at: datetime) -> datetime:
        """The last slot that is not after `at`, in UTC."""

    def following(self, slot: datetime) -> datetime:
        """The first slot after `slot`, in UTC."""


@dataclass(frozen=True, slots=True)
class Every:
    """A slot each `interval`, counted from the epoch: the same moments in every process, whenever it started."""

    interval: timedelta

    def __post_init__(self) -> None:
        if self.interval < _SHORTEST:
            raise ValueError(f"a task may run once a second at most, not every {self.interval}")

    def latest(self, at: datetime) -> datetime:
        """The last slot that is not after `at`, in UTC."""
        return _EPOCH + (at - _EPOCH) // self.interval * self.interval

    def following(self, slot: datetime) -> datetime:
        """The first slot after `slot`, in UTC."""
        return self.latest(slot) + self.interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """A task: a durable job of this kind for each slot, its subject the task's name.

    `run_at_start` runs the task as soon as it is known for the first time, otherwise its next slot is its first run.
    `columns` are values for columns that the owner's jobs table has beside the core's.
    """

    name: str
    schedule: Schedule
    kind: str
    payload: Mapping[str, JsonValue] = field(default_factory=dict)
    tenant: str = ""
    max_attempts: int = 3
    priority: int = 0
    run_at_start: bool = False
    columns: Mapping[str, Any] = field(default_factory=dict)

    def job(self) -> dict[str, Any]:
        """The values of a job that is one run of this task."""
        return {
            **self.columns,
            "type": self.kind,
            "subject": self.name,
            "tenant": self.tenant,
            "payload": dict(self.payload),
            "max_attempts": self.max_attempts,
            "priority": self.priority,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A slot to be taken now. `missed`: how many before it nobody took; `runs` is false for a task's first mark."""

    slot: datetime
    missed: int
    runs: bool


def due(task: Periodic, *, newest: datetime | None, now: datetime) -> Due | None:
    """The slot to take at `now`, when `newest` is the last one that was taken; earlier ones run together with it."""
    slot = task.schedule.latest(now)
    if newest is None:
        return Due(slot=slot, missed=0, runs=task.run_at_start)
    if slot <= newest:
        return None
    return Due(slot=slot, missed=_between(task.schedule, newest, slot), runs=True)


def _between(schedule: Schedule, newest: datetime, slot: datetime) -> int:
    """How many slots lie between these two; COUNTED_AT_MOST stands for that many or more."""
    missed, between = 0, schedule.following(newest)
    while between < slot and missed < COUNTED_AT_MOST:
        missed, between = missed + 1, schedule.following(between)
    return missed
