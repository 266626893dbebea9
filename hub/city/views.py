"""The page of the city's districts and quarters: their shapes are sent, looked at, taken, and removed."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.city import geojson, queries, shapes
from hub.city.drawing import Drawing, DrawnArea, draw
from hub.city.forms import FileForm, ReviewForm, choices, suggested
from hub.city.geojson import BadFile
from hub.city.geometry import point_inside
from hub.city.matching import Level
from hub.city.shapes import DraftUnknown, PlaceUnknown, TwoForOne
from hub.city.wording import in_words
from hub.core.db import reading, transaction
from hub.core.rights import Right, needs, roles_with
from shared.time import now

pages = Blueprint(
    "city",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
    url_prefix="/stadtgebiet",
)


@pages.get("")
@needs(Right.READ_REPORTS)
def overview() -> str:
    """List districts and quarters, which have a shape, and the form to send shapes."""
    return _overview(FileForm(formdata=None))


@pages.post("/datei")
@needs(Right.SET_STANDARDS)
def send() -> Any:
    """Read a file; what was recognised is looked at on the next page."""
    form = FileForm()
    if form.validate():
        try:
            with transaction() as session:
                draft = shapes.send(
                    session,
                    form.file.data.read(geojson.FILE_BYTES_MAX + 1),
                    form.file.data.filename or "",
                    now(),
                    source=form.source.data or "",
                    is_schematic=form.is_schematic.data,
                )
        except BadFile as refusal:
            form.file.errors = in_words(refusal)
        else:
            return redirect(url_for("city.review", draft_id=draft.id))
    return _overview(form), 422


@pages.route("/datei/<draft_id>", methods=["GET", "POST"])
@needs(Right.SET_STANDARDS)
def review(draft_id: str) -> Any:
    """Show what was recognised; take it when somebody has said which area is what."""
    with reading() as session:
        try:
            draft = shapes.get_draft(session, draft_id)
        except DraftUnknown:
            return _gone()
        areas = shapes.areas_of(draft)
        sure = shapes.recognised(areas)
        offered = choices(queries.listed_districts(session), queries.listed_quarters(session))
    if request.method == "POST" and not ReviewForm.is_about(len(areas), request.form):
        abort(400)
    form = ReviewForm.of(suggested(areas, sure))
    for field in form.areas:
        field.choices = offered
    if request.method == "POST" and form.validate():
        try:
            with transaction() as session:
                number = shapes.take(session, shapes.get_draft(session, draft_id), form.chosen(), now())
        except TwoForOne as refusal:
            form.form_errors.append(
                _("“%(name)s” was chosen for two areas. Please leave one of them out.", name=refusal.name)
            )
        except PlaceUnknown as refusal:
            form.form_errors.append(_("The city has no “%(name)s” any more.", name=refusal.name))
        except DraftUnknown:
            return _gone()
        else:
            flash(ngettext("%(num)d shape is on the map now.", "%(num)d shapes are on the map now.", number), "success")
            return redirect(url_for("city.overview"))
    page = render_template(
        "city/review.html", form=form, draft=draft, areas=areas, sure=sure, offered=offered, picture=_picture(areas)
    )
    return page, 422 if form.errors else 200


@pages.post("/datei/<draft_id>/verwerfen")
@needs(Right.SET_STANDARDS)
def give_up(draft_id: str) -> Response:
    """Forget a file that was not taken."""
    with transaction() as session:
        try:
            shapes.give_up(session, shapes.get_draft(session, draft_id))
        except DraftUnknown:
            return _gone()
    flash(_("The file is forgotten. The map is as it was."), "success")
    return redirect(url_for("city.overview"))


@pages.post("/entfernen/<any(district, quarter):level>")
@needs(Right.SET_STANDARDS)
def remove(level: str) -> Response:
    """Take the shapes of all districts or all quarters off the map."""
    with transaction() as session:
        number = shapes.remove(session, Level(level))
    flash(ngettext("%(num)d shape was removed.", "%(num)d shapes were removed.", number), "success")
    return redirect(url_for("city.overview"))


def _overview(form: FileForm) -> str:
    with reading() as session:
        return render_template(
            "city/overview.html",
            form=form,
            districts=queries.listed_districts(session),
            quarters=queries.listed_quarters(session),
            shaped=queries.shaped(session),
            sources=_sources(session),
            levels=Level,
            may_write=roles_with(Right.SET_STANDARDS),
        )


def _sources(session: Session) -> list[tuple[str, bool, Any]]:
    """Return whose the shapes on the map are, and since when they are there; each once."""
    found = (shape for level in Level for shape in queries.shapes(session, level))
    return list(dict.fromkeys((shape.source, shape.is_schematic, shape.taken_at) for shape in found))


def _picture(areas: list[shapes.Area]) -> Any:
    drawn = [
        DrawnArea(
            area.name or str(number),
            area.outline,
            point_inside(area.outline),
            f"#areas-{number}",
            area.name or str(number),
            "full" if area.is_sure else "some" if area.known else "none",
        )
        for number, area in enumerate(areas)
    ]
    text = _("What was recognised in the file; each area leads to its row in the table below.")
    return draw(Drawing("draft", _("Areas of the file"), text, drawn))


def _gone() -> Response:
    flash(_("This file is not waiting any more: it was taken, given up, or is older than a day."), "warning")
    return redirect(url_for("city.overview"))
