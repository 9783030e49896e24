"""One claim carried through load, perform and save."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from worklane import events
from worklane.claim import Claim
from worklane.errors import ClaimLost, UnknownWork, WorkTimedOut
from worklane.lifecycle import Settlement, settlement
from worklane.outcome import Outcome, Retry
from worklane.plain_work import PlainWork
from worklane.queue import Queue
from worklane.work import Work

AnyWork = Work[Any, Any, Any]
LONGEST_ERROR = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Persistence:
    """How long a write is insisted on while the queue is away. `passing` says which errors pass by themselves."""

    passing: Callable[[BaseException], bool] = lambda _: False
    first_wait: timedelta = timedelta(milliseconds=100)
    longest_wait: timedelta = timedelta(seconds=2)
    give_up_after: timedelta = timedelta(seconds=60)

    async def insist(self, write: Callable[[], Awaitable[None]]) -> None:
        """Call `write` until it succeeds, fails for good, or time is up."""
        deadline = time.monotonic() + self.give_up_after.total_seconds()
        wait = self.first_wait.total_seconds()
        while True:
            try:
                return await write()
            except Exception as error:
                if not self.passing(error) or time.monotonic() >= deadline:
                    raise
            await asyncio.sleep(wait)
            wait = min(wait * 2, self.longest_wait.total_seconds())


class Executor:
    """Carries claims of one queue through their work. The only place that catches Exception from work."""

    def __init__(
        self,
        queue: Queue,
        works: Collection[AnyWork],
        *,
        listener: events.Listener = events.to_log,
        persistence: Persistence | None = None,
        describe: Callable[[BaseException], str] | None = None,
    ) -> None:
        self._queue = queue
        self._works: Mapping[str, AnyWork] = {work.kind: work for work in works}
        self._tell = listener
        self._persistence = persistence or Persistence()
        self._describe = describe or _named

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of work that can be done here."""
        return frozenset(self._works)

    async def execute(self, claim: Claim) -> None:
        """Do the work of one claim and settle its row. Never raises, save for cancellation."""
        started = time.monotonic()
        self._tell(events.Claimed(kind=claim.kind, row=str(claim.row_id), attempt=claim.attempt))
        try:
            work = self._work_for(claim)
            outcome = await self._outcome(work, claim)
            settled = await self._save_or_record(work, claim, outcome)
        except ClaimLost:
            self._tell(events.Lost(kind=claim.kind, row=str(claim.row_id), attempt=claim.attempt))
        except Exception as error:
            self._tell(self._crashed(claim, error))
        else:
            self._tell(self._settled(claim, settled, time.monotonic() - started))

    def _work_for(self, claim: Claim) -> AnyWork:
        try:
            return self._works[claim.kind]
        except KeyError:
            raise UnknownWork(f"no work is registered for {claim.kind!r}") from None

    async def _outcome(self, work: AnyWork, claim: Claim) -> Outcome:
        try:
            given = await self._load(work, claim)
            return await self._perform(work, claim, given)
        except ClaimLost:
            raise
        except asyncio.CancelledError as stray:
            # A cancelled future inside the work raises this too, though nobody asked this task to stop.
            if _is_asked_to_stop():
                raise
            return self._unexpected(claim, stray)
        except Exception as error:
            return self._unexpected(claim, error)

    def _unexpected(self, claim: Claim, error: BaseException) -> Retry:
        self._tell(self._crashed(claim, error))
        return Retry(reason=self._described(error))

    async def _load(self, work: AnyWork, claim: Claim) -> Any:
        if isinstance(work, PlainWork) and not work.loads:
            return claim
        async with self._queue.reading() as session:
            return await work.load(session, claim)

    async def _perform(self, work: AnyWork, claim: Claim, given: Any) -> Outcome:
        report = _GuardedReport(self._queue, work, claim, self._persistence)
        if work.timeout is None:
            return await work.perform(given, report)
        try:
            async with asyncio.timeout(work.timeout.total_seconds()) as limit:
                return await work.perform(given, report)
        except TimeoutError as error:
            if limit.expired():
                raise WorkTimedOut(f"stopped after {work.timeout.total_seconds():g} s") from error
            raise

    async def _save_or_record(self, work: AnyWork, claim: Claim, outcome: Outcome) -> Settlement:
        try:
            return await self._save(work, claim, outcome)
        except ClaimLost:
            raise
        except Exception as error:
            return await self._record_failure(work, claim, self._unexpected(claim, error))

    async def _save(self, work: AnyWork, claim: Claim, outcome: Outcome) -> Settlement:
        settled = settlement(outcome, claim, work.backoff)

        if isinstance(work, PlainWork) and not work.saves:
            return await self._settle(claim, settled)

        async def write() -> None:
            async with self._queue.settling(claim, settled) as session:
                await work.save(session, claim, outcome)

        await self._persistence.insist(write)
        return settled

    async def _record_failure(self, work: AnyWork, claim: Claim, outcome: Outcome) -> Settlement:
        return await self._settle(claim, settlement(outcome, claim, work.backoff))

    async def _settle(self, claim: Claim, settled: Settlement) -> Settlement:
        await self._persistence.insist(lambda: self._queue.settle(claim, settled))
        return settled

    def _described(self, error: BaseException) -> str:
        # PostgreSQL stores neither NUL nor half of a surrogate pair: they would keep a failure from being recorded.
        said = self._describe(error).replace("\x00", "\N{REPLACEMENT CHARACTER}")
        return said.encode(errors="replace").decode()[:LONGEST_ERROR]

    def _crashed(self, claim: Claim, error: BaseException) -> events.Crashed:
        return events.Crashed(
            kind=claim.kind, row=str(claim.row_id), attempt=claim.attempt, error=self._described(error)
        )

    def _settled(self, claim: Claim, settled: Settlement, seconds: float) -> events.Settled:
        return events.Settled(
            kind=claim.kind,
            row=str(claim.row_id),
            attempt=claim.attempt,
            status=settled.status,
            seconds=seconds,
            error=settled.error,
        )


class _GuardedReport:
    """What running work says, written under its claim, one write at a time."""

    def __init__(self, queue: Queue, work: AnyWork, claim: Claim, persistence: Persistence) -> None:
        self._queue = queue
        self._work = work
        self._claim = claim
        self._persistence = persistence
        self._one_at_a_time = asyncio.Lock()

    async def keep(self, portion: Any, *, progress: float | None = None) -> None:
        async def write() -> None:
            async with self._queue.keeping(self._claim, progress=progress) as session:
                await self._work.keep(session, self._claim, portion)

        async with self._one_at_a_time:
            await self._persistence.insist(write)

    async def progress(self, fraction: float) -> None:
        async def write() -> None:
            async with self._queue.keeping(self._claim, progress=fraction):
                pass

        async with self._one_at_a_time:
            await self._persistence.insist(write)


def _is_asked_to_stop() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
