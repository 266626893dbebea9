"""A date of a series of events that is missing: why, and how to make up for it."""

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings.series_outlook import look_ahead, place_of
from node.bookings.series_rows import rows_of
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.programme import series
from node.programme.forms import date_of
from node.programme.refusals import series_in_words
from node.programme.series_views import series_names, series_to_write
from node.programme.views import pages
from node.series.models import EventSeries
from node.series.omissions import find_omission
from node.series.steps import Action, Step, Wish
from shared.time import now
from shared.web import zone
from shared.web.filters import weekday_date


@pages.get("/serie/<series_id>/termin/<tag>")
@needs(Right.WRITE_PROGRAMME)
def missing_date(series_id: str, tag: str) -> Any:
    """Why the date is missing, and what is free instead."""
    with reading() as session:
        return _page(session, *_missing(session, series_id, tag))


@pages.post("/serie/<series_id>/termin/<tag>")
@needs(Right.WRITE_PROGRAMME)
def make_up(series_id: str, tag: str) -> Any:
    """Write the date as planned or as chosen, or let it rest."""
    with transaction() as session:
        found, day = _missing(session, series_id, tag)
        chosen = request.form.get("wahl", "")
        told: dict[str, Any] = {"now": now(), "by": current_user.name}
        if chosen == Wish.LEAVE_OUT:
            series.leave_out(session, found, day, **told)
            flash(_("%(day)s is left out.", day=weekday_date(day)), "success")
            return redirect(url_for("programme.show_series", series_id=series_id))
        refusal = series.try_again(session, found, day, place_of(chosen, zone()), **told)
        if refusal is not None:
            return _page(session, found, day, series_in_words(refusal)), 409
        flash(_("%(day)s is in the programme.", day=weekday_date(day)), "success")
    return redirect(url_for("programme.show_series", series_id=series_id))


def _page(session: Session, found: EventSeries, day: date, refused: str = "") -> str:
    step = Step(day, Action.MAKE, series.planned(found, day))
    names = series_names(session)
    outlooks = look_ahead(session, [step], zone(), now=now())
    [row] = rows_of([step], outlooks, names)
    free = day not in outlooks or outlooks[day].free
    return render_template(
        "programme/series_missing.html",
        series=found,
        day=day,
        row=row,
        choices=row.choices if free else row.choices[1:],  # nothing that would be refused again
        space_name=names.get(found.space_id or "", ""),
        refused=refused,
    )


def _missing(session: Session, series_id: str, tag: str) -> tuple[EventSeries, date]:
    found, day = series_to_write(session, series_id), date_of(tag)
    if day is None or find_omission(session, series_id, day) is None:
        abort(404)
    return found, day
