"""The form of a wish. Its fields are named as `wishes.ARGUMENTS` writes them into addresses."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from hub.finder.wishes import LENGTH_MIN, WEEK
from shared.records.spaces import CAPACITY_MAX, NOT_FOR_GUESTS
from shared.web import vocabulary
from shared.web.forms import DateField, FilterForm, TagsField, TimeField15, options
from shared.web.rooms import how_long

EVERY = options([("", _l("all"))])
LENGTHS_MIN = (30, 60, 90, 120, 150, 180, 240, 300, 360, 480, 600, 720, 1440)
_KINDS = {key: word for key, word in vocabulary.SPACE_KINDS.items() if key not in NOT_FOR_GUESTS}


class WishForm(FilterForm):
    """What somebody looks for. Nothing but a day is needed, and that is there."""

    tag = DateField(_l("Day"))
    tage = SelectField(
        _l("Or later"),
        default="1",
        choices=options([("1", _l("only on this day")), (str(WEEK), _l("any day of the week from then on"))]),
    )
    von = TimeField15(_l("From"), [Optional()], empty=_l("any time"))
    dauer = SelectField(_l("For how long"), default=str(LENGTH_MIN))
    personen = StringField(_l("How many people"), render_kw={"inputmode": "numeric", "size": 5})
    bezirk = SelectField(_l("District"), default="")
    umgebung = BooleanField(_l("Other districts, too, after this one"))
    stadtteil = SelectField(_l("Quarter"), default="")
    zentrum = SelectField(_l("Centre"), default="")
    art = SelectField(_l("Kind of space"), default="", choices=[*EVERY, *vocabulary.choices(_KINDS)])
    bestuhlung = SelectField(_l("Seating"), default="", choices=[*EVERY, *vocabulary.choices(vocabulary.SEATINGS)])
    ausstattung = TagsField(_l("What has to be in it"), choices=vocabulary.choices(vocabulary.SPACE_FEATURES))
    barrierefrei = TagsField(_l("Accessibility"), choices=vocabulary.choices(vocabulary.ACCESSIBILITY))
    nur_haus = BooleanField(_l("No guest spaces in other buildings"))
    betreut = BooleanField(_l("Only while somebody of the house is there"))

    def offer(
        self, districts: Iterable[str], quarters: Iterable[str], centres: Iterable[tuple[str, str]], length_min: int
    ) -> "WishForm":
        """Fill in the choices that the city's records give; a length of an address stays choosable."""
        self.bezirk.choices = [*EVERY, *options((name, name) for name in districts)]
        self.stadtteil.choices = [*EVERY, *options((name, name) for name in quarters)]
        self.zentrum.choices = [*EVERY, *options(centres)]
        lengths = sorted({*LENGTHS_MIN, length_min})
        self.dauer.choices = options((str(minutes), how_long(minutes)) for minutes in lengths)
        return self

    def validate_personen(self, field: StringField) -> None:
        said = field.data or ""
        if said and not (said.isascii() and said.isdecimal() and 1 <= int(said[:9]) <= CAPACITY_MAX):
            raise ValidationError(_l("Please enter a whole number."))
