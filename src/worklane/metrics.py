"""Counts for Prometheus: what workers of this process did, by event, and how deep the queues are.

The one file of the core that knows prometheus_client, which is an optional dependency.

    registry = CollectorRegistry()
    worker = Worker(..., listener=Metrics(registry))
"""

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric

from worklane import events
from worklane.depth import Depth, Stage
from worklane.lifecycle import Status

# From a short statement to a crawl of an hour.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)

STAGES = {
    Stage.WAITING: "Rows that are due and wait for a worker",
    Stage.SCHEDULED: "Rows that wait for their time",
    Stage.RUNNING: "Rows that are claimed",
    Stage.SUSPECT: "Rows that wait to be run alone, for their process died under them before",
}


class Metrics:
    """A listener that counts what it hears, then passes it on. It may be called from any thread."""

    def __init__(
        self, registry: CollectorRegistry, then: events.Listener = events.to_log, *, buckets: Sequence[float] = SECONDS
    ) -> None:
        self._then = then
        self._rows = _Rows(registry, buckets)
        self._process = _Process(registry)
        self._kinds: dict[str, _Kind] = {}

    def __call__(self, event: events.Event) -> None:
        """Count an event."""
        match event:
            case events.Claimed() | events.Settled() | events.Crashed() | events.Lost():
                self._kind(event.kind).count(event)
            case _:
                self._process.count(event)
        self._then(event)

    def _kind(self, kind: str) -> "_Kind":
        known = self._kinds.get(kind)
        if known is None:
            known = self._kinds[kind] = _Kind(self._rows, kind)
        return known


class DepthMetrics:
    """What is scraped: the counts of `registry`, and depths that were just read. None: they could not be read."""

    def __init__(self, registry: CollectorRegistry, depths: Sequence[Depth] | None) -> None:
        self._registry = registry
        self._depths = depths

    def collect(self) -> Iterator[Metric]:
        """All metrics, in the form that prometheus_client writes."""
        yield from self._registry.collect()
        yield GaugeMetricFamily(
            "worklane_depths_readable",
            "Whether the queues could be asked how deep they are",
            value=self._depths is not None,
        )
        if self._depths is not None:
            yield from (_stage(stage, self._depths) for stage in Stage)
            yield _capped(self._depths)
            yield _ages(self._depths)


class _Rows:
    """What is counted for each kind of work."""

    def __init__(self, registry: CollectorRegistry, buckets: Sequence[float]) -> None:
        def counter(name: str, said: str, *labels: str) -> Counter:
            return Counter(f"worklane_{name}", said, ["kind", *labels], registry=registry)

        def histogram(name: str, said: str) -> Histogram:
            return Histogram(f"worklane_{name}", said, ["kind"], buckets=buckets, registry=registry)

        self.claimed = counter("claimed", "Rows claimed")
        self.settled = counter("settled", "Attempts settled, by the status that the row moved to", "status")
        self.retries = counter("retries", "Attempts after which the row waits for another")
        self.unexpected_errors = counter("unexpected_errors", "Exceptions that work raised")
        self.lost = counter("lost", "Claims lost to another worker or a cancellation")
        self.run_seconds = histogram("run_seconds", "Time from claim to settle")
        self.wait_seconds = histogram("wait_seconds", "Time from the moment a row was due to its claim")


class _Kind:
    """The same for one kind. To look a label up takes longer than to count, so that is done once."""

    def __init__(self, rows: _Rows, kind: str) -> None:
        self._claimed = rows.claimed.labels(kind)
        self._settled = {status.value: rows.settled.labels(kind, status.value) for status in Status}
        self._retries = rows.retries.labels(kind)
        self._unexpected_errors = rows.unexpected_errors.labels(kind)
        self._lost = rows.lost.labels(kind)
        self._run_seconds = rows.run_seconds.labels(kind)
        self._wait_seconds = rows.wait_seconds.labels(kind)

    def count(self, event: events.Event) -> None:
        match event:
            case events.Claimed():
                self._claimed.inc()
                if (waited := event.waited) is not None:
                    self._wait_seconds.observe(waited)
            case events.Settled(status=status, seconds=seconds):
                self._settled[status].inc()
                self._run_seconds.observe(seconds)
                if status == Status.PENDING:
                    self._retries.inc()
            case events.Crashed():
                self._unexpected_errors.inc()
            case events.Lost():
                self._lost.inc()


class _Process:
    """What is counted for the process as a whole."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, said: str, *labels: str) -> Counter:
            return Counter(f"worklane_{name}", said, labels, registry=registry)

        self._rescued = counter("rescued", "Rows freed from dead workers, by the status they moved to", "status")
        self._handed_back = counter("handed_back", "Unfinished rows returned to waiting")
        self._fenced = counter("fenced", "Times that a worker stopped its own work because it could not beat")
        self._unreachable = counter("queue_unreachable", "Times that the queue did not answer", "doing")
        self._blocked = counter("loop_blocked", "Times that work blocked the event loop for too long")
        self._blocked_seconds = counter("loop_blocked_seconds", "For how long the event loop was blocked by these")

    def count(self, event: events.Event) -> None:
        match event:
            case events.RowRescued(status=status):
                self._rescued.labels(status).inc()
            case events.HandedBack(rows=rows):
                self._handed_back.inc(rows)
            case events.Fenced():
                self._fenced.inc()
            case events.QueueUnreachable(doing=doing):
                self._unreachable.labels(doing).inc()
            case events.LoopBlocked():
                self._blocked.inc()
            case events.LoopFreed(seconds=seconds):
                self._blocked_seconds.inc(seconds)


def _stage(stage: Stage, depths: Sequence[Depth]) -> Metric:
    gauge = GaugeMetricFamily(f"worklane_jobs_{stage.value}", STAGES[stage], labels=["queue", "kind"])
    for depth in depths:
        for (one, kind), rows in depth.counts.items():
            if one is stage:
                gauge.add_metric([depth.queue, kind], rows)
    return gauge


def _capped(depths: Sequence[Depth]) -> Metric:
    said = "1 if there may be more such rows than were counted"
    gauge = GaugeMetricFamily("worklane_jobs_capped", said, labels=["queue", "stage"])
    for depth in depths:
        for stage in Stage:
            gauge.add_metric([depth.queue, stage.value], stage in depth.capped)
    return gauge


def _ages(depths: Sequence[Depth]) -> Metric:
    said = "For how long the oldest waiting row has been due, 0 if none waits"
    gauge = GaugeMetricFamily("worklane_oldest_waiting_seconds", said, labels=["queue"])
    for depth in depths:
        if depth.knows_age:
            oldest = depth.oldest_waiting
            gauge.add_metric([depth.queue], 0.0 if oldest is None else oldest.total_seconds())
    return gauge
