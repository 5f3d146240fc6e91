"""Traces for an OpenTelemetry collector: how long a request took, and each stage of its answer. No text is in them."""

from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context

from ui.operations.admission import Ended, Kind
from ui.operations.seen import CURRENT, Seen

_PATIENCE = 2.0  # seconds that an endpoint may take for what it is sent, also when the server ends


class Traces:
    """Sends spans to an OTLP/gRPC endpoint, from a thread of its own, and never keeps an answer waiting.

    To be used in the event loop that answers the requests.
    """

    def __init__(self, endpoint: str) -> None:
        """``endpoint`` is such as http://127.0.0.1:4317; with https the connection is encrypted."""
        insecure = urlsplit(endpoint).scheme != "https"
        exporter = OTLPSpanExporter(endpoint=endpoint, insecure=insecure, timeout=_PATIENCE)
        self._provider = TracerProvider(resource=Resource({"service.name": "citedesk"}), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
        self._tracer = self._provider.get_tracer("citedesk")
        self._open: dict[int, Span] = {}  # identity of a Seen -> its span, until the request is complete

    def begin(self, seen: Seen) -> None:
        """Begins the span of a request; ``end`` must follow."""
        self._open[id(seen)] = self._tracer.start_span(seen.method, kind=SpanKind.SERVER, start_time=seen.begun_ns)

    def end(self, seen: Seen) -> None:
        """Ends the span of a request whose response is complete."""
        span = self._open.pop(id(seen))
        span.update_name(f"{seen.method} {seen.route}")
        span.set_attributes(
            {
                "http.request.method": seen.method,
                "http.route": seen.route,
                "http.response.status_code": seen.status,
                "citedesk.request": seen.id,
            }
        )
        if seen.status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def answered(self, ended: Ended) -> None:
        """Adds the span of a turn that has ended, in that of its request if it has one, and in it the stages of the
        answer, one after the other and as long as its timings say."""
        seen = CURRENT.get()
        around = self._open.get(id(seen))
        above = set_span_in_context(around) if around is not None else None
        span = self._tracer.start_span("answer", above, start_time=ended.begun_ns)
        span.set_attributes({"citedesk.kind": ended.kind.value, "citedesk.waited_ms": round(ended.waited * 1000, 1)})
        if ended.kind is Kind.FAILED:
            span.set_status(Status(StatusCode.ERROR))
        if ended.answer is not None:
            timings, at = ended.answer.timings, ended.begun_ns
            for name in ("rewrite", "retrieve", "read", "write"):
                until = at + round(getattr(timings, name) * 1e6)
                if until > at:
                    self._tracer.start_span(name, set_span_in_context(span), start_time=at).end(until)
                at = until
        span.end(ended.begun_ns + round(ended.seconds * 1e9))

    def close(self) -> None:
        """Sends what is not sent yet, for a few seconds at most, and ends the thread."""
        self._provider.shutdown()
