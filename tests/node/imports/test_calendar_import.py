"""A calendar imported: a dry run that keeps its word, and a second import that doubles nothing."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.bookings.models import Booking
from node.imports import service
from node.imports.models import PendingImport
from node.imports.service import Outcome, Report
from node.programme import service as programme
from node.programme.models import Event
from shared.database import Database
from shared.time import now
from tests.factories import NOW, ZONE, make_booking, make_space

WEEKLY = (
    "UID:cafe",
    "DTSTART;TZID=Europe/Berlin:20261201T100000",
    "DTEND;TZID=Europe/Berlin:20261201T120000",
    "RRULE:FREQ=WEEKLY;COUNT=3",
    "SUMMARY:Café",
)
SINGLE = ("UID:fest", "DTSTART:20261212T100000Z", "DTEND:20261212T120000Z", "SUMMARY:Fest")


def file(*events: tuple[str, ...]) -> bytes:
    """A calendar file of these events."""
    lines = [line for one in events for line in ("BEGIN:VEVENT", *one, "END:VEVENT")]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""]).encode()


def run(
    database: Database, content: bytes, *, publish: bool = True, space_id: str | None = None, now: datetime = NOW
) -> Report:
    """Import a file."""
    with database.transaction() as session:
        upload = PendingImport(content=content, publish=publish, space_id=space_id, theme="", uploaded_at=now)
        return service.carry_out(session, upload, ZONE, now=now, by="anna")


def outcomes(report: Report) -> list[str]:
    return [step.outcome.value for step in report.steps]


def events(database: Database) -> list[Event]:
    with database.reading() as session:
        return list(session.scalars(select(Event).order_by(Event.starts_at)))


def standing(database: Database) -> list[tuple[str, str]]:
    """Return title and state of all events."""
    return [(event.title, event.state) for event in events(database)]


def test_dates_become_events_and_a_series_is_one(database: Database) -> None:
    """Three Cafés of one series and a Fest of its own."""
    report = run(database, file(WEEKLY, SINGLE))
    assert outcomes(report) == ["created"] * 4
    found = events(database)
    assert {event.state for event in found} == {"published"}
    assert len({event.series_id for event in found if event.title == "Café"}) == 1
    assert [event.series_id for event in found if event.title == "Fest"] == [None]


def test_drafts_stay_in_the_house(database: Database) -> None:
    """By choice, nobody sees anything yet."""
    run(database, file(SINGLE), publish=False)
    assert standing(database) == [("Fest", "draft")]


def test_a_second_import_of_the_same_file_changes_nothing(database: Database) -> None:
    """No event is doubled, no revision is spent."""
    run(database, file(WEEKLY, SINGLE))
    before = [(event.id, event.updated_at, event.sequence) for event in events(database)]
    assert set(outcomes(run(database, file(WEEKLY, SINGLE), now=NOW + timedelta(hours=1)))) == {"unchanged"}
    assert [(event.id, event.updated_at, event.sequence) for event in events(database)] == before


def test_a_changed_date_is_changed_and_says_what(database: Database) -> None:
    """Same record, new title and time; subscribers get a higher sequence."""
    run(database, file(SINGLE))
    changed = ("UID:fest", "DTSTART:20261212T110000Z", "DTEND:20261212T130000Z", "SUMMARY:Großes Fest", "SEQUENCE:1")
    (step,) = run(database, file(changed)).steps
    assert (step.outcome, step.changes) == (Outcome.UPDATED, ("title", "slot"))
    (event,) = events(database)
    assert (event.title, event.sequence) == ("Großes Fest", 1)


def test_what_the_house_wrote_besides_stays(database: Database) -> None:
    """A calendar knows no theme; the house's is kept."""
    run(database, file(SINGLE))
    with database.transaction() as session:
        session.scalars(select(Event)).one().theme = "sport"
    run(database, file((*SINGLE[:3], "SUMMARY:Großes Fest")))
    (event,) = events(database)
    assert (event.title, event.theme) == ("Großes Fest", "sport")


def test_an_older_file_does_not_undo_a_newer_one(database: Database) -> None:
    """SEQUENCE says which is which."""
    run(database, file((*SINGLE, "SEQUENCE:5")))
    (step,) = run(database, file((*SINGLE[:3], "SUMMARY:Altes Fest", "SEQUENCE:4"))).steps
    assert (step.outcome, step.reasons) == (Outcome.SKIPPED, ("older",))
    assert standing(database) == [("Fest", "published")]


def test_a_date_called_off_in_the_calendar_is_cancelled_here(database: Database) -> None:
    """By STATUS; one that was never here is left out."""
    run(database, file(SINGLE))
    assert outcomes(run(database, file((*SINGLE, "STATUS:CANCELLED")))) == ["cancelled"]
    assert standing(database) == [("Fest", "cancelled")]
    other = ("UID:neu", *SINGLE[1:], "STATUS:CANCELLED")
    assert run(database, file(other)).steps[0].reasons == ("cancelled_there",)


def test_a_date_that_the_series_has_no_more_is_cancelled(database: Database) -> None:
    """A new EXDATE: the published date is called off, the others stay."""
    run(database, file(WEEKLY))
    report = run(database, file((*WEEKLY, "EXDATE;TZID=Europe/Berlin:20261208T100000")))
    assert outcomes(report) == ["unchanged", "cancelled", "unchanged"]
    assert [state for _, state in standing(database)] == ["published", "cancelled", "published"]


def test_a_draft_that_the_calendar_drops_leaves_no_trace(database: Database) -> None:
    """Nobody had seen it."""
    run(database, file(WEEKLY), publish=False)
    run(database, file((*WEEKLY[:3], "SUMMARY:Café")), publish=False)
    assert len(events(database)) == 1


def test_a_series_moved_to_another_hour_moves_instead_of_doubling(database: Database) -> None:
    """All its dates have new names, but they are the same days."""
    run(database, file(WEEKLY))
    ids = [event.id for event in events(database)]
    later = tuple(line.replace("T100000", "T150000").replace("T120000", "T170000") for line in WEEKLY)
    assert outcomes(run(database, file(later))) == ["updated"] * 3
    assert [event.id for event in events(database)] == ids
    assert events(database)[0].starts_at == datetime(2026, 12, 1, 14, 0, tzinfo=UTC)


def exception(day: str, starts: str, *more: str) -> tuple[str, ...]:
    """Return the entry that says of one date of the series that it is otherwise."""
    times = (f"DTSTART;TZID=Europe/Berlin:{starts}", "DURATION:PT2H", "SUMMARY:Café")
    return ("UID:cafe", f"RECURRENCE-ID;TZID=Europe/Berlin:{day}T100000", *times, *more)


def test_a_moved_date_moves_and_moves_back(database: Database) -> None:
    """By RECURRENCE-ID: the same event, elsewhere; without the exception it is where the series has it."""
    run(database, file(WEEKLY))
    ids = {event.id for event in events(database)}
    moved = file(WEEKLY, exception("20261208", "20261209T150000"))
    assert outcomes(run(database, moved)) == ["unchanged", "updated", "unchanged"]
    assert outcomes(run(database, moved)) == ["unchanged"] * 3
    assert [f"{event.starts_at:%d. %H:%M}" for event in events(database)] == ["01. 09:00", "09. 14:00", "15. 09:00"]
    assert outcomes(run(database, file(WEEKLY))) == ["unchanged", "updated", "unchanged"]
    assert {event.id for event in events(database)} == ids


def test_a_date_moved_onto_the_day_of_another_stays_itself(database: Database) -> None:
    """Two dates on one day are told apart by the day they were meant for."""
    run(database, file(WEEKLY))
    first = {event.starts_at: event.id for event in events(database)}
    run(database, file(WEEKLY, exception("20261208", "20261201T180000")))
    found = events(database)
    assert [f"{event.starts_at:%d. %H:%M}" for event in found] == ["01. 09:00", "01. 17:00", "15. 09:00"]
    assert found[1].id == first[datetime(2026, 12, 8, 9, 0, tzinfo=UTC)]


def test_one_date_of_a_series_is_called_off_by_its_exception(database: Database) -> None:
    """STATUS:CANCELLED of one date; the others stay."""
    run(database, file(WEEKLY))
    off = exception("20261208", "20261208T100000", "STATUS:CANCELLED", "SEQUENCE:3")
    assert outcomes(run(database, file(WEEKLY, off))) == ["unchanged", "cancelled", "unchanged"]


def test_a_series_and_its_exceptions_count_their_changes_apart(database: Database) -> None:
    """An older exception changes nothing; one that is gone is not old; an older series changes nothing at all."""
    series = (*WEEKLY, "SEQUENCE:2")
    run(database, file(series, exception("20261208", "20261208T150000", "SEQUENCE:5")))
    older = run(database, file(series, exception("20261208", "20261208T180000", "SEQUENCE:4")))
    assert [step.reasons for step in older.steps] == [(), ("older",), ()]
    assert outcomes(run(database, file(series))) == ["unchanged", "updated", "unchanged"]
    assert events(database)[1].starts_at == datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    before = run(database, file((*WEEKLY[:4], "SUMMARY:Altes Café", "SEQUENCE:1")))
    assert [step.reasons for step in before.steps] == [("older",)] * 3


def test_a_series_moved_as_a_whole_keeps_its_date_that_was_moved_alone(database: Database) -> None:
    """The exception names its date by the new hour; it is the same event all the same."""
    run(database, file(WEEKLY, exception("20261208", "20261208T180000")))
    ids = [event.id for event in events(database)]
    later = tuple(line.replace("T100000", "T110000").replace("T120000", "T130000") for line in WEEKLY)
    alone = tuple(line.replace("1208T100000", "1208T110000") for line in exception("20261208", "20261208T180000"))
    run(database, file(later, alone))
    assert [event.id for event in events(database)] == ids
    assert [f"{event.starts_at:%d. %H:%M}" for event in events(database)] == ["01. 10:00", "08. 17:00", "15. 10:00"]


def test_dates_that_make_room_for_each_other_keep_their_space(database: Database) -> None:
    """All of a morning moves by an hour: one is in the way of the other only until it has moved itself."""
    with database.transaction() as session:
        space = make_space(session)
    other = ("UID:fest", "DTSTART:20261212T120000Z", "DTEND:20261212T140000Z", "SUMMARY:Chor")
    first = ("UID:vor", "DTSTART:20261212T100000Z", "DTEND:20261212T120000Z", "SUMMARY:Café")
    run(database, file(first, other), space_id=space.id)
    later = [
        tuple(line.replace("T14", "T15").replace("T12", "T13").replace("T10", "T11") for line in one)
        for one in (first, other)
    ]
    report = run(database, file(*later), space_id=space.id)
    assert [(step.outcome.value, step.reasons) for step in report.steps] == [("updated", ())] * 2
    assert {event.space_id for event in events(database)} == {space.id}


def test_other_calendars_are_left_alone(database: Database) -> None:
    """A file says nothing about UIDs that it does not name."""
    run(database, file(SINGLE))
    run(database, file(WEEKLY))
    assert ("Fest", "published") in standing(database)


def test_what_the_house_called_off_stays_off(database: Database) -> None:
    """The calendar does not bring it back."""
    run(database, file(SINGLE))
    with database.transaction() as session:
        programme.cancel_event(session, session.scalars(select(Event.id)).one(), "krank", now=NOW)
    (step,) = run(database, file((*SINGLE, "SEQUENCE:9"))).steps
    assert step.reasons == ("cancelled_here",)
    assert standing(database) == [("Fest", "cancelled")]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((*SINGLE, "CLASS:PRIVATE"), "private"),
        ((*SINGLE[:2], "DTEND:20270212T120000Z", "SUMMARY:Ausstellung"), "too_long"),
    ],
)
def test_what_does_not_belong_is_left_out_with_a_reason(
    database: Database, lines: tuple[str, ...], reason: str
) -> None:
    """The rest of the file is imported all the same."""
    report = run(database, file(lines, WEEKLY))
    assert [step.reasons for step in report.steps if step.outcome is Outcome.SKIPPED] == [(reason,)]
    assert report.count(Outcome.CREATED) == 3


def test_spaces_are_booked_along_and_conflicts_are_listed(database: Database) -> None:
    """The second Café meets the choir: it is entered without a space, and said so."""
    with database.transaction() as session:
        space = make_space(session)
        make_booking(session, space, "11:00", "13:00", day=datetime(2026, 12, 8, tzinfo=UTC).date(), title="Chor")
    report = run(database, file(WEEKLY), space_id=space.id)
    assert [step.reasons for step in report.steps] == [(), ("space_taken",), ()]
    assert [event.space_id for event in events(database)] == [space.id, None, space.id]
    with database.reading() as session:
        assert len(session.scalars(select(Booking)).all()) == 3


def test_two_dates_of_one_file_do_not_share_a_space(database: Database) -> None:
    """The first one has it."""
    with database.transaction() as session:
        space = make_space(session)
    report = run(database, file(SINGLE, ("UID:zwei", *SINGLE[1:])), space_id=space.id)
    assert sorted(step.reasons for step in report.steps) == [(), ("space_taken",)]


def upload(client: FlaskClient, content: bytes, **said: str) -> str:
    """Upload a file; return the page that follows."""
    form = {"file": (io.BytesIO(content), "haus.ics"), "publish": "published", "space_id": "", "theme": ""} | said
    return client.post("/import", data=form, content_type="multipart/form-data", follow_redirects=True).text


def coming(title: str = "Fest", days: int = 3, uid: str = "fest") -> tuple[str, ...]:
    begins = now() + timedelta(days=days)
    return (f"UID:{uid}", f"DTSTART:{begins:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", f"SUMMARY:{title}")


def confirm(client: FlaskClient, page: str) -> str:
    """Press the button of the dry run."""
    found = re.search(r'action="(/import/[^"/]+)"', page)
    fingerprint = re.search(r'name="fingerprint"[^>]*value="([^"]*)"', page)
    assert found
    assert fingerprint
    return client.post(found[1], data={"fingerprint": fingerprint[1]}, follow_redirects=True).text


def test_the_dry_run_changes_nothing_until_somebody_says_yes(signed_in: FlaskClient, database: Database) -> None:
    """Upload, look, confirm."""
    page = upload(signed_in, file(coming()))
    assert "Fest" in page
    assert "neu: 1" in page
    assert events(database) == []
    assert "1 neu" in confirm(signed_in, page)
    assert standing(database) == [("Fest", "published")]
    with database.reading() as session:
        assert session.scalars(select(PendingImport)).all() == []


def test_a_broken_file_is_told_by_line_and_nothing_is_kept(signed_in: FlaskClient, database: Database) -> None:
    """The page names entry and line; what was chosen in the form stays chosen."""
    page = upload(signed_in, file(("UID:a", "DTSTART:quark", "SUMMARY:Kaputtes Fest"), coming()))
    assert "Kaputtes Fest" in page
    assert re.search(r'<th scope="row"[^>]*>5</th>', page)
    assert re.search(r'value="published"[^>]*checked|checked[^>]*value="published"', page)
    assert events(database) == []
    with database.reading() as session:
        assert session.scalars(select(PendingImport)).all() == []


def test_what_changed_since_the_dry_run_is_shown_again(signed_in: FlaskClient, database: Database) -> None:
    """The room was booked by somebody else meanwhile: nothing is imported before another look."""
    with database.transaction() as session:
        space = make_space(session, name="Saal")
    entry = coming()
    page = upload(signed_in, file(entry), space_id=space.id)
    assert "belegt: Der Termin" not in page
    begins = (now() + timedelta(days=3)).astimezone(ZONE)
    with database.transaction() as session:
        make_booking(session, space, "00:00", "00:00", day=begins.date())
        make_booking(session, space, "00:00", "00:00", day=begins.date() + timedelta(days=1))
    again = confirm(signed_in, page)
    assert "noch nichts importiert" in again
    assert "belegt" in again
    assert events(database) == []
    assert "1 neu" in confirm(signed_in, again)
    assert standing(database) == [("Fest", "published")]


def test_a_file_can_be_forgotten(signed_in: FlaskClient, database: Database) -> None:
    """Then its page is gone, and forgetting it twice is no mistake."""
    page = upload(signed_in, file(coming()))
    found = re.search(r'action="(/import/[^"]+/verwerfen)"', page)
    assert found
    for _ in range(2):
        assert "verworfen" in signed_in.post(found[1], follow_redirects=True).text
    assert signed_in.get(found[1].removesuffix("/verwerfen")).status_code == 404
    assert events(database) == []


def test_uploads_of_yesterday_are_forgotten(signed_in: FlaskClient, database: Database) -> None:
    """A calendar may hold names; it is kept for a day."""
    with database.transaction() as session:
        session.add(PendingImport(content=b"x", uploaded_at=now() - timedelta(days=2)))
    upload(signed_in, file(coming()))
    with database.reading() as session:
        assert [kept.file_name for kept in session.scalars(select(PendingImport))] == ["haus.ics"]


def test_a_form_without_a_file_asks_for_one(signed_in: FlaskClient) -> None:
    """In words, beside the field."""
    answer = signed_in.post("/import", data={"publish": "draft", "space_id": "", "theme": ""})
    assert answer.status_code == 422
    assert "Bitte wählen Sie eine Datei" in answer.text


def test_an_entry_that_became_private_is_withdrawn_with_its_words(database: Database) -> None:
    """It had been public: subscribers see it cancelled, and nobody reads any more what it was."""
    told = ("UID:fest", *SINGLE[1:3], "SUMMARY:Geburtstag von Frau Muster", "DESCRIPTION:Bei ihr zu Hause")
    run(database, file(told))
    assert outcomes(run(database, file((*told, "CLASS:PRIVATE")))) == ["cancelled"]
    (left,) = events(database)
    assert (left.state, left.title, left.description) == ("cancelled", "—", "")
    assert outcomes(run(database, file((*told, "CLASS:PRIVATE")))) == ["skipped"]
