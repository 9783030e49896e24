"""Counts for Prometheus: what workers of this process did, and what waits in the database."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric

from worklane import events

REGISTRY = CollectorRegistry(auto_describe=True)
SETTLED = Counter("worklane_settled", "Attempts that were settled", ["kind", "status"], registry=REGISTRY)
SECONDS = Histogram("worklane_run_seconds", "Time from claim to settle", ["kind"], registry=REGISTRY)
CLAIMED = Counter("worklane_claimed", "Rows claimed", ["kind"], registry=REGISTRY)
LOST = Counter("worklane_lost", "Claims lost to another worker or a cancellation", ["kind"], registry=REGISTRY)
RESCUED = Counter("worklane_rescued", "Rows freed from dead workers", ["status"], registry=REGISTRY)
CRASHED = Counter("worklane_unexpected_errors", "Exceptions that work raised", ["kind"], registry=REGISTRY)


def count(event: events.Event) -> None:
    """Count an event; log it, too."""
    events.to_log(event)
    match event:
        case events.Claimed(kind=kind):
            CLAIMED.labels(kind).inc()
        case events.Settled(kind=kind, status=status, seconds=seconds):
            SETTLED.labels(kind, status).inc()
            SECONDS.labels(kind).observe(seconds)
        case events.Lost(kind=kind):
            LOST.labels(kind).inc()
        case events.Crashed(kind=kind):
            CRASHED.labels(kind).inc()
        case events.RowRescued(status=status):
            RESCUED.labels(status).inc()
        case _:
            pass


class WithDepths:
    """The registry of this process, together with counts just read from the database."""

    def __init__(self, depths: Mapping[tuple[str, str], int]) -> None:
        self._depths = depths

    def collect(self) -> Iterator[Metric]:
        """All metrics, in the form that prometheus_client writes."""
        yield from REGISTRY.collect()
        jobs = GaugeMetricFamily("scanlane_jobs", "Jobs that are not finished", labels=["type", "status"])
        for (kind, status), number in self._depths.items():
            jobs.add_metric([kind, status], number)
        yield jobs
