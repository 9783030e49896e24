"""A span of OpenTelemetry around the work of each claim, and the way of a trace through the queue.

The one file of the core that knows OpenTelemetry, which is an optional dependency. Names of attributes are those of
the semantic conventions for messaging (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/).
"""

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode, Tracer, get_current_span, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from worklane.around import Around
from worklane.claim import Claim
from worklane.errors import ClaimLost
from worklane.json_value import JsonValue
from worklane.lifecycle import Settlement, Status

W3C = TraceContextTextMapPropagator()
Describe = Callable[[BaseException], str]


def inject(payload: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The payload with the present span's `traceparent` (W3C Trace Context) in it, if there is a span."""
    carrier: dict[str, str] = {}
    W3C.inject(carrier)
    return {**payload, **carrier}


def extract(claim: Claim) -> SpanContext | None:
    """The span that asked for this work; None if the payload names none, or names it wrongly."""
    found = get_current_span(W3C.extract(_carrier(claim), context=Context())).get_span_context()
    return found if found.is_valid else None


def spans(tracer: Tracer, *, describe: Describe = str) -> Around:
    """A span for each claim. `describe` says what of an exception may be told; its own words may hold secrets.

    The first attempt continues the trace that asked for it; each later one is a trace of its own. Both link to it.
    """

    @contextmanager
    def around(claim: Claim) -> Iterator[_Ran]:
        span = _started(tracer, claim)
        ran = _Ran(span, describe)
        with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False), ran.ending():
            yield ran

    return around


class _Ran:
    """Writes into the span how the work went."""

    def __init__(self, span: Span, describe: Describe) -> None:
        self._span = span
        self._describe = describe
        self._status = "stopped"

    def raised(self, error: BaseException) -> None:
        where = "".join(traceback.format_tb(error.__traceback__))
        self._span.set_attribute("error.type", type(error).__qualname__)
        self._span.add_event(
            "exception",
            {
                "exception.type": type(error).__qualname__,
                "exception.message": self._describe(error),
                "exception.stacktrace": where,
            },
        )

    def settled(self, settlement: Settlement) -> None:
        self._status = settlement.status.value
        if settlement.status in (Status.FAILED, Status.PENDING):
            self._span.set_status(StatusCode.ERROR, settlement.error)

    @contextmanager
    def ending(self) -> Iterator[None]:
        try:
            yield
        except ClaimLost:
            self._status = "lost"
            raise
        except Exception as error:
            self._status = "raised"
            self.raised(error)
            self._span.set_status(StatusCode.ERROR, self._describe(error))
            raise
        finally:
            self._span.set_attribute("worklane.status", self._status)


def _started(tracer: Tracer, claim: Claim) -> Span:
    asked = extract(claim)
    parent = W3C.extract(_carrier(claim), context=Context()) if asked and claim.attempt == 1 else Context()
    return tracer.start_span(
        f"{claim.kind} process",
        context=parent,
        kind=SpanKind.CONSUMER,
        links=[Link(asked)] if asked else [],
        attributes={
            "messaging.system": "worklane",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": claim.kind,
            "messaging.message.id": str(claim.row_id),
            "worklane.attempt": claim.attempt,
            "worklane.token": claim.token,
        },
    )


def _carrier(claim: Claim) -> dict[str, str]:
    return {name: value for name in W3C.fields if isinstance(value := claim.payload.get(name), str)}
