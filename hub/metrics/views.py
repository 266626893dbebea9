"""`/metrics`, in Prometheus' own format. For those who watch the machines, not for visitors.

Without a token in the settings only this machine may read it, under its own address. A proxy on this
machine makes all visitors seem to be this machine: where the settings trust one, or a request shows
traces of one, nobody may. With a token, whoever says it: `Authorization: Bearer …`.
"""

import hmac
from collections.abc import Iterator
from ipaddress import ip_address

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest

from hub.core import jobs
from hub.core.db import LEDGER, reading
from hub.metrics.figures import figures
from hub.metrics.requests import registry
from hub.network.versions import of_hub
from shared.time import now

pages = Blueprint("metrics", __name__)
_HERE = ("localhost", "127.0.0.1", "[::1]")
_TRACES = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
_BEHIND_PROXY = (
    "There is a reverse proxy, so nobody can tell who asks. Set metrics_token in the settings of the hub, "
    "and let Prometheus say it: Authorization: Bearer (the token).\n"
)


@pages.get("/metrics")
def metrics() -> Response:
    """Answer with all figures, or tell how to ask."""
    token = current_app.extensions["stadtherz.config"].metrics_token
    if token and not _says(token):
        return Response("A token is needed.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    if not token and _came_through_a_proxy():
        return Response(_BEHIND_PROXY, 403, mimetype="text/plain")
    if not token and not _is_from_here():
        return Response("Only for this machine; or set metrics_token.\n", 403, mimetype="text/plain")
    answer = Response(generate_latest(registry()) + _of_network(), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _of_network() -> bytes:
    """Return the figures that come from the database; a registry of one look, so that no two looks meet."""
    with reading() as session:
        limit = current_app.extensions["stadtherz.config"].metrics_centres
        found = list(figures(session, now(), jobs.runs(current_app), of_hub(LEDGER), limit))
    once = CollectorRegistry(auto_describe=False)
    once.register(_Found(found))
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


def _came_through_a_proxy() -> bool:
    """Tell whether a proxy stands in front, by the settings or by what it left in this request."""
    trusted = current_app.extensions["stadtherz.config"].trusted_proxies > 0
    return trusted or any(name in request.headers for name in _TRACES)


def _is_from_here() -> bool:
    try:
        near = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return near and request.host.rsplit(":", 1)[0] in _HERE
