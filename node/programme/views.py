"""The programme for staff: the list, and the form in which an event is written.

Rule: drafts are written by whoever has `WRITE_PROGRAMME`; what the public sees is changed by `PUBLISH` alone.
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.service import chosen_instead
from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.programme import service
from node.programme.forms import EventForm, NewEventForm, SearchForm, date_of, fields_of
from node.programme.models import Event
from node.programme.refusals import in_words
from node.programme.search import Tab, list_query
from node.spaces import service as spaces
from node.themes import service as themes
from shared.errors import Refusal
from shared.records.bookings import SpaceTaken
from shared.time import now
from shared.web import pagination, seen, zone
from shared.web.forms import options
from shared.web.languages import language
from shared.web.vocabulary import (
    ACCESSIBILITY,
    ATTENDANCE,
    EVENT_KINDS,
    EVENT_STATES,
    LANGUAGES,
    REGISTRATION,
    TARGET_GROUPS,
    ages,
)

pages = Blueprint("programme", __name__, template_folder="templates", static_folder="static", url_prefix="/programm")
PER_PAGE = 30


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Labels for the templates that show an event."""
    return {
        "event_words": {
            "kind": EVENT_KINDS,
            "state": EVENT_STATES,
            "attendance": ATTENDANCE,
            "target_groups": TARGET_GROUPS,
            "languages": LANGUAGES,
            "accessibility": ACCESSIBILITY,
            "registration": REGISTRATION,
            "ages": ages,
        }
    }


@pages.get("")
@staff_required
def index() -> Any:
    """The list: coming, over, drafts; narrowed by words."""
    search = SearchForm()
    search.validate()
    tab = _tab(request.args.get("ansicht"))
    with reading() as session:
        query = list_query(tab, (search.wort.data or "")[:100], now())
        found = pagination.of_query(session, query, pagination.wanted(request.args.get("seite")), PER_PAGE)
        return render_template(
            "programme/index.html",
            page=found,
            tab=tab,
            tabs=Tab,
            search=search,
            themes=themes.theme_labels(session, language()),
            names={space.id: space.name for space in spaces.list_spaces(session)},
        )


@pages.get("/neu")
@needs(Right.WRITE_PROGRAMME)
def new() -> Any:
    """An empty form, or (with `wie`) a copy of an event, `wochen` later or (with `anders`) at a free time."""
    with reading() as session:
        known: dict[str, Any] = {"day": date_of(request.args.get("tag"))}
        if request.args.get("wie"):
            weeks = 0 if request.args.get("wochen") == "0" else 1
            copied = service.copy_of(known_event(session, request.args["wie"]), weeks, zone())
            known = fields_of(copied, zone())
            known["origin"] = request.args["wie"]
        known |= chosen_instead(request.args.get("anders"))
        return _form_page(session, _form(session, NewEventForm, data=known))


@pages.post("/neu")
@needs(Right.WRITE_PROGRAMME)
def create() -> Any:
    """Write an event, as a draft or published at once."""
    if request.form.get("publish") and not may(Right.PUBLISH):
        abort(403)
    with transaction() as session:
        form = _form(session, NewEventForm)
        form.take_instead(request.form.get("instead"))
        if not form.validate():
            return _form_page(session, form), 422
        try:
            return redirect(_create(session, form))
        except Refusal as refusal:
            return _form_page(session, form, conflict=_explain(session, form, refusal)), 409


@pages.get("/<event_id>/bearbeiten")
@needs(Right.WRITE_PROGRAMME)
def edit(event_id: str) -> Any:
    """The form of an event."""
    with reading() as session:
        event = event_to_write(session, event_id)
        form = _form(session, EventForm, data=fields_of(service.entry_of(event), zone()))
        return _form_page(session, form, event)


@pages.post("/<event_id>/bearbeiten")
@needs(Right.WRITE_PROGRAMME)
def change(event_id: str) -> Any:
    """Change an event and its booking with it."""
    with transaction() as session:
        event = event_to_write(session, event_id)
        form = _form(session, EventForm)
        form.take_instead(request.form.get("instead"))
        if not form.validate():
            return _form_page(session, form, event), 422
        if seen.is_outdated(service.entry_of(event)):
            form.form_errors.append(seen.CHANGED_MEANWHILE)
            return _form_page(session, form, event, told=True), 409
        try:
            service.edit_event(session, event_id, form.entry(zone()), now=now(), by=current_user.name)
        except Refusal as refusal:
            return _form_page(session, form, event, _explain(session, form, refusal, event)), 409
    flash(_("Changed."), "success")
    return redirect(url_for("programme.show", event_id=event_id))


def _create(session: Session, form: NewEventForm) -> str:
    """Write what the form says; return the address of the page that shows it."""
    told = {"now": now(), "by": current_user.name, "publish": request.form.get("publish") == "1"}
    entry = form.entry(zone())
    origin = form.origin.data
    if origin:
        event = service.copy_event(session, origin, entry, **told)
    else:
        event = service.create_event(session, entry, **told)
    flash(_("Published.") if told["publish"] else _("Saved as a draft."), "success")
    return url_for("programme.show", event_id=event.id)


def _explain(
    session: Session, form: EventForm, refusal: Refusal, event: Event | None = None
) -> bookings.Conflict | None:
    """Return the conflict if the space is taken; put any other refusal into words at the form's top."""
    entry = form.entry(zone())
    if isinstance(refusal, SpaceTaken) and entry.space_id:
        booking = bookings.find_booking_of_event(session, event.id) if event else None
        wanted = bookings.BookingEntry(space_id=entry.space_id, slot=entry.slot)
        own = booking.id if booking else None
        return bookings.look_into(session, refusal, wanted, zone(), now=now(), but=own)
    form.form_errors.append(in_words(refusal))
    return None


def _form(session: Session, kind: type[Any], **filled: Any) -> Any:
    return choose_spaces_and_themes(session, kind(**filled))


def choose_spaces_and_themes(session: Session, form: Any) -> Any:
    """Give a form of an event the spaces and themes of this house to choose from."""
    listed = spaces.in_tree_order(spaces.list_spaces(session))
    wanted = form.space_id.data
    usable = [(space.id, "– " * level + space.name) for space, level in listed if space.bookable or space.id == wanted]
    form.space_id.choices = options([("", _("no space")), *usable])
    form.theme.choices = options(_theme_choices(session, form.theme.data))
    return form


def _theme_choices(session: Session, chosen: str | None) -> list[tuple[str, str]]:
    """The themes in use, and the one that an old event still has."""
    usable = themes.theme_choices(session, language())
    if chosen and chosen not in dict(usable):
        known = themes.theme_labels(session, language())
        usable = [*usable, (chosen, known[chosen])] if chosen in known else usable
    return [("", _("no theme")), *usable]


def _form_page(
    session: Session,
    form: EventForm,
    event: Event | None = None,
    conflict: bookings.Conflict | None = None,
    *,
    told: bool = False,
) -> str:
    mark = seen.page_mark(service.entry_of(event), told=told) if event else None
    return render_template("programme/form.html", form=form, event=event, conflict=conflict, seen=mark)


def known_event(session: Session, event_id: str) -> Event:
    """Return the event of an address, or answer that there is none."""
    try:
        return service.get_event(session, event_id)
    except service.EventUnknown:
        abort(404)


def event_to_write(session: Session, event_id: str) -> Event:
    """Return the event of an address if whoever asks may write it; else answer that the page is not for them."""
    event = known_event(session, event_id)
    if event.travels and not may(Right.PUBLISH):
        abort(403)
    return event


def _tab(text: str | None) -> Tab:
    return Tab(text) if text in set(Tab) else Tab.COMING
