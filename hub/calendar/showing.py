"""An event beside the words that a page needs for it: its place, its theme, its price."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session

from hub.calendar import queries
from hub.calendar.filters import Filters
from hub.centres import queries as centre_queries
from hub.centres.queries import Place
from hub.programme.queries import Words, words_in
from hub.themes import queries as theme_queries
from shared.records.events import Attendance, EventState
from shared.web import zone
from shared.web.filters import money
from shared.web.languages import DEFAULT, language


@dataclass(frozen=True)
class Also:
    """Another house that publishes the same event."""

    centre_id: str
    event_id: str
    house: str
    cancelled: bool


@dataclass(frozen=True)
class Shown:
    """`event` is a row of `queries`; `theme` is the theme's name, '' if it has none.

    `words` is what the house says in `language`, None where it says nothing in it; `also` are
    the other houses that publish the same event.
    """

    event: Any
    place: Place
    theme: str
    words: Words | None = None
    also: tuple[Also, ...] = ()
    language: str = DEFAULT

    @property
    def lang(self) -> str:
        """The language that title and texts are in, where it is not the page's: for an attribute `lang`."""
        spoken = self.language if self.words else DEFAULT
        return "" if spoken == language() else spoken

    @property
    def in_one_day(self) -> bool:
        """Whether it ends on the day of the wall calendar on which it begins."""
        return bool(self.event.starts_at.astimezone(zone()).date() == self.event.ends_at.astimezone(zone()).date())

    @property
    def houses(self) -> str:
        """The names of all houses that publish it."""
        return " + ".join((self.place.name, *(other.house for other in self.also)))

    @property
    def title(self) -> str:
        return self.words.title if self.words else str(self.event.title)

    @property
    def summary(self) -> str:
        return self.words.summary if self.words else str(self.event.summary)

    @property
    def description(self) -> str:
        return self.words.description if self.words else str(self.event.description)

    @property
    def cancelled(self) -> bool:
        return bool(self.event.state == EventState.CANCELLED)

    @property
    def is_online(self) -> bool:
        return self.event.attendance in (Attendance.ONLINE, Attendance.HYBRID)

    @property
    def online_url(self) -> str:
        """The address to join from home; anything that is no web address is not linked."""
        url: str = getattr(self.event, "online_url", "")
        return url if url.lower().startswith(("https://", "http://")) else ""

    @property
    def cost(self) -> str:
        """What it costs, in words; '' if nobody said."""
        if self.event.cost_cents == 0:
            price = gettext("free of charge")
        else:
            price = money(self.event.cost_cents) if self.event.cost_cents else ""
        return " · ".join(part for part in (price, self.event.cost_note) if part)


def shown(session: Session, rows: Iterable[Any], spoken: str = "") -> list[Shown]:
    """Return `rows` with their places, themes, words and other houses: four queries, however many rows there are.

    `spoken` is the language wished for, '' for the page's.
    """
    listed = list(rows)
    spoken = spoken or language()
    twins = queries.twins_of(session, listed)
    others = {twin.centre_id for each in twins.values() for twin in each}
    places = centre_queries.places(session, others | {row.centre_id for row in listed})
    themes = theme_queries.labels(session, language())
    words = words_in(session, listed, spoken) if spoken != DEFAULT else {}
    return [
        Shown(
            row,
            places[row.centre_id],
            themes.get(row.theme, row.theme),
            words.get((row.centre_id, row.id)),
            tuple(_also(twin, places) for twin in twins.get((row.centre_id, row.id), ())),
            spoken,
        )
        for row in listed
    ]


def _also(twin: queries.Twin, places: Mapping[str, Place]) -> Also:
    cancelled = twin.state == EventState.CANCELLED
    return Also(twin.centre_id, twin.event_id, places[twin.centre_id].name, cancelled)


def weekday_name(day: date) -> str:
    """Return `Montag`."""
    return str(format_date(day, "EEEE", locale=get_locale() or "de"))


def title_of(session: Session, filters: Filters) -> str:
    """Return what the filters leave, in a few words, for headings and subscriptions."""
    centres = centre_queries.places(session, [filters.centre]) if filters.centre else {}
    themes = theme_queries.labels(session, language())
    parts = [
        themes.get(filters.theme, filters.theme),
        centres[filters.centre].name if filters.centre else "",
        filters.quarter or filters.district,
        f"»{filters.words}«" if filters.words else "",
    ]
    return " · ".join(part for part in parts if part) or gettext("Event calendar")
