"""`/metrics` of both sites, in Prometheus' own format. For those who watch the machines, not for visitors.

Without a token in the settings only this machine may read it, under its own address. A proxy on this
machine makes all visitors seem to be this machine: where the settings trust one, or a request shows
traces of one, nobody may. With a token, whoever says it: `Authorization: Bearer …`.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address
from typing import Protocol

from flask import Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest

from shared.web.metrics import requests

ENDPOINT = "metrics"
_SOURCE = "stadtherz.metrics.source"
_HERE = ("localhost", "127.0.0.1", "[::1]")
_TRACES = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
_BEHIND_PROXY = (
    "There is a reverse proxy, so nobody can tell who asks. Set metrics_token in the settings, "
    "and let Prometheus say it: Authorization: Bearer (the token).\n"
)


class MetricsSettings(Protocol):
    """The settings that say who may read the figures."""

    @property
    def metrics_token(self) -> str: ...
    @property
    def trusted_proxies(self) -> int: ...


def equip(app: Flask, figures: Callable[[], Iterable[Metric]]) -> None:
    """Count the requests of `app` and answer `/metrics`; `figures` is asked at each look."""
    requests.count(app)
    app.extensions[_SOURCE] = figures
    app.add_url_rule("/metrics", ENDPOINT, metrics)


def metrics() -> Response:
    """Answer with all figures, or tell how to ask."""
    settings: MetricsSettings = current_app.extensions["stadtherz.config"]
    token = settings.metrics_token
    if token and not _says(token):
        return Response("A token is needed.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    if not token and _came_through_a_proxy(settings):
        return Response(_BEHIND_PROXY, 403, mimetype="text/plain")
    if not token and not _is_from_here():
        return Response("Only for this machine; or set metrics_token.\n", 403, mimetype="text/plain")
    answer = Response(generate_latest(requests.registry()) + _of_site(), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _of_site() -> bytes:
    """Return the site's own figures; in a registry of one look, so that no two looks meet."""
    once = CollectorRegistry(auto_describe=False)
    once.register(_Found(list(current_app.extensions[_SOURCE]())))
    return generate_latest(once)


class _Found:
    """What was found, in the form that a registry asks for."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        return iter(self._found)


def _says(token: str) -> bool:
    scheme, _, said = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(said.encode(), token.encode())


def _came_through_a_proxy(settings: MetricsSettings) -> bool:
    """Tell whether a proxy stands in front, by the settings or by what it left in this request."""
    return settings.trusted_proxies > 0 or any(name in request.headers for name in _TRACES)


def _is_from_here() -> bool:
    try:
        near = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return near and request.host.rsplit(":", 1)[0] in _HERE
