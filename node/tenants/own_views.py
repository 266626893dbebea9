"""A tenant's own pages: the own bookings, asking for a date, opened and closed, the keys they hold.

Rule: of others a tenant sees nothing but free and taken. Each page begins with the account of
whoever asks; an id in an address that is not theirs is a page that is not there.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import service
from node.bookings.day import Cell, lay_out
from node.bookings.models import Booking, Tenant
from node.bookings.refusals import in_words
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.keys import service as keys
from node.keys.forms import ClosedForm, OpenedForm
from node.keys.opening_views import note_closed, note_opened
from node.keys.refusals import in_words as keys_in_words
from node.rentals import service as rentals
from node.spaces import service as spaces
from node.tenants.forms import AskForm, WithdrawForm
from shared.errors import Refusal
from shared.records.bookings import BookingState, CalledOffBy, Slot, SpaceTaken
from shared.time import YEARS, local_day, now
from shared.web import zone
from shared.web.forms import options

own = Blueprint("own", __name__, template_folder="templates", static_folder="static", url_prefix="/meine")
SHOWN_AFTER = timedelta(days=2)  # what is just over can still be noted as closed
A_DAY = timedelta(days=1)


@own.get("")
@needs(Right.OWN_SPACE)
def index() -> Any:
    """What comes, what is asked for, which keys they hold, how much of the quota is left."""
    at = now()
    with reading() as session:
        tenant = service.find_tenant(session, current_user.id)
        if tenant is None:
            return render_template("tenants/unlinked.html")
        listed = service.bookings_of_tenant(session, tenant.id, at - SHOWN_AFTER)
        openings = keys.openings_of(session, [booking.id for booking in listed])
        return render_template(
            "tenants/own.html",
            tenant=tenant,
            bookings=listed,
            openings=openings,
            held=keys.keys_held_by(session, tenant.id),
            spent=service.spent_by_tenant(session, tenant.id, at, zone()),
            names=_names(session),
            as_of_time=at,
        )


@own.get("/frei")
@needs(Right.OWN_SPACE)
def free() -> Any:
    """Free and taken on one day, without a word about whose."""
    today = now().astimezone(zone()).date()
    try:
        named = today.fromisoformat(request.args.get("tag", ""))
    except ValueError:
        named = today
    shown = max(today, named) if named.year < YEARS[1] else today
    within = Slot(*local_day(shown, zone()))
    with reading() as session:
        confirmed = service.bookings_between(session, within)
        held = service.held_by_part(session, Slot(within.starts_at - A_DAY, within.ends_at + A_DAY))
        listed = spaces.list_spaces(session)
        ours = service.guest_hours_of_day(session, listed, shown, zone())
        table = lay_out(shown, listed, confirmed, held, zone(), ours)
    rows = [(row.space, _merged(row.cells)) for row in table.rows if row.space.bookable]
    return render_template(
        "tenants/free.html", rows=rows, day=shown, today=today, before=shown - A_DAY, after=shown + A_DAY
    )


@own.get("/anfragen")
@needs(Right.OWN_SPACE)
def ask() -> Any:
    """An empty form, or one that a free gap has filled in."""
    known = {name: request.args[name] for name in ("space_id", "day", "starts", "ends") if request.args.get(name)}
    with reading() as session:
        _tenant(session)
        form = _form(session, formdata=None)
        if known:
            form.process(formdata=None, data=_typed(known))
        return _ask_page(session, form)


@own.post("/anfragen")
@needs(Right.OWN_SPACE)
def send() -> Any:
    """Ask for a date; what is taken by now is said at once, with what is free instead."""
    with transaction() as session:
        tenant, form = _tenant(session), _form(session)
        form.take_instead(request.form.get("instead"))
        if not form.validate():
            return _ask_page(session, form), 422
        entry = _entry(form, tenant)
        rules = rentals.rules_on(session, entry.slot.starts_at.astimezone(zone()).date())
        if rules is not None and not form.accepts.data:
            form.accepts.errors = [_("Please read and accept the house rules.")]
            return _ask_page(session, form), 422
        try:
            culprit = service.find_culprit(session, "", entry.space_id, entry.slot)
            if culprit is not None:
                raise SpaceTaken(None, culprit.id)
            booking = service.take_booking(
                session, entry, now=now(), by=current_user.name, state=BookingState.REQUESTED
            )
        except SpaceTaken as refusal:
            found = service.look_into(session, refusal, entry, zone(), now=now())
            return _ask_page(session, form, (*found.shorter, *found.times, *found.spaces)), 409
        except Refusal as refusal:
            form.form_errors.append(in_words(refusal))
            return _ask_page(session, form), 409
        if rules is not None:
            who = tenant.contact_name or current_user.name
            rentals.accept_rules(session, booking.id, rules.version, who, now=now(), by=current_user.name)
    flash(_("Your request is noted. The house will confirm or decline it; you will see it here."), "success")
    return redirect(url_for("own.index"))


@own.get("/hausordnung")
@needs(Right.OWN_SPACE)
def house_rules() -> Any:
    """The rules in force."""
    with reading() as session:
        rules = rentals.rules_on(session, now().astimezone(zone()).date())
        if rules is None:
            abort(404)
        return render_template("tenants/rules.html", rules=rules)


@own.get("/<booking_id>")
@needs(Right.OWN_SPACE)
def show(booking_id: str) -> Any:
    """One own booking: how it stands, cancel it, note opened and closed."""
    with reading() as session:
        return _booking_page(session, _own_booking(session, booking_id))


@own.post("/<booking_id>/absagen")
@needs(Right.OWN_SPACE)
def withdraw(booking_id: str) -> Any:
    """Cancel an own booking or request."""
    with transaction() as session:
        booking, form = _own_booking(session, booking_id), WithdrawForm()
        if not form.validate():
            return _booking_page(session, booking, form), 422
        why, whose = form.why.data or "", CalledOffBy.BOOKER
        try:
            service.cancel_booking(session, booking.id, why, now=now(), by=current_user.name, wanted_by=whose)
            flash(_("Cancelled. Thank you for telling us."), "success")
        except Refusal as refusal:
            flash(in_words(refusal), "info")
    return redirect(url_for("own.index"))


@own.post("/<booking_id>/geoeffnet")
@needs(Right.OWN_SPACE)
def opened(booking_id: str) -> Any:
    """Note that we have opened."""
    form = OpenedForm()
    return _note(booking_id, form, lambda session: note_opened(session, booking_id, form, current_user.name))


@own.post("/<booking_id>/geschlossen")
@needs(Right.OWN_SPACE)
def closed(booking_id: str) -> Any:
    """Note that we have closed, and how we left the house."""
    form = ClosedForm()
    return _note(booking_id, form, lambda session: note_closed(session, booking_id, form, current_user.name))


def _merged(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells with neighbours that are taken as one: not even how many bookings there are is told."""
    merged: list[Cell] = []
    for cell in cells:
        plain = Cell(cell.slot, cell.quarters, cell.is_free)
        if merged and not cell.is_free and not merged[-1].is_free:
            last = merged.pop()
            plain = Cell(Slot(last.slot.starts_at, cell.slot.ends_at), last.quarters + cell.quarters)
        merged.append(plain)
    return merged


def _note(booking_id: str, form: Any, write: Any) -> Any:
    with transaction() as session:
        booking = _own_booking(session, booking_id)
        if not form.validate():
            return _booking_page(session, booking, note=form), 422
        try:
            write(session)
            flash(_("Noted. Thank you!"), "success")
        except Refusal as refusal:
            flash(keys_in_words(refusal), "info")
    return redirect(url_for("own.show", booking_id=booking_id))


def _booking_page(session: Session, booking: Booking, form: WithdrawForm | None = None, note: Any = None) -> str:
    return render_template(
        "tenants/own_booking.html",
        booking=booking,
        space_name=_names(session).get(booking.space_id, ""),
        opening=keys.find_opening(session, booking.id),
        opened_form=OpenedForm(formdata=None),
        closed_form=note if isinstance(note, ClosedForm) else ClosedForm(formdata=None),
        form=form or WithdrawForm(formdata=None),
        own_opened_action=url_for("own.opened", booking_id=booking.id),
        own_closed_action=url_for("own.closed", booking_id=booking.id),
        may_note=booking.starts_at - timedelta(hours=2) <= now(),
        stands=booking.state in (BookingState.REQUESTED, BookingState.CONFIRMED) and booking.ends_at > now(),
    )


def _form(session: Session, **filled: Any) -> AskForm:
    form = AskForm(**filled)
    form.space_id.choices = options((space.id, space.name) for space in spaces.bookable_spaces(session))
    return form


def _typed(known: dict[str, str]) -> dict[str, Any]:
    """Return the values of an address as the form wants them; nonsense is left out."""
    form = AskForm(formdata=None)
    typed: dict[str, Any] = {}
    for name, value in known.items():
        field = form[name]
        try:
            field.process_formdata([value])
        except ValueError:
            continue
        typed[name] = field.data
    return typed


def _ask_page(session: Session, form: AskForm, instead: Any = None) -> str:
    rules = rentals.rules_on(session, now().astimezone(zone()).date())
    return render_template("tenants/ask.html", form=form, instead=instead or (), taken=instead is not None, rules=rules)


def _entry(form: AskForm, tenant: Tenant) -> service.BookingEntry:
    return service.BookingEntry(
        space_id=form.space_id.data,
        slot=form.slot(zone()),
        kind=form.kind.data,
        title=form.title.data,
        contact_name=tenant.contact_name or tenant.name,
        contact_phone=tenant.contact_phone,
        contact_email=tenant.contact_email,
        persons=form.persons.data,
        note=form.note.data or "",
        tenant_id=tenant.id,
    )


def _tenant(session: Session) -> Tenant:
    """Return who asks, as a tenant; an account that belongs to none has nothing here."""
    tenant = service.find_tenant(session, current_user.id)
    if tenant is None:
        abort(404)
    return tenant


def _own_booking(session: Session, booking_id: str) -> Booking:
    """Return a booking if it is theirs."""
    tenant = _tenant(session)
    try:
        booking = service.get_booking(session, booking_id)
    except service.BookingUnknown:
        abort(404)
    if booking.tenant_id != tenant.id:
        abort(404)
    return booking


def _names(session: Session) -> dict[str, str]:
    return {space.id: space.name for space in spaces.list_spaces(session)}
