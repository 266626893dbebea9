"""Registrations at the desk: what comes up, one event with its line, one group, the calls to make."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.core import audit
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.core.tokens import hash_of
from node.programme import service as programme
from node.programme.models import Event
from node.registration import service
from node.registration.forms import ChangeForm, MoveForm, StaffForm
from node.registration.labels import CLOSED, NEWS, STATES, TONES, WAYS, group_in_words, in_words, place_in_words
from node.registration.models import STANDING, Registration, State, Way
from node.registration.queue import deadline_of_offer
from node.registration.secret_links import new_form_token, new_secret, secret_of_form
from shared.errors import Refusal
from shared.time import now
from shared.web import pagination
from shared.web.filters import short_date
from shared.web.forms import options

pages = Blueprint(
    "registration",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/dateien",
    url_prefix="/anmeldungen",
)
PER_PAGE = 30
MOVES_MAX = 60  # events to choose from when a group moves
DEEDS = {
    "platz": service.give_place,
    "ablehnen": service.decline_offer,
    "absagen": service.cancel_registration,
    "wieder": service.join_again,
}


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Labels for the templates that show a registration."""
    return {
        "registration_words": {"state": STATES, "tone": TONES, "way": WAYS, "news": NEWS},
        "registration_closed": CLOSED,
        "group_in_words": group_in_words,
    }


@pages.get("")
@needs(Right.REGISTER_PEOPLE)
def index() -> str:
    """List the events with registration, coming or over, each with its places."""
    at, over = now(), request.args.get("ansicht") == "vorbei"
    with reading() as session:
        query = service.past_events(at) if over else service.coming_events(at)
        page = pagination.of_query(session, query, pagination.wanted(request.args.get("seite")), PER_PAGE)
        return render_template(
            "registration/index.html",
            page=page,
            over=over,
            places=service.places_by_event(session, page.items),
            calls=service.count_calls(session, at),
            as_of_time=at,
        )


@pages.get("/anrufen")
@needs(Right.REGISTER_PEOPLE)
def calls() -> str:
    """List whom to call today: offers, events that were cancelled or moved."""
    at = now()
    with reading() as session:
        listed = service.calls_to_make(session, at)
    page = pagination.of_list(listed, pagination.wanted(request.args.get("seite")), PER_PAGE)
    return render_template("registration/calls.html", page=page, as_of_time=at)


@pages.post("/<registration_id>/erreicht")
@needs(Right.REGISTER_PEOPLE)
def told(registration_id: str) -> Any:
    """Somebody was reached. What is new since the page was shown is still to be told."""
    with transaction() as session:
        registration = _registration(session, registration_id)
        about = f"{registration.news} {_event(session, registration.event_id).sequence}"
        if request.form.get("about", about) == about:
            service.tell(session, registration_id, now=now(), by=current_user.name)
            flash(_("%(name)s knows now.", name=registration.name), "success")
        else:
            said = _("Something is new for %(name)s meanwhile. Please tell them that, too.", name=registration.name)
            flash(said, "warning")
    return redirect(url_for("registration.calls"))


@pages.get("/termin/<event_id>")
@needs(Right.REGISTER_PEOPLE)
def event(event_id: str) -> str:
    """Show who has places, who waits, and what to do for an event."""
    with reading() as session:
        found = _event(session, event_id)
        at = now()
        return render_template(
            "registration/event.html",
            event=found,
            where=place_in_words(session, found),
            places=service.places_of(session, found),
            listed=[(state, service.registrations_of(session, event_id, (state,))) for state in _SHOWN],
            gone=service.why_gone(found, at),
            closed=service.why_closed(found, at),
            offers=deadline_of_offer(service.terms_of_house(session).of_line, found.starts_at, at) is not None,
            as_of_time=at,
        )


@pages.get("/termin/<event_id>/neu")
@needs(Right.REGISTER_PEOPLE)
def new(event_id: str) -> str:
    """Show an empty form for somebody who calls or stands here."""
    with reading() as session:
        form = StaffForm(formdata=None)
        form.form_token.data = new_form_token(event_id)
        return _form_page(session, form, _event(session, event_id))


@pages.post("/termin/<event_id>/neu")
@needs(Right.REGISTER_PEOPLE)
def add(event_id: str) -> Any:
    """Register a group by phone or in person; pressing twice registers it once."""
    form = StaffForm()
    with transaction() as session:
        found = _event(session, event_id)
        secret = secret_of_form(form.form_token.data or "", event_id)
        if not form.validate() or secret is None:
            form.form_token.data = form.form_token.data if secret else new_form_token(event_id)
            return _form_page(session, form, found), 422
        try:
            said = {"now": now(), "way": Way(form.way.data), "by": current_user.name}
            made = service.take_registration(session, event_id, form.entry(), hash_of(secret), **said)
        except Refusal as refusal:
            form.form_errors.append(in_words(refusal))
            return _form_page(session, form, found), 409
        flash(_tell_taken(made), "success" if made.state == State.REGISTERED else "warning")
    return redirect(url_for("registration.event", event_id=event_id))


@pages.get("/<registration_id>")
@needs(Right.REGISTER_PEOPLE)
def show(registration_id: str) -> str:
    """Show one group with everything that can be done for it."""
    audit.note_look("registrations", registration_id)
    with reading() as session:
        registration = _registration(session, registration_id)
        return _show_page(session, registration, ChangeForm(formdata=None, obj=registration))


@pages.post("/<registration_id>")
@needs(Right.REGISTER_PEOPLE)
def change(registration_id: str) -> Any:
    """Change what is said about a group, and how many they are."""
    with transaction() as session:
        registration = _registration(session, registration_id)
        form = ChangeForm()
        if not form.validate():
            return _show_page(session, registration, form), 422
        entry, at = form.entry(), now()
        if (entry.adults, entry.children) != (registration.adults, registration.children):
            try:
                service.change_group(session, registration_id, entry.adults, entry.children, now=at)
            except Refusal as refusal:
                form.form_errors.append(in_words(refusal))
                return _show_page(session, registration, form), 409
        service.change_contact(session, registration_id, entry, now=at)
        flash(_("Changed."), "success")
    return redirect(url_for("registration.show", registration_id=registration_id))


@pages.post(f"/<registration_id>/<any({','.join(DEEDS)}):deed>")
@needs(Right.REGISTER_PEOPLE)
def do(registration_id: str, deed: str) -> Any:
    """Give a place, decline for somebody, cancel, or put back into the line."""
    with transaction() as session:
        registration = _registration(session, registration_id)
        event_id = registration.event_id
        try:
            DEEDS[deed](session, registration_id, now=now())
            flash(_("%(name)s: %(state)s.", name=registration.name, state=STATES[registration.state]), "success")
        except Refusal as refusal:
            flash(in_words(refusal), "warning")
    return redirect(url_for("registration.event", event_id=event_id))


@pages.post("/<registration_id>/verschieben")
@needs(Right.REGISTER_PEOPLE)
def move(registration_id: str) -> Any:
    """Move a group to another event or date."""
    with transaction() as session:
        registration = _registration(session, registration_id)
        form = _move_form(session, registration)
        if not form.validate():
            return _show_page(session, registration, ChangeForm(formdata=None, obj=registration), form), 422
        try:
            service.move_registration(session, registration_id, form.event_id.data, now=now())
            flash(_tell_taken(registration), "success" if registration.state == State.REGISTERED else "warning")
        except Refusal as refusal:
            flash(in_words(refusal), "warning")
    return redirect(url_for("registration.show", registration_id=registration_id))


@pages.post("/<registration_id>/link")
@needs(Right.REGISTER_PEOPLE)
def new_link(registration_id: str) -> Any:
    """Make a new secret link for somebody who lost theirs; it is shown this once."""
    secret = new_secret()
    audit.note_look("registrations", registration_id)
    with transaction() as session:
        registration = _registration(session, registration_id)
        service.change_link(session, registration_id, hash_of(secret), now=now())
        link = url_for("sign_up.state", secret=secret, _external=True)
        form = ChangeForm(formdata=None, obj=registration)
        return _show_page(session, registration, form, link=link)


_SHOWN = (State.OFFERED, State.REGISTERED, State.WAITING, State.EXPIRED, State.DECLINED, State.CANCELLED)


def _tell_taken(registration: Registration) -> str:
    said = {"name": registration.name, "reference": registration.reference}
    if registration.state == State.REGISTERED:
        return str(_("%(name)s is registered, number %(reference)s.", **said))
    return str(_("%(name)s waits for places, number %(reference)s.", **said))


def _form_page(session: Session, form: StaffForm, found: Event) -> str:
    return render_template("registration/form.html", form=form, event=found, places=service.places_of(session, found))


def _show_page(
    session: Session, registration: Registration, form: ChangeForm, moving: MoveForm | None = None, link: str = ""
) -> str:
    found = _event(session, registration.event_id)
    return render_template(
        "registration/show.html",
        registration=registration,
        event=found,
        form=form,
        moving=moving or _move_form(session, registration),
        places=service.places_of(session, found),
        standing=registration.state in STANDING,
        gone=service.why_gone(found, now()),
        link=link,
    )


def _move_form(session: Session, registration: Registration) -> MoveForm:
    form = MoveForm()
    coming = session.scalars(service.coming_events(now()).limit(MOVES_MAX)).all()
    form.event_id.choices = options(
        [("", _("please choose"))]
        + [
            (found.id, f"{short_date(found.starts_at)} {found.title}")
            for found in coming
            if found.id != registration.event_id
        ]
    )
    return form


def _event(session: Session, event_id: str) -> Event:
    try:
        return programme.get_event(session, event_id)
    except programme.EventUnknown:
        abort(404)


def _registration(session: Session, registration_id: str) -> Registration:
    try:
        return service.get_registration(session, registration_id)
    except service.RegistrationUnknown:
        abort(404)
