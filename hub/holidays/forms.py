"""The forms of a holiday, and of a calendar file with many."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.validators import Optional

from hub.holidays.service import HolidayEntry
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.holidays import CityHolidayKind
from shared.web.forms import DateField, Form, at_most, needed, options

KINDS = {CityHolidayKind.SCHOOL: _l("School holidays"), CityHolidayKind.SPECIAL: _l("Special day")}


def _kind() -> SelectField:
    return SelectField(_l("Kind"), choices=options((kind.value, label) for kind, label in KINDS.items()))


class HolidayForm(Form):
    """No last day means: one day."""

    name_de = StringField(_l("Name in German"), [needed(), at_most(TITLE_LENGTH_MAX)])
    name_en = StringField(_l("Name in English"), [at_most(TITLE_LENGTH_MAX)])
    kind = _kind()
    first_day = DateField(_l("First day"), [needed()])
    last_day = DateField(_l("Last day"), [Optional()], description=_l("Leave empty for a single day."))

    def entry(self) -> HolidayEntry:
        """Return what was typed; only after `validate()`."""
        first: Any = self.first_day.data
        return HolidayEntry(
            name_de=self.name_de.data,
            name_en=self.name_en.data or "",
            kind=self.kind.data,
            first_day=first,
            last_day=self.last_day.data or first,
        )


class FileForm(Form):
    kind = _kind()
    file = FileField(
        _l("Calendar file (.ics)"),
        [FileRequired(_l("Please choose a file."))],
        description=_l("School ministries and calendar sites offer the holidays of a land as such a file."),
    )
