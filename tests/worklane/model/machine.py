"""The machine: plays any story of enqueuers, workers, zombies and rescuers, and asks after each step what is true."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.worklane.model.audit import Auditor, Broken
from tests.worklane.model.lane import Lane
from tests.worklane.model.paper import Paper, PaperRow
from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.lifecycle import Settlement, Status, settlement
from worklane.outcome import Done, GiveUp, Outcome, Retry

T = TypeVar("T")
A_DAY = timedelta(days=1)
BACKOFF = Backoff(base=timedelta(seconds=10), factor=2, jitter=0)
FEW = st.integers(0, 5)
WAITS = st.sampled_from([timedelta(seconds=seconds) for seconds in (1, 5, 7, 30)])
OUTCOMES = st.sampled_from(
    [Done(), Retry(reason="not yet"), Retry(reason="soon", after=timedelta(seconds=3)), GiveUp("in vain")]
)
FRACTIONS = st.sampled_from([0.2, 0.5, 0.9])
EVERY_SETTLEMENT = (
    Settlement(status=Status.COMPLETE),
    Settlement(status=Status.FAILED, error="stale"),
    Settlement(status=Status.PENDING, error="stale", run_after=timedelta(0)),
)


class JobLife(RuleBasedStateMachine):
    """One story. Subclasses name the lane and the loop it lives in."""

    lane: ClassVar[Lane]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.run(self.lane.clear())
        self.paper = Paper()
        self.auditor = Auditor()
        self.tickets: list[Claim] = []
        self.workers: list[UUID] = []
        self.sound = True

    def run(self, call: Coroutine[Any, Any, T]) -> T:
        self.sound = False
        return self.runner.run(call)

    @property
    def ids(self) -> list[UUID]:
        return list(self.paper.rows)

    @property
    def held(self) -> list[Claim]:
        return [ticket for ticket in self.tickets if self.paper.holder(ticket)]

    @property
    def stale(self) -> list[Claim]:
        """Lost claims; the last ones are those on rows that somebody else is running now."""
        lost = [ticket for ticket in self.tickets if not self.paper.holder(ticket)]
        return sorted(lost, key=lambda ticket: self.paper.rows[ticket.row_id].status is Status.RUNNING)

    @initialize()
    def two_workers_and_a_job(self) -> None:
        self.a_worker_starts()
        self.a_worker_starts()
        self.enqueue("a", "", 0)

    @rule(subject=st.sampled_from("ab"), tenant=st.sampled_from(["", "", "other"]), priority=st.integers(0, 1))
    def enqueue(self, subject: str, tenant: str, priority: int) -> None:
        active = self.paper.active(tenant, subject)
        row_id = UUID(int=len(self.paper.rows) + 1)
        values = {"id": row_id, "subject": subject, "tenant": tenant, "priority": priority, "max_attempts": 2}
        answer = self.run(self.lane.enqueue(values))
        if active is not None:
            _same("enqueue", answer, (active.id, active.status, False))
            return
        _same("enqueue", answer, (row_id, Status.PENDING, True))
        self.paper.rows[row_id] = PaperRow(
            id=row_id, tenant=tenant, subject=subject, priority=priority, max_attempts=2, run_at=self.paper.now
        )

    @precondition(lambda self: len(self.workers) < 5)
    @rule()
    def a_worker_starts(self) -> None:
        worker = UUID(int=1000 + len(self.workers))
        self.run(self.lane.register(worker))
        self.workers.append(worker)
        self.paper.beats[worker] = self.paper.now

    @precondition(lambda self: self.workers)
    @rule(which=FEW)
    def a_worker_beats(self, which: int) -> None:
        self.beat(_pick(self.workers, which))

    def beat(self, worker: UUID) -> None:
        held = self.run(self.lane.beat(worker))
        is_living = worker in self.paper.beats
        seen = None if held is None else {(one.row_id, one.token) for one in held}
        _same("a beat", seen, self.paper.held_by(worker) if is_living else None)
        if is_living:
            self.paper.beats[worker] = self.paper.now

    @precondition(lambda self: self.workers)
    @rule(which=FEW)
    def a_worker_says_good_bye(self, which: int) -> None:
        worker = _pick(self.workers, which)
        self.run(self.lane.leave(worker))
        self.paper.beats.pop(worker, None)

    @rule(wait=WAITS, beating=st.sets(FEW, max_size=3))
    def time_passes(self, wait: timedelta, beating: set[int]) -> None:
        """Those who beat live on; the silent ones are as good as dead, and may yet come back."""
        self.paper.now += wait
        self.lane.now = self.paper.now
        for which in sorted(beating):
            if which < len(self.workers):
                self.beat(self.workers[which])

    @precondition(lambda self: self.workers)
    @rule(which=FEW, limit=st.integers(1, 3))
    def a_worker_claims(self, which: int, limit: int) -> None:
        worker = _pick(self.workers, which)
        wanted = self.paper.claimable(worker, limit)
        self.taken(worker, wanted, list(self.run(self.lane.claim(worker, limit))))

    @precondition(lambda self: self.workers and self.paper.rows)
    @rule(which=FEW, row=FEW)
    def a_worker_claims_by_name(self, which: int, row: int) -> None:
        worker, row_id = _pick(self.workers, which), _pick(self.ids, row)
        wanted = [one for one in self.paper.claimable(worker, 1000) if one.id == row_id]
        claim = self.run(self.lane.claim_one(worker, row_id))
        self.taken(worker, wanted, [claim] if claim else [])

    def taken(self, worker: UUID, wanted: list[PaperRow], claims: list[Claim]) -> None:
        for row in wanted:
            self.paper.take(row, worker)
        _same(
            "a claim",
            {(claim.row_id, claim.token, claim.attempt, claim.crashes) for claim in claims},
            {(row.id, row.token, row.attempt, row.crashes) for row in wanted},
        )
        self.tickets += sorted(claims, key=lambda claim: claim.row_id.int)

    @precondition(lambda self: self.tickets)
    @rule(which=FEW, progress=FRACTIONS)
    def a_portion_is_kept(self, which: int, progress: float) -> None:
        ticket = _pick(self.stale + self.held, which)
        row = self.paper.holder(ticket)
        _same("keep", self.run(self.lane.keep(ticket, progress)), row is not None)
        if row:
            self.paper.keep(row, progress)

    @precondition(lambda self: self.tickets)
    @rule(which=FEW, outcome=OUTCOMES)
    def a_job_is_settled(self, which: int, outcome: Outcome) -> None:
        ticket = _pick(self.stale + self.held, which)
        row, settled = self.paper.holder(ticket), settlement(outcome, ticket, BACKOFF)
        _same("settle", self.run(self.lane.settle(ticket, settled)), row is not None)
        if row:
            self.paper.settle(row, settled)

    @precondition(lambda self: self.tickets)
    @rule(which=FEW)
    def saving_fails_halfway(self, which: int) -> None:
        ticket = _pick(self.stale + self.held, which)
        self.run(self.lane.settle(ticket, EVERY_SETTLEMENT[0], fails=True))

    @precondition(lambda self: self.tickets)
    @rule(which=st.lists(FEW, min_size=1, max_size=3))
    def claims_are_handed_back(self, which: list[int]) -> None:
        tickets = [_pick(self.stale + self.held, one) for one in which]
        _same("hand back", self.run(self.lane.hand_back(tickets)), self.paper.hand_back(tickets))

    @precondition(lambda self: self.held)
    @rule(which=FEW, other=FEW, is_dead=st.booleans())
    def a_claim_changes_hands(self, which: int, other: int, is_dead: bool) -> None:
        """Handed back, or rescued from the dead, and taken again by whoever comes."""
        ticket = _pick(self.held, which)
        if is_dead:
            [holder] = [worker for worker in self.workers if worker == self.paper.rows[ticket.row_id].worker]
            self.a_worker_says_good_bye(self.workers[::-1].index(holder))
            self.somebody_rescues()
        else:
            _same("hand back", self.run(self.lane.hand_back([ticket])), self.paper.hand_back([ticket]))
        self.a_worker_claims_by_name(other, self.ids[::-1].index(ticket.row_id))

    @precondition(lambda self: self.stale)
    @rule(which=FEW)
    def a_stale_holder_tries_everything(self, which: int) -> None:
        stale = _pick(self.stale, which)
        answers = [self.run(self.lane.settle(stale, settled)) for settled in EVERY_SETTLEMENT]
        answers += [self.run(self.lane.keep(stale, 0.99)), self.run(self.lane.hand_back([stale])) > 0]
        _same("a stale holder", answers, [False] * len(answers))

    @precondition(lambda self: self.paper.rows)
    @rule(which=FEW, tenant=st.sampled_from(["", "other"]))
    def a_job_is_cancelled(self, which: int, tenant: str) -> None:
        row = self.paper.rows[_pick(self.ids, which)]
        _same("cancel", self.run(self.lane.cancel(row.id, tenant)), self.paper.cancel(row, tenant))

    @rule()
    def somebody_rescues(self) -> None:
        wanted = self.paper.orphans()
        _same("rescue", self.run(self.lane.rescue()), {row.id for row in wanted})
        self.paper.rescue(wanted)

    @invariant()
    def the_ledger_keeps_every_promise(self) -> None:
        self.auditor.read(self.run(self.lane.news()))
        self.sound = True

    @invariant()
    def the_table_is_as_on_paper(self) -> None:
        real = {tuple(row) for row in self.run(self.lane.rows())}
        paper = {
            (row.id, row.status.value, row.attempt, row.crashes, row.token, row.worker, row.run_at, row.progress)
            for row in self.paper.rows.values()
        }
        _same("the table", real, paper)
        self.sound = True

    def teardown(self) -> None:
        """Every story has an end: a worker comes and works everything off."""
        if not self.sound:
            return
        self.paper.now = self.lane.now = self.lane.now + A_DAY
        self.somebody_rescues()
        last = UUID(int=9999)
        self.run(self.lane.register(last))
        for claim in self.run(self.lane.claim(last, 1000)):
            _same("the last settlement", self.run(self.lane.settle(claim, EVERY_SETTLEMENT[0])), True)
        self.auditor.read(self.run(self.lane.news()))
        self.auditor.check_the_end()


def _pick(things: list[T], which: int) -> T:
    """One of the things: 0 is the newest."""
    return things[-1 - which % len(things)]


def _same(call: str, real: object, expected: object) -> None:
    if real != expected:
        raise Broken(f"{call}: {real}, on paper {expected}")
