"""Works and queues that tests can steer."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from worklane.backoff import Backoff
from worklane.claim import Claim, Held, WorkerId
from worklane.lifecycle import Settlement
from worklane.memory import MemoryPulse, MemoryQueue
from worklane.outcome import Done, Outcome
from worklane.queue import Holdings
from worklane.work import Report

Performing = Callable[[str, Report[str]], Awaitable[Outcome]]


async def succeed(given: str, report: Report[str]) -> Outcome:
    return Done(result=f"looked at {given}")


@dataclass
class SteeredWork:
    """Work that notes its steps and performs what it is told."""

    performing: Performing = succeed
    kind: str = "crawl"
    timeout: timedelta | None = None
    backoff: Backoff = field(default_factory=lambda: Backoff(base=timedelta(seconds=10), factor=2, jitter=0))
    saving_fails: bool = False
    steps: list[str] = field(default_factory=list)

    async def load(self, session: object, claim: Claim) -> str:
        self.steps.append("load")
        return claim.subject

    async def perform(self, given: str, report: Report[str]) -> Outcome:
        self.steps.append("perform")
        return await self.performing(given, report)

    async def keep(self, session: object, claim: Claim, portion: str) -> None:
        self.steps.append(f"keep {portion}")

    async def save(self, session: object, claim: Claim, outcome: Outcome) -> None:
        if self.saving_fails:
            raise ValueError("this does not fit into the table")
        self.steps.append("save")


class Gate:
    """Work that says when it has begun, and waits until it is let through."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.opened = asyncio.Event()
        self.inside = 0
        self.most_inside = 0
        self.runs = 0
        self._changed = asyncio.Condition()

    async def __call__(self, given: str, report: Report[str]) -> Outcome:
        await self._count(1)
        self.runs += 1
        self.begun.set()
        try:
            await self.opened.wait()
        finally:
            await self._count(-1)
        return Done(result=given)

    async def holds(self, number: int) -> None:
        """Wait until that many are inside."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self.inside == number)

    async def _count(self, by: int) -> None:
        self.inside += by
        self.most_inside = max(self.most_inside, self.inside)
        async with self._changed:
            self._changed.notify_all()


class WatchedQueue(MemoryQueue):
    """A queue in memory that counts open sessions, and is unreachable as often as it is told."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.open_sessions = 0
        self.settlings_to_fail = 0
        self.answers_to_lose = 0
        self.hand_backs_to_fail = 0
        self.claiming_takes = 0.0
        self.claiming = asyncio.Event()
        self.looks_for_suspects = 0

    async def waiting_suspects(self, *, kinds: Collection[str], most: int) -> int:
        self.looks_for_suspects += 1
        return await super().waiting_suspects(kinds=kinds, most=most)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        async with self._counted(), super().reading():
            yield

    @asynccontextmanager
    async def keeping(self, claim: Claim, *, progress: float | None) -> AsyncIterator[None]:
        async with self._counted(), super().keeping(claim, progress=progress):
            yield

    @asynccontextmanager
    async def settling(self, claim: Claim, settlement: Settlement) -> AsyncIterator[None]:
        if self.settlings_to_fail > 0:
            self.settlings_to_fail -= 1
            raise ConnectionError("the server is away")
        async with self._counted(), super().settling(claim, settlement):
            yield

    async def claim(self, *arguments: Any, **named: Any) -> list[Claim]:
        claims = list(await super().claim(*arguments, **named))
        if claims and self.answers_to_lose > 0:
            self.answers_to_lose -= 1
            raise ConnectionError("the answer was lost after the commit")
        return claims

    async def hand_back(self, claims: Sequence[Claim | Held]) -> int:
        if self.hand_backs_to_fail > 0:
            self.hand_backs_to_fail -= 1
            raise ConnectionError("the server is away")
        return await super().hand_back(claims)

    async def claim_one(self, *arguments: Any, **named: Any) -> Claim | None:
        claim = await super().claim_one(*arguments, **named)
        self.claiming.set()
        await asyncio.sleep(self.claiming_takes)
        return claim

    @asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        self.open_sessions += 1
        try:
            yield
        finally:
            self.open_sessions -= 1


class TwitchyPulse(MemoryPulse):
    """Signs of life that fail, hang and recover as they are told. Called from the heartbeat's thread."""

    def __init__(self, queue: MemoryQueue) -> None:
        super().__init__(queue)
        self.attempts: Counter[str] = Counter()
        self.threads: set[int] = set()
        self.good_beats = 0
        self.last_good = 0.0
        self.registering_takes = 0.0
        self.closing_fails = False
        self._failures_left = 0.0
        self._hanging = False
        self._tried = threading.Condition()

    def fail(self, *, times: float = float("inf")) -> None:
        """Fail from now on, or so many times."""
        self._failures_left = times

    def hang(self) -> None:
        """Never answer again."""
        self._hanging = True

    def recover(self) -> None:
        """Be well again."""
        self._failures_left, self._hanging = 0, False

    async def tried(self, times: int) -> None:
        """Wait until it was called that often."""
        await asyncio.to_thread(self._wait_until_tried, times)

    async def register(self, worker: WorkerId, name: str) -> None:
        started = time.monotonic()
        await self._suffer("register")
        await asyncio.sleep(self.registering_takes)
        await super().register(worker, name)
        self.last_good = started

    async def beat(self, worker: WorkerId) -> Holdings | None:
        started = time.monotonic()
        await self._suffer("beat")
        held = await super().beat(worker)
        if held is not None:
            self.good_beats += 1
            self.last_good = started
        return held

    async def close(self) -> None:
        if self.closing_fails:
            raise ConnectionError("cannot even close")

    async def _suffer(self, what: str) -> None:
        self.threads.add(threading.get_ident())
        with self._tried:
            self.attempts[what] += 1
            self._tried.notify_all()
        if self._hanging:
            await asyncio.Event().wait()
        if self._failures_left > 0:
            self._failures_left -= 1
            raise ConnectionError("the server is away")

    def _wait_until_tried(self, times: int) -> None:
        with self._tried:
            assert self._tried.wait_for(lambda: self.attempts.total() >= times, timeout=10)
