from uuid import uuid4

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, get_current_span

from worklane.claim import Claim
from worklane.errors import ClaimLost
from worklane.executor import Executor
from worklane.json_value import JsonValue
from worklane.lifecycle import Settlement, Status
from worklane.memory import MemoryPulse, MemoryQueue
from worklane.outcome import Outcome
from worklane.plain_work import PlainWork
from worklane.testing import EventLog, drain_once
from worklane.tracing import extract, inject, spans
from worklane.work import Report


class Traces:
    """A tracer whose finished spans can be seen."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer = provider.get_tracer("tests")

    @property
    def last(self) -> ReadableSpan:
        return self._exporter.get_finished_spans()[-1]


@pytest.fixture
def traces() -> Traces:
    """No span yet."""
    return Traces()


def claim(attempt: int = 1, **payload: JsonValue) -> Claim:
    return Claim(row_id=uuid4(), kind="crawl", token=7, attempt=attempt, given=payload)


class TestSpan:
    def test_a_claim_is_a_span_of_a_consumer_with_its_facts(self, traces: Traces) -> None:
        taken = claim()

        with spans(traces.tracer)(taken) as ran:
            ran.settled(Settlement(status=Status.COMPLETE))

        assert (traces.last.name, traces.last.kind) == ("crawl process", SpanKind.CONSUMER)
        assert traces.last.status.status_code is StatusCode.UNSET
        assert dict(traces.last.attributes or {}) == {
            "messaging.system": "worklane",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": "crawl",
            "messaging.message.id": str(taken.row_id),
            "worklane.attempt": 1,
            "worklane.token": 7,
            "worklane.status": "complete",
        }

    def test_an_exception_of_the_work_is_told_as_described_and_no_further(self, traces: Traces) -> None:
        secret = uuid4().hex

        with spans(traces.tracer, describe=lambda _: "refused")(claim()) as ran:
            try:
                raise ValueError(secret)
            except ValueError as error:
                ran.raised(error)
            ran.settled(Settlement(status=Status.FAILED, error="refused"))

        [event] = traces.last.events
        assert dict(event.attributes or {})["exception.type"] == "ValueError"
        assert dict(event.attributes or {})["exception.message"] == "refused"
        assert traces.last.status.status_code is StatusCode.ERROR
        assert secret not in str(dict(event.attributes or {}))

    def test_a_lost_claim_is_no_error_of_the_work(self, traces: Traces) -> None:
        with pytest.raises(ClaimLost), spans(traces.tracer)(claim()):
            raise ClaimLost

        assert (traces.last.attributes or {})["worklane.status"] == "lost"
        assert traces.last.status.status_code is StatusCode.UNSET


class TestPropagation:
    def test_the_first_attempt_continues_the_trace_that_asked_for_it(self, traces: Traces) -> None:
        with traces.tracer.start_as_current_span("request") as request:
            payload = inject({"url": "x"})

        with spans(traces.tracer)(claim(**payload)):
            pass

        assert traces.last.parent is not None
        assert traces.last.parent.span_id == request.get_span_context().span_id
        assert [link.context.span_id for link in traces.last.links] == [request.get_span_context().span_id]

    def test_a_later_attempt_is_a_trace_of_its_own_that_links_to_it(self, traces: Traces) -> None:
        with traces.tracer.start_as_current_span("request") as request:
            payload = inject({})
            with spans(traces.tracer)(claim(2, **payload)):
                pass
            retried = traces.last

        assert retried.parent is None
        assert retried.context is not None
        assert retried.context.trace_id != request.get_span_context().trace_id
        assert [link.context.trace_id for link in retried.links] == [request.get_span_context().trace_id]

    @pytest.mark.parametrize("wrong", [None, 7, "", "00-zz-1-01", ["00"]])
    def test_a_payload_that_names_no_trace_is_borne(self, wrong: JsonValue) -> None:
        assert extract(claim(traceparent=wrong)) is None

    def test_without_a_span_the_payload_stays_as_it_is(self) -> None:
        assert inject({"url": "x"}) == {"url": "x"}


class TestInAnExecutor:
    async def test_work_runs_within_a_span_that_hears_how_it_ended(self, traces: Traces) -> None:
        queue, inside = MemoryQueue(), []

        class Crawl(PlainWork):
            kind = "crawl"

            async def perform(self, given: Claim, report: Report[None]) -> Outcome:
                inside.append(get_current_span().get_span_context().span_id)
                raise ValueError("no such page")

        await queue.enqueue("crawl", subject="site.example")
        executor = Executor(queue, [Crawl()], listener=EventLog(), around=spans(traces.tracer))
        await drain_once(queue, executor, MemoryPulse(queue))

        assert inside == [traces.last.context.span_id]
        assert (traces.last.attributes or {})["worklane.status"] == "pending"
        assert [event.name for event in traces.last.events] == ["exception"]
