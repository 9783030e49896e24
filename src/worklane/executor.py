"""One claim carried through load, perform and save."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from worklane import events
from worklane.around import Around, Ran
from worklane.claim import Claim
from worklane.errors import ClaimLost, UnknownWork, WorkTimedOut
from worklane.lifecycle import Settlement, settlement
from worklane.outcome import Outcome, Retry
from worklane.plain_work import PlainWork
from worklane.queue import Finished, Queue
from worklane.work import Report, Work

AnyWork = Work[Any, Any, Any]
LONGEST_ERROR = 2000


class _Known(NamedTuple):
    """A piece of work, and what of it there is to call."""

    work: AnyWork
    loads: bool
    saves: bool
    max_attempts: int | None

    @classmethod
    def of(cls, work: AnyWork) -> "_Known":
        plain = isinstance(work, PlainWork)
        return cls(
            work,
            loads=not plain or work.loads,  # type: ignore[attr-defined]
            saves=not plain or work.saves,  # type: ignore[attr-defined]
            max_attempts=getattr(work, "max_attempts", None),
        )


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
    """Carries claims of one queue through their work. The only place that catches Exception from work.

    `around` opens a context for each claim, such as a span of a trace.
    """

    def __init__(
        self,
        queue: Queue,
        works: Collection[AnyWork],
        *,
        listener: events.Listener = events.to_log,
        persistence: Persistence | None = None,
        describe: Callable[[BaseException], str] | None = None,
        around: Around | None = None,
    ) -> None:
        self._queue = queue
        self._works: Mapping[str, _Known] = {work.kind: _Known.of(work) for work in works}
        self._tell = listener
        self._persistence = persistence or Persistence()
        self._describe = describe or _named
        self._around = around
        self.kinds = frozenset(self._works)

    async def execute(self, claim: Claim) -> None:
        """Do the work of one claim and settle its row. Never raises, save for cancellation."""
        finished = await self.carry(claim)
        if finished is not None:
            await self.settle(finished)

    def carry(self, claim: Claim) -> Coroutine[Any, Any, Finished | None]:
        """Do the work of one claim; answer what is still to be settled, or None. Never raises, save for cancellation.

        Work that has something to save settles its row together with it; nothing is left to settle then, nor after
        the claim was lost.
        """
        return self._carry(claim) if self._around is None else self._carry_within(claim, self._around)

    async def settle(self, finished: Finished) -> None:
        """Settle one row by itself; if the database refuses its values, record that as a failure. Never raises."""
        claim, settled = finished.claim, finished.settlement
        try:
            try:
                await self._persistence.insist(lambda: self._queue.settle(claim, settled))
            except ClaimLost:
                raise
            except Exception as error:
                settled = self._settlement(self._known(claim), claim, self._unexpected(claim, error))
                await self._persistence.insist(lambda: self._queue.settle(claim, settled))
        except ClaimLost:
            self.announce(finished, stood=False)
        except Exception as error:
            self._tell(self._crashed(claim, error))
        else:
            self.announce(finished._replace(settlement=settled), stood=True)

    def passes(self, error: BaseException) -> bool:
        """Whether the queue may well answer in a moment, though it raised this."""
        return self._persistence.passing(error)

    def announce(self, finished: Finished, *, stood: bool) -> None:
        """Tell that a row was settled, or that its claim did not stand."""
        claim, settled, seconds = finished
        if stood and self._is_heard(events.Settled):
            self._tell(events.Settled(claim, status=settled.status, seconds=seconds, error=settled.error))
        elif not stood:
            self._tell(events.Lost(claim))

    async def _carry_within(self, claim: Claim, around: Around) -> Finished | None:
        with around(claim) as ran:
            return await self._carry(claim, ran)

    async def _carry(self, claim: Claim, ran: Ran | None = None) -> Finished | None:
        started = time.monotonic()
        if self._is_heard(events.Claimed):
            self._tell(events.Claimed(claim))
        try:
            known = self._known(claim)
            outcome = await self._outcome(known, claim, ran)
            if known.saves:
                settled = await self._saved(known, claim, outcome, ran)
            else:
                settled = self._decided(known, claim, outcome, ran)
            if ran is not None:
                ran.settled(settled)
            finished = Finished(claim, settled, time.monotonic() - started)
            if not known.saves:
                return finished
            self.announce(finished, stood=True)
        except ClaimLost:
            self._tell(events.Lost(claim))
        except Exception as error:
            self._tell(self._crashed(claim, error))
        return None

    def _is_heard(self, kind: type[events.Event]) -> bool:
        # Most events of most rows are made for a log that does not want them.
        return self._tell is not events.to_log or events.log.isEnabledFor(kind.level)

    def _known(self, claim: Claim) -> _Known:
        try:
            return self._works[claim.kind]
        except KeyError:
            raise UnknownWork(f"no work is registered for {claim.kind!r}") from None

    async def _outcome(self, known: _Known, claim: Claim, ran: Ran | None) -> Outcome:
        try:
            given = await self._load(known.work, claim) if known.loads else claim
            report = _GuardedReport(self._queue, known.work, claim, self._persistence)
            limit = claim.longest or known.work.timeout
            if limit is None:
                return await known.work.perform(given, report)
            return await self._perform_within(limit, known.work, given, report)
        except ClaimLost:
            raise
        except asyncio.CancelledError as stray:
            # A cancelled future inside the work raises this too, though nobody asked this task to stop.
            if _is_asked_to_stop():
                raise
            return self._unexpected(claim, stray, ran)
        except Exception as error:
            return self._unexpected(claim, error, ran)

    def _unexpected(self, claim: Claim, error: BaseException, ran: Ran | None = None) -> Retry:
        self._tell(self._crashed(claim, error))
        if ran is not None:
            ran.raised(error)
        return Retry(reason=self._described(error))

    async def _load(self, work: AnyWork, claim: Claim) -> Any:
        async with self._queue.reading() as session:
            return await work.load(session, claim)

    async def _perform_within(self, limit: timedelta, work: AnyWork, given: Any, report: Report[Any]) -> Outcome:
        try:
            async with asyncio.timeout(limit.total_seconds()) as timeout:
                return await work.perform(given, report)
        except TimeoutError as error:
            if timeout.expired():
                raise WorkTimedOut(f"stopped after {limit.total_seconds():g} s") from error
            raise

    def _settlement(self, known: _Known, claim: Claim, outcome: Outcome) -> Settlement:
        return settlement(outcome, claim, claim.backoff or known.work.backoff, max_attempts=known.max_attempts)

    def _decided(self, known: _Known, claim: Claim, outcome: Outcome, ran: Ran | None) -> Settlement:
        try:
            return self._settlement(known, claim, outcome)
        except Exception as error:
            return self._settlement(known, claim, self._unexpected(claim, error, ran))

    async def _saved(self, known: _Known, claim: Claim, outcome: Outcome, ran: Ran | None) -> Settlement:
        """What became of the row, written together with the results."""
        try:
            settled = self._settlement(known, claim, outcome)
            await self._save(known.work, claim, outcome, settled)
        except ClaimLost:
            raise
        except Exception as error:
            settled = self._settlement(known, claim, self._unexpected(claim, error, ran))
            await self._persistence.insist(lambda: self._queue.settle(claim, settled))
        return settled

    async def _save(self, work: AnyWork, claim: Claim, outcome: Outcome, settled: Settlement) -> None:
        async def write() -> None:
            async with self._queue.settling(claim, settled) as session:
                await work.save(session, claim, outcome)

        await self._persistence.insist(write)

    def _described(self, error: BaseException) -> str:
        # PostgreSQL stores neither NUL nor half of a surrogate pair: they would keep a failure from being recorded.
        said = self._describe(error).replace("\x00", "\N{REPLACEMENT CHARACTER}")
        return said.encode(errors="replace").decode()[:LONGEST_ERROR]

    def _crashed(self, claim: Claim, error: BaseException) -> events.Crashed:
        return events.Crashed(claim, error=self._described(error))


class _GuardedReport:
    """What running work says, written under its claim, one write at a time."""

    __slots__ = ("_claim", "_one_at_a_time", "_persistence", "_queue", "_work")

    def __init__(self, queue: Queue, work: AnyWork, claim: Claim, persistence: Persistence) -> None:
        self._queue = queue
        self._work = work
        self._claim = claim
        self._persistence = persistence
        self._one_at_a_time: asyncio.Lock | None = None

    async def keep(self, portion: Any, *, progress: float | None = None) -> None:
        async def write() -> None:
            async with self._queue.keeping(self._claim, progress=progress) as session:
                await self._work.keep(session, self._claim, portion)

        async with self._turn():
            await self._persistence.insist(write)

    async def progress(self, fraction: float) -> None:
        async def write() -> None:
            async with self._queue.keeping(self._claim, progress=fraction):
                pass

        async with self._turn():
            await self._persistence.insist(write)

    def _turn(self) -> asyncio.Lock:
        if self._one_at_a_time is None:
            self._one_at_a_time = asyncio.Lock()
        return self._one_at_a_time


def _is_asked_to_stop() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
