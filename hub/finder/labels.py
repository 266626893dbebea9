"""The words of the finder: how well a space answers, in which way it is open, why it does not go."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hub.finder.answers import Answer, Verdict, Why
from hub.finder.openings import Manner
from hub.finder.weeks import State
from shared.web import zone
from shared.web.rooms import how_long

TONES: Mapping[str, str] = {
    Verdict.FREE: "success",
    Verdict.ASKED_FOR: "warning",
    Verdict.NEAR: "info",
    Verdict.FIRST_TIME: "info",
    Verdict.NEVER: "neutral",
}
MANNERS: Mapping[str, Any] = {
    Manner.BY_APPOINTMENT: _l("By appointment: somebody of the house comes if it is agreed."),
    Manner.SELF_MANAGED: _l(
        "Outside opening hours: the group opens and closes by itself, by agreement with the house."
    ),
    Manner.UNKNOWN: _l("The house has not told its opening hours: please ask whether somebody is there."),
}
REASONS: Mapping[str, Any] = {
    Why.OVER: _l("The wished time is over."),
    Why.NOTICE: _l("The wished time is too soon for this space."),
    Why.CLOSED: _l("Closed at the wished time."),
    Why.TAKEN: _l("Taken at the wished time."),
}
UNFIT: Mapping[str, Any] = {
    Why.TOO_SMALL: _l("Too small for so many people"),
    Why.LACKS: _l("Without the wished equipment"),
    Why.NOT_ACCESSIBLE: _l("Without the wished accessibility"),
    Why.TOO_LONG: _l("Only for shorter uses"),
    Why.NOT_BOOKABLE: _l("Not let at present"),
}
STATES: Mapping[str, Any] = {
    State.TAKEN: lazy_pgettext("space", "Taken"),
    State.ASKED_FOR: lazy_pgettext("space", "Asked for by others"),
    State.FREE: lazy_pgettext("space", "Free"),
    State.BY_APPOINTMENT: lazy_pgettext("space", "Free by appointment"),
    State.SELF_MANAGED: lazy_pgettext("space", "Free for groups that open by themselves"),
    State.UNKNOWN: lazy_pgettext("space", "Not taken; opening hours not known"),
}
FREE_STATES = (State.FREE, State.BY_APPOINTMENT, State.SELF_MANAGED, State.UNKNOWN)


def verdict_of(answer: Answer) -> str:
    """`Free`, `Free 30 minutes later`, `First time possible`."""
    if answer.verdict is Verdict.NEAR:
        time = how_long(abs(answer.shift_min))
        later = answer.shift_min > 0
        return str(_("Free %(time)s later", time=time) if later else _("Free %(time)s earlier", time=time))
    return str(_VERDICTS[answer.verdict])


def day_of(answer: Answer) -> str | None:
    """Return the local day of an answer, as addresses write it."""
    return answer.starts_at.astimezone(zone()).date().isoformat() if answer.starts_at else None


_VERDICTS: Mapping[str, Any] = {
    Verdict.FREE: lazy_pgettext("space", "Free"),
    Verdict.ASKED_FOR: _l("Probably taken: somebody has asked for it"),
    Verdict.FIRST_TIME: _l("First time possible"),
    Verdict.NEVER: _l("Not possible in the coming weeks"),
}
