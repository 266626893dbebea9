"""How a repetition is asked for, in words that fit on a form: a mixin for the forms of bookings and events.

Rule: what is not said is as on the first date. A rule that these fields cannot say (of an
import, or of the interface for programs) is kept as it is by the choice "as before".
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import NumberRange, Optional, ValidationError

from node.series.models import SeriesColumns
from node.series.recurrence import DATES_MAX, Pattern, expand
from node.series.rule import Frequency, Rule, Weekday
from node.series.words import of_pattern
from shared.records.holidays import HolidayKind
from shared.web.forms import DateField, TagsField, options
from shared.web.vocabulary import WEEKDAYS

WEEKLY, MONTHLY_WEEKDAY, MONTHLY_DAY, MONTHLY_LAST = "weekly", "monthly_weekday", "monthly_day", "monthly_last"
DAILY, YEARLY, AS_BEFORE = "daily", "yearly", "as_before"
REPEATS: Mapping[str, Any] = {
    WEEKLY: _l("Every week"),
    MONTHLY_WEEKDAY: _l("Every month on the same weekday, for example every 2nd Tuesday"),
    MONTHLY_DAY: _l("Every month on the same date, for example on the 15th"),
    MONTHLY_LAST: _l("Every month on its last day"),
    DAILY: _l("Every day"),
    YEARLY: _l("Every year on the same date"),
}
POSITIONS: Mapping[str, Any] = {
    "": _l("as on the first date"),
    "1": _l("the first of the month"),
    "2": _l("the second of the month"),
    "3": _l("the third of the month"),
    "4": _l("the fourth of the month"),
    "5": _l("the fifth of the month, where there is one"),
    "-1": _l("the last of the month"),
}
SKIPS: Mapping[str, Any] = {
    HolidayKind.PUBLIC: _l("on public holidays"),
    HolidayKind.SCHOOL: _l("in the school holidays"),
    HolidayKind.HOUSE: _l("on special days and when the house is closed"),
}
USUALLY_LEFT_OUT = (HolidayKind.PUBLIC, HolidayKind.HOUSE)
INTERVAL_MAX = 12


class RepeatFields:
    """Mixed into a form that has the fields `day` and, for the end of a date, its own."""

    repeat = RadioField(_l("How often"), choices=lambda: options(REPEATS.items()), default=WEEKLY)
    interval = IntegerField(
        _l("Distance"),
        [Optional(), NumberRange(1, INTERVAL_MAX, _l("Please enter a number from 1 to 12."))],
        default=1,
        description=_l("1 is every week (day, month, year), 2 every second one."),
    )
    weekdays = TagsField(
        _l("On these weekdays"),
        choices=lambda: options((str(number), name) for number, name in enumerate(WEEKDAYS)),
        description=_l("For “every week” and “every day”. Choose none for the weekday of the first date."),
    )
    position = SelectField(
        _l("Which one of the month"),
        choices=lambda: options(POSITIONS.items()),
        default="",
        description=_l("For “on the same weekday” only."),
    )
    until = DateField(_l("Until"), description=_l("The last day counts."))
    count = IntegerField(
        _l("or so many dates"),
        [Optional(), NumberRange(1, DATES_MAX, _l("Please enter a number from 1 to %(max)s."))],
    )
    skips = TagsField(_l("Leave out"), choices=lambda: options(SKIPS.items()), default=USUALLY_LEFT_OUT)

    def validate_until(self, field: Any) -> None:
        """A series ends: by a day or by a number, not by both."""
        if bool(field.data) == bool(self.count.data) and not self.count.errors:
            raise ValidationError(_("Please say until when, or how many dates: one of the two."))
        first = self["day"].data  # type: ignore[index]
        if field.data and first and field.data < first:
            raise ValidationError(_("This is before the first date."))

    def rule(self, first: date, before: Rule | None = None) -> Rule:
        """Return the rule that was chosen; only after `validate()`. `before` is that of the series being edited."""
        end: dict[str, Any] = {"until": self.until.data, "count": self.count.data}
        if self.repeat.data == AS_BEFORE and before is not None:
            return replace(before, **end)
        said = {"interval": self.interval.data or 1, **end}
        weekdays = tuple(Weekday(int(number)) for number in self.weekdays.data or ())
        if self.repeat.data == WEEKLY:
            return Rule(frequency=Frequency.WEEKLY, weekdays=weekdays, **said)
        if self.repeat.data == DAILY:
            return Rule(frequency=Frequency.DAILY, weekdays=weekdays, **said)
        if self.repeat.data == MONTHLY_WEEKDAY:
            position = int(self.position.data) if self.position.data else (first.day + 6) // 7
            return Rule(frequency=Frequency.MONTHLY, weekdays=(Weekday(first.weekday(), position),), **said)
        if self.repeat.data == YEARLY:
            return Rule(frequency=Frequency.YEARLY, **said)
        month_days = (-1,) if self.repeat.data == MONTHLY_LAST else (first.day,)
        return Rule(frequency=Frequency.MONTHLY, month_days=month_days, **said)

    def kinds_left_out(self) -> tuple[str, ...]:
        """Return the kinds of holidays that were chosen."""
        chosen = tuple(self.skips.data or ())
        return (*chosen, HolidayKind.SPECIAL) if HolidayKind.HOUSE in chosen else chosen

    def keep_as_before(self, series: SeriesColumns) -> None:
        """Offer to keep the rule of a series that is edited, if these fields cannot say it."""
        if _said_as(series.pattern.rule, series.first_day) == AS_BEFORE:
            kept = replace(series.pattern.rule, until=None, count=1)
            words = of_pattern(replace(series.pattern, rule=kept)).partition(", ")[0]
            self.repeat.choices = options([(AS_BEFORE, _("As before: %(rule)s", rule=words)), *REPEATS.items()])


def next_day(pattern: Pattern, from_day: date) -> date:
    """Return the day of the first date from `from_day` on: what an edit shows as the first date.

    Every second week stays in step only if the edit begins on a date. A series that is over has none.
    """
    return next((each.day for each in expand(pattern) if each.slot is not None and each.day >= from_day), from_day)


def repeat_fields_of(pattern: Pattern, skips: tuple[str, ...], from_day: date) -> dict[str, Any]:
    """Return the values with which a form shows the repetition of a series that is edited from a day on.

    Of a number of dates it shows how many are left, or nothing if the series is over.
    """
    rule, first = pattern.rule, next_day(pattern, from_day)
    left = None
    if rule.count is not None:
        left = sum(each.slot is not None and each.day >= from_day for each in expand(pattern)) or None
    monthly = bool(rule.month_days) or any(each.position for each in rule.weekdays)
    weekdays = () if monthly else tuple(str(each.weekday) for each in rule.weekdays)
    return {
        "repeat": _said_as(rule, pattern.starts.date()),
        "interval": rule.interval,
        "weekdays": () if weekdays == (str(first.weekday()),) else weekdays,
        "position": str(rule.weekdays[0].position) if monthly and rule.weekdays else "",
        "until": rule.until if rule.until is None or rule.until >= from_day else None,
        "count": left,
        "skips": tuple(kind for kind in skips if kind in SKIPS),
    }


def _said_as(rule: Rule, first: date) -> str:
    """Return the choice that says `rule`; AS_BEFORE if none does."""
    plain = {Frequency.DAILY: DAILY, Frequency.WEEKLY: WEEKLY}
    if rule.frequency in plain:
        return plain[rule.frequency]
    if rule.frequency == Frequency.YEARLY:
        return YEARLY if (rule.months, rule.month_days) == ((first.month,), (first.day,)) else AS_BEFORE
    if rule.month_days == (-1,):
        return MONTHLY_LAST
    if rule.month_days == (first.day,):
        return MONTHLY_DAY
    if len(rule.weekdays) == 1 and str(rule.weekdays[0].position) in POSITIONS:
        return MONTHLY_WEEKDAY
    return AS_BEFORE
