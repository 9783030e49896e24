"""What tests of background work need: a clock that can be turned, events that can be awaited, a worker that drains."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from worklane import events
from worklane.executor import Executor
from worklane.queue import Pulse, Queue

E = TypeVar("E", bound=events.Event)


class TurnableClock:
    """A clock that stands still until it is turned: `clock()` is the time, `clock.turn(by)` moves it."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def turn(self, by: timedelta) -> None:
        """Move the time on."""
        self._now += by


class EventLog:
    """A listener that keeps what it hears, in order, and lets a test wait for it. Use it on the event loop only."""

    def __init__(self) -> None:
        self.heard: list[events.Event] = []
        self._changed = asyncio.Event()

    def __call__(self, event: events.Event) -> None:
        self.heard.append(event)
        self._changed.set()

    def of(self, kind: type[E]) -> list[E]:
        """The events of this kind so far."""
        return [event for event in self.heard if isinstance(event, kind)]

    async def saw(
        self, kind: type[E], where: Callable[[E], bool] = lambda _: True, *, times: int = 1, within: float = 10
    ) -> E:
        """Wait, at most `within` seconds, until that many such events were heard; answer the last of them."""
        async with asyncio.timeout(within):
            while len(found := [event for event in self.of(kind) if where(event)]) < times:
                self._changed.clear()
                await self._changed.wait()
        return found[times - 1]


async def drain_once(queue: Queue, executor: Executor, pulse: Pulse, *, limit: int = 100) -> int:
    """Run what is due now, one row after the other, as a worker that comes and goes; answer how many rows it ran."""
    worker = uuid4()
    await pulse.register(worker, "drain_once")
    claims = await queue.claim(worker, kinds=executor.kinds, limit=limit)
    for claim in claims:
        await executor.execute(claim)
    await pulse.leave(worker)
    return len(claims)
