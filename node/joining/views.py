"""The page of the house's own city: which one it is, a field for a code, and the way out. For whoever leads."""

from pathlib import Path
from typing import Any, cast

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from node.config import NodeConfig
from node.core.db import transaction
from node.core.rights import Right, needs
from node.joining import existing, leaving, renewal, service
from node.joining.forms import CityCodeForm, SureForm
from node.joining.refusals import JoinRefused, NoAnswer
from node.joining.wording import in_words
from shared.database import Database
from shared.errors import ConfigError
from shared.joining import JoinCode
from shared.signed_calls import CallRefused, HubUnreachable
from shared.time import now

pages = Blueprint("joining", __name__, template_folder="templates", url_prefix="/stadt")


@pages.get("")
@needs(Right.RUN_HOUSE)
def show() -> Any:
    """Say to which city this house belongs, and ask for a code."""
    return _page(CityCodeForm(formdata=None))


@pages.post("")
@needs(Right.RUN_HOUSE)
def join() -> Any:
    """Join, or fetch new credentials, with a code of the city; the running house notices within seconds."""
    form, file = CityCodeForm(), _settings_file()
    is_whole = form.validate()
    code = form.read() if not form.code.errors else None
    if not is_whole or code is None or file is None:
        return _page(form), 422
    try:
        name = _joined(file, code)
    except (NoAnswer, JoinRefused) as refusal:
        form.code.errors = [in_words(refusal)]
    except ConfigError as error:
        form.form_errors.append(str(error))
    else:
        flash(
            _("The city has taken the code. In a few seconds the connection of %(name)s stands.", name=name), "success"
        )
        return redirect(url_for(".show"))
    return _page(form), 422


@pages.route("/austreten", methods=["GET", "POST"])
@needs(Right.RUN_HOUSE)
def leave() -> str | Answer:
    """Leave the city; asked about first."""
    form = SureForm()
    if not form.validate_on_submit():
        return render_template("joining/leave.html", form=form, config=_config())
    try:
        leaving.leave(_config(), cast("Database", current_app.extensions["stadtherz.database"]), now(), tell=True)
    except (CallRefused, HubUnreachable, leaving.CannotTell, leaving.NoMember):
        flash(
            _("The city could not be told. Nothing was changed; please try again later, or call the city."), "warning"
        )
    else:
        flash(_("This house has left the network of the city. It works on by itself."), "success")
    return redirect(url_for(".show"))


def _joined(file: Path, code: JoinCode) -> str:
    welcome = existing.join(file, _config(), code)
    with transaction() as session:
        existing.go_on(session, _config(), welcome, now())
    return welcome.centre_name


def _page(form: CityCodeForm) -> str:
    config = _config()
    return render_template(
        "joining/city.html",
        form=form,
        config=config,
        letters=service.own_letters(config.data_folder),
        may_join=_settings_file() is not None,
    )


def _settings_file() -> Path | None:
    """Return the file of the settings; None in a process that does not watch what the city says."""
    return cast("Path | None", current_app.extensions.get(renewal.FILE))


def _config() -> NodeConfig:
    return cast("NodeConfig", current_app.extensions["stadtherz.config"])
