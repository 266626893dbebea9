"""One event: as the public sees it, and what can be done with it.

Rule: what the public sees, a picture and other languages too, is changed by `PUBLISH` alone.
"""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.programme import series, service
from node.programme.event_forms import (
    RIGHT_TO_LEFT,
    TEXT_LANGUAGES,
    CancelForm,
    LanguagesForm,
    PictureForm,
    filled,
)
from node.programme.models import Event
from node.programme.refusals import in_words
from node.programme.search import Tab
from node.programme.views import event_to_write, known_event, pages
from node.spaces import service as spaces
from node.themes import service as themes
from shared.errors import Refusal
from shared.time import now
from shared.web.languages import language

PICTURE_SECONDS = 3600  # its address changes with the picture


@pages.get("/<event_id>")
@staff_required
def show(event_id: str) -> Any:
    """An event as the public sees it, and what can be done with it."""
    with reading() as session:
        return _event_page(session, known_event(session, event_id))


@pages.post("/<event_id>/veroeffentlichen")
@needs(Right.PUBLISH)
def publish(event_id: str) -> Any:
    """Let the public see a draft."""
    with transaction() as session:
        event = known_event(session, event_id)
        try:
            service.publish_event(session, event_id, now=now())
            flash(_("Published: “%(title)s” is in the programme now.", title=event.title), "success")
        except Refusal as refusal:
            flash(in_words(refusal), "warning")
    return redirect(url_for("programme.show", event_id=event_id))


@pages.post("/<event_id>/absagen")
@needs(Right.PUBLISH)
def cancel(event_id: str) -> Any:
    """Cancel a published event with a reason; its space is free again."""
    with transaction() as session:
        event = known_event(session, event_id)
        form = CancelForm()
        if not form.validate():
            return _event_page(session, event, cancelling=form), 422
        try:
            service.cancel_event(session, event_id, form.reason.data, now=now(), by=current_user.name)
            flash(_("Cancelled. The public sees it as cancelled, with the reason."), "success")
        except Refusal as refusal:
            flash(in_words(refusal), "warning")
    return redirect(url_for("programme.show", event_id=event_id))


@pages.post("/<event_id>/verwerfen")
@needs(Right.WRITE_PROGRAMME)
def discard(event_id: str) -> Any:
    """Delete a draft."""
    with transaction() as session:
        event = known_event(session, event_id)
        try:
            service.discard_draft(session, event_id, now=now(), by=current_user.name)
            flash(_("The draft “%(title)s” is deleted.", title=event.title), "success")
        except Refusal as refusal:
            flash(in_words(refusal), "warning")
    return redirect(url_for("programme.index", ansicht=Tab.DRAFTS))


@pages.get("/<event_id>/bild")
def picture(event_id: str) -> Any:
    """The picture of an event, for everyone who may see the event."""
    with reading() as session:
        event = known_event(session, event_id)
        image = service.find_image(session, event_id)
        if image is None or not (event.travels or may(Right.WRITE_PROGRAMME)):
            abort(404)
        response = Response(image.content, mimetype=image.media_type)
        public = event.travels
    response.add_etag()
    if public:
        response.cache_control.public = True
        response.cache_control.max_age = PICTURE_SECONDS
    else:
        response.cache_control.private = True
        response.cache_control.no_cache = True
    return response.make_conditional(request)


@pages.post("/<event_id>/bild")
@needs(Right.WRITE_PROGRAMME)
def keep_picture(event_id: str) -> Any:
    """Take a picture, other words for it, or the wish to have none."""
    with transaction() as session:
        event = event_to_write(session, event_id)
        form = PictureForm()
        if not form.validate():
            return _event_page(session, event, picturing=form), 422
        try:
            flash(_keep_picture(session, event, form), "success")
        except Refusal as refusal:
            form.picture.errors = [in_words(refusal)]
            return _event_page(session, event, picturing=form), 422
    return redirect(url_for("programme.show", event_id=event_id))


@pages.get("/<event_id>/sprachen")
@needs(Right.WRITE_PROGRAMME)
def languages(event_id: str) -> Any:
    """The words of an event in other languages."""
    with reading() as session:
        event = event_to_write(session, event_id)
        return _languages_page(event, LanguagesForm(data=filled(service.texts_of(session, event_id))))


@pages.post("/<event_id>/sprachen")
@needs(Right.WRITE_PROGRAMME)
def translate(event_id: str) -> Any:
    """Keep what was written in other languages."""
    with transaction() as session:
        event = event_to_write(session, event_id)
        form = LanguagesForm()
        if not form.validate():
            return _languages_page(event, form), 422
        try:
            service.translate_event(session, event_id, form.words(), now=now())
            flash(_("Changed."), "success")
        except Refusal as refusal:
            flash(in_words(refusal), "warning")
    return redirect(url_for("programme.show", event_id=event_id))


def _keep_picture(session: Session, event: Event, form: PictureForm) -> str:
    """Do what the form wants; return what was done in words."""
    chosen = form.picture.data
    if form.away.data:
        service.drop_image(session, event, now=now())
        return str(_("The picture is gone."))
    if chosen:
        content = chosen.read(service.IMAGE_BYTES_MAX + 1)
        service.keep_image(session, event, content, form.alt.data, now=now())
        return str(_("The picture is there."))
    service.describe_image(session, event, form.alt.data, now=now())
    return str(_("Changed."))


def _event_page(
    session: Session, event: Event, *, cancelling: CancelForm | None = None, picturing: PictureForm | None = None
) -> str:
    dates = service.events_of_series(session, event.series_id) if event.series_id else []
    names = {space.id: space.name for space in spaces.list_spaces(session)}
    return render_template(
        "programme/show.html",
        event=event,
        theme=themes.theme_labels(session, language()).get(event.theme, event.theme),
        space_name=names.get(event.space_id or "", ""),
        dates=[other for other in dates if other.id != event.id],
        series=series.find_series(session, event.series_id),
        spoken=[TEXT_LANGUAGES.get(code, code) for code in service.texts_of(session, event.id)],
        cancelling=cancelling or CancelForm(formdata=None),
        picturing=picturing or PictureForm(formdata=None, alt=event.image_alt),
        writable=may(Right.PUBLISH if event.travels else Right.WRITE_PROGRAMME) and event.state != "cancelled",
    )


def _languages_page(event: Event, form: LanguagesForm) -> str:
    return render_template(
        "programme/languages.html", event=event, form=form, names=TEXT_LANGUAGES, right_to_left=RIGHT_TO_LEFT
    )
