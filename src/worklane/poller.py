"""Polls on a schedule; the only file that knows APScheduler. A tick offers work, the claim decides who does it."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, cast

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger


class Scheduler(Protocol):
    """What may be done with a scheduler."""

    def start(self) -> None:
        """Begin to tick, in the running event loop."""

    def shutdown(self, wait: bool = True) -> None:
        """Stop ticking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Something to do again and again: look for waiting rows and start on them."""

    name: str
    every: timedelta
    tick: Callable[[], Awaitable[object]]

    async def once(self) -> None:
        """One tick. The scheduler awaits only what is declared a coroutine function; a lambda is none."""
        await self.tick()


def scheduled(polls: Iterable[Poll]) -> Scheduler:
    """A scheduler, not yet started, with a job for each poll.

    No tick is dropped for being late, late ticks become one, and a tick that is still busy is not started twice.
    """
    scheduler = AsyncIOScheduler(timezone="UTC")
    for poll in polls:
        scheduler.add_job(
            poll.once,
            IntervalTrigger(seconds=poll.every.total_seconds(), timezone="UTC"),
            id=poll.name,
            name=poll.name,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    return cast(Scheduler, scheduler)
