"""A date of a series that is missing: why, and how to make up for it."""

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import series
from node.bookings.desk import pages
from node.bookings.series_outlook import Outlook, look_ahead, place_of
from node.bookings.series_refusals import in_words
from node.bookings.series_rows import Row, rows_of
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.series.models import BookingSeries
from node.series.omissions import find_omission
from node.series.steps import Action, Step, Wish
from node.spaces import service as spaces
from shared.time import now
from shared.web import zone
from shared.web.filters import weekday_date


@pages.get("/serie/<series_id>/termin/<tag>")
@needs(Right.DECIDE_BOOKINGS)
def missing_date(series_id: str, tag: str) -> Any:
    """Why the date is missing, and what is free instead."""
    with reading() as session:
        found, day = _missing(session, series_id, tag)
        return _page(session, found, day)


@pages.post("/serie/<series_id>/termin/<tag>")
@needs(Right.DECIDE_BOOKINGS)
def make_up(series_id: str, tag: str) -> Any:
    """Book the date as planned or as chosen, or let it rest."""
    with transaction() as session:
        found, day = _missing(session, series_id, tag)
        chosen = request.form.get("wahl", "")
        if chosen == Wish.LEAVE_OUT:
            series.leave_out(session, found, day, now=now(), by=current_user.name)
            flash(_("%(day)s is left out.", day=weekday_date(day)), "success")
            return redirect(_address(series_id))
        refusal = series.try_again(session, found, day, place_of(chosen, zone()), now=now(), by=current_user.name)
        if refusal is not None:
            return _page(session, found, day, in_words(refusal)), 409
        flash(_("%(day)s is booked.", day=weekday_date(day)), "success")
        return redirect(_address(series_id))


def _page(session: Session, found: BookingSeries, day: date, refused: str = "") -> str:
    step = Step(day, Action.MAKE, series.planned(found, day))
    outlooks = look_ahead(session, [step], zone(), persons=found.persons, now=now(), kind=found.kind)
    names = {space.id: space.name for space in spaces.list_spaces(session)}
    [row] = rows_of([step], outlooks, names)
    return render_template(
        "bookings/series_missing.html",
        series=found,
        day=day,
        row=_with_leave(row, outlooks.get(day, Outlook())),
        space_name=names.get(found.space_id or "", ""),
        refused=refused,
    )


def _with_leave(row: Row, outlook: Outlook) -> Row:
    """Return the row with choices in which nothing can be chosen that would be refused again."""
    choices = row.choices if outlook.free else row.choices[1:]
    return Row(row.day, row.slot, row.word, row.tone, row.details, choices, row.in_doubt)


def _missing(session: Session, series_id: str, tag: str) -> tuple[BookingSeries, date]:
    try:
        found, day = series.get_series(session, series_id), date.fromisoformat(tag)
    except (series.SeriesUnknown, ValueError):
        abort(404)
    if find_omission(session, series_id, day) is None:
        abort(404)
    return found, day


def _address(series_id: str) -> str:
    return url_for("bookings.show_series", series_id=series_id)
