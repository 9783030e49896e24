"""Counts for Prometheus: what workers of this process did, and how deep the queues of this installation are."""

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.services.jobs import EMAIL_SCAN
from scanlane.services.pipeline import STAGES
from scanlane.wiring import BATCHES, CLAIMS, JOBS
from worklane.depth import Depth, Stage
from worklane.lifecycle import Status
from worklane.metrics import DepthMetrics, Metrics
from worklane.postgres.depths import JobDepths, StatusDepths

REGISTRY = CollectorRegistry(auto_describe=True)
QUEUES: tuple[JobDepths | StatusDepths, ...] = (
    JobDepths(JOBS, batches=BATCHES, kinds=[EMAIL_SCAN]),
    *(StatusDepths(stage.column, claims=CLAIMS) for stage in STAGES),
)

count = Metrics(REGISTRY)


async def read_depths(sessions: async_sessionmaker[AsyncSession]) -> Sequence[Depth]:
    """How deep every queue is now."""
    return [await queue.read(sessions) for queue in QUEUES]


class Scraped:
    """What one scrape sees. `depths` is None if the database did not answer."""

    def __init__(self, depths: Sequence[Depth] | None) -> None:
        self._depths = depths

    def collect(self) -> Iterator[Metric]:
        """All metrics, in the form that prometheus_client writes."""
        yield from DepthMetrics(REGISTRY, self._depths).collect()
        jobs = GaugeMetricFamily("scanlane_jobs", "Jobs that are not finished", labels=["type", "status"])
        for depth in self._depths or ():
            if depth.queue == JOBS.name:
                _add_jobs(jobs, depth)
        yield jobs


def _add_jobs(jobs: GaugeMetricFamily, depth: Depth) -> None:
    for kind in sorted({kind for _, kind in depth.counts}):
        running = depth.counts.get((Stage.RUNNING, kind), 0)
        waiting = sum(depth.counts.get((stage, kind), 0) for stage in Stage if stage is not Stage.RUNNING)
        jobs.add_metric([kind, Status.PENDING.value], waiting)
        jobs.add_metric([kind, Status.RUNNING.value], running)
