"""The part of the contract of queues that is about dead workers: what is freed, what runs alone, what fails."""

from worklane import contract_bench as moves
from worklane.contract_bench import DEAD_AFTER, LONGER_THAN_THAT, QueueBench
from worklane.lifecycle import COMPLETE, MAX_CRASHES, SUSPECT_AFTER, Status


class RescueContract:
    """What every queue must do about rows whose workers died."""

    async def test_the_rows_of_a_living_worker_are_not_rescued(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        await bench.add_row()
        claim = await moves.only_claim(bench, worker)
        await bench.turn_clock(LONGER_THAN_THAT)
        await bench.pulse.beat(worker)

        rescued = await bench.queue.rescue(dead_after=DEAD_AFTER, limit=10)

        assert list(rescued) == []
        assert await moves.settles(bench, claim, COMPLETE)

    async def test_the_rows_of_a_silent_worker_go_back_to_waiting(self, bench: QueueBench) -> None:
        silent = await moves.worker(bench)
        await bench.add_row()
        lost = await moves.only_claim(bench, silent)
        await bench.turn_clock(LONGER_THAN_THAT)
        other = await moves.worker(bench)

        rescued = await bench.queue.rescue(dead_after=DEAD_AFTER, limit=10)
        claim = await moves.only_claim(bench, other)

        assert [(row.row_id, row.status) for row in rescued] == [(lost.row_id, Status.PENDING)]
        assert (claim.attempt, claim.crashes, claim.failures) == (2, 1, 1)
        assert await bench.pulse.beat(silent) is None
        assert not await moves.settles(bench, lost, COMPLETE)
        assert (await bench.see(lost.row_id)).status is Status.RUNNING

    async def test_the_rows_of_a_worker_that_left_are_rescued_at_once(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        await bench.add_row()
        claim = await moves.only_claim(bench, worker)
        await bench.pulse.leave(worker)

        rescued = await bench.queue.rescue(dead_after=DEAD_AFTER, limit=10)

        assert [row.row_id for row in rescued] == [claim.row_id]

    async def test_a_row_that_keeps_killing_its_workers_fails(self, bench: QueueBench) -> None:
        row_id = await bench.add_row()

        statuses = [await moves.crash(bench) for _ in range(MAX_CRASHES)]

        assert statuses == [Status.PENDING] * (MAX_CRASHES - 1) + [Status.FAILED]
        assert (await bench.see(row_id)).error

    async def test_a_row_that_killed_two_processes_is_taken_alone_and_not_with_others(self, bench: QueueBench) -> None:
        row_id = await bench.add_row()
        for _ in range(SUSPECT_AFTER):
            await moves.crash(bench)
        innocent, worker = await bench.add_row(), await moves.worker(bench)

        by_name = await bench.queue.claim_one(worker, row_id, kinds={bench.kind})
        together, waiting = await moves.claims(bench, worker), await moves.waiting_suspects(bench)
        alone = list(await bench.queue.claim(worker, kinds={bench.kind}, limit=10, alone=True))

        assert (by_name, [claim.row_id for claim in together], waiting) == (None, [innocent], 1)
        assert [(claim.row_id, claim.crashes) for claim in alone] == [(row_id, SUSPECT_AFTER)]
        assert await moves.waiting_suspects(bench) == 0
        assert await moves.settles(bench, alone[0], COMPLETE)

    async def test_a_rescue_frees_no_more_than_its_limit(self, bench: QueueBench) -> None:
        worker = await moves.worker(bench)
        for _ in range(3):
            await bench.add_row()
        await moves.claims(bench, worker)
        await bench.pulse.leave(worker)

        assert [len(await bench.queue.rescue(dead_after=DEAD_AFTER, limit=2)) for _ in range(3)] == [2, 1, 0]
