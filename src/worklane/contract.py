"""The contract of queues as a suite of tests: subclass QueueContract and hand it a bench."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID, uuid4

from worklane.claim import Claim, WorkerId
from worklane.errors import ClaimLost
from worklane.lifecycle import COMPLETE, MAX_CRASHES, SUSPECT_AFTER, Settlement, Status
from worklane.queue import Finished, Pulse, Queue

DEAD_AFTER = timedelta(seconds=6)
LONGER_THAN_THAT = timedelta(seconds=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """What the contract looks at in a row of any queue."""

    status: Status
    error: str | None = None


class QueueBench(Protocol):
    """One kind of queue, empty, and the handles that its contract needs."""

    queue: Queue
    pulse: Pulse
    kind: str

    async def add_row(self) -> UUID:
        """Add a row of `kind` that is due, after the ones that are there; it may fail once and be tried again."""

    async def see(self, row_id: UUID) -> SeenRow:
        """Read a row past the queue. A status of the owner's is translated."""

    async def turn_clock(self, by: timedelta) -> None:
        """Move the queue's clock on."""

    async def write(self, session: object, row_id: UUID, error: str) -> None:
        """Write something into the row, inside a guarded transaction."""


class QueueContract:
    """What every queue must do. Subclass it and provide a `bench` for each test: with pytest, a fixture of that name.

    class TestMyQueue(QueueContract):
        @pytest.fixture
        async def bench(self) -> QueueBench: ...
    """

    async def test_a_due_row_is_claimed_once(self, bench: QueueBench) -> None:
        one, other = await _worker(bench), await _worker(bench)
        row_id = await bench.add_row()

        first, second = await _claims(bench, one), await _claims(bench, other)

        assert [(claim.row_id, claim.attempt) for claim in first] == [(row_id, 1)]
        assert second == []
        assert (await bench.see(row_id)).status is Status.RUNNING

    async def test_the_oldest_rows_are_claimed_first_up_to_the_limit(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        oldest, older, _newest = [await bench.add_row() for _ in range(3)]

        claims = await _claims(bench, worker, limit=2)

        assert {claim.row_id for claim in claims} == {oldest, older}

    async def test_rows_of_unknown_kinds_are_left_alone(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        row_id = await bench.add_row()

        claims = await bench.queue.claim(worker, kinds={"another kind"}, limit=10)
        claim = await bench.queue.claim_one(worker, row_id, kinds={"another kind"})

        assert (list(claims), claim) == ([], None)
        assert (await bench.see(row_id)).status is Status.PENDING

    async def test_a_worker_that_never_registered_can_claim_nothing(self, bench: QueueBench) -> None:
        row_id = await bench.add_row()

        claims = await _claims(bench, uuid4())
        claim = await bench.queue.claim_one(uuid4(), row_id, kinds={bench.kind})

        assert (claims, claim) == ([], None)

    async def test_one_row_can_be_claimed_by_name_unless_it_is_held(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        wanted, other = await bench.add_row(), await bench.add_row()

        first = await bench.queue.claim_one(worker, wanted, kinds={bench.kind})
        second = await bench.queue.claim_one(worker, wanted, kinds={bench.kind})

        assert first is not None
        assert (first.row_id, second) == (wanted, None)
        assert (await bench.see(other)).status is Status.PENDING

    async def test_a_beat_answers_what_the_worker_holds(self, bench: QueueBench) -> None:
        worker, other = await _worker(bench), await _worker(bench)
        await bench.add_row()
        claim = await _only_claim(bench, worker)

        mine, theirs = await bench.pulse.beat(worker), await bench.pulse.beat(other)

        assert mine == {bench.queue.lane: frozenset({claim.held})}
        assert theirs == {bench.queue.lane: frozenset()}

    async def test_a_settled_row_is_settled_once_and_for_all(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        await bench.add_row()
        claim = await _only_claim(bench, worker)

        first = await _settles(bench, claim, COMPLETE)
        second = await _settles(bench, claim, Settlement(status=Status.FAILED, error="too late"))

        assert (first, second) == (True, False)
        assert (await bench.see(claim.row_id)).status is Status.COMPLETE
        assert await _claims(bench, worker) == []

    async def test_a_failed_row_keeps_its_error(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        await bench.add_row()
        claim = await _only_claim(bench, worker)

        await _settles(bench, claim, Settlement(status=Status.FAILED, error="gone for good"))

        assert await bench.see(claim.row_id) == SeenRow(status=Status.FAILED, error="gone for good")

    async def test_a_row_to_be_retried_waits_its_time_and_counts_the_attempt(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        await bench.add_row()
        claim = await _only_claim(bench, worker)
        later = Settlement(status=Status.PENDING, error="try later", run_after=timedelta(minutes=5))

        await _settles(bench, claim, later)
        too_early = await _claims(bench, worker)
        await bench.turn_clock(timedelta(minutes=6))
        await bench.pulse.beat(worker)
        again = await _only_claim(bench, worker)

        assert too_early == []
        assert (again.attempt, again.failures) == (2, 2)
        assert again.token > claim.token

    async def test_settling_alone_moves_the_row_and_a_stale_claim_moves_nothing(self, bench: QueueBench) -> None:
        row_id = await bench.add_row()
        stale = await _only_claim(bench, await _worker(bench))
        await bench.queue.hand_back([stale])
        fresh = await _only_claim(bench, await _worker(bench))

        with suppress(ClaimLost):
            await bench.queue.settle(stale, Settlement(status=Status.FAILED, error="stale"))
        await bench.queue.settle(fresh, COMPLETE)
        assert await bench.see(row_id) == SeenRow(status=Status.COMPLETE)

    async def test_an_error_while_settling_rolls_back_and_the_claim_stands(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        await bench.add_row()
        claim = await _only_claim(bench, worker)

        with suppress(ZeroDivisionError):
            async with bench.queue.settling(claim, COMPLETE):
                raise ZeroDivisionError

        assert (await bench.see(claim.row_id)).status is Status.RUNNING
        assert await _settles(bench, claim, COMPLETE)

    async def test_a_portion_is_kept_while_the_claim_stands(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        await bench.add_row()
        claim = await _only_claim(bench, worker)

        async with bench.queue.keeping(claim, progress=0.5) as session:
            await bench.write(session, claim.row_id, "half done")

        assert await bench.see(claim.row_id) == SeenRow(status=Status.RUNNING, error="half done")

    async def test_a_row_that_is_handed_back_has_used_no_attempt(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        await bench.add_row()
        claim = await _only_claim(bench, worker)

        handed_back = await bench.queue.hand_back([claim])
        again = await _only_claim(bench, worker)

        assert (handed_back, again.attempt) == (1, 1)
        assert again.token > claim.token

    async def test_a_stale_claim_can_write_nothing(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        row_id = await bench.add_row()
        stale = await _only_claim(bench, worker)
        await bench.queue.hand_back([stale])
        current = await _only_claim(bench, worker)

        kept, settled = await _keeps(bench, stale, "stale"), await _settles(bench, stale, COMPLETE)
        handed_back = await bench.queue.hand_back([stale])

        assert (kept, settled, handed_back) == (False, False, 0)
        assert await bench.see(row_id) == SeenRow(status=Status.RUNNING)
        assert await _settles(bench, current, COMPLETE)

    async def test_the_rows_of_a_living_worker_are_not_rescued(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        await bench.add_row()
        claim = await _only_claim(bench, worker)
        await bench.turn_clock(LONGER_THAN_THAT)
        await bench.pulse.beat(worker)

        rescued = await bench.queue.rescue(dead_after=DEAD_AFTER, limit=10)

        assert list(rescued) == []
        assert await _settles(bench, claim, COMPLETE)

    async def test_the_rows_of_a_silent_worker_go_back_to_waiting(self, bench: QueueBench) -> None:
        silent = await _worker(bench)
        await bench.add_row()
        lost = await _only_claim(bench, silent)
        await bench.turn_clock(LONGER_THAN_THAT)
        other = await _worker(bench)

        rescued = await bench.queue.rescue(dead_after=DEAD_AFTER, limit=10)
        claim = await _only_claim(bench, other)

        assert [(row.row_id, row.status) for row in rescued] == [(lost.row_id, Status.PENDING)]
        assert (claim.attempt, claim.crashes, claim.failures) == (2, 1, 1)
        assert await bench.pulse.beat(silent) is None
        assert not await _settles(bench, lost, COMPLETE)
        assert (await bench.see(lost.row_id)).status is Status.RUNNING

    async def test_the_rows_of_a_worker_that_left_are_rescued_at_once(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        await bench.add_row()
        claim = await _only_claim(bench, worker)
        await bench.pulse.leave(worker)

        rescued = await bench.queue.rescue(dead_after=DEAD_AFTER, limit=10)

        assert [row.row_id for row in rescued] == [claim.row_id]

    async def test_a_row_that_keeps_killing_its_workers_fails(self, bench: QueueBench) -> None:
        row_id = await bench.add_row()

        statuses = [await _crash(bench) for _ in range(MAX_CRASHES)]

        assert statuses == [Status.PENDING] * (MAX_CRASHES - 1) + [Status.FAILED]
        assert (await bench.see(row_id)).error

    async def test_a_row_that_killed_two_processes_is_taken_alone_and_not_with_others(self, bench: QueueBench) -> None:
        row_id = await bench.add_row()
        for _ in range(SUSPECT_AFTER):
            await _crash(bench)
        innocent, worker = await bench.add_row(), await _worker(bench)

        by_name = await bench.queue.claim_one(worker, row_id, kinds={bench.kind})
        together, waits = await _claims(bench, worker), await bench.queue.suspects_wait(kinds={bench.kind})
        alone = list(await bench.queue.claim(worker, kinds={bench.kind}, limit=10, alone=True))

        assert (by_name, [claim.row_id for claim in together], waits) == (None, [innocent], True)
        assert [(claim.row_id, claim.crashes) for claim in alone] == [(row_id, SUSPECT_AFTER)]
        assert not await bench.queue.suspects_wait(kinds={bench.kind})
        assert await _settles(bench, alone[0], COMPLETE)

    async def test_one_exchange_settles_and_claims(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        for _ in range(4):
            await bench.add_row()
        done, stale, failed = await _claims(bench, worker, limit=3)
        await bench.queue.hand_back([stale])
        refused = Settlement(status=Status.FAILED, error="no use")
        finished = [Finished(done, COMPLETE), Finished(stale, COMPLETE), Finished(failed, refused)]

        exchanged = await bench.queue.exchange(worker, finished, kinds={bench.kind}, limit=5)

        assert exchanged.lost == {stale.held}
        assert len(exchanged.claims) == 2
        seen = [await bench.see(claim.row_id) for claim in (done, stale, failed)]
        assert seen[0] == SeenRow(status=Status.COMPLETE)
        assert seen[1] == SeenRow(status=Status.RUNNING)
        assert seen[2] == SeenRow(status=Status.FAILED, error="no use")

    async def test_an_exchange_without_room_only_settles(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        await bench.add_row()
        waiting = await bench.add_row()
        [done] = await _claims(bench, worker, limit=1)

        exchanged = await bench.queue.exchange(worker, [Finished(done, COMPLETE)], kinds={bench.kind}, limit=0)

        assert (list(exchanged.claims), exchanged.lost) == ([], frozenset())
        assert (await bench.see(waiting)).status is Status.PENDING

    async def test_a_row_that_is_put_off_uses_no_attempt(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        await bench.add_row()
        claim = await _only_claim(bench, worker)

        await bench.queue.settle(claim, Settlement(status=Status.PENDING, run_after=timedelta(0), refund=1))
        again = await _only_claim(bench, worker)

        assert (again.attempt, again.token > claim.token) == (1, True)

    async def test_a_rescue_frees_no_more_than_its_limit(self, bench: QueueBench) -> None:
        worker = await _worker(bench)
        for _ in range(3):
            await bench.add_row()
        await _claims(bench, worker)
        await bench.pulse.leave(worker)

        assert [len(await bench.queue.rescue(dead_after=DEAD_AFTER, limit=2)) for _ in range(3)] == [2, 1, 0]


async def _worker(bench: QueueBench) -> WorkerId:
    worker = uuid4()
    await bench.pulse.register(worker, "contract")
    return worker


async def _claims(bench: QueueBench, worker: WorkerId, *, limit: int = 10) -> Sequence[Claim]:
    return list(await bench.queue.claim(worker, kinds={bench.kind}, limit=limit))


async def _only_claim(bench: QueueBench, worker: WorkerId) -> Claim:
    return (await _claims(bench, worker))[0]


async def _settles(bench: QueueBench, claim: Claim, settlement: Settlement) -> bool:
    try:
        async with bench.queue.settling(claim, settlement):
            return True
    except ClaimLost:
        return False


async def _keeps(bench: QueueBench, claim: Claim, error: str) -> bool:
    try:
        async with bench.queue.keeping(claim, progress=0.9) as session:
            await bench.write(session, claim.row_id, error)
            return True
    except ClaimLost:
        return False


async def _crash(bench: QueueBench) -> Status:
    worker = await _worker(bench)
    suspected = await bench.queue.suspects_wait(kinds={bench.kind})
    await bench.queue.claim(worker, kinds={bench.kind}, limit=1, alone=suspected)
    await bench.pulse.leave(worker)
    return (await bench.queue.rescue(dead_after=DEAD_AFTER, limit=10))[0].status
