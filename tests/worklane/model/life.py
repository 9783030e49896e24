"""What both lanes live through: workers, zombies and rescuers in any order. After each step: what is true?"""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.worklane.model.audit import Broken
from tests.worklane.model.paper import Paper, PaperRow
from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.lifecycle import Settlement, Status, settlement
from worklane.outcome import Done, GiveUp, Outcome, Retry, Snooze
from worklane.queue import Finished

T = TypeVar("T")
A_DAY = timedelta(days=1)
BACKOFF = Backoff(base=timedelta(seconds=10), factor=2, jitter=0)
FEW = st.integers(0, 5)
MOSTLY_THE_NEWEST = st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5])
WAITS = st.sampled_from([timedelta(seconds=seconds) for seconds in (1, 5, 7, 30)])
OUTCOMES = st.sampled_from(
    [
        Done(),
        Retry(reason="not yet"),
        Retry(reason="soon", after=timedelta(seconds=3)),
        Snooze(timedelta(seconds=3)),
        GiveUp("in vain"),
    ]
)
FRACTIONS = st.sampled_from([0.2, 0.5, 0.9])
EVERY_SETTLEMENT = (
    Settlement(status=Status.COMPLETE),
    Settlement(status=Status.FAILED, error="stale"),
    Settlement(status=Status.PENDING, error="stale", run_after=timedelta(0)),
)


class Life(RuleBasedStateMachine):
    """One story. Subclasses say what comes into the queue, and name the lane and the loop it lives in."""

    lane: ClassVar[Any]
    runner: ClassVar[asyncio.Runner]
    paper: Paper
    auditor: Any

    def __init__(self) -> None:
        super().__init__()
        self.run(self.lane.clear())
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

    def a_row_comes(self) -> None:
        """The first row of the story."""
        raise NotImplementedError

    def on_paper(self) -> set[tuple[Any, ...]]:
        """The table as it should be."""
        raise NotImplementedError

    @initialize()
    def two_workers_and_a_row(self) -> None:
        self.a_worker_starts()
        self.a_worker_starts()
        self.a_row_comes()

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
        self.beat(pick(self.workers, which))

    def beat(self, worker: UUID) -> None:
        held = self.run(self.lane.beat(worker))
        is_living = worker in self.paper.beats
        seen = None if held is None else {(one.row_id, one.token) for one in held}
        same("a beat", seen, self.paper.held_by(worker) if is_living else None)
        if is_living:
            self.paper.beats[worker] = self.paper.now

    @precondition(lambda self: self.workers)
    @rule(which=FEW)
    def a_worker_says_good_bye(self, which: int) -> None:
        worker = pick(self.workers, which)
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
        worker = pick(self.workers, which)
        wanted = self.paper.claimable(worker, limit)
        self.taken(worker, wanted, list(self.run(self.lane.claim(worker, limit))))

    @precondition(lambda self: self.workers)
    @rule(which=FEW, limit=st.integers(1, 2))
    def a_worker_claims_suspects(self, which: int, limit: int) -> None:
        worker = pick(self.workers, which)
        wanted = self.paper.claimable(worker, limit, alone=True)
        self.taken(worker, wanted, list(self.run(self.lane.claim(worker, limit, alone=True))))

    @precondition(lambda self: self.workers and self.tickets)
    @rule(which=FEW, tickets=st.sets(FEW, min_size=1, max_size=3), limit=st.integers(0, 2))
    def a_worker_settles_and_claims_at_once(self, which: int, tickets: set[int], limit: int) -> None:
        """Nothing is saved with it, so none of these is complete."""
        worker = pick(self.workers, which)
        chosen = {ticket.row_id: ticket for ticket in (pick(self.stale + self.held, one) for one in sorted(tickets))}
        refused = Settlement(status=Status.FAILED, error="in vain")
        finished = [Finished(ticket, refused) for ticket in chosen.values()]
        stands = {ticket.row_id: self.paper.holder(ticket) for ticket in chosen.values()}
        wanted = self.paper.claimable(worker, limit)

        exchanged = self.run(self.lane.exchange(worker, finished, limit))

        lost = {ticket.held for ticket in chosen.values() if stands[ticket.row_id] is None}
        same("an exchange", exchanged.lost, lost)
        for row in stands.values():
            if row is not None:
                self.paper.settle(row, refused)
        self.taken(worker, wanted, list(exchanged.claims))

    @precondition(lambda self: self.workers and self.paper.rows)
    @rule(which=FEW, row=FEW)
    def a_worker_claims_by_name(self, which: int, row: int) -> None:
        worker, row_id = pick(self.workers, which), pick(self.ids, row)
        wanted = [one for one in self.paper.claimable(worker, 1000) if one.id == row_id]
        claim = self.run(self.lane.claim_one(worker, row_id))
        self.taken(worker, wanted, [claim] if claim else [])

    def taken(self, worker: UUID, wanted: list[PaperRow], claims: list[Claim]) -> None:
        tokens = {claim.row_id: claim.token for claim in claims}
        for row in wanted:
            self.paper.take(row, worker, tokens.get(row.id, 0))
        same(
            "a claim",
            {(claim.row_id, claim.token, claim.attempt, claim.crashes) for claim in claims},
            {(row.id, row.token, row.attempt, row.crashes) for row in wanted},
        )
        self.tickets += sorted(claims, key=lambda claim: claim.row_id.int)

    @precondition(lambda self: self.tickets)
    @rule(which=MOSTLY_THE_NEWEST, progress=FRACTIONS)
    def a_portion_is_kept(self, which: int, progress: float) -> None:
        ticket = pick(self.stale + self.held, which)
        row = self.paper.holder(ticket)
        same("keep", self.run(self.lane.keep(ticket, progress)), row is not None)
        if row:
            self.paper.keep(row, progress)

    @precondition(lambda self: self.tickets)
    @rule(which=MOSTLY_THE_NEWEST, outcome=OUTCOMES)
    def a_row_is_settled(self, which: int, outcome: Outcome) -> None:
        ticket = pick(self.stale + self.held, which)
        row, settled = self.paper.holder(ticket), settlement(outcome, ticket, BACKOFF)
        same("settle", self.run(self.lane.settle(ticket, settled)), row is not None)
        if row:
            self.paper.settle(row, settled)

    @precondition(lambda self: self.tickets)
    @rule(which=FEW)
    def saving_fails_halfway(self, which: int) -> None:
        ticket = pick(self.stale + self.held, which)
        self.run(self.lane.settle(ticket, EVERY_SETTLEMENT[0], fails=True))

    @precondition(lambda self: self.tickets)
    @rule(which=st.lists(FEW, min_size=1, max_size=3))
    def claims_are_handed_back(self, which: list[int]) -> None:
        tickets = [pick(self.stale + self.held, one) for one in which]
        same("hand back", self.run(self.lane.hand_back(tickets)), self.paper.hand_back(tickets))

    @precondition(lambda self: self.held)
    @rule(which=FEW, other=FEW, is_dead=st.booleans(), comes_back=st.booleans())
    def a_claim_changes_hands(self, which: int, other: int, is_dead: bool, comes_back: bool) -> None:
        """Handed back, or rescued from the dead, and taken again by whoever comes. Then the old holder comes back."""
        ticket = pick(self.held, which)
        if is_dead:
            [holder] = [worker for worker in self.workers if worker == self.paper.rows[ticket.row_id].worker]
            self.a_worker_says_good_bye(self.workers[::-1].index(holder))
            self.somebody_rescues()
        else:
            same("hand back", self.run(self.lane.hand_back([ticket])), self.paper.hand_back([ticket]))
        self.a_worker_claims_by_name(other, self.ids[::-1].index(ticket.row_id))
        if comes_back:
            self.tries_everything(ticket)

    @precondition(lambda self: self.stale)
    @rule(which=FEW)
    def a_stale_holder_tries_everything(self, which: int) -> None:
        self.tries_everything(pick(self.stale, which))

    def tries_everything(self, stale: Claim) -> None:
        answers = [self.run(self.lane.settle(stale, settled)) for settled in EVERY_SETTLEMENT]
        answers += [self.run(self.lane.keep(stale, 0.99)), self.run(self.lane.hand_back([stale])) > 0]
        same("a stale holder", answers, [False] * len(answers))

    @rule()
    def somebody_rescues(self) -> None:
        wanted = self.paper.orphans()
        same("rescue", self.run(self.lane.rescue()), {row.id for row in wanted})
        self.paper.rescue(wanted)

    @invariant()
    def the_ledger_keeps_every_promise(self) -> None:
        self.auditor.read(self.run(self.lane.news()))
        self.sound = True

    @invariant()
    def the_table_is_as_on_paper(self) -> None:
        same("the table", {tuple(row) for row in self.run(self.lane.rows())}, self.on_paper())
        self.sound = True

    def teardown(self) -> None:
        """Every story has an end: a worker comes and works everything off."""
        if not self.sound:
            return
        self.paper.now = self.lane.now = self.lane.now + A_DAY
        self.somebody_rescues()
        last = UUID(int=9999)
        self.run(self.lane.register(last))
        left = [*self.run(self.lane.claim(last, 1000)), *self.run(self.lane.claim(last, 1000, alone=True))]
        for claim in left:
            same("the last settlement", self.run(self.lane.settle(claim, EVERY_SETTLEMENT[0])), True)
        self.auditor.read(self.run(self.lane.news()))
        self.auditor.check_the_end()


def pick(things: list[T], which: int) -> T:
    """One of the things: 0 is the newest."""
    return things[-1 - which % len(things)]


def same(call: str, real: object, expected: object) -> None:
    if real != expected:
        raise Broken(f"{call}: {real}, on paper {expected}")
