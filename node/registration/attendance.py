"""The list of an event's names: on paper with boxes to tick, on a phone with buttons; and who just came."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.programme import service as programme
from node.programme.models import Event
from node.registration import service
from node.registration.forms import HEADS_MAX, HeadcountForm
from node.registration.labels import in_words, place_in_words
from node.registration.models import GROUP_MAX, State
from node.registration.views import pages  # one blueprint: the navigation shows both as registrations
from shared.errors import Refusal
from shared.time import now

__all__ = ["pages"]


@pages.get("/termin/<event_id>/liste")
@needs(Right.REGISTER_PEOPLE)
def names(event_id: str) -> str:
    """Show the names of those who have a place, and of those who wait in case somebody stays away."""
    with reading() as session:
        event = _event(session, event_id)
        return _page(session, event, HeadcountForm(formdata=None, data=_counted(session, event)))


@pages.post("/<registration_id>/da")
@needs(Right.REGISTER_PEOPLE)
def tick(registration_id: str) -> Any:
    """Keep how many of a group are here; nothing is "not ticked"."""
    came = request.form.get("came", "")
    if came and not (came.isdecimal() and int(came) <= GROUP_MAX):
        abort(400)
    with transaction() as session:
        try:
            ticked = service.tick(session, registration_id, int(came) if came else None, now=now())
        except service.RegistrationUnknown:
            abort(404)
        except Refusal as refusal:
            flash(in_words(refusal), "warning")
            ticked = service.get_registration(session, registration_id)
        event_id = ticked.event_id
    return redirect(url_for("registration.names", event_id=event_id, _anchor=f"g-{registration_id}"))


@pages.post("/termin/<event_id>/dazu")
@needs(Right.REGISTER_PEOPLE)
def count_heads(event_id: str) -> Any:
    """Keep how many just came: the number typed, or one more or less by a button."""
    with transaction() as session:
        event = _event(session, event_id)
        counted = _counted(session, event)["headcount"]
        step = request.form.get("step", "")
        form = HeadcountForm()
        if step in ("1", "-1"):
            wanted: int | None = min(HEADS_MAX, max(0, (counted or 0) + int(step)))
        elif form.validate():
            wanted = form.headcount.data
        else:
            return _page(session, event, form), 422
        service.count_heads(session, event, wanted, now=now())
    return redirect(url_for("registration.names", event_id=event_id, _anchor="headcount-title"))


def _page(session: Session, event: Event, form: HeadcountForm) -> str:
    return render_template(
        "registration/attendance.html",
        event=event,
        where=place_in_words(session, event),
        present=service.registrations_of(session, event.id, (State.REGISTERED, State.OFFERED)),
        waiting=service.registrations_of(session, event.id, (State.WAITING,)),
        figures=service.find_figures(session, event.id),
        form=form,
        as_of_time=now(),
    )


def _counted(session: Session, event: Event) -> dict[str, int | None]:
    figures = service.find_figures(session, event.id)
    return {"headcount": figures.headcount if figures else None}


def _event(session: Session, event_id: str) -> Event:
    try:
        return programme.get_event(session, event_id)
    except programme.EventUnknown:
        abort(404)
