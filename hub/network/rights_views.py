"""The page about the broker's rights: whether they stand as they should, what waits, how long its certificate lasts."""

from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from hub.core import broker
from hub.core.broker import BrokerUnreachable, standing
from hub.core.db import reading
from hub.core.rights import Right, needs
from hub.network import queries, rights_jobs
from hub.network.views import pages
from shared import broker_users
from shared.time import now

SHOWN_MAX = 50


@pages.app_context_processor
def rights() -> dict[str, Any]:
    """Let the overview say in a word how the broker's rights stand."""
    return {
        "broker_is_managed": lambda: broker.is_managed(current_app.extensions["stadtherz.config"]),
        "broker_standing": lambda: standing.last(current_app),
    }


@pages.get("/broker")
@needs(Right.SEE_NETWORK)
def broker_rights() -> str:
    """Say how the broker's rights stood at the last round."""
    found = standing.last(current_app)
    with reading() as session:
        names = queries.names(session)
    return render_template(
        "network/broker.html",
        standing=found,
        missing=_named(found.missing, names) if found else [],
        surplus=_named(found.surplus, names) if found else [],
        ends_soon=bool(found and found.certificate_ends_soon(now())),
    )


@pages.post("/broker/vergleichen")
@needs(Right.RUN_NETWORK)
def compare_broker() -> Answer:
    """Do a round now."""
    try:
        rights_jobs.compare()
    except BrokerUnreachable:
        flash(_("The broker could not be asked. It is tried again every minute."), "warning")
    else:
        flash(_("The broker was compared with the members of the network."), "success")
    return redirect(url_for(".broker_rights"))


def _named(users: tuple[str, ...], names: dict[str, str]) -> list[tuple[str, str]]:
    """Return (user, name of the centre) of the first few."""
    return [(user, names.get(broker_users.centre_of(user) or "", "")) for user in users[:SHOWN_MAX]]
