"""Traces arrive at a real OTLP receiver, without a word of what was asked."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

import grpc  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from evals.model_server import closed_url
from rag.types import Answer, Filters, Searched, Timings
from ui.operations.admission import Admission
from ui.operations.seen import CURRENT, Seen
from ui.operations.traces import Traces

ANSWER = Answer(
    "secret words?", "secret words?", (), True, 0.1, (), (), Searched(1, Filters()), Timings(retrieve=3.0, read=20.0)
)


@dataclass
class Received(TraceServiceServicer):
    """What came: all spans by their name, and the whole of it as bytes."""

    spans: dict[str, Span] = field(default_factory=dict)
    whole: bytes = b""

    def Export(  # noqa: N802 — gRPC's name for it
        self, request: ExportTraceServiceRequest, context: object
    ) -> ExportTraceServiceResponse:
        self.whole += request.SerializeToString()
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.spans |= {span.name: span for span in scope.spans}
        return ExportTraceServiceResponse()


@contextmanager
def receiver(received: Received) -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(2))
    add_TraceServiceServicer_to_server(received, server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop(0).wait()


async def one_request(traces: Traces) -> None:
    admission = Admission(1, 1, 1)
    admission.watch(traces.answered)
    seen = Seen("r1", "POST", "/api/ask", "local:ann", 200)
    CURRENT.set(seen)
    traces.begin(seen)
    async with admission.turn("local:ann") as turn:
        turn.answered(ANSWER)
    traces.end(seen)
    traces.close()


def test_a_request_its_answer_and_the_stages_are_one_trace() -> None:
    received = Received()
    with receiver(received) as endpoint:
        asyncio.run(one_request(Traces(endpoint)))
    assert set(received.spans) == {"POST /api/ask", "answer", "retrieve", "read"}
    request, answer = received.spans["POST /api/ask"], received.spans["answer"]
    retrieve, read = received.spans["retrieve"], received.spans["read"]
    assert answer.parent_span_id == request.span_id
    assert retrieve.parent_span_id == read.parent_span_id == answer.span_id
    assert len({span.trace_id for span in received.spans.values()}) == 1
    assert retrieve.end_time_unix_nano - retrieve.start_time_unix_nano == 3_000_000
    assert read.start_time_unix_nano == retrieve.end_time_unix_nano
    assert b"secret" not in received.whole and b"ann" not in received.whole


def test_an_endpoint_that_is_not_there_holds_nobody_up() -> None:
    begun = perf_counter()
    asyncio.run(one_request(Traces(closed_url().removesuffix("/v1"))))
    assert perf_counter() - begun < 6
