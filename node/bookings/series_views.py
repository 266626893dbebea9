"""The pages of series of bookings: asked for, looked at before they are written, changed, cancelled.

Rule: nothing is written before the preview was seen; what was typed and chosen travels through
it in the form, so that a page that is left costs nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import series
from node.bookings.desk import booking_form, pages, wanted_date, wanted_wall
from node.bookings.forms import blank
from node.bookings.models import Booking
from node.bookings.series import SeriesEntry
from node.bookings.series_forms import CancelSeriesForm, SeriesForm, fields_of_series, wishes_of, with_equipment
from node.bookings.series_outlook import look_ahead
from node.bookings.series_refusals import in_words
from node.bookings.series_rows import rows_of, shown_of
from node.core import audit
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.equipment import service as equipment
from node.series.forms import USUALLY_LEFT_OUT
from node.series.keeper import Outcome
from node.series.models import BookingSeries
from node.series.steps import Step
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.time import now
from shared.web import pagination, zone
from shared.web.filters import short_date
from shared.web.languages import language

PER_PAGE = 30


@pages.get("/serie")
@needs(Right.TAKE_BOOKINGS)
def list_series() -> Any:
    """All series, the latest first."""
    with reading() as session:
        found = pagination.of_query(
            session, series.list_query(), pagination.wanted(request.args.get("seite")), PER_PAGE
        )
        return render_template("bookings/series_list.html", page=found, names=_names(session), may_decide=_may())


@pages.get("/serie/neu")
@needs(Right.DECIDE_BOOKINGS)
def new_series() -> Any:
    """An empty form, or one that a booking's form has filled in."""
    day = wanted_date() or now().astimezone(zone()).date()
    known = blank(day, request.args.get("raum", ""), wanted_wall("von"), wanted_wall("bis"))
    with reading() as session:
        return _form_page(session, _form(session, data=known))


@pages.post("/serie/neu")
@needs(Right.DECIDE_BOOKINGS)
def begin_series() -> Any:
    """Look ahead at every date; with the step "write", book them."""
    with transaction() as session:
        form = _form(session)
        if request.form.get("step") == "form":
            if "repeat" not in request.form:  # it comes from a single booking's form, which does not ask for this
                form.skips.data = USUALLY_LEFT_OUT
            return _form_page(session, form)
        if not form.validate():
            return _form_page(session, form), 422
        entry, chosen = form.entry_of_series(zone()), wishes_of(request.form.items(), zone())
        try:
            if request.form.get("step") != "write":
                steps = series.look_at_new(session, entry, language=language())
                return _preview(session, form, entry, steps)
            made, outcome = series.begin_series(
                session,
                entry,
                chosen,
                now=now(),
                by=current_user.name,
                overruling=form.overruling(current_user.name),
                language=language(),
            )
        except Refusal as refusal:
            form.form_errors.append(in_words(refusal))
            return _form_page(session, form), 409
        _tell(outcome)
        return redirect(url_for("bookings.show_series", series_id=made.id))


@pages.get("/serie/<series_id>")
@needs(Right.TAKE_BOOKINGS)
def show_series(series_id: str) -> Any:
    """A series with all its dates, those that are missing among them."""
    with reading() as session:
        found = _series(session, series_id)
        if may(Right.SEE_PERSONS):
            audit.note_look("booking_series", found.id)
        shown = shown_of(series.dates_of(session, found, now=now()), now())
        first_coming = next((number for number, each in enumerate(shown) if each.is_coming), 0)
        usual = first_coming // PER_PAGE + 1
        asked = request.args.get("seite")
        page = pagination.of_list(shown, pagination.wanted(asked) if asked else usual, PER_PAGE)
        culprits = _culprits(session, [each.line.omission.blocked_by for each in shown if each.line.omission])
        return render_template(
            "bookings/series_show.html",
            series=found,
            page=page,
            everything=shown,
            missing=sum(each.is_missing and each.tone == "danger" for each in shown),
            coming=sum(each.is_coming for each in shown),
            culprits=culprits,
            names=_names(session),
            before=series.find_before(session, found),
            after=series.find_following(session, found),
            may_decide=_may(),
        )


@pages.get("/serie/<series_id>/aendern")
@needs(Right.DECIDE_BOOKINGS)
def change_series(series_id: str) -> Any:
    """The form of the coming dates, or (with `ab`) of one date and those that follow."""
    with reading() as session:
        found = _series(session, series_id)
        from_day = _from_day(found)
        form = _form(session, found, data=fields_of_series(series.entry_of(found), zone(), from_day))
        return _form_page(session, form, found, from_day)


@pages.post("/serie/<series_id>/aendern")
@needs(Right.DECIDE_BOOKINGS)
def edit_series(series_id: str) -> Any:
    """Look ahead at what becomes of every date; with the step "write", do it."""
    with transaction() as session:
        found = _series(session, series_id)
        from_day, form = _from_day(found), _form(session, found)
        if request.form.get("step") == "form":
            return _form_page(session, form, found, from_day)
        if not form.validate():
            return _form_page(session, form, found, from_day), 422
        entry, chosen = form.entry_of_series(zone(), found), wishes_of(request.form.items(), zone())
        told: dict[str, Any] = {"keep_own": form.keep_own.data, "now": now(), "language": language()}
        try:
            if request.form.get("step") != "write":
                steps = series.look_at_edit(session, found, entry, from_day, **told)
                return _preview(session, form, entry, steps, series=found, from_day=from_day)
            why = _("The series was changed.")
            told |= {"by": current_user.name, "why": why, "overruling": form.overruling(current_user.name)}
            changed, outcome = series.edit_series(session, found, entry, from_day, chosen, **told)
        except Refusal as refusal:
            form.form_errors.append(in_words(refusal))
            return _form_page(session, form, found, from_day), 409
        _tell(outcome)
        return redirect(url_for("bookings.show_series", series_id=changed.id))


@pages.get("/serie/<series_id>/absagen")
@needs(Right.DECIDE_BOOKINGS)
def ask_cancel_series(series_id: str) -> Any:
    """Ask for the reason before the coming dates are cancelled."""
    with reading() as session:
        return _cancel_page(session, _series(session, series_id), CancelSeriesForm(formdata=None))


@pages.post("/serie/<series_id>/absagen")
@needs(Right.DECIDE_BOOKINGS)
def cancel_series(series_id: str) -> Any:
    """Cancel the coming dates, all or from one on; their space is free again."""
    with transaction() as session:
        found, form = _series(session, series_id), CancelSeriesForm()
        if not form.validate():
            return _cancel_page(session, found, form), 422
        count = series.cancel_series(
            session,
            found,
            wanted_date("ab"),
            form.words(),
            also_own=form.also_own.data,
            now=now(),
            by=current_user.name,
        )
        flash(ngettext("%(num)s date is cancelled.", "%(num)s dates are cancelled.", count), "success")
        return redirect(url_for("bookings.show_series", series_id=series_id))


def _form(session: Session, before: BookingSeries | None = None, **filled: Any) -> SeriesForm:
    """Return the form with this house's spaces, tenants and fee classes to choose from."""
    usual = booking_form(session, **({"formdata": None} | filled))
    kept = set(series.entry_of(before).said.equipment or {}) if before is not None else set()
    form = with_equipment(_items(session, kept))(**filled)
    for name in ("space_id", "kind", "tenant_id", "fee_class_id"):
        form[name].choices = usual[name].choices
    if before is not None:
        form.keep_as_before(before)
        if before.space_id not in {choice.value for choice in form.space_id.choices}:
            form.space_id.choices = [
                *form.space_id.choices,
                (before.space_id, _names(session).get(before.space_id or "", "")),
            ]
    return form


def _items(session: Session, kept: set[str]) -> dict[str, str]:
    """Return the equipment that can be booked along, and what the series has of retired things."""
    return {item.id: item.name for item in equipment.list_items(session) if not item.retired or item.id in kept}


def _form_page(
    session: Session, form: SeriesForm, found: BookingSeries | None = None, from_day: date | None = None
) -> str:
    return render_template("bookings/series_form.html", form=form, series=found, from_day=from_day)


def _preview(session: Session, form: SeriesForm, entry: SeriesEntry, steps: Sequence[Step], **more: Any) -> str:
    bound: dict[str, Any] = {"kind": entry.said.kind, "overruled": form.overrule.data}
    outlooks = look_ahead(session, steps, zone(), persons=entry.said.persons, now=now(), **bound)
    names = _names(session)
    rows = rows_of(steps, outlooks, names, dict(form.chosen_days()))
    doubts = sum(row.in_doubt for row in rows)
    return render_template(
        "bookings/series_preview.html", form=form, entry=entry, rows=rows, doubts=doubts, names=names, **more
    )


def _cancel_page(session: Session, found: BookingSeries, form: CancelSeriesForm) -> str:
    begins = series.edit_begins(found, wanted_date("ab"), now())
    lines = shown_of(series.dates_of(session, found, now=now()), now())
    coming = [each for each in lines if each.is_coming and each.line.day >= begins]
    return render_template(
        "bookings/series_cancel.html", series=found, form=form, coming=coming, from_day=wanted_date("ab")
    )


def _tell(outcome: Outcome) -> None:
    """Say what came of it; each date that failed is named."""
    done = [
        (outcome.made, ngettext("%(num)s date booked.", "%(num)s dates booked.", outcome.made)),
        (outcome.moved, ngettext("%(num)s date changed.", "%(num)s dates changed.", outcome.moved)),
        (outcome.cancelled, ngettext("%(num)s date cancelled.", "%(num)s dates cancelled.", outcome.cancelled)),
    ]
    flash(
        " ".join(text for count, text in done if count) or _("No date was booked."),
        "success" if any(c for c, _t in done) else "warning",
    )
    stay = [short_date(failed.day) for failed in outcome.failed if failed.stays]
    if stay:
        flash(_("These dates could not move and stay as they were: %(days)s", days=", ".join(stay)), "warning")


def _from_day(found: BookingSeries) -> date:
    return series.edit_begins(found, wanted_date("ab"), now())


def _names(session: Session) -> dict[str, str]:
    return {space.id: space.name for space in spaces.list_spaces(session)}


def _culprits(session: Session, ids: Sequence[str | None]) -> Mapping[str, Booking]:
    found = (session.get(Booking, booking_id) for booking_id in ids if booking_id)
    return {booking.id: booking for booking in found if booking is not None}


def _may() -> bool:
    return may(Right.DECIDE_BOOKINGS)


def _series(session: Session, series_id: str) -> BookingSeries:
    try:
        return series.get_series(session, series_id)
    except series.SeriesUnknown:
        abort(404)
