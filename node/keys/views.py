"""The key book: what is overdue, who has which key, handing out and taking back."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.core import audit
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.keys import service
from node.keys.forms import HandOutForm, KeyForm
from node.keys.models import KeyRing
from node.keys.refusals import in_words
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.time import now
from shared.web import zone
from shared.web.forms import options

pages = Blueprint("keys", __name__, template_folder="templates", static_folder="static", url_prefix="/schluessel")


@pages.get("")
@needs(Right.TAKE_BOOKINGS)
def index() -> Any:
    """What is overdue first, then every key with who has it."""
    with reading() as session:
        return _book(session, None)


@pages.post("/ausgeben")
@needs(Right.TAKE_BOOKINGS)
def hand_out() -> Any:
    """Give a key to somebody, perhaps for a booking (`buchung`)."""
    with transaction() as session:
        form, booking_id = hand_out_form(session), request.args.get("buchung")
        if form.validate():
            booking = bookings.get_booking(session, booking_id) if booking_id else None
            ids = {"booking_id": booking.id, "tenant_id": booking.tenant_id} if booking else {}
            try:
                made = service.hand_out(
                    session, form.key_id.data, form.entry(zone(), **ids), now=now(), by=current_user.name
                )
                flash(_("Handed out to %(name)s.", name=made.holder_name), "success")
                return redirect(_back(booking_id))
            except Refusal as refusal:
                form.form_errors.append(in_words(refusal))
        return _book(session, form, booking_id), 409 if form.form_errors else 422


@pages.post("/uebergaben/<handover_id>/zurueck")
@needs(Right.TAKE_BOOKINGS)
def take_back(handover_id: str) -> Any:
    """Note that a key is back."""
    with transaction() as session:
        try:
            back = service.take_back(session, handover_id, now=now(), to=current_user.name)
            flash(_("Back from %(name)s.", name=back.holder_name), "success")
        except service.HandoverUnknown:
            abort(404)
        except Refusal as refusal:
            flash(in_words(refusal), "info")
    return redirect(_back(request.args.get("buchung")))


@pages.get("/neu")
@needs(Right.ARRANGE_HOUSE)
def new() -> Any:
    """An empty form."""
    with reading() as session:
        return _key_page(session, _key_form(session), None)


@pages.post("/neu")
@needs(Right.ARRANGE_HOUSE)
def add() -> Any:
    """Add a key."""
    with transaction() as session:
        return _keep(session, None)


@pages.get("/<key_id>")
@needs(Right.SEE_PERSONS)
def show(key_id: str) -> Any:
    """One key: its form and its book of handovers."""
    with reading() as session:
        key = _key(session, key_id)
        return _key_page(session, _key_form(session, obj=key), key)


@pages.post("/<key_id>")
@needs(Right.ARRANGE_HOUSE)
def change(key_id: str) -> Any:
    """Change a key."""
    with transaction() as session:
        return _keep(session, _key(session, key_id))


def hand_out_form(session: Session, **filled: Any) -> HandOutForm:
    """Return the form with the keys of which a copy is in the house."""
    form = HandOutForm(**filled)
    rings = service.list_rings(session)
    form.key_id.choices = options(
        (ring.key.id, ring.key.label if ring.free else _("%(label)s (all out)", label=ring.key.label))
        for ring in sorted(rings, key=lambda ring: not ring.free)
    )
    return form


def _book(session: Session, form: HandOutForm | None, booking_id: str | None = None) -> str:
    rings = service.list_rings(session)
    at = now()
    overdue = [
        (handover, ring.key)
        for ring in rings
        for handover in ring.out
        if handover.due_at is not None and handover.due_at <= at
    ]
    return render_template(
        "keys/index.html",
        rings=rings,
        overdue=sorted(overdue, key=lambda pair: pair[0].due_at or at),
        form=form or hand_out_form(session, formdata=None),
        handing_out=form is not None,
        booking_id=booking_id,
        names={space.id: space.name for space in spaces.list_spaces(session)},
        as_of_time=at,
        may_arrange=may(Right.ARRANGE_HOUSE),
        may_see=may(Right.SEE_PERSONS),
    )


def _key_form(session: Session, **filled: Any) -> KeyForm:
    form = KeyForm(**filled)
    form.opens.choices = options((space.id, space.name) for space in spaces.list_spaces(session))
    return form


def _key_page(session: Session, form: KeyForm, key: KeyRing | None) -> str:
    if key is not None:
        audit.note_look("key_rings", key.id)
    book = service.handovers_of_key(session, key.id) if key else ()
    return render_template("keys/key.html", form=form, key=key, book=book, may_arrange=may(Right.ARRANGE_HOUSE))


def _keep(session: Session, key: KeyRing | None) -> Any:
    form = _key_form(session)
    if form.validate():
        try:
            if key is None:
                service.add_key(session, form.entry())
            else:
                service.edit_key(session, key.id, form.entry())
            flash(_("“%(name)s” is kept.", name=form.label.data), "success")
            return redirect(url_for("keys.index"))
        except Refusal as refusal:
            form.form_errors.append(in_words(refusal))
    return _key_page(session, form, key), 422


def _key(session: Session, key_id: str) -> KeyRing:
    try:
        return service.get_key(session, key_id)
    except service.KeyUnknown:
        abort(404)


def _back(booking_id: str | None) -> str:
    return url_for("bookings.show", booking_id=booking_id) if booking_id else url_for("keys.index")
