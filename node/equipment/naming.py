"""What the bookings are called that equipment goes with.

Rule: equipment knows no bookings. A feature that does says, once, how to name them: in its
`register(app)`, with `use`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, cast

from flask import Flask, current_app
from sqlalchemy.orm import Session


class Named(NamedTuple):
    """What a booking is for, in which space, and the address of its page."""

    title: str
    space: str
    href: str


Naming = Callable[[Session, Iterable[str]], Mapping[str, Named]]
_EXTENSION = "stadtherz.equipment_naming"


def use(app: Flask, naming: Naming) -> None:
    """Let `naming` tell what bookings are called, by their ids."""
    app.extensions[_EXTENSION] = naming


def names_of(session: Session, booking_ids: Iterable[str]) -> Mapping[str, Named]:
    """Return the names of bookings by their ids, as far as somebody knows them."""
    naming = cast("Naming | None", current_app.extensions.get(_EXTENSION))
    return naming(session, booking_ids) if naming else {}
