"""A week at once: copied into another one, and printed for the notice board."""

from datetime import date, timedelta
from typing import Any

from flask import Response, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden

from node.centre import service as centres
from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.programme import copying, sheets
from node.programme.copying import Candidate, monday_of
from node.programme.models import Event
from node.programme.refusals import in_words
from node.programme.views import pages
from node.programme.week_forms import CopyForm, WeekForm, WeeksForm
from node.spaces import service as spaces
from shared.records.events import EventState
from shared.time import now
from shared.web import zone
from shared.web.forms import options


@pages.get("/woche")
@needs(Right.WRITE_PROGRAMME)
def copy_week() -> str:
    """Choose what of a week is copied into another one."""
    weeks = WeeksForm()
    weeks.validate()
    source, target = _weeks(weeks.von.data, weeks.nach.data)
    with reading() as session:
        found = copying.candidates(session, source, target, zone())
        form = CopyForm(formdata=None, von=source, nach=target)
        form.event.data = tuple(one.event.id for one in found if _worth_copying(one))
        return _choosing_page(session, found, form)


@pages.post("/woche")
@needs(Right.WRITE_PROGRAMME)
def carry_over() -> Any:
    """Copy what was chosen; tell of each event what came of it."""
    publish = request.form.get("publish") == "1"
    if publish and not may(Right.PUBLISH):
        raise Forbidden
    with transaction() as session:
        form = CopyForm()
        source, target = _weeks(form.von.data, form.nach.data)
        found = copying.candidates(session, source, target, zone())
        form.event.choices = options((one.event.id, one.event.title) for one in found)
        if not form.validate():
            return _choosing_page(session, found, form), 422
        told = {"now": now(), "by": current_user.name, "publish": publish}
        copied = copying.copy_week(session, form.event.data, source, target, zone(), **told)
        return render_template(
            "programme/week_copied.html",
            copied=copied,
            left=[one.event for one in found if one.event.id not in set(form.event.data)],
            in_words=in_words,
            target=target,
            publish=publish,
            names=_space_names(session),
        )


@pages.get("/aushang")
@staff_required
def sheet() -> str:
    """The programme of a week for the notice board: one page, to be printed. `mit` names a draft to show on it."""
    with reading() as session:
        shown, monday = _wanted(session)
        return render_template(
            "programme/sheet.html",
            sheet=_sheet(session, shown, monday),
            monday=monday,
            before=monday - copying.WEEK,
            after=monday + copying.WEEK,
            shown=shown,
        )


@pages.get("/aushang.pdf")
@staff_required
def sheet_pdf() -> Response:
    """The same as a PDF."""
    with reading() as session:
        shown, monday = _wanted(session)
        made = _sheet(session, shown, monday)
    name = f"programm-{monday.isoformat()}.pdf"
    answer = Response(sheets.pdf_of(made), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _wanted(session: Session) -> tuple[Event | None, date]:
    """Return the event that shall be on the sheet in any case, and the Monday of its week or of the wished one."""
    form = WeekForm()
    form.validate()
    shown = session.get(Event, request.args.get("mit", ""))
    day = form.tag.data or (shown.starts_at if shown else now()).astimezone(zone()).date()
    return shown, monday_of(day)


def _sheet(session: Session, shown: Event | None, monday: date) -> sheets.Sheet:
    events = [event for event in copying.events_of_week(session, monday, zone()) if event.travels or event is shown]
    days = (monday, monday + timedelta(days=6))
    return sheets.sheet_of(events, days, centres.profile(session), _space_names(session), now=now())


def _weeks(source: date | None, target: date | None) -> tuple[date, date]:
    """Return two Mondays: by default this week is copied into the next one."""
    source = monday_of(source or now().astimezone(zone()).date())
    target = monday_of(target) if target else source + copying.WEEK
    return source, target if target != source else source + copying.WEEK


def _worth_copying(one: Candidate) -> bool:
    return one.there is None and one.event.state != EventState.CANCELLED


def _choosing_page(session: Session, found: list[Candidate], form: CopyForm) -> str:
    source, target = _weeks(form.von.data, form.nach.data)
    return render_template(
        "programme/week.html",
        found=found,
        form=form,
        chosen=set(form.event.data or ()),
        weeks=WeeksForm(data={"von": source, "nach": target}),
        source=source,
        target=target,
        names=_space_names(session),
    )


def _space_names(session: Session) -> dict[str, str]:
    return {space.id: space.name for space in spaces.list_spaces(session)}
