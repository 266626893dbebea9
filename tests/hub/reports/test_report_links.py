"""From a report to the next one: places, periods, long tables, hours of the week, roles, and the command."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from hub.cli import main
from hub.core import jobs
from hub.core.accounts import Role
from hub.network.models import Member
from hub.reports.models import ReportReceipt, ReportSum
from hub.reports.periods import month_of
from hub.reports.views import ADDRESSES
from hub.visits.models import HourCount
from shared.database import Database
from shared.ids import new_id
from shared.time import from_wire, now

AUTUMN = {"first": "2026-09", "last": "2026-10"}


def table(page: str) -> str:
    return page[page.index("<table") : page.index("</table>")]


def links(page: str) -> list[dict[str, str]]:
    """Return what the links of the table ask for."""
    found = re.findall(r'href="[^"?]*\?([^"]*)"', table(page))
    return [dict(parse_qsl(unescape(query))) for query in found]


def test_a_district_leads_to_its_quarters_and_those_to_their_centres(records: Any, signed_in: FlaskClient) -> None:
    """Each row is a link to the same figure of that place alone, and the way back is there."""
    records.centre("hamborn", district="Hamborn", quarter="Marxloh")
    records.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    page = signed_in.get("/berichte/besuche", query_string={**AUTUMN, "by": "district"}).text
    assert {**AUTUMN, "by": "quarter", "district": "Hamborn"} in links(page)
    query = {**AUTUMN, "by": "quarter", "district": "Hamborn"}
    page = signed_in.get("/berichte/besuche", query_string=query).text
    assert links(page) == [{**AUTUMN, "by": "centre", "district": "Hamborn", "quarter": "Marxloh"}]
    query = {**AUTUMN, "by": "centre", "quarter": "Marxloh"}
    page = signed_in.get("/berichte/besuche", query_string=query).text
    assert links(page) == [{**AUTUMN, "by": "month", "quarter": "Marxloh", "centre": "hamborn"}]
    assert 'aria-label="Größere Teile der Stadt"' in page


def test_a_month_leads_to_its_parts(records: Any, signed_in: FlaskClient) -> None:
    """Of a year to a quarter of it, of that to a month, of that to the districts."""
    records.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    year = {"first": "2026-01", "last": "2026-12", "by": "quarter_of_year"}
    page = signed_in.get("/berichte/besuche", query_string=year).text
    assert "4. Quartal 2026" in table(page)
    assert links(page)[-1] == {"by": "month", "first": "2026-10", "last": "2026-12"}
    page = signed_in.get("/berichte/besuche", query_string={**AUTUMN, "by": "month"}).text
    assert links(page)[-1] == {"by": "district", "first": "2026-10", "last": "2026-10"}


def test_a_long_period_is_shown_by_quarters(records: Any, signed_in: FlaskClient) -> None:
    """Three years are twelve columns; the file keeps every month."""
    records.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    query = {"first": "2024-01", "last": "2026-12", "by": "kind"}
    page = signed_in.get("/berichte/besuche", query_string=query).text
    assert table(page).count("Quartal") == 12
    assert signed_in.get("/berichte/besuche.csv", query_string=query).text.splitlines()[0].count("202") == 36


def test_a_table_of_many_centres_has_pages(database: Database, signed_in: FlaskClient) -> None:
    """Fifty to a page; with very many the list of centres asks for the district first."""
    with database.transaction() as session:
        for number in range(130):
            name = f"Haus {number:03}"
            session.add(Member(centre_id=f"h{number}", name=name, public_key="k", admitted_at=now()))
    page = signed_in.get("/berichte/besuche", query_string={**AUTUMN, "by": "centre"}).text
    assert "Wählen Sie zuerst einen Stadtbezirk" in page
    assert "130 Stadtteilzentren mit Namen" in page
    with database.transaction() as session:
        hour = from_wire("2026-10-05T08:00:00Z")
        for number in range(130):
            said = {"kind": "event", "target_group": "", "count": 1, "hour_starts_at": hour}
            session.add(HourCount(centre_id=f"h{number}", id=new_id(), **said))
    jobs.run_now(signed_in.application, "report-sums")
    page = signed_in.get("/berichte/besuche", query_string={**AUTUMN, "by": "centre", "seite": "3"}).text
    assert "101 bis 130 von 130" in page
    assert "Haus 129" in table(page)
    assert "Haus 099" not in table(page)
    assert ">130<" in table(page), "the sum is of all pages"


def test_the_hours_of_the_week_stand_in_a_grid(records: Any, signed_in: FlaskClient) -> None:
    """Monday, 10 o'clock; the strongest hour is marked for the eye, its figure stands in the field."""
    records.visits("hamborn", "2026-10-05T08:00:00Z", 40)
    records.visits("hamborn", "2026-10-06T18:00:00Z", 4)
    page = signed_in.get("/berichte/besuche", query_string={**AUTUMN, "by": "week"}).text
    assert '<td data-level="4">40</td>' in table(page)
    assert '<td data-level="0">4</td>' in table(page)
    assert "20–21" in table(page)


def test_visits_that_were_not_counted_completely_are_at_least(
    database: Database, records: Any, signed_in: FlaskClient
) -> None:
    """The figure is true, but too low, and says so; with every day counted it is exact."""
    with database.transaction() as session:
        said = {"name": "Hamborn", "public_key": "k", "admitted_at": now(), "agreed_up_at": now()}
        session.add(Member(centre_id="hamborn", **said))
    records.visits("hamborn", "2026-09-07T08:00:00Z", 40)
    for day in range(29):
        records.day("hamborn", date(2026, 9, 1) + timedelta(days=day))
    september = {"first": "2026-09", "last": "2026-09", "by": "centre"}
    page = signed_in.get("/berichte/besuche", query_string=september).text
    assert "mindestens" in page
    assert "≥\N{NO-BREAK SPACE}40" in table(page)
    records.day("hamborn", date(2026, 9, 30), "closed")
    page = signed_in.get("/berichte/besuche", query_string=september).text
    assert "mindestens" not in page
    assert "die Zahlen sind genau" in page.replace("Die Zahlen", "die Zahlen")


def test_a_report_says_what_is_still_being_added_up(
    app: Flask, database: Database, records: Any, signed_in: FlaskClient
) -> None:
    """Until the job has run the figures are those of before, and the page says that something is new."""
    hour = records.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    with database.transaction() as session:
        session.connection().execute(update(HourCount).where(HourCount.id == hour).values(count=5))
    page = signed_in.get("/berichte/besuche", query_string=AUTUMN).text
    assert "Neues aus 1 Stadtteilzentrum wird gerade zusammengezählt" in page
    jobs.run_now(app, "report-sums")
    page = signed_in.get("/berichte/besuche", query_string=AUTUMN).text
    assert "gerade zusammengezählt" not in page
    assert '<p class="card__figure">5</p>' in page


def test_the_rate_of_cancellations_is_a_share_of_all_dates(records: Any, signed_in: FlaskClient) -> None:
    """One of four; beside a period without any date there is no comparison."""
    for state in ("published", "published", "published", "cancelled"):
        records.event("hamborn", "2026-10-05T08:00:00Z", state=state)
    page = signed_in.get("/berichte/absagequote", query_string=AUTUMN).text
    assert "25\N{NO-BREAK SPACE}%" in page
    assert "kein Vergleich möglich" in page


def test_every_figure_can_be_split_in_every_way(records: Any, signed_in: FlaskClient) -> None:
    """Whatever the overview links to, and whatever is offered there, answers."""
    event = records.event("hamborn", "2026-10-05T08:00:00Z", theme="sport")
    records.attendance("hamborn", event, registered=5, waiting=1, attended=4, headcount=2)
    records.booking("hamborn", "2026-10-05T08:00:00Z")
    records.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    page = signed_in.get("/berichte", query_string=AUTUMN).text
    for name in ADDRESSES.values():
        assert f'href="/berichte/{name}?' in page
        answer = signed_in.get(f"/berichte/{name}", query_string=AUTUMN)
        assert answer.status_code == 200
        ways = set(re.findall(r"[?;]by=(\w+)", answer.text))
        assert {"month", "district", "centre"} <= ways
        for way in sorted(ways):
            assert signed_in.get(f"/berichte/{name}", query_string={**AUTUMN, "by": way}).status_code == 200


@pytest.mark.parametrize("role", [Role.PLANNER, Role.EDITOR])
def test_planners_and_editors_read_reports(role: Role, sign_in: Callable[..., FlaskClient]) -> None:
    """Whoever has the right sees them in the navigation, too."""
    client = sign_in(role)
    assert client.get("/berichte/besuche").status_code == 200
    assert 'href="/berichte"' in client.get("/berichte").text


def test_the_jobs_keep_receipts(app: Flask, database: Database) -> None:
    """What was whole at the end of last month is written down, once."""
    zone = ZoneInfo("Europe/Berlin")
    joined = month_of(now(), zone).plus(-2).starts_at(zone)
    with database.transaction() as session:
        said = {"name": "H", "public_key": "k", "admitted_at": joined, "agreed_up_at": now()}
        session.add(Member(centre_id="hamborn", **said))
    jobs.run_now(app, "report-receipts")
    jobs.run_now(app, "report-receipts")
    with database.reading() as session:
        assert len(session.scalars(select(ReportReceipt)).all()) == 2


def test_sums_are_rebuilt_by_a_command(tmp_path: Path) -> None:
    """It says how far it is and mends what is wrong."""
    file, environment = tmp_path / "hub.toml", {"STADTHERZ_PASSWORD": "a long enough password"}
    runner = CliRunner()
    assert runner.invoke(main, ["--config", str(file), "init", "--city", "duisburg"], env=environment).exit_code == 0
    database = Database(f"sqlite:///{tmp_path / 'data' / 'hub.sqlite'}")
    with database.transaction() as session:
        session.add(ReportSum(centre_id="ghost", measure="visits", way="", month=202610, key="", amount=5))
    done = runner.invoke(main, ["--config", str(file), "reports", "rebuild"])
    assert done.exit_code == 0, done.output
    assert "All sums are those of the records." in done.output
    with database.reading() as session:
        assert session.scalars(select(ReportSum)).all() == []
    database.dispose()
