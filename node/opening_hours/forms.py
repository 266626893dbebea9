"""The forms for a row of opening hours."""

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from node.opening_hours.models import OpeningHours
from node.opening_hours.service import HoursEntry
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.holidays import REGIONS
from shared.web.forms import DateField, Form, TagsField, TimeField15, at_most, needed, options
from shared.web.vocabulary import HOURS_KINDS, WEEKDAYS

_DAYS = [(str(number), name) for number, name in enumerate(WEEKDAYS)]
_EVERY_DAY = "every"


class HoursForm(Form):
    """What both forms share."""

    kind = SelectField(_l("Kind"), choices=options(HOURS_KINDS.items()))
    opens = TimeField15(_l("From"), empty="–")
    closes = TimeField15(
        _l("Until"), empty="–", description=_l("At or before the opening time means: on the next day.")
    )
    valid_from = DateField(
        _l("First day of a season or exception"), [Optional()], description=_l("Leave empty for the ordinary week.")
    )
    valid_until = DateField(_l("Last day"), [Optional()])
    closed = BooleanField(_l("Closed on these days"))
    note = StringField(_l("Note for visitors"), [at_most(200)], description=_l("For example: school holidays"))

    def validate_opens(self, _field: Any) -> None:
        if not self.closed.data and (self.opens.data is None or self.closes.data is None):
            raise ValidationError(_l("Please choose both times, or tick “Closed on these days”."))

    def entry(self) -> HoursEntry:
        opens, closes = self.opens.data, self.closes.data
        timed = not self.closed.data and opens and closes
        return HoursEntry(
            kind=self.kind.data,
            weekday=self.day(),
            opens_local=f"{opens:%H:%M}" if timed else "00:00",
            closes_local=f"{closes:%H:%M}" if timed else "00:00",
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
            closed=self.closed.data,
            note=self.note.data,
        )

    def day(self) -> int | None:
        """The one weekday the form speaks of; None is every day."""
        return None


class NewHoursForm(HoursForm):
    weekdays = TagsField(
        _l("Weekdays"),
        choices=options(_DAYS),
        description=_l("None chosen means: every day of the season or exception."),
    )

    def chosen_days(self) -> list[int]:
        return [int(day) for day in self.weekdays.data]


class EditHoursForm(HoursForm):
    weekday = SelectField(_l("Weekday"), choices=options([(_EVERY_DAY, _l("Every day")), *_DAYS]))

    def day(self) -> int | None:
        return None if self.weekday.data == _EVERY_DAY else int(self.weekday.data)


def filled(row: OpeningHours) -> dict[str, Any]:
    """Return what the form of a row begins with."""
    return {
        "kind": row.kind,
        "weekday": _EVERY_DAY if row.weekday is None else str(row.weekday),
        "opens": None if row.closed else time.fromisoformat(row.opens_local),
        "closes": None if row.closed else time.fromisoformat(row.closes_local),
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "closed": row.closed,
        "note": row.note,
    }


CLOSURE_REASONS = (  # one tap each; whoever stands at a locked door reads them
    _l("Illness in the team"),
    _l("Team meeting"),
    _l("Trouble with heating, water or electricity"),
    _l("Severe weather"),
    _l("Event of the house elsewhere"),
)
REGION_NAMES = {
    "DE-BB": "Brandenburg",
    "DE-BE": "Berlin",
    "DE-BW": "Baden-Württemberg",
    "DE-BY": "Bayern",
    "DE-HB": "Bremen",
    "DE-HE": "Hessen",
    "DE-HH": "Hamburg",
    "DE-MV": "Mecklenburg-Vorpommern",
    "DE-NI": "Niedersachsen",
    "DE-NW": "Nordrhein-Westfalen",
    "DE-RP": "Rheinland-Pfalz",
    "DE-SH": "Schleswig-Holstein",
    "DE-SL": "Saarland",
    "DE-SN": "Sachsen",
    "DE-ST": "Sachsen-Anhalt",
    "DE-TH": "Thüringen",
}


class ClosureForm(Form):
    """A reason of one's own, and perhaps a later last day."""

    reason = StringField(
        _l("Another reason"),
        [needed(_l("Please say why, for whoever stands at the door.")), at_most(TITLE_LENGTH_MAX)],
    )
    until = DateField(_l("Last day"), [Optional()], description=_l("Leave empty for today only."))


class CopyForm(Form):
    """The days for which a period is repeated."""

    valid_from = DateField(_l("First day"), [needed()])
    valid_until = DateField(_l("Last day"), [needed()])


class HolidayRuleForm(Form):
    closed_on_holidays = BooleanField(_l("Closed on public holidays"))
    region = SelectField(_l("Public holidays of"), choices=options((key, REGION_NAMES[key]) for key in REGIONS))
