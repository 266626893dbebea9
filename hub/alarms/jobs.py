"""Every minute: look for what is wrong. Every half minute: send what is due."""

from datetime import timedelta
from typing import cast

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, current_app

from hub.alarms import queries, service
from hub.alarms.channels import Channel, deliver
from hub.alarms.facts import gather
from hub.alarms.kinds import Kind
from hub.alarms.rounds import Round
from hub.core import jobs
from hub.core.db import database, reading, transaction
from shared.time import now
from shared.web.site import zone

LOOK_EVERY_S, SEND_EVERY_S = 60, 30
FIGURES_EVERY = timedelta(hours=1)  # houses report once a night
CHANNELS = "stadtherz.alarms.channels"
_FIGURES_AT = "stadtherz.alarms.figures_at"


def register(app: Flask) -> None:
    """Let `app` look and send by itself."""
    jobs.add(app, "alarms", IntervalTrigger(seconds=LOOK_EVERY_S), look)
    jobs.add(app, "alarm-letters", IntervalTrigger(seconds=SEND_EVERY_S), send)


def look() -> Round:
    """Go one round. What is slow to find out, who has reported no figures, is looked for once an hour."""
    at = now()
    last = current_app.extensions.get(_FIGURES_AT)
    with reading() as session:
        rules = service.rules(session)
        wanted = rules[Kind.STALE].active and (last is None or at - last >= FIGURES_EVERY)
        silent_from = max(1, rules[Kind.STALE].threshold) if wanted else None
        facts = gather(session, jobs.runs(current_app), at, zone(), silent_from=silent_from)
        quiet = service.quiet_hours(session)
    mail_at = service.due_after_quiet(quiet, at.astimezone(zone()))
    due = {name: mail_at if name == "mail" else at for name in channels()}
    with transaction() as session:
        done = service.look(session, facts, at, due)
        service.forget_old(session, at)
    if wanted:
        current_app.extensions[_FIGURES_AT] = at
    return done


def send() -> int:
    """Send what is due; return how many letters arrived."""
    if not channels():
        return 0
    with reading() as session:
        if not queries.is_post_due(session, channels(), now()):
            return 0  # an idle look takes no lock
    return deliver(database(), channels(), now)


def channels() -> dict[str, Channel]:
    """Return the ways out of the house that the settings open."""
    return cast("dict[str, Channel]", current_app.extensions[CHANNELS])
