"""Registering without an account: the form, the secret link behind it, and what can be done there.

Rule: whoever has the link may do everything with this one registration, and nothing else. A link
that leads nowhere looks the same whether it never existed or was erased.
Rule: looking changes nothing; a link in a mail is followed by programs too. So "I cannot come"
is a page with a button.
"""

from typing import Any

import segno
from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.core.db import reading, transaction
from node.core.tokens import hash_of
from node.programme import service as programme
from node.programme.models import Event
from node.registration import service
from node.registration.forms import GroupForm, SignUpForm
from node.registration.labels import in_words, place_in_words
from node.registration.models import Registration, State
from node.registration.privacy import keep_days
from node.registration.secret_links import new_form_token, secret_of_form
from shared.errors import Refusal
from shared.records.events import EventState
from shared.time import now
from shared.web import security
from shared.web.languages import language

SENT_MAX = "10 per minute; 60 per hour"  # a class in the computer room shares one address
LOOKED_MAX = "20 per minute"  # of links that lead nowhere; a secret has 128 bits, guessing is hopeless anyway
ANSWERS = {
    "annehmen": service.accept_offer,
    "ablehnen": service.decline_offer,
    "absagen": service.cancel_registration,
    "wieder": service.join_again,
}


def pages_of(app: Flask) -> Blueprint:
    """Return the pages; the limits need the app's own limiter."""
    limiter = app.extensions["stadtherz.limiter"]
    pages = Blueprint("sign_up", __name__, url_prefix="/haus")
    sent = limiter.limit(SENT_MAX)
    looked = limiter.limit(LOOKED_MAX, deduct_when=_leads_nowhere)
    link = "/anmeldung/<secret>"
    pages.add_url_rule("/programm/<event_id>/anmelden", view_func=form, methods=["GET"])
    pages.add_url_rule("/programm/<event_id>/anmelden", "send", sent(send), methods=["POST"])
    pages.add_url_rule(link, view_func=looked(state), methods=["GET"])
    pages.add_url_rule(f"{link}/nicht-kommen", view_func=looked(leave), methods=["GET"])
    pages.add_url_rule(f"{link}/personen", view_func=looked(change_group), methods=["POST"])
    pages.add_url_rule(f"{link}/<any({','.join(ANSWERS)}):answer>", "answer", looked(give_answer), methods=["POST"])
    pages.after_request(_keep_secret)
    return pages


def form(event_id: str) -> Any:
    """Show the form, or why there is none."""
    with reading() as session:
        event = _event(session, event_id)
        empty = SignUpForm(formdata=None)
        empty.form_token.data = new_form_token(event_id)
        return _form_page(session, event, empty)


def send(event_id: str) -> Any:
    """Register the group that the form names; the same form again leads to the same registration."""
    filled = SignUpForm()
    secret = secret_of_form(filled.form_token.data or "", event_id)
    with transaction() as session:
        event = _event(session, event_id)
        if secret is None:
            filled.form_token.data = new_form_token(event_id)
            filled.form_errors.append(_("This form was not from here. Please look at it again and send it."))
            return _form_page(session, event, filled), 422
        if not filled.validate():
            return _form_page(session, event, filled), 422
        try:
            service.take_registration(session, event_id, filled.entry(), hash_of(secret), now=now())
        except Refusal as refusal:
            filled.form_errors.append(in_words(refusal))
            return _form_page(session, event, filled), 409
    return redirect(url_for("sign_up.state", secret=secret), 303)


def state(secret: str) -> Any:
    """Show how a registration stands, and what can be done."""
    with reading() as session:
        return _state_page(session, _registration(session, secret), secret)


def leave(secret: str) -> Any:
    """Ask once more before a place is given up."""
    with reading() as session:
        registration = _registration(session, secret)
        event = programme.get_event(session, registration.event_id)
    return render_template("registration/leave.html", registration=registration, event=event, secret=secret)


def change_group(secret: str) -> Any:
    """Come with more or fewer."""
    with transaction() as session:
        registration = _registration(session, secret)
        counts = GroupForm()
        if not counts.validate():
            return _state_page(session, registration, secret, counts), 422
        try:
            service.change_group(session, registration.id, counts.adults.data, counts.children.data, now=now())
        except Refusal as refusal:
            counts.form_errors.append(in_words(refusal))
            return _state_page(session, registration, secret, counts), 409
    return redirect(url_for("sign_up.state", secret=secret), 303)


def give_answer(secret: str, answer: str) -> Any:
    """Accept or decline an offer, come not at all, or join the line again."""
    with transaction() as session:
        registration = _registration(session, secret)
        try:
            ANSWERS[answer](session, registration.id, now=now())
        except Refusal as refusal:
            return _state_page(session, registration, secret, said=in_words(refusal)), 409
    return redirect(url_for("sign_up.state", secret=secret), 303)


def _form_page(session: Session, event: Event, filled: SignUpForm) -> str:
    at = now()
    return render_template(
        "registration/sign_up.html",
        form=filled,
        event=event,
        title=programme.words_in(session, [event], language())[event.id].title,
        where=place_in_words(session, event),
        closed=service.why_closed(event, at),
        places=service.places_of(session, event),
        as_of_time=at,
        keep_days=keep_days(session),
    )


def _state_page(
    session: Session, registration: Registration, secret: str, counts: GroupForm | None = None, said: str = ""
) -> str:
    at = now()
    event = programme.get_event(session, registration.event_id)
    link = url_for("sign_up.state", secret=secret, _external=True)
    line = service.line_of(session, event.id)
    ahead = line[: line.index(registration)] if registration in line else []
    return render_template(
        "registration/state.html",
        registration=registration,
        event=event,
        title=programme.words_in(session, [event], language())[event.id].title,
        where=place_in_words(session, event),
        secret=secret,
        link=link,
        picture=segno.make(link, error="m").svg_data_uri(scale=4, border=2, light="white"),
        counts=counts or GroupForm(formdata=None, obj=registration),
        said=said,
        places=service.places_of(session, event),
        persons_ahead=sum(other.persons for other in ahead),
        gone=service.why_gone(event, at),
        may_join=registration.state in (State.DECLINED, State.CANCELLED, State.EXPIRED)
        and service.why_closed(event, at) is None,
        as_of_time=at,
    )


def _event(session: Session, event_id: str) -> Event:
    """Return an event that the public may see."""
    try:
        event = programme.get_event(session, event_id)
    except programme.EventUnknown:
        abort(404)
    return event if event.state != EventState.DRAFT else abort(404)


def _registration(session: Session, secret: str) -> Registration:
    return service.find_by_link(session, hash_of(secret)) or abort(404)


def _leads_nowhere(response: Response) -> bool:
    return response.status_code == 404


def _keep_secret(response: Response) -> Response:
    """Keep these pages out of caches and search engines: their address is a key."""
    if request.endpoint in ("sign_up.form", "sign_up.send"):
        return response
    return security.keep_address(response)
