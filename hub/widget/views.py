"""The page on which somebody puts together a frame for their own site."""

from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import IntegerField, SelectField

from hub.calendar.filters import ARGUMENTS, to_arguments
from hub.calendar.forms import CalendarForm
from hub.calendar.showing import title_of
from hub.centres import queries as centre_queries
from hub.city import queries as city_queries
from hub.core.db import reading
from hub.themes import queries as theme_queries
from hub.widget.wish import COLOURS, NUMBER, NUMBER_MAX, from_address
from shared.web.forms import options
from shared.web.languages import LANGUAGES, language
from shared.web.security import POLICY

pages = Blueprint(
    "widget", __name__, template_folder="templates", static_folder="static", static_url_path="/einbetten/static"
)
WITH_PREVIEW = f"{POLICY}; frame-src 'self'"


class FrameForm(CalendarForm):
    """The filters of the calendar, and how the frame looks. Its fields are named as in the frame's address."""

    anzahl = IntegerField(_l("Number of dates"), default=NUMBER)
    farben = SelectField(
        _l("Colours"),
        default=COLOURS[0],
        choices=options(zip(COLOURS, (_l("light"), _l("dark"), _l("as set on the visitor's device")), strict=True)),
    )


# `in` is a word of Python, so this field cannot be written as a class attribute.
setattr(FrameForm, "in", SelectField(_l("Language of the frame"), choices=options(LANGUAGES.items()), default="de"))


@pages.get("/einbetten")
def arrange() -> Any:
    """Show the filters, a preview and the code to copy."""
    with reading() as session:
        form = _form(session)
        wish = from_address(request.args)
        title = title_of(session, wish.filters)
    arguments = to_arguments(wish.filters)
    page = render_template(
        "widget/arrange.html",
        form=form,
        filters=set(ARGUMENTS.values()),
        wish=wish,
        title=title,
        number_max=NUMBER_MAX,
        list_address=url_for("calendar.agenda", _external=True, **arguments),
        feed_address=url_for("calendar_feeds.feed", _external=True, **arguments),
        frame_title=gettext("Dates: %(title)s", title=title),
    )
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = WITH_PREVIEW
    return answer


def _form(session: Session) -> FrameForm:
    form = FrameForm()
    form.offer(
        city_queries.districts(session), centre_queries.names(session), theme_queries.labels(session, language())
    )
    form.validate()
    return form
