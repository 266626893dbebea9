"""What the pages of coverage may be asked for. Fields are named as addresses write them."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from hub.city.queries import Part
from hub.coverage.models import Period
from shared.records.events import TARGET_GROUPS
from shared.web import vocabulary
from shared.web.forms import FilterForm, options

PERIODS = {"kommend": Period.COMING, "vergangen": Period.PAST}
PERIOD_NAMES = {Period.COMING: _l("This week and the next seven"), Period.PAST: _l("The last eight weeks")}
ALL = ("", _l("all"))


class GapsForm(FilterForm):
    """Period, place, theme and target group; each page shows those that mean something there."""

    zeitraum = SelectField(_l("Period"), default="kommend")
    bezirk = SelectField(_l("District"), default="")
    stadtteil = SelectField(_l("Quarter"), default="")
    thema = SelectField(_l("Theme"), default="")
    zielgruppe = SelectField(_l("Target group"), default="")
    ebene = SelectField(
        _l("Districts or quarters"),
        default="bezirke",
        choices=options([("bezirke", _l("Districts")), ("stadtteile", _l("Quarters"))]),
    )
    auch_fuer_alle = BooleanField(_l("Also where there is something for everyone"))

    @classmethod
    def of_city(cls, districts: Iterable[str], parts: Iterable[Part], themes: Mapping[str, str]) -> "GapsForm":
        """Return the form with the choices of a city, read from the address."""
        form = cls()
        groups = ((key, vocabulary.TARGET_GROUPS[key]) for key in TARGET_GROUPS)
        choices: dict[Any, Iterable[tuple[str, Any]]] = {
            form.zeitraum: [(key, PERIOD_NAMES[period]) for key, period in PERIODS.items()],
            form.bezirk: [ALL, *((name, name) for name in districts)],
            form.stadtteil: [ALL, *((part.quarter, part.quarter) for part in parts if part.quarter)],
            form.thema: [ALL, *themes.items()],
            form.zielgruppe: [ALL, *groups],
        }
        for field, offered in choices.items():
            field.choices = options(offered)
        form.validate()
        return form

    @property
    def period(self) -> Period:
        return PERIODS.get(self.zeitraum.data, Period.COMING)

    def chosen(self, name: str) -> str:
        """Return what was chosen; what nobody offers (a misspelt theme, say) chooses nothing."""
        field = self[name]
        return "" if field.errors else field.data or ""
