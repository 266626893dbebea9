"""What is typed about an event, and how it becomes an entry."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, Regexp, ValidationError

from node.bookings.service import chosen_instead
from node.programme.service import EventEntry
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.records.bookings import Slot
from shared.records.events import AGE_MAX, CAPACITY_MAX, COST_CENTS_MAX, SUMMARY_LENGTH_MAX
from shared.time import at_local
from shared.web.forms import DateField, FilterForm, Form, TagsField, TimeField15, at_most, needed
from shared.web.vocabulary import (
    ACCESSIBILITY,
    ATTENDANCE,
    EVENT_KINDS,
    LANGUAGES,
    REGISTRATION,
    TARGET_GROUPS,
    choices,
)

_EUROS = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?\s*(?:€|eur|euro)?", re.IGNORECASE)
_TEXTS = ("title", "summary", "description", "theme", "cost_note", "organiser", "partners", "place", "online_url")
_KEYS = ("kind", "attendance", "target_groups", "languages", "accessibility", "registration")
_NUMBERS = ("age_min", "age_max", "capacity")


def _whole(label: Any, least: int, most: int, description: Any = None) -> IntegerField:
    """Return a field for a whole number that may be left empty."""
    message = _l("Please enter a whole number from %(min)d to %(max)d, or leave it empty.")
    return IntegerField(label, [Optional(), NumberRange(least, most, message=message)], description=description)


class EventForm(Form):
    """`also`: the buttons that book something else instead, or publish at once."""

    also: ClassVar[Sequence[str]] = ("instead", "publish")

    title = StringField(_l("Title"), [needed(_l("Please give it a title.")), at_most(TITLE_LENGTH_MAX)])
    kind = SelectField(_l("Kind"), choices=choices(EVENT_KINDS), default="event")
    summary = StringField(_l("In one sentence"), [at_most(SUMMARY_LENGTH_MAX)])
    description = TextAreaField(_l("Description"), [at_most(TEXT_LENGTH_MAX)])
    day = DateField(_l("Day"), [needed(_l("Please choose a day."))])
    starts = TimeField15(_l("From"), [needed(_l("Please choose when it begins."))])
    ends = TimeField15(_l("Until"), [needed(_l("Please choose when it ends."))])
    ends_on = DateField(_l("Ends on another day"), [Optional()], description=_l("Leave empty if it ends the same day."))
    attendance = SelectField(_l("How to take part"), choices=choices(ATTENDANCE))
    space_id = SelectField(_l("Space"), description=_l("It is booked along with the event."))
    place = StringField(
        _l("Another place"), [at_most(TITLE_LENGTH_MAX)], description=_l("If it is not in a space of the house.")
    )
    online_url = StringField(
        _l("Address on the web"),
        [Optional(), at_most(500), Regexp("https?://", message=_l("Please begin with https://."))],
    )
    theme = SelectField(_l("Theme"))
    target_groups = TagsField(_l("For whom"), choices=choices(TARGET_GROUPS))
    age_min = _whole(_l("From age"), 0, AGE_MAX)
    age_max = _whole(_l("Up to age"), 0, AGE_MAX, _l("Leave both empty if it is for every age."))
    languages = TagsField(_l("Languages"), choices=choices(LANGUAGES))
    accessibility = TagsField(_l("Accessibility"), choices=choices(ACCESSIBILITY))
    cost = StringField(_l("Cost in euros"), description=_l("Leave empty if it is free. For example 3,50."))
    cost_note = StringField(
        _l("About the cost"), [at_most(TITLE_LENGTH_MAX)], description=_l("For example: donations welcome.")
    )
    organiser = StringField(
        _l("Organiser"), [at_most(TITLE_LENGTH_MAX)], description=_l("Leave empty if it is the house itself.")
    )
    partners = StringField(
        _l("Together with"),
        [at_most(500)],
        description=_l("Clubs, schools, offices: several with a comma between them."),
    )
    registration = SelectField(lazy_pgettext("event", "Registration"), choices=choices(REGISTRATION), default="none")
    capacity = _whole(_l("Places"), 1, CAPACITY_MAX, _l("Leave empty if as many as like can come."))
    closes_on = DateField(
        _l("Register until"), [Optional()], description=_l("Leave empty if people can register until it begins.")
    )
    closes_at = TimeField15(_l("At what time"), [Optional()], empty=_l("end of the day"))

    def validate_ends(self, field: Any) -> None:
        """The end has to come after the beginning; the message says how to go past midnight."""
        if self.day.data and self.starts.data and field.data and self._end() <= self._start():
            raise ValidationError(
                _("This is not after the beginning. If it ends the next day, enter that day beside it.")
            )

    def validate_cost(self, field: Any) -> None:
        if field.data and cents_of(field.data) is None:
            raise ValidationError(_("Please enter an amount in euros, for example 3,50."))

    def validate_age_max(self, field: Any) -> None:
        if field.data is not None and self.age_min.data is not None and field.data < self.age_min.data:
            raise ValidationError(_("This is below the youngest age."))

    def validate_closes_on(self, field: Any) -> None:
        if field.data and self.day.data and self.ends.data and field.data > self._end().date():
            raise ValidationError(_("This is after the event. Registration ends before it."))

    def take_instead(self, chosen: str | None) -> None:
        """Put the alternative that was clicked into the form that came with it."""
        for name, value in chosen_instead(chosen).items():
            self[name].data = value

    def entry(self, zone: ZoneInfo) -> EventEntry:
        """Return what was typed; only after `validate()`."""
        start, end = self._start(), self._end()
        said: dict[str, Any] = {name: self[name].data or "" for name in _TEXTS}
        said |= {name: self[name].data for name in (*_KEYS, *_NUMBERS)}
        slot = Slot(at_local(start.date(), start.time(), zone), at_local(end.date(), end.time(), zone))
        return EventEntry(
            **said,
            slot=slot,
            cost_cents=self._cents(),
            registration_closes_at=self._closing(slot, zone),
            space_id=self.space_id.data or None,
        )

    def _cents(self) -> int | None:
        """No amount is free, unless the note alone says what it costs."""
        if self.cost.data:
            return cents_of(self.cost.data)
        return None if self.cost_note.data else 0

    def _closing(self, slot: Slot, zone: ZoneInfo) -> datetime | None:
        """A day without a time counts as a whole; nobody registers for what has begun."""
        if not self.closes_on.data:
            return None
        if self.closes_at.data:
            closes_at = at_local(self.closes_on.data, self.closes_at.data, zone)
        else:
            closes_at = at_local(self.closes_on.data + timedelta(days=1), time(), zone)
        return min(closes_at, slot.starts_at)

    def _start(self) -> datetime:
        return _wall(self.day.data, self.starts.data)

    def _end(self) -> datetime:
        return _wall(self.ends_on.data or self.day.data, self.ends.data)


class NewEventForm(EventForm):
    """`origin` is the event it is a copy of: its picture and its other languages come along."""

    origin = HiddenField(validators=[at_most(40)])


class SearchForm(FilterForm):
    wort = StringField(_l("Search"), [at_most(100)])


def cents_of(typed: str) -> int | None:
    """Return the cents of `3`, `3,5`, `3.50` or `3,50 €`; None if it is no possible amount."""
    found = _EUROS.fullmatch(typed.strip())
    if found is None:
        return None
    cents = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
    return cents if cents <= COST_CENTS_MAX else None


def _wall(day: Any, wall: Any) -> datetime:
    """Return a wall time; its zone comes with `entry`."""
    return datetime.combine(day, wall)


def fields_of(entry: EventEntry, zone: ZoneInfo) -> dict[str, Any]:
    """Return the values with which a form shows `entry`."""
    starts, ends = (instant.astimezone(zone) for instant in entry.slot)
    cost = f"{entry.cost_cents // 100},{entry.cost_cents % 100:02}" if entry.cost_cents else ""
    closes_on, closes_at = _closing_fields(entry.registration_closes_at, zone)
    return {name: getattr(entry, name) for name in (*_TEXTS, *_KEYS, *_NUMBERS)} | {
        "closes_on": closes_on,
        "closes_at": closes_at,
        "cost": cost,
        "space_id": entry.space_id or "",
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "ends_on": ends.date() if ends.date() != starts.date() else None,
    }


def _closing_fields(closes_at: datetime | None, zone: ZoneInfo) -> tuple[date | None, time | None]:
    """Midnight is the end of the day before."""
    if closes_at is None:
        return None, None
    local = closes_at.astimezone(zone)
    return (local.date() - timedelta(days=1), None) if local.time() == time() else (local.date(), local.time())


def date_of(text: str | None) -> date | None:
    """Return the date of an address; nonsense is no date."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
