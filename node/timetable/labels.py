"""The words of a timetable: times, what a space is used for, and the kinds told apart without colour."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from node.bookings.labels import KINDS
from node.timetable.service import WEEKS_LOOKED_AT
from node.timetable.week import Piece, Use
from shared.records.bookings import BookingKind

TAGS: Mapping[str, Any] = {
    BookingKind.PROGRAMME: lazy_pgettext("short kind of booking", "programme"),
    BookingKind.RENTAL: lazy_pgettext("short kind of booking", "rental"),
    BookingKind.SELF_MANAGED: lazy_pgettext("short kind of booking", "self-managed"),
    BookingKind.INTERNAL: lazy_pgettext("short kind of booking", "internal"),
    BookingKind.BLOCKED: lazy_pgettext("short kind of booking", "blocked"),
}


def wall(minutes: int) -> str:
    """`18:30` of 1110; the end of a day is `24:00`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def times(piece: Piece) -> str:
    """`18:30–20:00`, what of a use lies on its day."""
    return f"{wall(piece.starts_min)}–{wall(piece.ends_min)}"


def title_of(use: Use) -> str:
    """What it is for; where nothing is said, the kind, and where that is private, that it is taken."""
    return use.title or str(KINDS.get(use.kind, _("taken")))


def tag_of(use: Use) -> str:
    """The kind in a word, '' where the title says it already or it is private."""
    return str(TAGS.get(use.kind, "")) if use.title else ""


def how_often(use: Use) -> str:
    """In how many of the weeks looked at an ordinary week's use takes place; '' for all of them."""
    if not use.weeks or use.weeks == WEEKS_LOOKED_AT:
        return ""
    return str(_("%(count)s of %(weeks)s weeks", count=use.weeks, weeks=WEEKS_LOOKED_AT))
