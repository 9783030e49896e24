"""Polls and cron; the only file that knows APScheduler. A tick offers work, the database decides who does it."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from worklane import events

CLOCK_IS_LOOKED_AT_EVERY = 1.0
A_STEP = 1.0
_SEARCHED_BACK = timedelta(days=9 * 366)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Scheduler(Protocol):
    """What may be done with a scheduler."""

    def start(self) -> None:
        """Begin to tick, in the running event loop."""

    def shutdown(self, wait: bool = True) -> None:
        """Stop ticking; ticks that are under way are cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Something to do again and again: look for waiting rows and start on them. A tick has `timeout` to end."""

    name: str
    every: timedelta
    tick: Callable[[], Awaitable[object]]
    timeout: timedelta = timedelta(seconds=60)

    async def once(self, tell: events.Listener = events.to_log) -> None:
        """One tick. Never raises, save for cancellation: what goes wrong is an event."""
        ticking = asyncio.ensure_future(self._tick())
        try:
            if await self._ends(ticking):
                self._tell_failure(ticking, tell)
                return
            tell(events.PollTimedOut(poll=self.name, seconds=self.timeout.total_seconds()))
            ticking.cancel()
            await self._ends(ticking)  # what does not even let itself be cancelled is left to itself
        finally:
            ticking.cancel()

    async def _tick(self) -> None:
        await self.tick()

    async def _ends(self, ticking: "asyncio.Future[None]") -> bool:
        done, _ = await asyncio.wait({ticking}, timeout=self.timeout.total_seconds())
        return bool(done)

    def _tell_failure(self, ticking: "asyncio.Future[None]", tell: events.Listener) -> None:
        error = asyncio.CancelledError("cancelled") if ticking.cancelled() else ticking.exception()
        if error is not None:
            tell(events.PollFailed(poll=self.name, error=f"{type(error).__name__}: {error}"))


def scheduled(polls: Iterable[Poll], *, listener: events.Listener = events.to_log) -> Scheduler:
    """A scheduler, not yet started, with a job for each poll.

    No tick is dropped for being late, late ticks become one, a tick that is still busy is not started twice, and
    neither one that fails nor one that hangs ends the schedule.
    """
    scheduler = AsyncIOScheduler(timezone="UTC")
    for poll in polls:
        scheduler.add_job(
            _tick_of,
            IntervalTrigger(seconds=poll.every.total_seconds(), timezone="UTC"),
            args=[poll, listener],
            id=poll.name,
            name=poll.name,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    return Steady(scheduler, listener=listener)


async def _tick_of(poll: Poll, tell: events.Listener) -> None:
    # Only a shutdown cancels this; APScheduler would log a traceback of it.
    with contextlib.suppress(asyncio.CancelledError):
        await poll.once(tell)


class Steady:
    """A scheduler that goes on when the computer's clock is set.

    APScheduler waits for times of day: set back an hour, it would not tick for an hour.
    """

    def __init__(
        self, scheduler: AsyncIOScheduler, *, listener: events.Listener, wall: Callable[[], float] = time.time
    ) -> None:
        self._scheduler = scheduler
        self._tell = listener
        self._wall = wall
        self._looking: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to tick, in the running event loop."""
        self._scheduler.start()
        self._look_again(self._offset())

    def shutdown(self, wait: bool = True) -> None:
        """Stop ticking; ticks that are under way are cancelled."""
        if self._looking is not None:
            self._looking.cancel()
        self._scheduler.shutdown(wait=wait)

    def _look_again(self, offset: float) -> None:
        loop = asyncio.get_running_loop()
        self._looking = loop.call_later(CLOCK_IS_LOOKED_AT_EVERY, self._look, offset)

    def _look(self, before: float) -> None:
        offset = self._offset()
        if abs(offset - before) >= A_STEP:
            self._tell(events.ClockStepped(seconds=offset - before))
            for job in self._scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))
        self._look_again(offset)

    def _offset(self) -> float:
        return self._wall() - time.monotonic()


@dataclass(frozen=True, slots=True)
class Cron:
    """Slots by a crontab line of five fields, in a timezone: `Cron("0 3 * * *", "Europe/Berlin")`.

    Weekdays are cron's: 0 and 7 are Sunday. Across daylight saving a time that does not exist runs an hour later, a
    time that comes twice runs once; only with `*` or `*/n` for the hour each real hour counts. Raises ValueError for
    a line that cannot be read, that never comes, or that gives both days of the month and days of the week.
    """

    line: str
    timezone: str = "UTC"
    _trigger: CronTrigger = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "_trigger", _trigger(self.line, _zone(self.timezone)))
            self.following(datetime.now(UTC))
        except ValueError as error:
            raise ValueError(f"cron {self.line!r} in timezone {self.timezone!r}: {error}") from None

    def latest(self, at: datetime) -> datetime:
        """The last slot that is not after `at`, in UTC."""
        # The last second whose next slot is not after `at`; APScheduler only looks forward.
        now = at.astimezone(UTC)
        low, high = int((now - _SEARCHED_BACK).timestamp()), int(now.timestamp()) + 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._next(middle) <= now else (low, middle)
        return self._next(low)

    def following(self, slot: datetime) -> datetime:
        """The first slot after `slot`, in UTC."""
        return self._next(int(slot.timestamp()) + 1)

    def _next(self, second: int) -> datetime:
        """The first slot at or after this second since the epoch."""
        wanted = datetime.fromtimestamp(second, self._trigger.timezone)
        while True:
            found = cast("datetime | None", self._trigger.get_next_fire_time(None, wanted))
            if found is None:
                raise ValueError("it never comes")
            slot = found.astimezone(UTC)
            if not self._is_repeated(slot):
                return slot
            wanted = (slot + timedelta(seconds=1)).astimezone(self._trigger.timezone)

    def _is_repeated(self, slot: datetime) -> bool:
        local = slot.astimezone(self._trigger.timezone)
        return local.fold == 1 and not self.line.split()[1].startswith("*")


def _trigger(line: str, zone: tzinfo) -> CronTrigger:
    fields = line.split()
    if len(fields) != 5:
        raise ValueError(f"five fields are needed (minute hour day month weekday), these are {len(fields)}")
    minute, hour, day, month, weekday = fields
    if not day.startswith("*") and not weekday.startswith("*"):
        raise ValueError("days of the month and of the week together mean different things to different crons")
    return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=zone)


def _weekdays(words: str) -> str:
    """Cron's weekdays by name: APScheduler would take 0 for Monday."""
    return ",".join(_weekday(word) for word in words.split(","))


def _weekday(word: str) -> str:
    span, slash, step = word.partition("/")
    first, dash, last = span.partition("-")
    if not first.isdigit():
        return word
    try:
        until = last if dash else "6" if slash else first
        days = [_WEEKDAYS[number] for number in range(int(first), int(until) + 1, int(step or 1))]
    except (ValueError, IndexError):
        days = []
    if not days:
        raise ValueError(f"{word!r} is no weekday: 0 (Sunday) to 7 (Sunday)")
    return ",".join(days)


def _zone(name: str) -> tzinfo:
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("there is no such timezone here") from None
