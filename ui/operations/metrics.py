"""Figures for Prometheus: what is asked, how long it takes, how much is under way."""

from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest

from ui.operations.admission import Ended, Kind
from ui.operations.seen import Seen

KIND_OF_TEXT = CONTENT_TYPE_LATEST
"""The media type of ``Figures.text``."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Figures:
    """The figures of one server, in a registry of their own. Methods may be called from any thread."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        of = ("route", "method")
        self._requests = Counter("citedesk_requests", "Requests answered.", (*of, "status"), registry=registry)
        self._seconds = Histogram(
            "citedesk_request_seconds",
            "Seconds until a response was complete, streams left out.",
            of,
            buckets=_SECONDS,
            registry=registry,
        )
        self._answers = Counter("citedesk_answers", "Answers by their kind.", ("kind",), registry=registry)
        self._answering = Histogram(
            "citedesk_answer_seconds",
            "Seconds an answer took once its turn had come.",
            ("kind",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._queueing = Histogram(
            "citedesk_wait_seconds", "Seconds a question waited for its turn.", buckets=_SECONDS, registry=registry
        )
        self._failures = Counter(
            "citedesk_model_failures",
            "Answers that a model was to write and that are quotations instead.",
            registry=registry,
        )
        for kind in Kind:
            self._answers.labels(kind.value)  # a rate needs the zero before the first

    def gauge(self, name: str, about: str, value: Callable[[], float]) -> None:
        """Adds the gauge ``citedesk_<name>``, whose value is looked up whenever the figures are read."""
        Gauge(f"citedesk_{name}", about, registry=self._registry).set_function(value)

    def request(self, seen: Seen, seconds: float) -> None:
        """Counts a request whose response is complete."""
        method = seen.method if seen.method in _METHODS else "other"  # a stranger may send any word
        self._requests.labels(seen.route, method, str(seen.status)).inc()
        if not seen.streams:
            self._seconds.labels(seen.route, method).observe(seconds)

    def answered(self, ended: Ended) -> None:
        """Counts a turn that has ended."""
        self._answers.labels(ended.kind.value).inc()
        self._answering.labels(ended.kind.value).observe(ended.seconds)
        self._queueing.observe(ended.waited)
        if ended.model_failed:
            self._failures.inc()

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self._registry)
