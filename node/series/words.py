"""A rule in words, as somebody would say it at the counter: "jeden 2. Dienstag im Monat, 18:00–20:00"."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from babel.dates import format_skeleton, get_month_names
from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from node.series.models import REFUSED, TAKEN, SeriesColumns
from node.series.recurrence import Pattern, Reason, Shift
from node.series.rule import Frequency, Rule, Weekday
from shared.records.holidays import HolidayKind
from shared.web.filters import local_date, local_time, month
from shared.web.vocabulary import WEEKDAYS

PLACED: Mapping[int, Any] = {
    0: _l("%(day)s"),
    1: _l("1st %(day)s"),
    2: _l("2nd %(day)s"),
    3: _l("3rd %(day)s"),
    4: _l("4th %(day)s"),
    5: _l("5th %(day)s"),
    -1: _l("last %(day)s"),
    -2: _l("second to last %(day)s"),
    -3: _l("third to last %(day)s"),
    -4: _l("fourth to last %(day)s"),
    -5: _l("fifth to last %(day)s"),
}
WORKING_DAYS = tuple(range(5))
SKIPS: Mapping[str, Any] = {
    HolidayKind.PUBLIC: _l("not on public holidays"),
    HolidayKind.SCHOOL: _l("not in the school holidays"),
    HolidayKind.HOUSE: _l("not on special days or when the house is closed"),
}
REASONS: Mapping[str, Any] = {
    Reason.PUBLIC_HOLIDAY: _l("Public holiday: %(name)s"),
    Reason.SCHOOL_HOLIDAYS: _l("School holidays: %(name)s"),
    Reason.SPECIAL_DAY: _l("Special day: %(name)s"),
    Reason.NO_SUCH_DAY: _l("%(month)s does not have this day."),
    Reason.NO_SUCH_WEEKDAY: _l("%(month)s does not have so many of this weekday."),
    Reason.LEFT_OUT: _l("Left out by wish."),
    TAKEN: _l("The space is taken."),
    REFUSED: _l("A rule of the house is against it."),
}


def in_words(series: SeriesColumns) -> str:
    """Return everything that a series says of its dates."""
    return of_pattern(series.pattern, series.skips)


def of_pattern(pattern: Pattern, skips: Collection[str] = ()) -> str:
    """Return rule, times, end and what is left out."""
    rule = pattern.settled().rule
    parts = [_every(rule, pattern.starts.date()), _times(pattern)]
    if rule.until:
        parts.append(_("until %(day)s", day=local_date(rule.until)))
    elif rule.count:
        parts.append(str(ngettext("%(num)s date", "%(num)s dates", rule.count)))
    return ", ".join([*parts, *(str(word) for kind, word in SKIPS.items() if kind in skips)])


def of_reason(reason: str, day: date, name: str = "") -> str:
    """Return why a date of a rule does not take place; a reason of a later version is shown as it is."""
    if reason == Reason.SPECIAL_DAY and not name:
        return str(_("The house is closed."))
    said = REASONS.get(reason)
    return str(said) % {"name": name, "month": month(day)} if said else reason


def of_shift(shift: Shift) -> str:
    """Return what the change of the clocks does to a date."""
    if shift == Shift.GAP:
        return str(_("The clocks go forward that night: this time does not exist and moves on."))
    return str(_("The clocks go back that night: this time comes twice, the first one is meant."))


def _every(rule: Rule, first: date) -> str:
    if rule.frequency in (Frequency.DAILY, Frequency.WEEKLY):
        return _days(rule)
    if rule.frequency == Frequency.MONTHLY:
        if rule.interval == 1 and rule.weekdays:
            return str(_("every %(what)s of the month", what=_list(_placed(each) for each in rule.weekdays)))
        head = ngettext("every month", "every %(num)s months", rule.interval)
        return f"{head} {_list(_in_month(rule))}"
    head = ngettext("every year", "every %(num)s years", rule.interval)
    return f"{head} {_list(_in_year(rule))}"


def _days(rule: Rule) -> str:
    weekdays = tuple(sorted({each.weekday for each in rule.weekdays}))
    names = _list(str(WEEKDAYS[weekday]) for weekday in weekdays)
    if rule.frequency == Frequency.DAILY and (rule.interval > 1 or not weekdays):
        head = str(ngettext("every day", "every %(num)s days", rule.interval))
        return str(_("%(every)s, only on %(days)s", every=head, days=names)) if weekdays else head
    if rule.interval == 1:
        if weekdays == WORKING_DAYS:
            return str(_("every day from Monday to Friday"))
        return str(_("every %(days)s", days=names))
    weeks = ngettext("every week", "every %(num)s weeks", rule.interval)
    return str(_("%(every)s on %(days)s", every=weeks, days=names))


def _placed(each: Weekday) -> str:
    return str(PLACED[each.position]) % {"day": WEEKDAYS[each.weekday]}


def _in_month(rule: Rule) -> Iterable[str]:
    for each in rule.weekdays:
        yield str(_("on the %(what)s", what=_placed(each)))
    for day in rule.month_days:
        if day == -1:
            yield str(_("on the last day of the month"))
        elif day < 0:
            yield str(_("on day %(day)s from the end of the month", day=-day))
        else:
            yield str(_("on day %(day)s of the month", day=day))


def _in_year(rule: Rule) -> Iterable[str]:
    names = get_month_names("wide", locale=str(get_locale() or "de"))
    for number in rule.months:
        for each in rule.weekdays:
            yield str(_("on the %(what)s of %(month)s", what=_placed(each), month=names[number]))
        for day in rule.month_days:
            if day > 0:  # 2000 has a 29 February
                shown = format_skeleton("MMMMd", date(2000, number, day), locale=str(get_locale() or "de"))
                yield str(_("on %(day)s", day=shown))
            else:
                yield str(_("on day %(day)s from the end of %(month)s", day=-day, month=names[number]))


def _times(pattern: Pattern) -> str:
    starts, ends = pattern.starts, pattern.ends
    nights = (ends.date() - starts.date()).days
    begins, over = local_time(starts.time()), local_time(ends.time())
    if nights == 0:
        return f"{begins}–{over}"
    if nights == 1 and ends - starts < timedelta(days=1):
        return f"{begins}–{over}"
    days = ngettext("%(num)s day later", "%(num)s days later", nights)
    return str(_("%(begins)s until %(ends)s %(days)s", begins=begins, ends=over, days=days))


def _list(parts: Iterable[str]) -> str:
    return str(format_list(list(parts), locale=str(get_locale() or "de")))
