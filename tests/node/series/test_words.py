"""A rule is told as somebody would say it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from node.series.recurrence import Pattern
from node.series.rule import read
from node.series.words import of_pattern, of_reason

BERLIN = ZoneInfo("Europe/Berlin")


def said(app: Flask, rule: str, language: str = "de", hours: float = 2, skips: tuple[str, ...] = ()) -> str:
    starts = datetime.fromisoformat("2026-11-24T18:00")  # a Tuesday
    pattern = Pattern(read(rule), starts, starts + timedelta(hours=hours), BERLIN)
    with app.test_request_context("/"), force_locale(language):
        return of_pattern(pattern, skips)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;COUNT=10", "jeden Dienstag, 18:00–20:00, 10 Termine"),
        ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20270630", "alle 2 Wochen am Dienstag, 18:00–20:00, bis 30.06.2027"),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=1", "jeden Dienstag und Donnerstag, 18:00–20:00, 1 Termin"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=9", "jeden Tag von Montag bis Freitag, 18:00–20:00, 9 Termine"),
        ("FREQ=DAILY;COUNT=2", "jeden Tag, 18:00–20:00, 2 Termine"),
        ("FREQ=DAILY;INTERVAL=3;BYDAY=MO;COUNT=2", "alle 3 Tage, nur am Montag, 18:00–20:00, 2 Termine"),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=2", "jeden 2. Dienstag im Monat, 18:00–20:00, 2 Termine"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "jeden letzten Freitag im Monat, 18:00–20:00, 2 Termine"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU;COUNT=2", "alle 2 Monate am 2. Dienstag, 18:00–20:00, 2 Termine"),
        ("FREQ=MONTHLY;COUNT=2", "jeden Monat am 24. des Monats, 18:00–20:00, 2 Termine"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", "jeden Monat am letzten Tag des Monats, 18:00–20:00, 2 Termine"),
        ("FREQ=YEARLY;COUNT=2", "jedes Jahr am 24. November, 18:00–20:00, 2 Termine"),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=2SA;COUNT=2", "jedes Jahr am 2. Samstag im September, 18:00–20:00, 2 Termine"),
    ],
)
def test_a_rule_in_german(app: Flask, rule: str, words: str) -> None:
    """Each rule that a form can make reads like a sentence."""
    assert said(app, rule) == words


def test_what_is_left_out_is_said(app: Flask) -> None:
    """The holidays that a series leaves out belong to its words."""
    assert said(app, "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270630", skips=("school",)) == (
        "jeden 2. Dienstag im Monat, 18:00–20:00, bis 30.06.2027, nicht in den Schulferien"
    )


def test_the_same_in_english(app: Flask) -> None:
    """English has its own order and dates."""
    assert said(app, "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270630", "en", skips=("public",)) == (
        "every 2nd Tuesday of the month, 18:00–20:00, until 30 Jun 2027, not on public holidays"
    )


def test_nights_and_several_days_are_told_apart(app: Flask) -> None:
    """A night reads like an evening; three days say when they are over."""
    assert said(app, "FREQ=WEEKLY;COUNT=1", hours=8).startswith("jeden Dienstag, 18:00–02:00")
    assert said(app, "FREQ=WEEKLY;COUNT=1", hours=46).startswith("jeden Dienstag, 18:00 bis 16:00 2 Tage später")


def test_a_reason_names_the_month_or_the_holiday(app: Flask) -> None:
    """What is missing is named, and an unknown reason is shown as it is."""
    day = datetime.fromisoformat("2027-02-28").date()
    with app.test_request_context("/"), force_locale("de"):
        assert of_reason("no_such_day", day) == "Februar 2027 hat diesen Tag nicht."
        assert of_reason("school_holidays", day, "Osterferien") == "Schulferien: Osterferien"
        assert of_reason("special_day", day) == "Das Haus ist geschlossen."
        assert of_reason("of_tomorrow", day) == "of_tomorrow"
