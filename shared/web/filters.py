"""How dates, times, money and spans are written, in the language and zone of the site.

Templates use them as filters (`|local_date`), code as functions.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from shared import web
from shared.time import now, to_wire


def equip(app: Flask) -> None:
    """Add the filters to `app`."""
    for name in (
        "local_date",
        "local_time",
        "local_datetime",
        "weekday_date",
        "short_date",
        "money",
        "ago",
        "span",
        "machine_time",
    ):
        app.jinja_env.filters[name] = globals()[name]
    app.jinja_env.filters["number"] = number
    app.jinja_env.filters["percent"] = percent
    app.jinja_env.filters["lines"] = lines


def local_date(value: datetime | date) -> str:
    """`23.11.2026`; an instant is taken to the site's zone first."""
    return _text(format_date(_local(value), _pattern("dd.MM.yyyy", "d MMM y"), _locale()))


def short_date(value: datetime | date) -> str:
    """`Mo., 23.11.`, for narrow places."""
    return _text(format_date(_local(value), _pattern("EE, dd.MM.", "EE, d MMM"), _locale()))


def weekday_date(value: datetime | date) -> str:
    """`Montag, 23. November 2026`."""
    return _text(format_date(_local(value), "full", _locale()))


def month(value: datetime | date) -> str:
    """`November 2026`."""
    return _text(format_skeleton("yMMMM", _local(value), locale=_locale()))


def short_month(value: datetime | date) -> str:
    """`Nov. 2026`, for the head of a column."""
    return _text(format_skeleton("yMMM", _local(value), locale=_locale()))


def local_time(value: datetime | time) -> str:
    """`14:30`, of an instant in the site's zone or of a wall time."""
    shown = _local(value) if isinstance(value, datetime) else value
    return _text(format_time(shown, "HH:mm", locale=_locale()))


def local_datetime(value: datetime) -> str:
    """`23.11.2026, 14:30`."""
    return f"{local_date(value)}, {local_time(value)}"


def money(cents: int, currency: str = "EUR") -> str:
    """`12,50 €` of 1250."""
    return _text(format_currency(cents / 100, currency, locale=_locale()))


def number(value: float) -> str:
    """`12.345` in German, `12,345` in English."""
    return _text(format_decimal(value, locale=_locale()))


def percent(share: float) -> str:
    """`62 %` of 0.62."""
    return _text(format_percent(share, locale=_locale()))


def ago(then: datetime, at: datetime | None = None) -> str:
    """`vor 2 Min.`, `in 3 Std.`; less than a minute is `gerade eben`."""
    passed = (at or now()) - then
    if abs(passed) < timedelta(minutes=1):
        return _text(gettext("just now"))
    return _text(format_timedelta(-passed, add_direction=True, format="short", threshold=1.5, locale=_locale()))


def span(starts_at: datetime, ends_at: datetime | None = None) -> str:
    """An interval in words: the date once if it begins and ends on the same day."""
    begins = f"{weekday_date(starts_at)}, {local_time(starts_at)}"
    if ends_at is None:
        return begins
    if _local(starts_at).date() == _local(ends_at).date():
        return f"{begins}–{local_time(ends_at)}"
    return f"{begins} – {weekday_date(ends_at)}, {local_time(ends_at)}"


def lines(text: str) -> Markup:
    """Plain text as paragraphs: an empty line parts them, a single line break stays one."""
    paragraphs = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in part.split("\n")))
        for part in paragraphs
    )


def machine_time(value: datetime | date | time) -> str:
    """The value of a <time datetime> attribute."""
    return to_wire(value.astimezone(UTC)) if isinstance(value, datetime) else value.isoformat()


def _local(value: Any) -> Any:
    return value.astimezone(web.zone()) if isinstance(value, datetime) else value


def _locale() -> Any:
    return get_locale() or "de"


def _pattern(german: str, english: str) -> str:
    return english if str(_locale()).startswith("en") else german


def _text(formatted: Any) -> str:
    return str(formatted)
