"""What the city's pages are asked on large data, and the goals of GOALS.md beside it."""

from dataclasses import dataclass
from datetime import timedelta

from tests.benchmarks.city_data import NOW, YEAR_BEGINS

MONTH = f"{YEAR_BEGINS.year}-11"
NOVEMBER = f"ab={MONTH}-01&bis={MONTH}-30"
JUNE = f"ab={YEAR_BEGINS.year}-06-15"
TOMORROW = f"{NOW + timedelta(days=1):%Y-%m-%d}"
LAST_YEAR = f"first={NOW.year - 1}-{NOW.month:02d}&last={NOW - timedelta(days=28):%Y-%m}"


@dataclass(frozen=True)
class Question:
    """An address; `unchanged` asks again with the tag of the first answer, and expects 304."""

    name: str
    address: str
    unchanged: bool = False
    status: int = 200


QUESTIONS = (
    Question("P8  month, district and theme, JSON (goal 10)", f"/api/events?{NOVEMBER}&bezirk=Bezirk+3&thema=sport"),
    Question("P8  month, district and theme, HTML (goal 40)", f"/monat?monat={MONTH}&bezirk=Bezirk+3&thema=sport"),
    Question("    month of the whole city, HTML", f"/monat?monat={MONTH}"),
    Question("P9  page of 50 from a date, JSON (goal 10)", f"/api/events?{JUNE}"),
    Question("    page of 50 from a date, HTML", f"/kalender?{JUNE}"),
    Question("    page 10 of a district, JSON", f"/api/events?{JUNE}&bezirk=Bezirk+3&seite=10"),
    Question("    step-free and in Turkish, JSON", f"/api/events?{JUNE}&barrierefrei=step_free&sprache=tr"),
    Question("P10 two words, one common, JSON (goal 20)", f"/api/events?{JUNE}&q=tanzba+frauen"),
    Question("P10 a common word, JSON (goal 60)", f"/api/events?{JUNE}&q=beratung"),
    Question("P13 feed of a district's theme, full (goal 150)", "/kalender.ics?bezirk=Bezirk+3&thema=sport"),
    Question("P13 the same, unchanged (goal 5)", "/kalender.ics?bezirk=Bezirk+3&thema=sport", unchanged=True),
    Question("P11 2 h for 30, all houses, a week (goal 50)", f"/raeume?tag={TOMORROW}&personen=30&dauer=120"),
    Question("    the same at 18:00 of one day", f"/raeume?tag={TOMORROW}&tage=1&von=18:00&personen=30&dauer=120"),
    Question("    the same in a district", f"/raeume?tag={TOMORROW}&personen=30&dauer=120&bezirk=Bezirk+3"),
    Question("    the same for programs, JSON", f"/api/1/free-spaces?tag={TOMORROW}&personen=30&dauer=120"),
    Question("P12 visits of a year by district (goal 50)", f"/berichte/besuche?by=district&{LAST_YEAR}"),
    Question("    visits of a year by weekday and hour", f"/berichte/besuche?by=week&{LAST_YEAR}"),
    Question("    overview of all figures of a year", f"/berichte?{LAST_YEAR}"),
    Question("    occupancy of a year by month", f"/berichte/auslastung?{LAST_YEAR}"),
    Question("    visits as open data, small numbers withheld", "/offene-daten/besuche.csv"),
    Question("    network desk", "/netz"),
    Question("    figures for Prometheus", "/metrics"),
    Question("    norm of all houses, page of 25 with reasons", "/oeffnungsnorm/haeuser?woche=naechste"),
    Question("    offers: themes × target groups (goal 100)", "/abdeckung/luecken"),
    Question("    offers: quarters × target groups (goal 100)", "/abdeckung/luecken?ansicht=stadtteile"),
    Question("    gaps in words, by quarter (goal 100)", "/abdeckung/luecken/liste?ebene=stadtteile"),
    Question("    events behind a cell, HTML", "/abdeckung/angebote?thema=sport&bezirk=Bezirk+3"),
)
