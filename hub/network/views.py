"""The network desk: a page of all links, one for each centre with its history, and what was rejected."""

from typing import Any

from flask import Blueprint, abort, make_response, render_template, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from hub.core.collection_names import collection_name
from hub.core.db import LEDGER, reading
from hub.core.rights import Right, needs, roles_with
from hub.network import history, links, listing, members, queries, versions, wording, workers
from hub.network.forms import LinkFilter
from hub.network.joining import invitations
from hub.network.models import RejectedMessage
from hub.recovery import queries as recovery_queries
from shared import topics
from shared.time import born_at, now
from shared.web import pagination

pages = Blueprint("network", __name__, template_folder="templates", static_folder="static", url_prefix="/netz")

FIRST_FEW = 10  # records on the page of a centre; the rest has pages of its own


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Give the templates of this room its words."""
    return {
        "network_words": wording,
        "standing_of": versions.standing,
        "born_at": born_at,
        "collection_name": collection_name,
        "may_run_network": lambda: current_user.is_authenticated and current_user.may(*roles_with(Right.RUN_NETWORK)),
    }


@pages.get("")
@needs(Right.SEE_NETWORK)
def overview() -> Answer:
    """Every link at a glance. With `teil` only the part that changes, for the page that stays open."""
    form = LinkFilter()
    wanted = listing.Wanted(form.zustand.data, form.suche.data, form.ordnung.data) if form.validate() else listing.ALL
    with reading() as session:
        at = now()
        everybody = links.network_state(session, at, ledger=LEDGER)
        found = {
            "links": pagination.of_list(listing.choose(everybody, wanted), page_number()),
            "states": listing.by_state(everybody),
            "total": len(everybody),
            "counts": queries.counts(session),
            "names": {link.centre_id: link.name for link in everybody},
            "offers": recovery_queries.open_by_centre(session),
            "connected": links.hub_connected(session, at),
            "workers": workers.standings(session, at),
            "ours": versions.of_hub(LEDGER),
            "at": at,
        }
    template = "network/links.html" if "teil" in request.args else "network/overview.html"
    answer = make_response(render_template(template, form=form, **found))
    answer.add_etag()
    return answer.make_conditional(request)


@pages.get("/zentren/<centre_id>")
@needs(Right.SEE_NETWORK)
def centre(centre_id: str) -> str:
    """Everything that is known of one link, and what a person can do about it."""
    with reading() as session:
        link = link_of(session, centre_id)
        waiting = LEDGER.set_aside(session, topics.node_feed(centre_id), limit=FIRST_FEW)
        offers = recovery_queries.open_by_centre(session).get(centre_id, 0)
        member, joined = members.get_member(session, centre_id), invitations.of_centre(session, centre_id)
    ours = versions.of_hub(LEDGER)
    return render_template(
        "network/centre.html",
        link=link,
        member=member,
        joined=joined,
        waiting=waiting,
        offers=offers,
        ours=ours,
        standing=versions.standing(link.program, ours),
        unread=[collection_name(name) for name in versions.unread(link.program, ours)] if link.program else [],
    )


@pages.get("/zentren/<centre_id>/verlauf")
@needs(Right.SEE_NETWORK)
def course(centre_id: str) -> str:
    """What became of a link: connected, in agreement, lost, stopped; and its alarms."""
    with reading() as session:
        link = link_of(session, centre_id)
        changes = history.changes(session, centre_id)
    return render_template("network/course.html", link=link, changes=changes)


@pages.get("/abgewiesen")
@needs(Right.SEE_NETWORK)
def rejected() -> str:
    """Messages that were not taken: from where, why, how often, how large; never their content."""
    with reading() as session:
        newest = select(RejectedMessage).order_by(RejectedMessage.last_at.desc(), RejectedMessage.topic)
        found = pagination.of_query(session, newest, page_number())
        return render_template("network/rejected.html", messages=found)


def link_of(session: Session, centre_id: str) -> links.CentreLink:
    """Return the link of a centre; a page that is not there for one that was never admitted."""
    found = links.find_link(session, centre_id, now(), ledger=LEDGER)
    return found if found is not None else abort(404)


def page_number() -> int:
    """Return the page of a list that the address asks for."""
    return pagination.wanted(request.args.get(pagination.ARGUMENT))
