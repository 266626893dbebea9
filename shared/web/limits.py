"""How much one visitor may ask for: requests in a minute, the size of what is sent, the number of its fields.

Rule: what counts against somebody is counted at the network they are in. An IPv6 customer has 2^64 addresses, so
the first half of one is who it is.
Rule: nothing here grows with the number of visitors beyond a fixed measure.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, abort, request

REQUESTS_MAX = 1_200  # a minute, files aside: twenty people of an office behind one address who click each second
NETWORKS_MAX = 100_000  # counted at a time, some 15 MB
FIELDS_MAX = 5_000  # the largest form, the shapes of 300 areas, has some hundreds
WINDOW_S = 60.0
_FORM = "application/x-www-form-urlencoded"


def network() -> str:
    """Return where this request comes from, for limits: an IPv4 address, or the /64 of an IPv6 address."""
    return network_of(request.remote_addr or "")


def network_of(address: str) -> str:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:45]
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))


@dataclass
class Flood:
    """Counts requests of networks in windows of a minute. When one ends, all is forgotten.

    If more networks come than can be counted, the later ones go uncounted: that many cannot be told from a crowd.
    """

    most: int = REQUESTS_MAX
    clock: Callable[[], float] = time.monotonic
    _counts: dict[str, int] = field(default_factory=dict)
    _ends: float = 0.0

    def lets_in(self, visitor: str) -> bool:
        """Count a request; tell whether it is answered. Threads may lose a count: no harm done."""
        now = self.clock()
        if now >= self._ends:
            self._counts, self._ends = {}, now + WINDOW_S
        count = self._counts.get(visitor, 0) + 1
        if count > 1 or len(self._counts) < NETWORKS_MAX:
            self._counts[visitor] = count
        return count <= self.most

    def __len__(self) -> int:
        return len(self._counts)


def equip(app: Flask) -> None:
    """Refuse floods of requests and of fields. Who asks from this very machine is not counted."""
    flood = Flood()
    app.extensions["stadtherz.flood"] = flood

    @app.before_request
    def slow_down() -> None:
        if not (request.endpoint or "").endswith(".static") and not _is_this_machine() and not flood.lets_in(network()):
            abort(429)

    @app.before_request
    def refuse_many_fields() -> None:
        """A form of eight megabytes of `&` would keep a thread busy for seconds and fill the memory."""
        if request.mimetype == _FORM and request.get_data().count(b"&") >= FIELDS_MAX:
            abort(413)


def _is_this_machine() -> bool:
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
