"""Counts requests and how long they took, by endpoint: never by address, which may hold what somebody sought.

Rule: what a visitor may invent is no label (an address, a method), or strangers could fill the memory.
The registry is the app's own: two apps in one process (tests) do not share figures.
"""

import time

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

SECONDS = (0.01, 0.05, 0.25, 1.0, 5.0)  # few: each is a line for each endpoint
NOWHERE = OTHER = "none"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_EXTENSION = "stadtherz.metrics.registry"


def count(app: Flask) -> None:
    """Give `app` its registry and let every answer be counted."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    app.extensions[_EXTENSION] = registry
    answered = Counter(
        "stadtherz_http_requests",
        "Requests by endpoint and status.",
        ("endpoint", "method", "status"),
        registry=registry,
    )
    took = Histogram(
        "stadtherz_http_request_seconds", "Time to the answer.", ("endpoint",), buckets=SECONDS, registry=registry
    )

    @app.before_request
    def begin() -> None:
        g.metrics_began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        endpoint = request.endpoint or NOWHERE
        method = request.method if request.method in METHODS else OTHER
        answered.labels(endpoint, method, str(response.status_code)).inc()
        if "metrics_began" in g:
            took.labels(endpoint).observe(time.perf_counter() - g.metrics_began)
        return response


def registry() -> CollectorRegistry:
    """Return the registry of the running app."""
    found: CollectorRegistry = current_app.extensions[_EXTENSION]
    return found
