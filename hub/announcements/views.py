"""The desk of the announcements: staff write, change and take back what all houses show."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.announcements import queries, service
from hub.announcements.forms import AnnouncementForm
from hub.announcements.service import NoSuchAnnouncement, PeriodImpossible
from hub.core.accounts import staff_required
from hub.core.db import reading, transaction
from hub.core.rights import Right, needs
from shared.time import now
from shared.web import pagination, zone

pages = Blueprint("announcements", __name__, template_folder="templates", url_prefix="/mitteilungen")


@pages.get("")
@staff_required
def overview() -> str:
    """List all announcements, the newest first."""
    with reading() as session:
        number = pagination.wanted(request.args.get(pagination.ARGUMENT))
        page = pagination.of_query(session, queries.all_announcements(), number)
        return render_template("announcements/overview.html", page=page, at=now())


@pages.route("/neu", methods=["GET", "POST"])
@needs(Right.WRITE_FOR_CITY)
def add() -> str | Response:
    """Write an announcement."""
    form = AnnouncementForm()
    if request.method == "GET":
        local = now().astimezone(zone())
        form.begin(local.date(), local.time().replace(minute=local.minute // 15 * 15, second=0))
    elif form.validate():
        try:
            with transaction() as session:
                service.announce(session, form.entry)
        except PeriodImpossible:
            _say_period(form)
        else:
            flash(gettext("The announcement is on its way to all centres."), "success")
            return redirect(url_for("announcements.overview"))
    return render_template("announcements/form.html", form=form, announcement=None, at=now())


@pages.route("/<announcement_id>", methods=["GET", "POST"])
@needs(Right.WRITE_FOR_CITY)
def edit(announcement_id: str) -> str | Response:
    """Change an announcement."""
    form = AnnouncementForm()
    with reading() as session:
        announcement = _announcement(session, announcement_id)
    if request.method == "GET":
        form.show(announcement)
    elif form.validate():
        try:
            with transaction() as session:
                service.change_announcement(_announcement(session, announcement_id), form.entry)
        except PeriodImpossible:
            _say_period(form)
        else:
            flash(gettext("The announcement was changed."), "success")
            return redirect(url_for("announcements.overview"))
    return render_template("announcements/form.html", form=form, announcement=announcement, at=now())


@pages.post("/<announcement_id>/zuruecknehmen")
@needs(Right.WRITE_FOR_CITY)
def take_back(announcement_id: str) -> Response:
    """Let an announcement vanish from all houses."""
    with transaction() as session:
        service.take_back(session, _announcement(session, announcement_id), now())
    flash(
        gettext("The announcement was taken back. It vanishes from each centre as soon as it is connected."), "success"
    )
    return redirect(url_for("announcements.overview"))


def _announcement(session: Any, announcement_id: str) -> Any:
    try:
        return service.get_announcement(session, announcement_id)
    except NoSuchAnnouncement:
        abort(404)


def _say_period(form: AnnouncementForm) -> None:
    form.until_day.errors = [gettext("It would end before it begins. Please choose a later end.")]
