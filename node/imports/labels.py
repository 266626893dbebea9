"""What the import says about problems, outcomes, reasons and changes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from node.imports.service import Outcome

PROBLEMS: Mapping[str, Any] = {
    "not_a_calendar": _l("This is not a calendar file. It should begin with BEGIN:VCALENDAR."),
    "unreadable_line": _l("This line cannot be read; a calendar line looks like NAME:value."),
    "unexpected_end": _l("Something ends here that had not begun."),
    "never_ends": _l("What begins here never ends; the file may be cut off."),
    "unreadable_value": _l("This value cannot be read."),
    "unreadable_series": _l("The rule of this repetition cannot be read."),
    "no_uid": _l("The entry has no UID (or one that is too long). Without it a second import could not find it again."),
    "no_start": _l("The entry has no start (DTSTART)."),
    "given_twice": _l("This is given twice in one entry."),
    "ends_before_start": _l("The entry ends before it begins."),
    "ends_unlike_start": _l("Start and end do not fit together: one is a day, the other a time."),
    "starts_too_early": _l("The entry begins before 1970; that is probably a typing error."),
    "too_often": _l("The entry repeats more often than hourly; that is not a date of a house."),
}

LIMITS: Mapping[str, Any] = {
    "bytes": _l("The file is larger than 2 MB. Please export a shorter time or a part of the calendars."),
    "entries": _l("The file has more than 5,000 entries. Please export a shorter time."),
    "occurrences": _l("The file has more than 2,000 dates in the coming 12 months. Please import it in parts."),
}

OUTCOMES: Mapping[Outcome, Any] = {
    Outcome.CREATED: _l("new"),
    Outcome.UPDATED: _l("changed"),
    Outcome.CANCELLED: _l("called off"),
    Outcome.UNCHANGED: _l("stays as it is"),
    Outcome.SKIPPED: _l("left out"),
}
OUTCOME_TONES: Mapping[Outcome, str] = {
    Outcome.CREATED: "success",
    Outcome.UPDATED: "info",
    Outcome.CANCELLED: "warning",
    Outcome.UNCHANGED: "neutral",
    Outcome.SKIPPED: "neutral",
}

REASONS: Mapping[str, Any] = {
    "space_taken": _l("The space is taken at that time: the date is entered without a space."),
    "private": _l("Marked as private in the calendar."),
    "too_long": _l("Longer than 31 days."),
    "cancelled_there": _l("Called off in the calendar already."),
    "cancelled_here": _l("The house has called it off; the calendar does not bring it back."),
    "older": _l("The file is older than what was imported before."),
    "gone": _l("The calendar does not have this date any more."),
    "no_end": _l("No end given: one hour assumed."),
    "unknown_zone": _l("Unknown time zone: read as time of this house."),
}

CHANGES: Mapping[str, Any] = {
    "title": _l("title"),
    "slot": _l("time"),
    "place": _l("place"),
    "description": _l("description"),
    "space_id": _l("space"),
}
