"""The desk of the holidays: staff add, change, remove, and read whole calendars in."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.core.accounts import staff_required
from hub.core.db import reading, transaction
from hub.core.rights import Right, needs
from hub.holidays import service
from hub.holidays.forms import KINDS, FileForm, HolidayForm
from hub.holidays.service import BadEntries, NoSuchHoliday, NotACalendar, TooManyEntries, Trouble
from shared.errors import Refusal
from shared.records.holidays import DAYS_MAX, HolidayBackwards, HolidayTooLong
from shared.time import now
from shared.web import zone

pages = Blueprint("holidays", __name__, template_folder="templates", url_prefix="/ferien")
FILE_BYTES_MAX = 1_000_000
TROUBLES = {
    Trouble.NO_NAME: _l("it has no name"),
    Trouble.NAME_TOO_LONG: _l("its name is too long"),
    Trouble.NO_DAY: _l("it has no day that could be read"),
    Trouble.BACKWARDS: _l("it ends before it begins"),
    Trouble.TOO_LONG: _l("it is longer than any holidays: is the year right?"),
    Trouble.REPEATS: _l("it repeats by a rule; please enter each year by itself"),
}


@pages.get("")
@staff_required
def overview() -> str:
    """List what is coming; what is over stands behind a click."""
    today = now().astimezone(zone()).date()
    with reading() as session:
        found = service.list_holidays(session)
    return render_template(
        "holidays/overview.html",
        coming=[holiday for holiday in found if holiday.last_day >= today],
        over=[holiday for holiday in reversed(found) if holiday.last_day < today],
        kinds=KINDS,
    )


@pages.route("/neu", methods=["GET", "POST"])
@needs(Right.WRITE_FOR_CITY)
def add() -> Any:
    """Add a holiday."""
    form = HolidayForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction() as session:
                service.add_holiday(session, form.entry())
        except (HolidayBackwards, HolidayTooLong) as refusal:
            _explain(form, refusal)
        else:
            flash(_("The holidays are saved. The centres know them as soon as they are connected."), "success")
            return redirect(url_for("holidays.overview"))
    return render_template("holidays/form.html", form=form, holiday=None), 422 if form.errors else 200


@pages.route("/<holiday_id>", methods=["GET", "POST"])
@needs(Right.WRITE_FOR_CITY)
def edit(holiday_id: str) -> Any:
    """Change a holiday."""
    with reading() as session:
        holiday = _holiday(session, holiday_id)
    form = HolidayForm(obj=holiday)
    if request.method == "POST" and form.validate():
        try:
            with transaction() as session:
                service.change_holiday(_holiday(session, holiday_id), form.entry())
        except (HolidayBackwards, HolidayTooLong) as refusal:
            _explain(form, refusal)
        else:
            flash(_("The holidays are saved. The centres know them as soon as they are connected."), "success")
            return redirect(url_for("holidays.overview"))
    return render_template("holidays/form.html", form=form, holiday=holiday), 422 if form.errors else 200


@pages.post("/<holiday_id>/entfernen")
@needs(Right.WRITE_FOR_CITY)
def remove(holiday_id: str) -> Response:
    """Delete a holiday; one that is gone already is no mistake of whoever pressed."""
    with transaction() as session:
        try:
            service.remove_holiday(session, holiday_id)
        except NoSuchHoliday:
            flash(_("These holidays had been removed before."), "warning")
        else:
            flash(_("The holidays are removed, here and in every centre."), "success")
    return redirect(url_for("holidays.overview"))


@pages.route("/datei", methods=["GET", "POST"])
@needs(Right.WRITE_FOR_CITY)
def read_in() -> Any:
    """Take a calendar file."""
    form = FileForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction() as session:
                taken = service.take_file(session, form.file.data.read(FILE_BYTES_MAX), form.kind.data)
        except (NotACalendar, TooManyEntries, BadEntries) as refusal:
            form.file.errors = _in_words(refusal)
        else:
            flash(_taken_in_words(taken), "success")
            return redirect(url_for("holidays.overview"))
    return render_template("holidays/file.html", form=form), 422 if form.errors else 200


def _holiday(session: Any, holiday_id: str) -> Any:
    try:
        return service.get_holiday(session, holiday_id)
    except NoSuchHoliday:
        abort(404)


def _explain(form: HolidayForm, refusal: Refusal) -> None:
    if isinstance(refusal, HolidayBackwards):
        form.last_day.errors = [_("The last day is before the first.")]
    else:
        form.last_day.errors = [_("Holidays last less than %(days)s days. Is the year right?", days=DAYS_MAX)]


def _in_words(refusal: Refusal) -> list[str]:
    if isinstance(refusal, BadEntries):
        told = [
            _("“%(name)s”: %(trouble)s.", name=entry.name, trouble=TROUBLES[entry.trouble])
            for entry in refusal.entries[:10]
        ]
        return [_("Nothing was taken from the file."), *told]
    if isinstance(refusal, TooManyEntries):
        return [_("This file has more than %(max)s entries. Is it a calendar of holidays?", max=service.ENTRIES_MAX)]
    return [_("This is no calendar file with dates in it. Please choose a file that ends in .ics.")]


def _taken_in_words(taken: service.Taken) -> str:
    added = ngettext("%(num)d entry was added", "%(num)d entries were added", taken.added)
    return str(
        _(
            "%(added)s, %(changed)s changed, %(same)s were here already.",
            added=added,
            changed=taken.changed,
            same=taken.as_before,
        )
    )
