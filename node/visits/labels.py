"""What the counter calls kinds of visit, target groups, days, hours and sources."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from node.visits.days import Statement
from shared.records.visit_days import DayState, HourState
from shared.records.visits import VisitKind
from shared.web import vocabulary

KINDS: Mapping[str, Any] = {
    VisitKind.OPEN_MEETING: _l("Open meeting"),
    VisitKind.PROGRAMME: _l("Programme"),
    VisitKind.CONSULTATION: _l("Consultation"),
    VisitKind.EVENT: _l("Event"),
}

TARGET_GROUPS: Mapping[str, Any] = {"": _l("Not asked"), **vocabulary.TARGET_GROUPS}

STATEMENTS: Mapping[str, Any] = {
    Statement.COMPLETE: _l("Everything is counted; hours without a figure were 0"),
    Statement.NOT_COUNTED: _l("Not counted, or not all of it"),
    Statement.CLOSED: _l("The house was closed"),
}

DAY_STATES: Mapping[str, Any] = {
    DayState.COUNTED: lazy_pgettext("day", "counted"),
    DayState.NOT_COUNTED: lazy_pgettext("day", "not counted"),
    DayState.CLOSED: lazy_pgettext("day", "closed"),
}

HOUR_STATES: Mapping[str, Any] = {
    HourState.ZERO: "0",
    HourState.NOT_COUNTED: lazy_pgettext("day", "not counted"),
    HourState.CLOSED: lazy_pgettext("day", "closed"),
}

REFUSED: Mapping[str, Any] = {
    "not_a_tap": _l("This is not a count."),
    "bad_id": _l("The count has no valid number of its own."),
    "unknown_kind": _l("The house does not know this kind of visit."),
    "unknown_target_group": _l("The house does not know this target group."),
    "bad_step": _l("At once, 1 to 99 visitors can be counted."),
    "bad_time": _l("The time of the count cannot be read."),
    "in_the_future": _l("The clock of the device is ahead. Please set it right."),
    "too_old": _l("The count is older than three months. Please enter it by hand in the hour counts."),
}
