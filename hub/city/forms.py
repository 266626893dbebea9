"""Sending shapes, and saying which area of a file is which district or quarter."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, FieldList, SelectField, StringField

from hub.city.geojson import AREAS_MAX
from hub.city.matching import Level
from hub.city.models import SOURCE_LENGTH_MAX
from hub.city.shapes import Area, Target
from shared.web.forms import Form, at_most, options


class FileForm(Form):
    """A file of shapes."""

    file = FileField(_l("File with the shapes"), [FileRequired(_l("Please choose a file."))])
    source = StringField(_l("Whose shapes these are"), [at_most(SOURCE_LENGTH_MAX)])
    is_schematic = BooleanField(_l("The shapes are schematic: they show only roughly where something lies"))


class ReviewForm(Form):
    """Which area is what; `''` leaves it out. Values are written `quarter:Marxloh`."""

    areas = FieldList(SelectField(validate_choice=False), max_entries=AREAS_MAX)

    @classmethod
    def of(cls, suggested: Sequence[str]) -> "ReviewForm":
        """Return the form; what is `suggested` is chosen until somebody chooses otherwise."""
        return cls(data={"areas": list(suggested)})

    @staticmethod
    def is_about(number: int, sent: Iterable[str]) -> bool:
        """Tell whether just these many areas were sent; the library stumbles over other numbers than it wrote."""
        return {name for name in sent if name.startswith("areas-")} == {f"areas-{place}" for place in range(number)}

    def chosen(self) -> list[Target | None]:
        return [parsed(field.data or "") for field in self.areas]


def written(target: Target | None) -> str:
    """Return how a form writes a district or quarter."""
    return f"{target[0]}:{target[1]}" if target else ""


def parsed(value: str) -> Target | None:
    """Return what `written` wrote; None for anything else."""
    level, colon, name = value.partition(":")
    return (Level(level), name) if colon and name and level in list(Level) else None


def choices(districts: Sequence[str], quarters: Sequence[Any]) -> list[Any]:
    """Return what an area may be: nothing, a district, or a quarter."""
    return options(
        [
            ("", _l("leave out")),
            *((f"{Level.DISTRICT}:{name}", _("District %(name)s", name=name)) for name in districts),
            *((f"{Level.QUARTER}:{part.quarter}", f"{part.quarter} ({part.district})") for part in quarters),
        ]
    )


def suggested(areas: Sequence[Area], sure: Sequence[Target | None]) -> list[str]:
    """Return what each area is chosen to be at first: what is sure, else the name most like it if still free."""
    taken = {target for target in sure if target}
    found = []
    for area, target in zip(areas, sure, strict=True):
        guess = (area.level, area.known) if area.known else None
        if target is None and guess and guess not in taken:
            taken.add(guess)
            target = guess  # noqa: PLW2901 (the guess stands for what is not sure)
        found.append(written(target))
    return found
