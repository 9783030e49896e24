import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from worklane import events
from worklane.poller import Cron, Poll, Scheduler, Steady, scheduled
from worklane.testing import EventLog

SOON = timedelta(milliseconds=20)
BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def walk(cron: Cron, start: datetime, slots: int) -> list[str]:
    """So many slots from this one on, as UTC."""
    found = [cron.latest(start)]
    while len(found) < slots:
        found.append(cron.following(found[-1]))
    return [f"{slot:%d %H:%M}" for slot in found]


class TestCron:
    def test_a_slot_is_the_last_moment_that_fits_by_the_clock_of_its_timezone(self) -> None:
        nightly = Cron("0 3 * * *", BERLIN)

        assert nightly.latest(at("2026-06-10T00:59:59")) == at("2026-06-09T01:00:00")
        assert nightly.latest(at("2026-06-10T01:00:00")) == at("2026-06-10T01:00:00")
        assert nightly.latest(at("2026-12-10T01:30:00")) == at("2026-12-09T02:00:00")

    def test_a_time_that_does_not_exist_runs_an_hour_later_and_no_day_is_left_out(self) -> None:
        assert walk(Cron("30 2 * * *", BERLIN), at("2026-03-28T12:00:00"), 3) == ["28 01:30", "29 01:30", "30 00:30"]

    @pytest.mark.parametrize("minute", range(0, 120, 7))
    def test_all_moments_around_a_missing_hour_agree_on_the_slot(self, minute: int) -> None:
        now = at("2026-03-29T00:30:00") + timedelta(minutes=minute)
        missing = at("2026-03-29T01:30:00")

        latest = Cron("30 2 * * *", BERLIN).latest(now)

        assert latest == (missing if now >= missing else at("2026-03-28T01:30:00"))

    def test_a_time_that_comes_twice_runs_once(self) -> None:
        nightly = Cron("30 2 * * *", BERLIN)

        assert walk(nightly, at("2026-10-24T12:00:00"), 3) == ["24 00:30", "25 00:30", "26 01:30"]
        assert nightly.latest(at("2026-10-25T01:45:00")) == at("2026-10-25T00:30:00")

    @pytest.mark.parametrize("day", ["2026-03-28T22:00:00", "2026-10-24T22:00:00"])
    def test_an_hourly_task_runs_each_real_hour_of_a_day_on_which_the_clocks_change(self, day: str) -> None:
        hourly, slots = Cron("0 * * * *", BERLIN), [at(day)]

        while len(slots) < 8:
            slots.append(hourly.following(slots[-1]))

        assert {later - earlier for earlier, later in pairwise(slots)} == {timedelta(hours=1)}

    @pytest.mark.parametrize(
        ("weekday", "days"),
        [
            ("0", "Sun"),
            ("7", "Sun"),
            ("1", "Mon"),
            ("1-3", "Mon Tue Wed"),
            ("5-7", "Sun Fri Sat"),
            ("1-5/2", "Mon Wed Fri"),
            ("4/2", "Thu Sat"),
            ("2,sat", "Tue Sat"),
        ],
    )
    def test_weekdays_are_numbered_as_cron_numbers_them(self, weekday: str, days: str) -> None:
        cron, slot, seen = Cron(f"0 0 * * {weekday}"), at("2026-06-06T12:00:00"), []

        while (slot := cron.following(slot)) < at("2026-06-14T00:00:00"):
            seen.append(f"{slot:%a}")

        assert " ".join(seen) == days

    @pytest.mark.parametrize("line", ["* * * * *", "0 0 29 2 *", "0 0 1 1 *"])
    def test_the_latest_slot_is_found_however_long_ago(self, line: str) -> None:
        cron, now = Cron(line), at("2027-11-24T08:20:31")

        latest = cron.latest(now)

        assert latest <= now < cron.following(latest)

    @pytest.mark.parametrize(
        ("line", "zone", "said"),
        [
            ("0 3 * *", "UTC", "five fields are needed"),
            ("", "UTC", "five fields are needed"),
            ("60 3 * * *", "UTC", "higher than the maximum value"),
            ("0 3 * * 8", "UTC", "no weekday"),
            ("0 3 * * 5-1", "UTC", "no weekday"),
            ("0 3 * * 1/0", "UTC", "no weekday"),
            ("0 3 31 2 *", "UTC", "it never comes"),
            ("0 3 1 * 1", "UTC", "mean different things"),
            ("0 3 * * *", "Mars/Olympus", "no such timezone"),
            ("0 3 * * *", "../../etc/passwd", "no such timezone"),
        ],
    )
    def test_a_line_that_cannot_be_meant_is_one_clear_error(self, line: str, zone: str, said: str) -> None:
        with pytest.raises(ValueError, match=said) as raised:
            Cron(line, zone)

        assert repr(line) in str(raised.value)

    def test_equal_lines_are_equal(self) -> None:
        assert Cron("0 3 * * *") == Cron("0 3 * * *")


class Ticks:
    """A tick that counts its calls, and then does as told."""

    def __init__(self, behaviour: Callable[[], Awaitable[object]] | None = None) -> None:
        self.calls = 0
        self._behaviour = behaviour
        self._changed = asyncio.Condition()

    async def __call__(self) -> None:
        async with self._changed:
            self.calls += 1
            self._changed.notify_all()
        if self._behaviour is not None:
            await self._behaviour()

    async def reached(self, calls: int) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self.calls >= calls)


@contextlib.asynccontextmanager
async def running(scheduler: Scheduler) -> AsyncIterator[None]:
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


class TestPoll:
    async def test_a_tick_that_hangs_is_cancelled_and_the_next_one_comes(self) -> None:
        ticks, log = Ticks(asyncio.Event().wait), EventLog()
        poll = Poll(name="stuck", every=SOON, tick=ticks, timeout=SOON)

        async with running(scheduled([poll], listener=log)):
            await ticks.reached(3)

        assert log.of(events.PollTimedOut)[0] == events.PollTimedOut(poll="stuck", seconds=0.02)

    async def test_a_tick_that_does_not_let_itself_be_cancelled_does_not_block_the_next(self) -> None:
        released = asyncio.Event()

        async def refuse() -> None:
            while not released.is_set():
                with contextlib.suppress(asyncio.CancelledError):
                    await released.wait()

        ticks, log = Ticks(refuse), EventLog()

        try:
            async with running(scheduled([Poll(name="mule", every=SOON, tick=ticks, timeout=SOON)], listener=log)):
                await ticks.reached(3)
        finally:
            released.set()

        assert log.of(events.PollTimedOut)

    async def test_a_tick_that_raises_does_not_end_the_schedule(self) -> None:
        async def fail() -> None:
            raise ConnectionError("the server is away")

        ticks, log = Ticks(fail), EventLog()

        async with running(scheduled([Poll(name="flaky", every=SOON, tick=ticks)], listener=log)):
            await ticks.reached(3)

        assert log.of(events.PollFailed)[0] == events.PollFailed(
            poll="flaky", error="ConnectionError: the server is away"
        )

    async def test_a_tick_that_was_cancelled_from_inside_does_not_end_the_schedule(self) -> None:
        async def stray() -> None:
            raise asyncio.CancelledError

        ticks, log = Ticks(stray), EventLog()

        async with running(scheduled([Poll(name="stray", every=SOON, tick=ticks)], listener=log)):
            await ticks.reached(3)

        assert log.of(events.PollFailed)

    async def test_a_tick_that_is_busy_is_not_started_twice(self) -> None:
        gate = asyncio.Event()
        busy, other = Ticks(gate.wait), Ticks()

        polls = [Poll(name="busy", every=SOON, tick=busy), Poll(name="other", every=SOON, tick=other)]
        async with running(scheduled(polls, listener=EventLog())):
            await other.reached(10)
            calls = busy.calls
            gate.set()
            await busy.reached(2)

        assert calls == 1

    async def test_a_shutdown_cancels_the_tick_that_is_under_way_and_makes_no_fuss(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        cancelled = asyncio.Event()

        async def hang() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()

        ticks = Ticks(hang)

        async with running(scheduled([Poll(name="long", every=SOON, tick=ticks)], listener=EventLog())):
            await ticks.reached(1)

        async with asyncio.timeout(10):
            await cancelled.wait()
        assert not [record for record in caplog.records if record.levelname == "ERROR"]


class TestSteady:
    async def test_polls_go_on_after_the_clock_was_set_back(self) -> None:
        ticks, log, wall = Ticks(), EventLog(), [0.0]
        plain = AsyncIOScheduler(timezone="UTC")
        an_hour_ahead = datetime.now(UTC) + timedelta(hours=1)
        plain.add_job(ticks.__call__, "interval", seconds=1, next_run_time=an_hour_ahead)

        async with running(Steady(plain, listener=log, wall=lambda: wall[0])):
            wall[0] -= 3600
            await ticks.reached(2)

        assert log.of(events.ClockStepped)
