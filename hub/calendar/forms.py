"""The form that narrows the calendar. Its fields are named as the filters are in addresses."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SearchField, SelectField, StringField

from hub.calendar.filters import ARGUMENT_LENGTH_MAX
from shared.web import vocabulary
from shared.web.forms import DateField, FilterForm, at_most, options

EVERY = options([("", _l("all"))])


class CalendarForm(FilterForm):
    """`ab` and `bis` are the first and the last day of the list, `tag` lies in what the other views show."""

    q = SearchField(_l("Search"), [at_most(ARGUMENT_LENGTH_MAX)])
    ab = DateField(_l("From"))
    bis = DateField(_l("Until"))
    tag = DateField(_l("Day"))
    bezirk = SelectField(_l("District"), default="")
    stadtteil = SelectField(_l("Quarter"), default="", choices=EVERY)
    zentrum = SelectField(_l("Centre"), default="")
    thema = SelectField(_l("Theme"), default="")
    art = SelectField(_l("Kind"), default="", choices=[*EVERY, *vocabulary.choices(vocabulary.EVENT_KINDS)])
    zielgruppe = SelectField(
        _l("Target group"), default="", choices=[*EVERY, *vocabulary.choices(vocabulary.TARGET_GROUPS)]
    )
    alter = StringField(_l("Age in years"), [at_most(3)])
    sprache = SelectField(_l("Language"), default="", choices=[*EVERY, *vocabulary.choices(vocabulary.LANGUAGES)])
    barrierefrei = SelectField(
        _l("Accessibility"), default="", choices=[*EVERY, *vocabulary.choices(vocabulary.ACCESSIBILITY)]
    )
    kostenlos = BooleanField(_l("Free of charge"))
    online = BooleanField(_l("Can be joined online"))
    anmeldung = BooleanField(_l("A place can be reserved"))

    def offer(
        self,
        districts: Iterable[str],
        centres: Iterable[tuple[str, str]],
        themes: Mapping[str, str],
        quarters: Iterable[str] = (),
    ) -> "CalendarForm":
        """Fill in the choices that the city's records give."""
        choices: dict[Any, list[tuple[str, Any]]] = {
            self.bezirk: [(name, name) for name in districts],
            self.stadtteil: [(name, name) for name in quarters],
            self.zentrum: list(centres),
            self.thema: list(themes.items()),
        }
        for field, offered in choices.items():
            field.choices = [*EVERY, *options(offered)]
        return self
