"""Lists imported: rooms, regulars, events; a second import changes and doubles nothing."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from node.bookings import series as booking_series
from node.bookings.models import Booking
from node.imports import importers
from node.imports.lists import Circumstances, ListKind, ListReport
from node.imports.models import ImportedRow, PendingImport
from node.imports.tables import TableBroken
from node.programme import service as programme
from node.programme.models import Event
from node.series.models import BookingSeries
from node.spaces import service as spaces
from node.spaces.models import Space
from node.spaces.service import SpaceEntry
from shared.database import Database
from tests.factories import DAY, NOW, ZONE, local_slot, make_booking, make_event, make_space
from tests.node.registration.conftest import join

ROOMS, REGULARS, EVENTS = ListKind.ROOMS, ListKind.REGULARS, ListKind.EVENTS


@pytest.fixture(autouse=True)
def languages(app: Flask) -> Iterator[None]:
    """The words of the lists' cells are those of the site's languages."""
    with app.app_context():
        yield


def run(database: Database, kind: ListKind, *rows: str, now: datetime = NOW, publish: bool = True) -> ListReport:
    """Import a list of these rows, the first one names the columns."""
    content = "\r\n".join([*rows, ""]).encode("cp1252")
    at = Circumstances(ZONE, now, by="anna", publish=publish)
    with database.transaction() as session:
        upload = PendingImport(kind=kind.value, content=content, uploaded_at=now)
        return importers.carry_out(session, upload, at)


def outcomes(report: ListReport) -> list[str]:
    return [step.outcome.value for step in report.steps]


def problems(database: Database, kind: ListKind, *rows: str) -> list[tuple[int, str]]:
    """Return line and reason of everything that is broken in a list."""
    with pytest.raises(TableBroken) as refusal:
        run(database, kind, *rows)
    return [(problem.line, problem.reason) for problem in refusal.value.problems]


def rooms(database: Database) -> dict[str, Space]:
    with database.reading() as session:
        return {space.name: space for space in spaces.list_spaces(session)}


def events(database: Database) -> list[Event]:
    with database.reading() as session:
        return list(session.scalars(select(Event).order_by(Event.starts_at, Event.title)))


def count(database: Database, what: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_rooms_are_made_with_all_that_is_said_wholes_before_parts(database: Database) -> None:
    """In whatever order the list has rows and columns."""
    report = run(
        database,
        ROOMS,
        "Teil von;Raum;Art;Personen;Barrierefreiheit;Buchbar",
        "Großer Saal;Saal links;mehrzweckraum;40;;ja",
        ";Großer Saal;;80;Stufenlos, Induktionsschleife;",
        ";Lager;Storage;;;nein",
    )
    assert outcomes(report) == ["created"] * 3
    found = rooms(database)
    assert found["Saal links"].parent_id == found["Großer Saal"].id
    assert found["Großer Saal"].accessibility == ("step_free", "induction_loop")
    assert (found["Lager"].kind, found["Lager"].bookable, found["Saal links"].capacity) == ("storage", False, 40)


def test_a_second_list_of_rooms_changes_what_it_says_and_nothing_else(database: Database) -> None:
    """Known by its name, also a room that somebody entered by hand; what the list has no column for stays."""
    with database.transaction() as session:
        spaces.add_space(session, SpaceEntry(name="Saal", capacity=10, description="Parkett"))
    assert outcomes(run(database, ROOMS, "Raum;Personen", "SAAL;20")) == ["updated"]
    assert outcomes(run(database, ROOMS, "Raum;Personen", "SAAL;20")) == ["unchanged"]
    (space,) = rooms(database).values()
    assert (space.name, space.capacity, space.description) == ("SAAL", 20, "Parkett")


def test_a_room_with_a_number_may_change_its_name(database: Database) -> None:
    """The number is what makes it the same."""
    run(database, ROOMS, "Nr.;Raum", "7;Saal", "8;Küche")
    assert outcomes(run(database, ROOMS, "Nr.;Raum", "7;Bürgersaal", "8;Küche")) == ["updated", "unchanged"]
    assert set(rooms(database)) == {"Bürgersaal", "Küche"}


def test_rooms_that_cannot_be_are_left_out_with_a_reason(database: Database) -> None:
    """A circle of parts, a whole that is not there, the same room twice."""
    report = run(database, ROOMS, "Raum;Teil von", "A;B", "B;A", "C;D", "E;", "e;")
    assert [(step.line, step.outcome.value, [reason.key for reason in step.reasons]) for step in report.steps] == [
        (2, "skipped", ["whole_unknown"]),
        (3, "skipped", ["whole_unknown"]),
        (4, "skipped", ["whole_unknown"]),
        (5, "created", []),
        (6, "skipped", ["row_twice"]),
    ]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (("Personen", "3"), [(1, "column_missing")]),
        (("Raum;room", "a;b"), [(1, "column_twice")]),
        (("Raum;Personen", "Saal;viele", ";3"), [(2, "cell_no_number"), (3, "cell_missing")]),
        (("Raum;Art", "Saal;Ballsaal"), [(2, "cell_unknown_word")]),
    ],
)
def test_everything_broken_is_told_by_line_and_nothing_is_imported(
    database: Database, rows: tuple[str, ...], found: list[tuple[int, str]]
) -> None:
    """All places at once, so that the list is mended in one go."""
    assert problems(database, ROOMS, *rows) == found
    assert rooms_of(database) == []


def rooms_of(database: Database) -> list[str]:
    return list(rooms(database))


def test_a_missing_column_is_named_with_an_example(database: Database) -> None:
    """So that nobody has to guess what it should hold."""
    with pytest.raises(TableBroken) as refusal:
        run(database, EVENTS, "Titel;Datum;Von", "Fest;1.1.2027;10:00")
    assert [problem.detail for problem in refusal.value.problems] == ["Bis (17:00)"]


def test_unknown_columns_are_named_and_left_alone(database: Database) -> None:
    """The rest of the list is read all the same."""
    report = run(database, ROOMS, "Raum;Hausmeister;", "Saal;Herr Müller;")
    assert (report.understood.unknown, list(rooms(database))) == (["Hausmeister"], ["Saal"])


REGULAR = "Gruppe;Wochentag;Von;Bis;Raum;Ab Datum;Bis Datum;Ansprechperson;Telefon"
CHOIR = "Chor;Montag;18:00;20 Uhr;saal;23.11.2026;14.12.2026;Maria Muster;0203 1"


def bookings_of(database: Database) -> list[tuple[str, str, str]]:
    """Return day, times and title of all standing bookings."""
    with database.reading() as session:
        rows = session.scalars(select(Booking).where(Booking.state == "confirmed").order_by(Booking.starts_at))
        return [
            (
                f"{row.starts_at.astimezone(ZONE):%d.%m.}",
                f"{row.starts_at.astimezone(ZONE):%H:%M}–{row.ends_at.astimezone(ZONE):%H:%M}",
                row.title,
            )
            for row in rows
        ]


@pytest.fixture
def hall(database: Database) -> Space:
    with database.transaction() as session:
        return make_space(session, "Saal")


def test_a_regular_group_gets_a_series_of_bookings(database: Database, hall: Space) -> None:
    """Every week from the first to the last day, with the contact that stays in the house."""
    report = run(database, REGULARS, REGULAR, CHOIR)
    assert outcomes(report) == ["created"]
    days = ["23.11.", "30.11.", "07.12.", "14.12."]
    assert bookings_of(database) == [(day, "18:00–20:00", "Chor") for day in days]
    with database.reading() as session:
        assert set(session.scalars(select(Booking.contact_name))) == {"Maria Muster"}


def test_dates_that_are_taken_are_named_and_the_others_are_booked(database: Database, hall: Space) -> None:
    """The list goes on; what is missing stands in the report with its day."""
    with database.transaction() as session:
        make_booking(session, hall, "19:00", "21:00", DAY + timedelta(days=7))
    (step,) = run(database, REGULARS, REGULAR, CHOIR).steps
    assert [(reason.key, reason.detail) for reason in step.reasons] == [("dates_taken", "1 (30.11.2026)")]
    assert len(bookings_of(database)) == 4


def test_a_second_list_of_regulars_changes_the_coming_dates(database: Database, hall: Space) -> None:
    """Other times and another contact for the same group, weekday and room: no date twice, the past as it was."""
    run(database, REGULARS, REGULAR, CHOIR)
    later = NOW + timedelta(days=3)
    assert outcomes(run(database, REGULARS, REGULAR, CHOIR, now=later)) == ["unchanged"]
    changed = CHOIR.replace("18:00", "17:30").replace("Maria Muster", "Jo Beispiel")
    (step,) = run(database, REGULARS, REGULAR, changed, now=later).steps
    assert (step.outcome.value, step.changes) == ("updated", ("contact_name", "slot"))
    expected = [("23.11.", "18:00–20:00", "Chor")]
    expected += [(day, "17:30–20:00", "Chor") for day in ("30.11.", "07.12.", "14.12.")]
    assert bookings_of(database) == expected
    assert outcomes(run(database, REGULARS, REGULAR, changed, now=later)) == ["unchanged"]


def test_a_list_without_days_is_good_for_a_year_and_changes_nothing_later(database: Database, hall: Space) -> None:
    """The first import begins today; the same list months later does not begin again."""
    rows = ("Gruppe;Wochentag;Von;Bis;Raum;Rhythmus", "Yoga;Di, Do;9:30;11:00;Saal;14-tägig")
    run(database, REGULARS, *rows)
    first = bookings_of(database)
    assert (len(first), first[0][0], first[1][0], first[2][0]) == (52, "24.11.", "26.11.", "08.12.")
    assert outcomes(run(database, REGULARS, *rows, now=NOW + timedelta(days=60))) == ["unchanged"]
    assert bookings_of(database) == first


def test_what_the_house_called_off_stays_off(database: Database, hall: Space) -> None:
    """A list from last year does not bring a group back."""
    run(database, REGULARS, REGULAR, CHOIR)
    with database.transaction() as session:
        series = session.scalars(select(BookingSeries)).one()
        booking_series.cancel_series(session, series, None, "aufgelöst", now=NOW, by="anna")
    (step,) = run(database, REGULARS, REGULAR, CHOIR).steps
    assert [reason.key for reason in step.reasons] == ["cancelled_here"]
    assert bookings_of(database) == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (CHOIR.replace("saal", "Keller"), "room_unknown"),
        (CHOIR.replace("14.12.2026", "01.11.2026"), "no_dates"),
        (CHOIR.replace("14.12.2026", "14.12.2196"), "too_many_dates"),
    ],
)
def test_regulars_that_cannot_be_are_left_out_with_a_reason(
    database: Database, hall: Space, row: str, reason: str
) -> None:
    """The other rows are done."""
    report = run(database, REGULARS, REGULAR, row, "Yoga;Di;9:00;10:00;Saal;;01.12.2026;;")
    assert [[reason.key for reason in step.reasons] for step in report.steps] == [[reason], []]
    assert outcomes(report) == ["skipped", "created"]


EVENT = "Titel;Datum;Von;Bis;Raum;Thema;Kosten;Plätze;Zielgruppe;Anmeldung;Anmelden bis"
PARTY = "Fest;12.12.2026;14:00;18:00;Saal;Familie;2,50 €;50;Familien, Kinder;Nur mit Anmeldung;10.12.2026"


def test_events_are_written_with_all_that_is_said(database: Database, hall: Space) -> None:
    """Its room is booked along; words in German or English become keys."""
    assert outcomes(run(database, EVENTS, EVENT, PARTY)) == ["created"]
    (event,) = events(database)
    assert event.starts_at == local_slot("14:00", "18:00", date(2026, 12, 12)).starts_at
    assert (event.state, event.theme, event.cost_cents, event.capacity) == ("published", "family", 250, 50)
    assert (event.target_groups, event.registration, event.space_id) == (
        ("families", "children"), "required", hall.id,
    )  # fmt: skip
    assert bookings_of(database) == [("12.12.", "14:00–18:00", "Fest")]


def test_a_second_list_of_events_doubles_nothing(database: Database, hall: Space) -> None:
    """Same title, day and beginning is the same event; what the house wrote besides stays."""
    run(database, EVENTS, EVENT, PARTY)
    with database.transaction() as session:
        session.scalars(select(Event)).one().description = "Mit Musik"
    assert outcomes(run(database, EVENTS, EVENT, PARTY)) == ["unchanged"]
    (step,) = run(database, EVENTS, EVENT, PARTY.replace("18:00", "19:00")).steps
    assert (step.outcome.value, step.changes) == ("updated", ("slot",))
    (event,) = events(database)
    assert (event.sequence, event.description) == (1, "Mit Musik")
    assert bookings_of(database) == [("12.12.", "14:00–19:00", "Fest")]


def test_an_event_with_a_number_may_move_to_another_day(database: Database) -> None:
    """The number is what makes it the same."""
    run(database, EVENTS, "Nr.;Titel;Datum;Von;Bis", "1;Fest;12.12.2026;14:00;18:00")
    assert outcomes(run(database, EVENTS, "Nr.;Titel;Datum;Von;Bis", "1;Fest;13.12.2026;14:00;18:00")) == ["updated"]
    assert len(events(database)) == 1


def test_an_event_that_was_entered_by_hand_is_known_again(database: Database) -> None:
    """The list and the house mean the same breakfast."""
    with database.transaction() as session:
        make_event(session, theme="family")
    rows = ("Titel;Datum;Von;Bis;Ort", "Offenes Frühstück;23.11.2026;10:00;12:00;Garten")
    assert outcomes(run(database, EVENTS, *rows)) == ["updated"]
    (event,) = events(database)
    assert (event.place, event.theme) == ("Garten", "family")


def test_an_event_whose_room_is_taken_comes_without_it(database: Database, hall: Space) -> None:
    """It stands in the programme, and in the report with the reason; two rows do not share a room either."""
    with database.transaction() as session:
        make_booking(session, hall, "17:00", "19:00", date(2026, 12, 12))
    report = run(database, EVENTS, EVENT, PARTY)
    assert [[reason.key for reason in step.reasons] for step in report.steps] == [["space_taken"]]
    assert [event.space_id for event in events(database)] == [None]


def test_rows_that_make_room_for_each_other_keep_their_room(database: Database, hall: Space) -> None:
    """Both move by an hour; one is in the way of the other only until it has moved itself."""
    head = "Nr.;Titel;Datum;Von;Bis;Raum"
    run(database, EVENTS, head, "1;Chor;12.12.2026;10:00;12:00;Saal", "2;Tanz;12.12.2026;12:00;14:00;Saal")
    later = (head, "1;Chor;12.12.2026;11:00;13:00;Saal", "2;Tanz;12.12.2026;13:00;15:00;Saal")
    assert [(step.outcome.value, step.reasons) for step in run(database, EVENTS, *later).steps] == [("updated", ())] * 2
    assert {event.space_id for event in events(database)} == {hall.id}


def test_fewer_places_than_given_away_is_left_out_with_a_reason(database: Database) -> None:
    """Nobody loses a place because of a list."""
    with database.transaction() as session:
        event = make_event(session, capacity=5, registration="required", day=date(2026, 12, 12))
        join(session, event, adults=3)
    row = "Offenes Frühstück;12.12.2026;10:00;12:00;2"
    (step,) = run(database, EVENTS, "Titel;Datum;Von;Bis;Plätze", row).steps
    assert [reason.key for reason in step.reasons] == ["places_taken"]


def test_events_that_cannot_be_are_left_out_with_a_reason(database: Database) -> None:
    """An unknown room, ages nobody has, more than a month; a cancelled one stays cancelled."""
    run(database, EVENTS, "Titel;Datum;Von;Bis", "Aus;1.12.2026;10:00;11:00")
    with database.transaction() as session:
        programme.cancel_event(session, session.scalars(select(Event)).one().id, "krank", now=NOW)
    report = run(
        database,
        EVENTS,
        "Titel;Datum;Von;Bis;Raum;Alter ab;Alter bis;Endet am",
        "Eins;1.12.2026;10:00;11:00;Keller;;;",
        "Zwei;1.12.2026;10:00;11:00;;9;3;",
        "Drei;1.12.2026;10:00;11:00;;;;1.2.2027",
        "Aus;1.12.2026;10:00;11:00;;;;",
        "Nacht;1.12.2026;22:00;1:00;;;;",
    )
    reasons = [[reason.key for reason in step.reasons] for step in report.steps]
    assert reasons == [["room_unknown"], ["ages_impossible"], ["too_long"], ["cancelled_here"], []]
    assert [event.title for event in events(database)] == ["Aus", "Nacht"]


@pytest.mark.parametrize("kind", list(ListKind))
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_template_can_be_imported_as_it_is(database: Database, kind: ListKind, language: str) -> None:
    """What we show as an example is understood by ourselves, in both languages."""
    at = Circumstances(ZONE, NOW, language=language)
    with database.transaction() as session:
        for name in ("Saal", "Nebenraum"):
            make_space(session, name)
        content = importers.template_of(session, kind, at)
        upload = PendingImport(kind=kind.value, content=content, uploaded_at=NOW)
        report = importers.carry_out(session, upload, at)
        assert not report.understood.unknown
        assert set(outcomes(report)) <= {"created", "updated"}
        assert len(report.steps) == 2


def test_no_name_stands_in_the_keys_by_which_rows_are_known(database: Database, hall: Space) -> None:
    """Only a fingerprint is kept, so that erasing a person leaves nothing behind here."""
    run(database, REGULARS, REGULAR, CHOIR)
    with database.reading() as session:
        (row,) = session.execute(select(ImportedRow.__table__)).all()
    assert "chor" not in str(row).casefold()
