"""Lending at the counter: out, back, another day; two touches each."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.core import audit
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.equipment import service
from node.equipment.forms import LendForm, ProlongForm
from node.equipment.models import Reservation
from node.equipment.refusals import in_words
from node.equipment.views import get_or_404, item_page, pages
from shared.errors import Refusal
from shared.time import now
from shared.web import zone

__all__ = ["pages"]
lending_needed = needs(Right.TAKE_BOOKINGS)


@pages.post("/<item_id>/verleihen")
@lending_needed
def lend(item_id: str) -> Any:
    """Lend pieces now, or keep them for the day on which they are fetched."""
    at = now()
    with transaction() as session:
        item = get_or_404(session, item_id)
        form = LendForm()
        if form.validate():
            try:
                entry = form.entry(item_id, zone(), at)
                service.lend(session, entry, now=at, by=current_user.name, given_out=form.goes_out_now)
                flash(_("Lent.") if form.goes_out_now else _("Kept until it is fetched."), "success")
                return redirect(url_for("equipment.index"))
            except Refusal as refusal:
                form.count.errors = [*form.count.errors, in_words(refusal)]
        return item_page(session, item, at, form), 422


@pages.get("/ausleihen/<lending_id>")
@lending_needed
def lending(lending_id: str) -> Any:
    """Who has what until when, and what can be done about it."""
    with reading() as session:
        return _page(session, _lending(session, lending_id))


@pages.post("/ausleihen/<lending_id>/zurueck")
@lending_needed
def take_back(lending_id: str) -> Any:
    """It is back."""
    return _step(lending_id, lambda session: _back(session, lending_id), _("It is back."))


@pages.post("/ausleihen/<lending_id>/abgeholt")
@lending_needed
def give_out(lending_id: str) -> Any:
    """It was fetched."""
    return _step(lending_id, lambda session: _out(session, lending_id), _("It is out now."))


@pages.post("/ausleihen/<lending_id>/absagen")
@lending_needed
def cancel(lending_id: str) -> Any:
    """It will not be fetched."""
    return _step(lending_id, lambda session: service.cancel_lending(session, lending_id), _("It is free again."))


@pages.post("/ausleihen/<lending_id>/verlaengern")
@lending_needed
def prolong(lending_id: str) -> Any:
    """Agree on another day of return."""
    with transaction() as session:
        found = _lending(session, lending_id)
        form = ProlongForm()
        if form.validate():
            try:
                service.prolong(session, lending_id, form.due_at(zone()))
                flash(_("The new day is noted."), "success")
                return redirect(url_for("equipment.index"))
            except Refusal as refusal:
                form.due_day.errors = [*form.due_day.errors, in_words(refusal)]
        return _page(session, found, form), 422


def _step(lending_id: str, step: Callable[[Session], None], told: str) -> Any:
    """Take one step of a lending; who comes second is told that somebody was faster."""
    with transaction() as session:
        _lending(session, lending_id)
        try:
            step(session)
            flash(told, "success")
        except Refusal as refusal:
            flash(in_words(refusal), "warning")
    item_id = request.form.get("item")
    return redirect(url_for("equipment.show", item_id=item_id) if item_id else url_for("equipment.index"))


def _back(session: Session, lending_id: str) -> None:
    service.take_back(session, lending_id, now=now(), by=current_user.name)


def _out(session: Session, lending_id: str) -> None:
    service.give_out(session, lending_id, now=now(), by=current_user.name)


def _page(session: Session, found: Reservation, form: ProlongForm | None = None) -> str:
    if may(Right.SEE_PERSONS):
        audit.note_look(Reservation.__tablename__, found.id)
    due = found.ends_at.astimezone(zone())
    filled = {"due_day": due.date(), "due": due.time()}
    return render_template(
        "equipment/lending.html", lending=found, form=form or ProlongForm(formdata=None, data=filled), at=now()
    )


def _lending(session: Session, lending_id: str) -> Reservation:
    try:
        found = service.get_reservation(session, lending_id)
    except service.ReservationUnknown:
        abort(404)
    if not found.is_lending:
        abort(404)
    return found
