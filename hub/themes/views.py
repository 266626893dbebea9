"""The desk of the themes: staff add, rename, retire and bring back."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField

from hub.core.accounts import staff_required
from hub.core.db import reading, transaction
from hub.core.rights import Right, needs
from hub.themes import queries, service
from hub.themes.service import NoSuchTheme, ThemeNameTaken, ThemeNameUnusable
from shared.web.forms import Form, at_most, needed

pages = Blueprint("themes", __name__, template_folder="templates", url_prefix="/themen")
LABEL_LENGTH_MAX = 80


class ThemeForm(Form):
    """What a theme is called."""

    label_de = StringField(_l("Name in German"), [needed(), at_most(LABEL_LENGTH_MAX)])
    label_en = StringField(_l("Name in English"), [at_most(LABEL_LENGTH_MAX)])


@pages.get("")
@staff_required
def overview() -> str:
    """List all themes, retired ones last."""
    with reading() as session:
        return render_template("themes/overview.html", themes=queries.themes(session))


@pages.route("/neu", methods=["GET", "POST"])
@needs(Right.WRITE_FOR_CITY)
def add() -> str | Response:
    """Add a theme."""
    form = ThemeForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.add_theme(session, form.label_de.data, form.label_en.data or "")
        except (ThemeNameTaken, ThemeNameUnusable) as refusal:
            form.label_de.errors = [*form.label_de.errors, _in_words(refusal)]
        else:
            flash(gettext("The theme was added. The centres can choose it as soon as they are connected."), "success")
            return redirect(url_for("themes.overview"))
    return render_template("themes/form.html", form=form, theme=None)


@pages.route("/<theme_id>", methods=["GET", "POST"])
@needs(Right.WRITE_FOR_CITY)
def rename(theme_id: str) -> str | Response:
    """Change what a theme is called."""
    with reading() as session:
        theme = _theme(session, theme_id)
    form = ThemeForm(obj=theme)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                found = _theme(session, theme_id)
                service.rename_theme(session, found, form.label_de.data, form.label_en.data or "")
        except ThemeNameTaken as refusal:
            form.label_de.errors = [*form.label_de.errors, _in_words(refusal)]
        else:
            flash(gettext("The theme has its new name."), "success")
            return redirect(url_for("themes.overview"))
    return render_template("themes/form.html", form=form, theme=theme)


@pages.post("/<theme_id>/zurueckziehen")
@needs(Right.WRITE_FOR_CITY)
def retire(theme_id: str) -> Response:
    """Hide a theme in the houses' forms."""
    with transaction() as session:
        service.retire_theme(_theme(session, theme_id))
    flash(gettext("The theme was retired. Events that have it keep it."), "success")
    return redirect(url_for("themes.overview"))


@pages.post("/<theme_id>/zurueckholen")
@needs(Right.WRITE_FOR_CITY)
def bring_back(theme_id: str) -> Response:
    """Offer a retired theme again."""
    with transaction() as session:
        service.bring_back_theme(_theme(session, theme_id))
    flash(gettext("The theme can be chosen again."), "success")
    return redirect(url_for("themes.overview"))


def _theme(session: Any, theme_id: str) -> Any:
    try:
        return service.get_theme(session, theme_id)
    except NoSuchTheme:
        abort(404)


def _in_words(refusal: ThemeNameTaken | ThemeNameUnusable) -> str:
    if isinstance(refusal, ThemeNameTaken):
        taken: str = gettext(
            "There is a theme called “%(name)s” already. Choose another name, or bring back the retired one.",
            name=refusal.label,
        )
        return taken
    unusable: str = gettext("Please use at least one letter or digit.")
    return unusable
