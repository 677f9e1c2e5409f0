"""What Prometheus is told."""

from attrs import field, frozen
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4.encode()
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ELSEWHERE = "elsewhere"
"""The route of what no route of ours answered."""


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return registry


@frozen(kw_only=True)
class Metrics:
    """Of one process. Names of routes are their paths with the ids taken out, so that there are few."""

    registry: CollectorRegistry = field(factory=_registry)
    requests: Counter = field()
    request_seconds: Histogram = field()
    sockets: Gauge = field()
    forged_webhooks: Counter = field()
    deliveries: Counter = field()
    entries: Counter = field()

    @requests.default
    def _requests(self) -> Counter:
        names = ("method", "route", "status")
        return Counter("jaboti_http_requests", "Requests answered.", names, registry=self.registry)

    @request_seconds.default
    def _request_seconds(self) -> Histogram:
        return Histogram(
            "jaboti_http_request_seconds", "Time to the answer.", ("route",), buckets=SECONDS, registry=self.registry
        )

    @sockets.default
    def _sockets(self) -> Gauge:
        return Gauge("jaboti_websockets", "WebSockets that are open.", registry=self.registry)

    @forged_webhooks.default
    def _forged_webhooks(self) -> Counter:
        return Counter("jaboti_forged_webhooks", "Webhooks whose signature was wrong.", registry=self.registry)

    @deliveries.default
    def _deliveries(self) -> Counter:
        return Counter(
            "jaboti_deliveries", "Messages and read receipts handed to platforms.", ("outcome",), registry=self.registry
        )

    @entries.default
    def _entries(self) -> Counter:
        return Counter("jaboti_journal_entries", "Webhook items looked at.", registry=self.registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self.requests.labels(method, route, status).inc()
        self.request_seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self.registry)
