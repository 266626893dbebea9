"""The page on which the lead of the house decides about what was lost."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.core.accounts import Role, staff_required
from node.core.db import reading, transaction
from node.recovery import service
from node.recovery.labels import COLLECTIONS, REFUSALS
from node.recovery.models import RecoveryOffer
from node.recovery.service import OfferUnknown
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.time import from_wire, now
from shared.web import pagination

pages = Blueprint("recovery", __name__, template_folder="templates", url_prefix="/wiederherstellung")
MAY_DECIDE = (Role.OFFICE,)
PER_PAGE = 20
AT_ONCE_MAX = 200  # one transaction should not hold up the counter for long


class Shown(NamedTuple):
    """An offer in words. `starts_at` is None for what has no time."""

    offer: RecoveryOffer
    kind: Any
    title: str
    starts_at: datetime | None
    was_deleted: bool
    is_present: bool


@pages.get("")
@staff_required(*MAY_DECIDE)
def index() -> str:
    """List what waits for a decision."""
    with reading() as session:
        offers = service.open_offers(session)
        page = pagination.of_list(offers, pagination.wanted(request.args.get("seite")), PER_PAGE)
        names = {space.id: space.name for space in spaces.list_spaces(session)}
        shown = [_shown(session, offer, names) for offer in page.items]
    return render_template("recovery/index.html", page=page, shown=shown, at_once=AT_ONCE_MAX)


@pages.post("/<offer_id>")
@staff_required(*MAY_DECIDE)
def decide(offer_id: str) -> Any:
    """Restore or reject one offer."""
    restores = request.form.get("decision") == "restored"
    try:
        with transaction() as session:
            offer = service.get_offer(session, offer_id)
            (service.restore if restores else service.reject)(session, offer, now())
    except OfferUnknown:
        abort(404)
    except Refusal as refusal:
        flash(REFUSALS[type(refusal)], "error")
    else:
        flash(_("It is restored.") if restores else _("It is rejected."), "success")
    return redirect(url_for("recovery.index"))


@pages.post("/alle")
@staff_required(*MAY_DECIDE)
def restore_all() -> Any:
    """Restore as many as possible."""
    with transaction() as session:
        restored, left = service.restore_all(session, service.open_offers(session, AT_ONCE_MAX), now())
    flash(_("Restored: %(count)s.", count=restored), "success")
    if left:
        flash(_("Still to be decided one by one: %(count)s.", count=left), "warning")
    return redirect(url_for("recovery.index"))


def _shown(session: Session, offer: RecoveryOffer, names: dict[str, str]) -> Shown:
    content = service.content(offer)
    title = content.get("title") or content.get("name") or names.get(str(content.get("space_id")), "")
    return Shown(
        offer,
        COLLECTIONS.get(offer.of_collection, offer.of_collection),
        str(title),
        _time(content.get("starts_at") or content.get("hour_starts_at")),
        not offer.payload,
        service.find_present(session, offer) is not None,
    )


def _time(given: Any) -> datetime | None:
    try:
        return from_wire(given) if given else None
    except (TypeError, ValueError):
        return None
