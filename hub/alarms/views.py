"""The board of alarms: what is wrong now, what was, the rules, and whether messages arrive."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from hub.alarms import jobs, letters, queries, service, wording
from hub.alarms.forms import NoteForm, RulesForm
from hub.alarms.kinds import NATURES
from hub.alarms.models import Alarm
from hub.alarms.service import AlreadyClosed, UnknownAlarm
from hub.core.db import reading, transaction
from hub.core.rights import Right, needs
from hub.network import queries as network_queries
from shared.time import now
from shared.web import pagination

pages = Blueprint("alarms", __name__, template_folder="templates", url_prefix="/alarme")


@pages.app_context_processor
def board() -> dict[str, Any]:
    """Let other pages of the desk show what is wrong."""
    return {
        "alarm_words": wording,
        "open_alarms": _open_alarms,
        "open_alarm_count": _open_alarm_count,
        "alarms_about": _alarms_about,
    }


@pages.get("")
@needs(Right.SEE_NETWORK)
def overview() -> str:
    """What is wrong now, and what was wrong lately."""
    with reading() as session:
        return render_template(
            "alarms/overview.html",
            present=pagination.of_query(session, queries.open_alarms(), _page_number()),
            past=queries.latest_closed(session),
            names=network_queries.names(session),
            undelivered=queries.undelivered(session),
            channels=jobs.channels(),
            at=now(),
        )


@pages.get("/<alarm_id>")
@needs(Right.SEE_NETWORK)
def one(alarm_id: str) -> str:
    """One alarm: what is wrong, what to do, what was told of it, who looks after it."""
    with reading() as session:
        try:
            alarm = service.get_alarm(session, alarm_id)
        except UnknownAlarm:
            abort(404)
        names = network_queries.names(session)
        told = queries.letters_about(session, alarm_id)
    return render_template(
        "alarms/one.html", alarm=alarm, form=NoteForm(data={"note": alarm.note}), names=names, told=told
    )


@pages.post("/<alarm_id>/gesehen")
@needs(Right.RUN_NETWORK)
def acknowledge(alarm_id: str) -> Answer:
    """Somebody looks after it: it is told no more until it is over."""
    form = NoteForm()
    if not form.validate():
        flash(_("The note is too long."), "danger")
        return redirect(url_for(".one", alarm_id=alarm_id))
    try:
        with transaction() as session:
            service.acknowledge(session, alarm_id, current_user.name, form.note.data, now())
    except UnknownAlarm:
        abort(404)
    except AlreadyClosed:
        flash(_("It was over before."), "success")
    else:
        flash(_("Noted. You will not be reminded of it any more."), "success")
    return redirect(url_for(".one", alarm_id=alarm_id))


@pages.route("/regeln", methods=["GET", "POST"])
@needs(Right.RUN_NETWORK)
def rules() -> str | Answer:
    """What counts as wrong, and from when on."""
    form = RulesForm()
    if form.validate_on_submit():
        with transaction() as session:
            service.set_rules(session, form.rules)
            service.set_quiet_hours(session, form.quiet)
        flash(_("The rules hold from the next look on, in a minute at the latest."), "success")
        return redirect(url_for(".overview"))
    if request.method == "GET":
        with reading() as session:
            form.fill(service.rules(session), service.quiet_hours(session))
    return render_template("alarms/rules.html", form=form, natures=NATURES)


@pages.get("/zustellung")
@needs(Right.RUN_NETWORK)
def post() -> str:
    """Where alarms go, and whether they arrive there."""
    with reading() as session:
        told = pagination.of_query(session, queries.letters(), _page_number())
    return render_template("alarms/post.html", told=told, channels=jobs.channels())


@pages.post("/zustellung/test")
@needs(Right.RUN_NETWORK)
def test() -> Answer:
    """Send a test alarm by every channel, now."""
    with transaction() as session:
        written = letters.write_test(session, now(), jobs.channels())
    jobs.send()
    with reading() as session:
        arrived = queries.arrived(session, written)
    if not written:
        flash(_("There is nowhere to send to: the settings name neither a mail server nor a webhook."), "warning")
    elif arrived == len(written):
        flash(ngettext("The test alarm was sent.", "%(num)s test alarms were sent.", arrived), "success")
    else:
        flash(_("Not everything could be sent; the list says why. It is tried again by itself."), "danger")
    return redirect(url_for(".post"))


@pages.post("/zustellung/<letter_id>/erneut")
@needs(Right.RUN_NETWORK)
def send_again(letter_id: str) -> Answer:
    """Try a message again at once that did not arrive."""
    with transaction() as session:
        known = letters.try_again(session, letter_id, now())
    if not known:
        abort(404)
    jobs.send()
    return redirect(url_for(".post"))


def unseen() -> int:
    """Return how many alarms nobody has acknowledged."""
    with reading() as session:
        return queries.open_count(session, unseen=True)


def _open_alarms(limit: int) -> list[Alarm]:
    with reading() as session:
        return list(session.scalars(queries.open_alarms().limit(limit)))


def _open_alarm_count() -> int:
    with reading() as session:
        return queries.open_count(session)


def _alarms_about(subject: str) -> list[Alarm]:
    with reading() as session:
        return list(queries.about(session, subject))


def _page_number() -> int:
    return pagination.wanted(request.args.get(pagination.ARGUMENT))
