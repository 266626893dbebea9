"""Series of events: asked for, looked at before they are written, changed, published, cancelled.

Rule: nothing is written before the preview was seen; what was typed and chosen travels through
it in the form, so that a page that is left costs nothing.
Rule: as with single events, what the public sees is changed by `PUBLISH` alone.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings.series_forms import wishes_of
from node.bookings.series_outlook import look_ahead
from node.bookings.series_rows import rows_of, shown_of
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.programme import series
from node.programme.forms import date_of
from node.programme.refusals import series_in_words
from node.programme.series import EventSeriesEntry
from node.programme.series_forms import (
    BACK,
    PUBLISH,
    WRITE,
    CancelSeriesForm,
    EventSeriesForm,
    fields_of_series,
)
from node.programme.views import choose_spaces_and_themes, pages
from node.series.keeper import Outcome
from node.series.models import EventSeries
from node.series.steps import Step, choose
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.time import now
from shared.web import zone
from shared.web.filters import short_date
from shared.web.languages import language


@pages.get("/serie/neu")
@needs(Right.WRITE_PROGRAMME)
def new_series() -> Any:
    """An empty form."""
    with reading() as session:
        return _form_page(_form(session, data={"day": date_of(request.args.get("tag"))}))


@pages.post("/serie/neu")
@needs(Right.WRITE_PROGRAMME)
def begin_series() -> Any:
    """Look ahead at every date; with the steps "write" and "publish", write them."""
    step = request.form.get("step", "")
    if step == PUBLISH and not may(Right.PUBLISH):
        abort(403)
    with transaction() as session:
        form = _form(session)
        if step == BACK:
            return _form_page(form)
        if not form.validate():
            return _form_page(form), 422
        entry, chosen = form.entry_of_series(zone()), wishes_of(request.form.items(), zone())
        told: dict[str, Any] = {"now": now(), "by": current_user.name, "language": language()}
        try:
            if step not in (WRITE, PUBLISH):
                return _preview(
                    session, form, entry, choose(series.look_at_new(session, entry, language=language()), chosen)
                )
            made, outcome = series.begin_series(session, entry, chosen, publish=step == PUBLISH, **told)
        except Refusal as refusal:
            form.form_errors.append(series_in_words(refusal))
            return _form_page(form), 409
        _tell(outcome)
        return redirect(url_for("programme.show_series", series_id=made.id))


@pages.get("/serie/<series_id>")
@needs(Right.WRITE_PROGRAMME)
def show_series(series_id: str) -> Any:
    """A series with all its dates, those that are missing among them."""
    with reading() as session:
        found = _series(session, series_id)
        shown = shown_of(series.dates_of(session, found, now=now()), now())
        return render_template(
            "programme/series.html",
            series=found,
            said=series.entry_of(found).said,
            shown=shown,
            coming=sum(each.is_coming for each in shown),
            missing=sum(each.is_missing and each.tone == "danger" for each in shown),
            names=series_names(session),
            after=series.find_following(session, found),
            writable=_writable(found),
        )


@pages.get("/serie/<series_id>/aendern")
@needs(Right.WRITE_PROGRAMME)
def change_series(series_id: str) -> Any:
    """The form of all coming dates, or (with `ab`) of one date and those that follow."""
    with reading() as session:
        found = series_to_write(session, series_id)
        from_day = _from_day(found)
        form = _form(session, found, data=fields_of_series(series.entry_of(found), zone(), from_day))
        return _form_page(form, found, from_day)


@pages.post("/serie/<series_id>/aendern")
@needs(Right.WRITE_PROGRAMME)
def edit_series(series_id: str) -> Any:
    """Look ahead at what becomes of every date; with the step "write", do it."""
    with transaction() as session:
        found = series_to_write(session, series_id)
        from_day, form = _from_day(found), _form(session, found)
        if request.form.get("step") == BACK:
            return _form_page(form, found, from_day)
        if not form.validate():
            return _form_page(form, found, from_day), 422
        entry, chosen = form.entry_of_series(zone(), found), wishes_of(request.form.items(), zone())
        told: dict[str, Any] = {"keep_own": form.keep_own.data, "now": now(), "language": language()}
        try:
            if request.form.get("step") != WRITE:
                steps = series.look_at_edit(session, found, entry, from_day, **told)
                return _preview(session, form, entry, choose(steps, chosen), series=found, from_day=from_day)
            why = _("The series was changed.")
            changed, outcome = series.edit_series(
                session, found, entry, from_day, chosen, by=current_user.name, why=why, **told
            )
        except Refusal as refusal:
            form.form_errors.append(series_in_words(refusal))
            return _form_page(form, found, from_day), 409
        _tell(outcome)
        return redirect(url_for("programme.show_series", series_id=changed.id))


@pages.post("/serie/<series_id>/veroeffentlichen")
@needs(Right.PUBLISH)
def publish_series(series_id: str) -> Any:
    """Let the public see all dates."""
    with transaction() as session:
        count = series.publish_series(session, _series(session, series_id), now=now())
        flash(ngettext("%(num)s date is published.", "%(num)s dates are published.", count), "success")
    return redirect(url_for("programme.show_series", series_id=series_id))


@pages.get("/serie/<series_id>/absagen")
@needs(Right.WRITE_PROGRAMME)
def ask_cancel_series(series_id: str) -> Any:
    """Ask for the reason before the coming dates are cancelled."""
    with reading() as session:
        return _cancel_page(session, series_to_write(session, series_id), CancelSeriesForm(formdata=None))


@pages.post("/serie/<series_id>/absagen")
@needs(Right.WRITE_PROGRAMME)
def cancel_series(series_id: str) -> Any:
    """Cancel the coming dates, all or from one on; the public sees the reason, their spaces are free again."""
    with transaction() as session:
        found, form = series_to_write(session, series_id), CancelSeriesForm()
        if not form.validate():
            return _cancel_page(session, found, form), 422
        from_day = date_of(request.args.get("ab"))
        told: dict[str, Any] = {"also_own": form.also_own.data, "now": now(), "by": current_user.name}
        count = series.cancel_series(session, found, from_day, form.reason.data, **told)
        flash(ngettext("%(num)s date is cancelled.", "%(num)s dates are cancelled.", count), "success")
    return redirect(url_for("programme.show_series", series_id=series_id))


def _form(session: Session, before: EventSeries | None = None, **filled: Any) -> EventSeriesForm:
    form: EventSeriesForm = choose_spaces_and_themes(session, EventSeriesForm(**filled))
    if before is not None:
        form.keep_as_before(before)
    return form


def _form_page(form: EventSeriesForm, found: EventSeries | None = None, from_day: date | None = None) -> str:
    return render_template("programme/series_form.html", form=form, series=found, from_day=from_day)


def _preview(
    session: Session, form: EventSeriesForm, entry: EventSeriesEntry, steps: Sequence[Step], **more: Any
) -> str:
    names = series_names(session)
    rows = rows_of(steps, look_ahead(session, steps, zone(), now=now()), names)
    doubts = sum(row.in_doubt for row in rows)
    return render_template(
        "programme/series_preview.html", form=form, entry=entry, rows=rows, doubts=doubts, names=names, **more
    )


def _cancel_page(session: Session, found: EventSeries, form: CancelSeriesForm) -> str:
    begins = series.edit_begins(found, date_of(request.args.get("ab")), now())
    shown = shown_of(series.dates_of(session, found, now=now()), now())
    coming = [each for each in shown if each.is_coming and each.line.day >= begins]
    return render_template(
        "programme/series_cancel.html", series=found, form=form, coming=coming, ab=date_of(request.args.get("ab"))
    )


def _tell(outcome: Outcome) -> None:
    """Say what came of it; each date that failed is named."""
    done = [
        (outcome.made, ngettext("%(num)s date saved.", "%(num)s dates saved.", outcome.made)),
        (outcome.moved, ngettext("%(num)s date changed.", "%(num)s dates changed.", outcome.moved)),
        (outcome.cancelled, ngettext("%(num)s date cancelled.", "%(num)s dates cancelled.", outcome.cancelled)),
    ]
    said = " ".join(text for count, text in done if count)
    flash(said or _("No date was saved."), "success" if said else "warning")
    stay = ", ".join(short_date(failed.day) for failed in outcome.failed if failed.stays)
    missing = ", ".join(short_date(failed.day) for failed in outcome.failed if not failed.stays)
    if stay:
        flash(_("These dates could not move and stay as they were: %(days)s", days=stay), "warning")
    if missing:
        flash(_("These dates are missing; you can make up for them below: %(days)s", days=missing), "warning")


def _from_day(found: EventSeries) -> date:
    return series.edit_begins(found, date_of(request.args.get("ab")), now())


def series_names(session: Session) -> dict[str, str]:
    """Return the names of the spaces by their ids."""
    return {space.id: space.name for space in spaces.list_spaces(session)}


def _series(session: Session, series_id: str) -> EventSeries:
    try:
        return series.get_series(session, series_id)
    except series.EventSeriesUnknown:
        abort(404)


def _writable(found: EventSeries) -> bool:
    return may(Right.PUBLISH if found.published else Right.WRITE_PROGRAMME)


def series_to_write(session: Session, series_id: str) -> EventSeries:
    """Return the series of an address if whoever asks may write it; else answer that the page is not for them."""
    found = _series(session, series_id)
    if not _writable(found):
        abort(403)
    return found
