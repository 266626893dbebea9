"""How the hub's own connection stands, for the pulse: people can use the site without it."""

from flask import Flask

from hub.network import queries
from shared.time import now
from shared.web.health import State


def connection(app: Flask) -> State:
    """Tell whether the hub has its connection to the broker, in whatever process; off if it never had one."""
    with app.extensions["stadtherz.database"].reading() as session:
        if queries.ingest_facts(session) is None:
            return State.OFF
        return State.OK if queries.own_connection(session, now()).up else State.FAILED
