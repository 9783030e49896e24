"""The contract of queues as a suite of tests: subclass QueueContract and hand it a bench."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from worklane import contract_bench as moves
from worklane.contract_bench import DEAD_AFTER as DEAD_AFTER
from worklane.contract_bench import LONGER_THAN_THAT as LONGER_THAN_THAT
from worklane.contract_bench import QueueBench as QueueBench
from worklane.contract_bench import SeenRow as SeenRow
from worklane.errors import ClaimLost
from worklane.lifecycle import COMPLETE, Settlement, Status
from worklane.queue import Finished
from worklane.rescue_contract import RescueContract


class QueueContract(RescueContract):
    """What every queue must do. Subclass it and provide a `bench` for each test: with pytest, a fixture of that name.

    class TestMyQueue(QueueContract):
        @pytest.fixture
        async def bench(self) -> QueueBench: ...
    """

    async def test_a_due_row_is_claimed_once(self, bench: QueueBench) -> None:
        one, other = await moves.worker(bench), await moves.worker(bench)
        row_id = await bench.add_row()

        first, second = await moves.claims(bench, one), await moves.claims(bench, other)

        assert [(claim.row_id, claim.attempt) for claim in first] == [(row_id, 1)]
        assert second == []
        assert (await bench.see(row_id)).status is Status.RUNNING

    async def test_the_oldest_rows_are_claimed_first_up_to_the_limit(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        oldest, older, _newest = [await bench.add_row() for _ in range(3)]

        claims = await moves.claims(bench, worker, limit=2)

        assert {claim.row_id for claim in claims} == {oldest, older}

    async def test_rows_of_unknown_kinds_are_left_alone(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        row_id = await bench.add_row()

        claims = await bench.queue.claim(worker, kinds={"another kind"}, limit=10)
        claim = await bench.queue.claim_one(worker, row_id, kinds={"another kind"})

        assert (list(claims), claim) == ([], None)
        assert (await bench.see(row_id)).status is Status.PENDING

    async def test_a_worker_that_never_registered_can_claim_nothing(self, bench: QueueBench) -> None:
        row_id = await bench.add_row()

        claims = await moves.claims(bench, uuid4())
        claim = await bench.queue.claim_one(uuid4(), row_id, kinds={bench.kind})

        assert (claims, claim) == ([], None)

    async def test_one_row_can_be_claimed_by_name_unless_it_is_held(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        wanted, other = await bench.add_row(), await bench.add_row()

        first = await bench.queue.claim_one(worker, wanted, kinds={bench.kind})
        second = await bench.queue.claim_one(worker, wanted, kinds={bench.kind})

        assert first is not None
        assert (first.row_id, second) == (wanted, None)
        assert (await bench.see(other)).status is Status.PENDING

    async def test_a_beat_answers_what_the_worker_holds(self, bench: QueueBench) -> None:
        worker, other = await moves.worker(bench), await moves.worker(bench)
        await bench.add_row()
        claim = await moves.only_claim(bench, worker)

        mine, theirs = await bench.pulse.beat(worker), await bench.pulse.beat(other)

        assert mine == {bench.queue.lane: frozenset({claim.held})}
        assert theirs == {bench.queue.lane: frozenset()}

    async def test_a_settled_row_is_settled_once_and_for_all(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        await bench.add_row()
        claim = await moves.only_claim(bench, worker)

        first = await moves.settles(bench, claim, COMPLETE)
        second = await moves.settles(bench, claim, Settlement(status=Status.FAILED, error="too late"))

        assert (first, second) == (True, False)
        assert (await bench.see(claim.row_id)).status is Status.COMPLETE
        assert await moves.claims(bench, worker) == []

    async def test_a_failed_row_keeps_its_error(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        await bench.add_row()
        claim = await moves.only_claim(bench, worker)

        await moves.settles(bench, claim, Settlement(status=Status.FAILED, error="gone for good"))

        assert await bench.see(claim.row_id) == SeenRow(status=Status.FAILED, error="gone for good")

    async def test_a_row_to_be_retried_waits_its_time_and_counts_the_attempt(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        await bench.add_row()
        claim = await moves.only_claim(bench, worker)
        later = Settlement(status=Status.PENDING, error="try later", run_after=timedelta(minutes=5))

        await moves.settles(bench, claim, later)
        too_early = await moves.claims(bench, worker)
        await bench.turn_clock(timedelta(minutes=6))
        await bench.pulse.beat(worker)
        again = await moves.only_claim(bench, worker)

        assert too_early == []
        assert (again.attempt, again.failures) == (2, 2)
        assert again.token > claim.token

    async def test_settling_alone_moves_the_row_and_a_stale_claim_moves_nothing(self, bench: QueueBench) -> None:
        row_id = await bench.add_row()
        stale = await moves.only_claim(bench, await moves.worker(bench))
        await bench.queue.hand_back([stale])
        fresh = await moves.only_claim(bench, await moves.worker(bench))

        with suppress(ClaimLost):
            await bench.queue.settle(stale, Settlement(status=Status.FAILED, error="stale"))
        await bench.queue.settle(fresh, COMPLETE)
        assert await bench.see(row_id) == SeenRow(status=Status.COMPLETE)

    async def test_an_error_while_settling_rolls_back_and_the_claim_stands(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        await bench.add_row()
        claim = await moves.only_claim(bench, worker)

        with suppress(ZeroDivisionError):
            async with bench.queue.settling(claim, COMPLETE):
                raise ZeroDivisionError

        assert (await bench.see(claim.row_id)).status is Status.RUNNING
        assert await moves.settles(bench, claim, COMPLETE)

    async def test_a_portion_is_kept_while_the_claim_stands(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        await bench.add_row()
        claim = await moves.only_claim(bench, worker)

        async with bench.queue.keeping(claim, progress=0.5) as session:
            await bench.write(session, claim.row_id, "half done")

        assert await bench.see(claim.row_id) == SeenRow(status=Status.RUNNING, error="half done")

    async def test_a_row_that_is_handed_back_has_used_no_attempt(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        await bench.add_row()
        claim = await moves.only_claim(bench, worker)

        handed_back = await bench.queue.hand_back([claim])
        again = await moves.only_claim(bench, worker)

        assert (handed_back, again.attempt) == (1, 1)
        assert again.token > claim.token

    async def test_a_stale_claim_can_write_nothing(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        row_id = await bench.add_row()
        stale = await moves.only_claim(bench, worker)
        await bench.queue.hand_back([stale])
        current = await moves.only_claim(bench, worker)

        kept, settled = await moves.keeps(bench, stale, "stale"), await moves.settles(bench, stale, COMPLETE)
        handed_back = await bench.queue.hand_back([stale])

        assert (kept, settled, handed_back) == (False, False, 0)
        assert await bench.see(row_id) == SeenRow(status=Status.RUNNING)
        assert await moves.settles(bench, current, COMPLETE)

    async def test_one_exchange_settles_and_claims(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        for _ in range(4):
            await bench.add_row()
        done, stale, failed = await moves.claims(bench, worker, limit=3)
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
        worker = await moves.worker(bench)
        await bench.add_row()
        waiting = await bench.add_row()
        [done] = await moves.claims(bench, worker, limit=1)

        exchanged = await bench.queue.exchange(worker, [Finished(done, COMPLETE)], kinds={bench.kind}, limit=0)

        assert (list(exchanged.claims), exchanged.lost) == ([], frozenset())
        assert (await bench.see(waiting)).status is Status.PENDING

    async def test_a_row_that_is_put_off_uses_no_attempt(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        await bench.add_row()
        claim = await moves.only_claim(bench, worker)

        await bench.queue.settle(claim, Settlement(status=Status.PENDING, run_after=timedelta(0), refund=1))
        again = await moves.only_claim(bench, worker)

        assert (again.attempt, again.token > claim.token) == (1, True)
