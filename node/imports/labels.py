"""What the import says about problems, outcomes, reasons and changes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from node.imports.lists import ListKind
from node.imports.outcomes import Outcome

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
    "not_a_list": _l("This is not a list. Please save it as CSV; an Excel file (.xlsx) cannot be read."),
    "list_empty": _l("The file is empty."),
    "quotes_unclear": _l("A quotation mark is opened and not closed from here on."),
    "too_many_columns": _l("The first row has more than 100 columns."),
    "more_cells_than_columns": _l(
        "This row has more cells than there are column names; a text may need quotation marks."
    ),
    "column_missing": _l("This column is needed and missing (in brackets an example):"),
    "column_twice": _l("This column is there twice, or under two of its names:"),
    "cell_missing": _l("This has to be filled in:"),
    "cell_too_long": _l("This text is too long:"),
    "cell_no_number": _l("This is not a possible whole number:"),
    "cell_no_amount": _l("This is not an amount like 3,50 or “kostenlos”:"),
    "cell_no_day": _l("This is not a day like 23.11.2026 or 2026-11-23:"),
    "cell_no_time": _l("This is not a time like 18:30:"),
    "cell_no_weekday": _l("This is not a weekday like “Montag” or “Mo, Do”:"),
    "cell_no_weeks": _l("This is not a rhythm like “wöchentlich”, “14-tägig” or 4:"),
    "cell_no_yes": _l("Please write “ja” or “nein” here:"),
    "cell_no_address": _l("An address begins with https://:"),
    "cell_unknown_word": _l("This word is not known here; see the list of columns below:"),
}

LIMITS: Mapping[str, Any] = {
    "bytes": _l("The file is larger than 2 MB. Please export a shorter time or a part of the calendars."),
    "entries": _l("The file has more than 5,000 entries. Please export a shorter time."),
    "table_bytes": _l("The file is larger than 4 MB. Please import it in parts."),
    "rows": _l("The list has more than 10,000 rows. Please import it in parts."),
    "occurrences": _l("The file has more than 2,000 dates in the coming 12 months. Please import it in parts."),
}

OUTCOMES: Mapping[Outcome, Any] = {
    Outcome.CREATED: _l("new"),
    Outcome.UPDATED: _l("changed"),
    Outcome.CANCELLED: _l("called off"),
    Outcome.UNCHANGED: _l("stays as it is"),
    Outcome.SKIPPED: _l("not imported"),
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
    "row_twice": _l("The same as in line"),
    "room_unknown": _l("There is no such room; import the rooms first:"),
    "room_retired": _l("The room takes no new bookings."),
    "room_within_itself": _l("A room cannot be part of itself or of its own part."),
    "rooms_too_deep": _l("Parts of parts of parts: at most three levels are possible."),
    "whole_unknown": _l("The room it should be part of is not there:"),
    "parts_booked": _l("Coming bookings would share a part of it; please move them first."),
    "ends_before_start": _l("It ends before it begins."),
    "too_many_dates": _l("That would be too many dates; please give an earlier last date."),
    "no_dates": _l("There is no date between the first and the last day."),
    "dates_overlap": _l("Its dates would overlap each other."),
    "dates_taken": _l("Not booked because the room is taken:"),
    "dates_refused": _l("Not booked because a rule of the house is against it:"),
    "space_retired": _l("The space takes no new bookings: the date is entered without a space."),
    "space_closed": _l("The guest space is not free at that time: the date is entered without a space."),
    "ages_impossible": _l("The youngest age is above the oldest."),
    "places_taken": _l("More places are given away already than it would have."),
    "closes_late": _l("Registration would close after the event."),
}

CHANGES: Mapping[str, Any] = {
    "title": _l("title"),
    "slot": _l("time"),
    "place": _l("place"),
    "description": _l("description"),
    "space_id": _l("space"),
    "parent_id": _l("part of another room"),
    "skips": _l("holidays"),
    "registration_closes_at": _l("end of registration"),
}
LISTS: Mapping[ListKind, Any] = {
    ListKind.ROOMS: _l("Rooms"),
    ListKind.REGULARS: _l("Regular groups"),
    ListKind.EVENTS: _l("Events"),
}
ABOUT_LISTS: Mapping[ListKind, Any] = {
    ListKind.ROOMS: _l("The rooms of the house with their size and equipment; a hall and its halves too."),
    ListKind.REGULARS: _l("Who uses which room every week: weekday, times, group, contact. Each date is booked."),
    ListKind.EVENTS: _l("Dates of the programme, with their room booked along."),
}
KNOWN_BY: Mapping[ListKind, Any] = {
    ListKind.ROOMS: _l("A second import knows a row again by the column “Nr.”; without a number, by the room's name."),
    ListKind.REGULARS: _l(
        "A second import knows a row again by the column “Nr.”; without a number, by group, weekday and room."
    ),
    ListKind.EVENTS: _l(
        "A second import knows a row again by the column “Nr.”; without a number, by title, day and beginning."
    ),
}
