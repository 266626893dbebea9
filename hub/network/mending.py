"""What a person does about a link: try records again, allow a large removal, let a new machine in."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Answer

from hub.core import audit
from hub.core.db import LEDGER, reading, transaction
from hub.core.rights import Right, needs
from hub.network import queries, repairs
from hub.network.forms import SetAsideFilter
from hub.network.members import bind_anew
from hub.network.models import Member
from hub.network.views import link_of, page_number, pages
from shared import topics
from shared.replication.ledger import Reprojection
from shared.time import now
from shared.web.pagination import PER_PAGE, Page

_CHOSEN, _BETWEEN = "eintrag", "|"


@pages.get("/zurueckgestellt")
@needs(Right.SEE_NETWORK)
def set_aside() -> str:
    """Records that are here but not shown, with the reason and what to do about it; never their content."""
    form = SetAsideFilter()
    with reading() as session:
        names = queries.names(session)
        form.fill(names)
        form.validate()
        kept = queries.Kept(form.feed, form.status.data or "", request.args.get("grund", ""))
        total = queries.set_aside_count(session, kept)
        number = min(page_number(), max(1, -(-total // PER_PAGE)))
        rows = queries.set_aside(session, kept, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
        reasons = queries.set_aside_reasons(session, kept)
    return render_template(
        "network/set_aside.html",
        form=form,
        records=Page(rows, number, total),
        reasons=reasons,
        names=names,
        centre_id=form.zentrum.data or "",
        centre_of=topics.centre_of,
    )


@pages.post("/erneut")
@needs(Right.RUN_NETWORK)
def try_again() -> Answer:
    """Judge what was set aside again: the records that were chosen, all of one centre, or all."""
    centre_id = request.form.get("centre_id", "")
    with transaction() as session:
        if centre_id and session.get(Member, centre_id) is None:
            abort(404)
        if request.form.get("nur") == "auswahl":
            tried = repairs.try_these(session, LEDGER, _chosen())
        else:
            tried = repairs.try_again(session, LEDGER, centre_id or None)
        audit.note(session, "tried_again", Member.__tablename__, centre_id, now())
    flash(_outcome(tried), "success" if tried.projected == tried.tried else "warning")
    if centre_id and "zurueck" not in request.form:
        return redirect(url_for(".centre", centre_id=centre_id))
    return redirect(url_for(".set_aside", zentrum=centre_id or None))


@pages.route("/zentren/<centre_id>/entfernen", methods=["GET", "POST"])
@needs(Right.RUN_NETWORK)
def allow_sweep(centre_id: str) -> str | Answer:
    """Let the removal happen that was too large to happen by itself; asked about first."""
    if request.method == "GET":
        with reading() as session:
            return render_template("network/sweep.html", link=link_of(session, centre_id))
    with transaction() as session:
        link_of(session, centre_id)
        number = repairs.allow_sweep(session, LEDGER, centre_id)
        if number:
            audit.note(session, "allowed", Member.__tablename__, centre_id, now())
    if number:
        flash(ngettext("The record will be removed.", "The %(num)s records will be removed.", number), "success")
    else:
        flash(_("Nothing waits for a decision any more."), "success")
    return redirect(url_for(".centre", centre_id=centre_id))


@pages.route("/zentren/<centre_id>/neues-geraet", methods=["GET", "POST"])
@needs(Right.RUN_NETWORK)
def new_machine(centre_id: str) -> str | Answer:
    """Bind the centre's feeds to the machine that speaks next with its key; asked about first."""
    if request.method == "GET":
        with reading() as session:
            return render_template("network/new_machine.html", link=link_of(session, centre_id))
    with transaction() as session:
        link_of(session, centre_id)
        bind_anew(session, centre_id)
    flash(_("The next machine that speaks with this centre's key is its own from now on."), "success")
    return redirect(url_for(".centre", centre_id=centre_id))


def _chosen() -> list[repairs.Chosen]:
    """Return the records whose boxes are ticked; what is no such record is left out."""
    parts = (value.split(_BETWEEN) for value in request.form.getlist(_CHOSEN)[:PER_PAGE])
    return [repairs.Chosen(*found) for found in parts if len(found) == len(repairs.Chosen._fields)]


def _outcome(tried: Reprojection) -> str:
    """Say what became of the records that were tried again."""
    if tried.tried == 0 and request.form.get("nur") == "auswahl":
        return str(_("No record was chosen, or it is no longer set aside."))
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
