"""Words for alarms, on the page and in letters: what is wrong, how much of it, what to do."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext

from hub.alarms.judging import NO_BACKUP, NOT_CONNECTED
from hub.alarms.kinds import Kind
from hub.alarms.letters import Letter, Occasion
from hub.alarms.rounds import Closing
from hub.network import wording as network_wording
from shared.time import from_wire
from shared.web.filters import local_datetime

TITLES: Mapping[str, Any] = {
    Kind.OFFLINE: _l("No connection for too long"),
    Kind.DECISION: _l("Stands still until somebody decides"),
    Kind.DISAGREEMENT: _l("Connected, but not proven to be equal"),
    Kind.SET_ASIDE: _l("Records were set aside"),
    Kind.BACKLOG: _l("Too much is on its way"),
    Kind.STALE: _l("No figures although the house is open"),
    Kind.BACKUP: _l("No new backup of a house"),
    Kind.BROKER: _l("The city's server has no connection"),
    Kind.JOB: _l("Work of the city's server fails"),
}
TO_DO: Mapping[str, Any] = {
    Kind.OFFLINE: _l("Call the house: is its server switched on, does its internet work? Nothing is lost meanwhile."),
    Kind.DECISION: _l("Open the page of the centre; it says what is to be decided. Ask the house before you agree."),
    Kind.DISAGREEMENT: _l("It usually heals by itself with the next look. If not, look at the page of the centre."),
    Kind.SET_ASIDE: _l("Look at the reasons; most are gone after an upgrade, or when the house corrects the record."),
    Kind.BACKLOG: _l("A slow line, or a house that comes back after weeks. Look whether it becomes less."),
    Kind.STALE: _l("Ask the house whether it counts its visits, and whether its opening hours are right."),
    Kind.BACKUP: _l("Ask the house to open its page “Backups”: it says what is missing, and can make one at once."),
    Kind.BROKER: _l("Look whether the broker runs and whether the server's access to it is right. Nothing is lost."),
    Kind.JOB: _l("Look at the log of the city's server at the time of the last failure."),
}
OCCASIONS: Mapping[str, Any] = {
    Occasion.OPENED: lazy_pgettext("alarm", "New"),
    Occasion.REMINDER: lazy_pgettext("alarm", "Still"),
    Occasion.CLOSED: lazy_pgettext("alarm", "Over"),
}
CLOSINGS: Mapping[str, Any] = {
    Closing.OVER: _l("It is over; closed by itself."),
    Closing.RULE_OFF: _l("Closed because the rule was switched off."),
}
CHANNELS: Mapping[str, Any] = {"mail": _l("E-mail"), "webhook": _l("Webhook")}
_UNITS: Mapping[Kind, Callable[[int], str]] = {
    Kind.OFFLINE: lambda number: ngettext("%(num)s hour", "%(num)s hours", number),
    Kind.DISAGREEMENT: lambda number: ngettext("%(num)s hour", "%(num)s hours", number),
    Kind.SET_ASIDE: lambda number: ngettext("%(num)s record", "%(num)s records", number),
    Kind.BACKLOG: lambda number: ngettext("%(num)s record", "%(num)s records", number),
    Kind.STALE: lambda number: ngettext("%(num)s day", "%(num)s days", number),
    Kind.BACKUP: lambda number: ngettext("%(num)s day", "%(num)s days", number),
    Kind.BROKER: lambda number: ngettext("%(num)s minute", "%(num)s minutes", number),
    Kind.JOB: lambda number: ngettext("%(num)s time", "%(num)s times", number),
}
_SENTENCES: Mapping[Kind, Any] = {
    Kind.OFFLINE: _l("No connection for %(value)s (alarm from %(threshold)s)."),
    Kind.DISAGREEMENT: _l("Connected, but not compared and equal for %(value)s (alarm from %(threshold)s)."),
    Kind.SET_ASIDE: _l("%(value)s cannot be shown (alarm from %(threshold)s)."),
    Kind.BACKLOG: _l("%(value)s are on the way (alarm from %(threshold)s)."),
    Kind.STALE: _l("Open, but without figures on %(value)s (alarm from %(threshold)s)."),
    Kind.BACKUP: _l("No backup was received for %(value)s (alarm from %(threshold)s)."),
    Kind.BROKER: _l("No connection to the broker for %(value)s (alarm from %(threshold)s)."),
    Kind.JOB: _l("Failed %(value)s in a row (alarm from %(threshold)s)."),
}

_NEVER: Mapping[str, Any] = {
    NOT_CONNECTED: _l("It was never connected."),
    NO_BACKUP: _l("It has never left one here."),
}


def title(kind: str) -> str:
    """Return what a kind is called."""
    return str(TITLES[kind])


def measure(kind: str, number: int) -> str:
    """Return a number with the unit of the kind."""
    return _UNITS[Kind(kind)](number)


def sentence(alarm: Any) -> str:
    """Return what is wrong in a sentence, with figures as of the last look."""
    return _sentence(alarm.kind, alarm.value, alarm.threshold, alarm.reason)


def who(subject: str, name: str) -> str:
    """Return what an alarm is about: a centre by its name, a job by its own, the city's server."""
    return name or subject or str(_("the city's server"))


def subject(letter: Letter) -> str:
    """Return the subject of a mail: the first thing, and how many more."""
    first = letter.notices[0]
    number = len(letter.notices) + letter.more
    place = current_app.extensions["stadtherz.config"].city_name
    text = _("Test alarm") if first["occasion"] == Occasion.TEST else _headline(first)
    more = " " + ngettext("and one more", "and %(num)s more", number - 1) if number > 1 else ""
    return " ".join(f"[Stadtherz {place}] {text}{more}".split())


def body(letter: Letter) -> str:
    """Return the text of a mail."""
    lines = [paragraph for notice in letter.notices for paragraph in (line(notice), "")]
    if letter.more:
        lines += [ngettext("And one more.", "And %(num)s more.", letter.more), ""]
    site = current_app.extensions["stadtherz.config"].site_url.rstrip("/")
    if site:
        lines += [_("All alarms: %(address)s", address=f"{site}/alarme"), ""]
    lines.append(_("Sent by Stadtherz; who gets it stands in the settings of the city's server."))
    return "\n".join(lines) + "\n"


def line(notice: Mapping[str, Any]) -> str:
    """Return what a letter says of one alarm."""
    if notice["occasion"] == Occasion.TEST:
        return str(_("This is a test: alarms of the network arrive here. Nothing is wrong."))
    said = _sentence(notice["kind"], notice["value"], notice["threshold"], notice["reason"])
    since = _("Alarm since %(time)s.", time=local_datetime(from_wire(notice["opened_at"])))
    if notice["occasion"] == Occasion.CLOSED:
        return f"{_headline(notice)}. {since}"
    return f"{_headline(notice)}. {said} {since} {TO_DO[notice['kind']]}"


def _headline(notice: Mapping[str, Any]) -> str:
    occasion, name = OCCASIONS[notice["occasion"]], who(notice["subject"], notice["name"])
    return f"{occasion}: {name}: {title(notice['kind'])}"


def _sentence(kind: str, value: int, threshold: int, reason: str) -> str:
    if kind == Kind.DECISION:
        if reason == "unconfirmed":
            return str(ngettext("One record would be removed.", "%(num)s records would be removed.", value))
        return network_wording.reason(reason)
    text = str(_SENTENCES[Kind(kind)]) % {"value": measure(kind, value), "threshold": measure(kind, threshold)}
    if kind != Kind.JOB and reason in _NEVER:
        return f"{text} {_NEVER[reason]}"
    return f"{text} {reason}." if kind == Kind.JOB and reason else text
