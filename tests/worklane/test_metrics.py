from datetime import timedelta
from uuid import UUID

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from tests.worklane.works import SteeredWork
from worklane import events
from worklane.claim import Claim
from worklane.clock import now
from worklane.depth import Depth, Stage
from worklane.executor import Executor
from worklane.memory import MemoryPulse, MemoryQueue
from worklane.metrics import DepthMetrics, Metrics
from worklane.outcome import Outcome, Retry
from worklane.testing import drain_once
from worklane.work import Report

CLAIM = Claim(row_id=UUID(int=1), kind="crawl", token=1, attempt=1)


class Counted:
    """Metrics over a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.passed_on: list[events.Event] = []
        self.tell = Metrics(self.registry, self.passed_on.append)

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"worklane_{name}", labels)


@pytest.fixture
def counted() -> Counted:
    """Nothing was counted yet."""
    return Counted()


class TestRows:
    def test_what_happens_to_rows_is_counted_by_kind(self, counted: Counted) -> None:
        for event in (
            events.Claimed(CLAIM),
            events.Claimed(CLAIM._replace(kind="mail")),
            events.Crashed(CLAIM, error="ValueError"),
            events.Lost(CLAIM),
        ):
            counted.tell(event)

        assert counted.value("claimed_total", kind="crawl") == 1
        assert counted.value("claimed_total", kind="mail") == 1
        assert counted.value("unexpected_errors_total", kind="crawl") == 1
        assert counted.value("lost_total", kind="crawl") == 1

    def test_attempts_are_counted_by_status_and_timed(self, counted: Counted) -> None:
        for status, seconds in (("complete", 2.0), ("pending", 3.0)):
            counted.tell(events.Settled(CLAIM, status=status, seconds=seconds))

        assert counted.value("settled_total", kind="crawl", status="complete") == 1
        assert counted.value("settled_total", kind="crawl", status="pending") == 1
        assert counted.value("retries_total", kind="crawl") == 1
        assert counted.value("run_seconds_sum", kind="crawl") == 5.0
        assert counted.value("run_seconds_bucket", kind="crawl", le="2.5") == 1

    def test_the_wait_is_timed_where_the_queue_knows_it(self, counted: Counted) -> None:
        counted.tell(events.Claimed(CLAIM))
        counted.tell(events.Claimed(CLAIM._replace(due_at=now() - timedelta(seconds=7))))

        assert counted.value("wait_seconds_count", kind="crawl") == 1
        assert counted.value("wait_seconds_sum", kind="crawl") == pytest.approx(7.0, abs=5)
        assert counted.value("claimed_total", kind="crawl") == 2

    def test_a_status_without_a_settlement_is_there_with_nothing(self, counted: Counted) -> None:
        counted.tell(events.Claimed(CLAIM))

        assert counted.value("settled_total", kind="crawl", status="failed") == 0

    async def test_the_events_of_a_real_executor_are_counted(self, counted: Counted) -> None:
        async def again(given: str, report: Report[str]) -> Outcome:
            return Retry(reason="busy", after=timedelta(hours=1))

        queue = MemoryQueue()
        executor = Executor(queue, [SteeredWork(performing=again)], listener=counted.tell)
        for subject in ("harbour", "bakery"):
            await queue.enqueue("crawl", subject=subject)

        await drain_once(queue, executor, MemoryPulse(queue))

        assert counted.value("claimed_total", kind="crawl") == 2
        assert counted.value("retries_total", kind="crawl") == 2
        assert counted.value("run_seconds_count", kind="crawl") == 2


class TestProcess:
    def test_what_happens_to_the_process_is_counted(self, counted: Counted) -> None:
        for event in (
            events.RowRescued(row="1", status="failed"),
            events.HandedBack(rows=3),
            events.Fenced(worker="w", why="cannot beat"),
            events.QueueUnreachable(doing="claiming", error="OSError"),
            events.LoopBlocked(seconds=1.0, task="crawl 1", where="work.py:1 in perform"),
            events.LoopFreed(seconds=4.5),
        ):
            counted.tell(event)

        assert counted.value("rescued_total", status="failed") == 1
        assert counted.value("handed_back_total") == 3
        assert counted.value("fenced_total") == 1
        assert counted.value("queue_unreachable_total", doing="claiming") == 1
        assert counted.value("loop_blocked_total") == 1
        assert counted.value("loop_blocked_seconds_total") == 4.5

    def test_what_is_heard_is_passed_on(self, counted: Counted) -> None:
        heard = [events.Claimed(CLAIM), events.WorkerStopped(worker="w")]

        for event in heard:
            counted.tell(event)

        assert counted.passed_on == heard


class TestDepths:
    def test_depths_are_gauges_by_queue_and_kind(self, counted: Counted) -> None:
        depth = Depth(
            queue="jobs",
            counts={(Stage.WAITING, "crawl"): 7, (Stage.SUSPECT, "crawl"): 1},
            capped=frozenset({Stage.WAITING}),
            oldest_waiting=timedelta(minutes=2),
        )

        lines = _scraped(counted, [depth])

        assert {
            'worklane_jobs_waiting{kind="crawl",queue="jobs"} 7.0',
            'worklane_jobs_suspect{kind="crawl",queue="jobs"} 1.0',
            'worklane_jobs_capped{queue="jobs",stage="waiting"} 1.0',
            'worklane_jobs_capped{queue="jobs",stage="running"} 0.0',
            'worklane_oldest_waiting_seconds{queue="jobs"} 120.0',
            "worklane_depths_readable 1.0",
        } <= lines

    def test_no_waiting_row_is_an_age_of_nothing_and_an_unknown_age_is_no_gauge(self, counted: Counted) -> None:
        idle = Depth(queue="jobs", counts={})
        ageless = Depth(queue="deep_scan", counts={}, knows_age=False)

        ages = {line for line in _scraped(counted, [idle, ageless]) if line.startswith("worklane_oldest")}

        assert ages == {'worklane_oldest_waiting_seconds{queue="jobs"} 0.0'}

    def test_without_depths_the_counts_of_the_process_are_there_all_the_same(self, counted: Counted) -> None:
        counted.tell(events.Claimed(CLAIM))

        lines = _scraped(counted, None)

        assert {'worklane_claimed_total{kind="crawl"} 1.0', "worklane_depths_readable 0.0"} <= lines
        assert not [line for line in lines if line.startswith("worklane_jobs_")]


def _scraped(counted: Counted, depths: list[Depth] | None) -> set[str]:
    return set(generate_latest(DepthMetrics(counted.registry, depths)).decode().splitlines())
