"""How the dates of a series are told on a page: each with its state in words and what can be chosen.

For series of bookings and of events alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from node.bookings.labels import KINDS
from node.bookings.refusals import in_words
from node.bookings.series_outlook import Outlook
from node.series.keeping import Line
from node.series.models import REFUSED, TAKEN
from node.series.recurrence import Reason
from node.series.steps import Action, Place, Step, Wish
from node.series.words import of_reason, of_shift
from shared.records.bookings import Slot
from shared.web.filters import local_date, local_time, short_date

BROKEN: Mapping[str, Any] = {
    "NoticeTooShort": _l("The space has to be booked earlier."),
    "BookingTooLong": _l("The space is not given away for so long."),
    "OutsideSpaceHours": _l("The space belongs to another building and is not free then."),
    "StockExceeded": _l("Too little of the equipment is free then."),
    "QuotaSpent": _l("The hours that the group may use are spent."),
}


@dataclass(frozen=True)
class Row:
    """One date: when, its state (`word`, `tone`), more about it, and the choices there are (value, label)."""

    day: date
    slot: Slot | None
    word: str
    tone: str
    details: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    in_doubt: bool = False  # somebody should look at it
    chosen: str = ""

    @property
    def plain(self) -> bool:
        """Whether all that can be chosen is to leave the date out: one box to tick."""
        return not self.in_doubt and len(self.choices) == 2 and self.choices[1][0] == Wish.LEAVE_OUT


@dataclass(frozen=True)
class Shown:
    """One date of a series that is written, for its page; `is_missing` can be made up for."""

    line: Line
    word: str
    tone: str
    detail: str = ""
    is_missing: bool = False
    is_coming: bool = False


def rows_of(
    steps: Iterable[Step],
    outlooks: Mapping[date, Outlook],
    names: Mapping[str, str],
    chosen: Mapping[str, str] | None = None,
) -> list[Row]:
    """Return the rows of a preview. `names` are those of the spaces, `chosen` what a person chose (day -> value)."""
    rows = [_row(step, outlooks.get(step.day, Outlook()), names) for step in steps]
    return [replace(row, chosen=(chosen or {}).get(row.day.isoformat(), "")) for row in rows]


def shown_of(lines: Iterable[Line], now: datetime) -> list[Shown]:
    """Return the dates of a series' page."""
    return [_shown(line, now) for line in lines]


def _row(step: Step, outlook: Outlook, names: Mapping[str, str]) -> Row:
    kinds = {
        Action.MAKE: _made,
        Action.LEAVE: _left,
        Action.MOVE: _moved,
        Action.KEEP: _kept,
        Action.CANCEL: _cancelled,
    }
    return kinds[step.action](step, outlook, names)


def _made(step: Step, outlook: Outlook, names: Mapping[str, str]) -> Row:
    leave = (Wish.LEAVE_OUT.value, _("leave out"))
    slot = step.place.slot if step.place else None
    if outlook.free:
        return Row(step.day, slot, _("free"), "success", _shift(step), (("", _("book")), leave))
    choices = (("", _("note it as missing, try again later")), *_instead(outlook), leave)
    return Row(step.day, slot, *_trouble(outlook), (*_why(outlook), *_shift(step)), choices, in_doubt=True)


def _left(step: Step, outlook: Outlook, names: Mapping[str, str]) -> Row:
    assert step.occurrence is not None
    slot = step.occurrence.instead
    missing = step.reason in (Reason.NO_SUCH_DAY, Reason.NO_SUCH_WEEKDAY)
    anyway = _("instead on %(day)s", day=short_date(step.day)) if missing else _("book it all the same")
    offers = ((Wish.ANYWAY.value, anyway),) if outlook.free else _instead(outlook)
    why = of_reason(step.reason or Reason.LEFT_OUT, step.day, step.occurrence.name)
    choices = (("", _("leave out")), *offers)
    return Row(step.day, None if missing else slot, _("left out"), "neutral", (why,), choices)


def _moved(step: Step, outlook: Outlook, names: Mapping[str, str]) -> Row:
    assert step.written is not None
    assert step.place is not None
    same = step.written.place == step.place
    cancel = (Wish.LEAVE_OUT.value, _("cancel this date"))
    keep = (Wish.KEEP.value, _("leave as it is"))
    before = () if same else (_("so far: %(place)s", place=_place(step.written.place, names)),)
    if outlook.free:
        word, tone = (_("time and space stay"), "success") if same else (_("moves"), "info")
        return Row(step.day, step.place.slot, word, tone, (*before, *_shift(step)), (("", _("change")), keep, cancel))
    choices = (keep, *_instead(outlook), cancel)
    return Row(step.day, step.place.slot, *_trouble(outlook), (*_why(outlook), *before), choices, in_doubt=True)


def _kept(step: Step, outlook: Outlook, names: Mapping[str, str]) -> Row:
    assert step.written is not None
    slot = step.written.place.slot
    if step.written.begun:
        return Row(step.day, slot, _("over already"), "neutral")
    if not step.written.stands:
        return Row(step.day, slot, _("stays cancelled"), "neutral")
    detail = _("Changed on its own: %(place)s", place=_place(step.written.place, names))
    return Row(step.day, slot, _("stays as it is"), "info", (detail,))


def _cancelled(step: Step, outlook: Outlook, names: Mapping[str, str]) -> Row:
    assert step.written is not None
    why = (of_reason(step.reason, step.day, step.occurrence.name),) if step.reason and step.occurrence else ()
    choices = (("", _("cancel this date")), (Wish.KEEP.value, _("leave as it is")))
    return Row(step.day, step.written.place.slot, _("is cancelled"), "warning", why, choices, in_doubt=True)


def _trouble(outlook: Outlook) -> tuple[str, str]:
    return (_("taken") if outlook.culprit else _("not possible")), "danger"


def _why(outlook: Outlook) -> tuple[str, ...]:
    if outlook.culprit is not None:
        title = outlook.culprit.title or str(KINDS[outlook.culprit.kind])
        times = f"{local_time(outlook.culprit.starts_at)}–{local_time(outlook.culprit.ends_at)}"
        return (_("In the way: %(what)s, %(space)s, %(times)s", what=title, space=outlook.culprit_space, times=times),)
    if outlook.broken is not None:
        return (in_words(outlook.broken),)
    return (_("Too close to the date before: the space needs time in between."),)


def _instead(outlook: Outlook) -> tuple[tuple[str, str], ...]:
    return tuple((each.value, f"{each.space_name}, {_times(each.slot)}") for each in outlook.choices)


def _shift(step: Step) -> tuple[str, ...]:
    return (of_shift(step.occurrence.shift),) if step.occurrence and step.occurrence.shift else ()


def _place(place: Place, names: Mapping[str, str]) -> str:
    return ", ".join(part for part in (names.get(place.space_id or "", ""), _times(place.slot)) if part)


def _times(slot: Slot) -> str:
    over = local_time(slot.ends_at)
    if local_date(slot.starts_at) != local_date(slot.ends_at):
        over = f"{short_date(slot.ends_at)}, {over}"
    return f"{short_date(slot.starts_at)}, {local_time(slot.starts_at)}–{over}"


def _shown(line: Line, now: datetime) -> Shown:
    if line.written is not None:
        coming = line.written.stands and not line.written.begun
        if not line.written.stands:
            return Shown(line, _("cancelled"), "neutral")
        if line.written.own:
            return Shown(line, _("changed on its own"), "info", is_coming=coming)
        return Shown(line, _("booked"), "success", is_coming=coming)
    assert line.omission is not None
    reason = line.omission.reason
    detail = of_reason(reason, line.day, line.omission.detail)
    if reason == REFUSED:
        detail = str(BROKEN.get(line.omission.detail, detail))
    if reason in (TAKEN, REFUSED):
        return Shown(line, _("missing"), "danger", detail, is_missing=True)
    return Shown(line, _("left out"), "neutral", detail, is_missing=True)
