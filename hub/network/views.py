"""The network desk: a page of all links, one for each centre, and what was set aside."""

from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from hub.core.accounts import Role, staff_required
from hub.core.collection_names import collection_name
from hub.core.db import LEDGER, reading, transaction
from hub.network import links, queries, repairs, wording
from hub.network.members import bind_anew
from hub.network.models import Member, RejectedMessage
from hub.recovery import queries as recovery_queries
from shared import topics
from shared.replication.ledger import Reprojection
from shared.time import now
from shared.web import pagination
from shared.web.pagination import Page

pages = Blueprint("network", __name__, template_folder="templates", static_folder="static", url_prefix="/netz")

FIRST_FEW = 10  # records on the page of a centre; the rest has pages of its own


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Give the templates of this room its words."""
    return {"network_words": wording, "collection_name": collection_name}


@pages.get("")
@staff_required
def overview() -> Answer:
    """Every link at a glance. With `teil` only the part that changes, for the page that stays open."""
    with reading() as session:
        at = now()
        total = session.scalar(select(func.count()).select_from(Member)) or 0
        number = min(_page_number(), max(1, -(-total // pagination.PER_PAGE)))
        rows = links.network_state(
            session, at, ledger=LEDGER, offset=(number - 1) * pagination.PER_PAGE, limit=pagination.PER_PAGE
        )
        found = {
            "links": Page(rows, number, total),
            "counts": queries.counts(session),
            "offers": recovery_queries.open_by_centre(session),
            "connected": links.hub_connected(session, at),
            "at": at,
        }
    template = "network/links.html" if "teil" in request.args else "network/overview.html"
    answer = make_response(render_template(template, **found))
    answer.add_etag()
    return answer.make_conditional(request)


@pages.get("/zentren/<centre_id>")
@staff_required
def centre(centre_id: str) -> str:
    """Everything that is known of one link, and what a person can do about it."""
    with reading() as session:
        link = link_of(session, centre_id)
        feed = topics.node_feed(centre_id)
        waiting = LEDGER.set_aside(session, feed, limit=FIRST_FEW)
        offers = recovery_queries.open_by_centre(session).get(centre_id, 0)
    return render_template("network/centre.html", link=link, waiting=waiting, offers=offers)


@pages.get("/zurueckgestellt")
@staff_required
def set_aside() -> str:
    """Records that are here but not shown, with the reason; never their content."""
    centre_id = request.args.get("zentrum", "")
    feed = topics.node_feed(centre_id) if centre_id else None
    with reading() as session:
        total = queries.set_aside_count(session, feed)
        number = min(_page_number(), max(1, -(-total // pagination.PER_PAGE)))
        offset = (number - 1) * pagination.PER_PAGE
        rows = LEDGER.set_aside(session, feed, offset=offset, limit=pagination.PER_PAGE)
        names = queries.names(session)
    return render_template(
        "network/set_aside.html",
        records=Page(rows, number, total),
        names=names,
        centre_id=centre_id,
        centre_of=topics.centre_of,
    )


@pages.get("/abgewiesen")
@staff_required
def rejected() -> str:
    """Messages that were not taken: from where, why, how often, how large; never their content."""
    with reading() as session:
        newest = select(RejectedMessage).order_by(RejectedMessage.last_at.desc(), RejectedMessage.topic)
        found = pagination.of_query(session, newest, _page_number())
        return render_template("network/rejected.html", messages=found)


@pages.post("/erneut")
@staff_required(Role.ADMINISTRATOR)
def try_again() -> Answer:
    """Judge everything that was set aside again, of one centre or of all."""
    centre_id = request.form.get("centre_id", "")
    with transaction() as session:
        if centre_id and session.get(Member, centre_id) is None:
            abort(404)
        tried = repairs.try_again(session, LEDGER, centre_id or None)
    flash(_outcome(tried), "success" if tried.projected == tried.tried else "warning")
    return redirect(url_for(".centre", centre_id=centre_id) if centre_id else url_for(".set_aside"))


@pages.route("/zentren/<centre_id>/entfernen", methods=["GET", "POST"])
@staff_required(Role.ADMINISTRATOR)
def allow_sweep(centre_id: str) -> str | Answer:
    """Let the removal happen that was too large to happen by itself; asked about first."""
    if request.method == "GET":
        with reading() as session:
            return render_template("network/sweep.html", link=link_of(session, centre_id))
    with transaction() as session:
        link_of(session, centre_id)
        number = repairs.allow_sweep(session, LEDGER, centre_id)
    if number:
        flash(ngettext("The record will be removed.", "The %(num)s records will be removed.", number), "success")
    else:
        flash(_("Nothing waits for a decision any more."), "success")
    return redirect(url_for(".centre", centre_id=centre_id))


@pages.route("/zentren/<centre_id>/neues-geraet", methods=["GET", "POST"])
@staff_required(Role.ADMINISTRATOR)
def new_machine(centre_id: str) -> str | Answer:
    """Bind the centre's feeds to the machine that speaks next with its key; asked about first."""
    if request.method == "GET":
        with reading() as session:
            return render_template("network/new_machine.html", link=link_of(session, centre_id))
    with transaction() as session:
        link_of(session, centre_id)
        bind_anew(session, centre_id, now())
    flash(_("The next machine that speaks with this centre's key is its own from now on."), "success")
    return redirect(url_for(".centre", centre_id=centre_id))


def _outcome(tried: Reprojection) -> str:
    """Say what became of the records that were tried again."""
    if tried.tried == 0:
        return str(_("Nothing was set aside. Receiving goes on."))
    if tried.projected == tried.tried:
        return str(ngettext("The record could be taken now.", "All %(num)s records could be taken now.", tried.tried))
    return str(
        _(
            "%(taken)s of %(tried)s records could be taken now. The others wait with their reason.",
            taken=tried.projected,
            tried=tried.tried,
        )
    )


def link_of(session: Session, centre_id: str) -> links.CentreLink:
    """Return the link of a centre; a page that is not there for one that was never admitted."""
    found = links.find_link(session, centre_id, now(), ledger=LEDGER)
    return found if found is not None else abort(404)


def _page_number() -> int:
    return pagination.wanted(request.args.get("seite"))
