"""When events of two houses are one, by the words of the houses alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.calendar.twins import SAME_MOMENT_MAX, Told, sets_of_twins
from tests.hub.calendar.conftest import local

STARTS = local("15:00")
NORTH = Told("north", "n", "Sommerfest", STARTS, STARTS + timedelta(hours=3), house="Haus Nord", street="Nordstraße 1")
SOUTH = replace(NORTH, centre_id="south", event_id="s", house="Haus Süd", street="Südstraße 2")


def houses_together(*told: Told) -> list[list[str]]:
    """Return which houses' events are one, in their order."""
    return [[one.centre_id for one in each] for each in sets_of_twins(told)]


@pytest.mark.parametrize(
    ("north", "south"),
    [
        ({}, {"partners": "Haus Nord, Sportverein"}),
        ({"own_room": True}, {"place": "Im HAUS NORD, Saal"}),
        ({}, {"place": "Nordstr. 1 / Nordstrasse 1"}),
        ({"place": "Saal"}, {"place": "Haus Nord"}),
        ({"organiser": "Haus Süd"}, {}),
        ({"place": "Kantpark", "organiser": "Runder Tisch"}, {"place": "kantpark", "organiser": "Runder Tisch"}),
        (
            {"attendance": "online", "online_url": "https://a.example/1"},
            {"attendance": "hybrid", "online_url": "https://a.example/1"},
        ),
    ],
)
def test_evidence_makes_two_events_one(north: dict[str, object], south: dict[str, object]) -> None:
    """A house names the other, or both name the same somebody at the same proper place."""
    told = replace(NORTH, **north), replace(SOUTH, **south)  # type: ignore[arg-type]
    assert [sorted(each) for each in houses_together(*told)] == [["north", "south"]]


@pytest.mark.parametrize(
    ("north", "south"),
    [
        ({}, {}),
        ({"place": "Großer Saal", "organiser": "AWO"}, {"place": "Großer Saal", "organiser": "AWO"}),
        ({"organiser": "AWO"}, {"organiser": "AWO"}),
        ({"place": "Kantpark"}, {"place": "Kantpark"}),
        ({"partners": "Sportverein"}, {"partners": "Sportverein"}),
        ({"partners": "Haus"}, {"partners": "Nord"}),
    ],
)
def test_title_and_moment_alone_make_nothing_one(north: dict[str, object], south: dict[str, object]) -> None:
    """Every house has its open meeting at ten, and its great hall."""
    assert houses_together(replace(NORTH, **north), replace(SOUTH, **south)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "south",
    [
        {"title": "Sommerfest am See"},
        {"starts_at": STARTS + timedelta(hours=1)},
        {"ends_at": STARTS + timedelta(hours=9)},
        {"attendance": "online"},
        {"own_room": True},
        {"centre_id": "north"},
    ],
)
def test_what_contradicts_keeps_events_apart(south: dict[str, object]) -> None:
    """Whatever speaks for it: another title, time or place, and never two of one house."""
    north = replace(NORTH, own_room=True, partners="Haus Süd")
    assert houses_together(north, replace(SOUTH, partners="Haus Nord", **south)) == []  # type: ignore[arg-type]


def test_two_organisers_are_two_events() -> None:
    """Both are at the house in the north; Caritas and AWO advise there at the same hour."""
    north = replace(NORTH, title="Beratung", organiser="Caritas")
    south = replace(SOUTH, title="Beratung", organiser="AWO", place="Haus Nord")
    assert houses_together(north, south) == []
    assert houses_together(replace(north, partners="AWO Duisburg"), south) != []


def test_the_house_where_it_is_comes_first() -> None:
    """Visitors are led to the right door."""
    guest = replace(NORTH, place="Haus Süd")
    assert houses_together(guest, replace(SOUTH, own_room=True)) == [["south", "north"]]


def test_a_third_house_joins_unless_it_contradicts_one() -> None:
    """It has to fit all that are together already."""
    north = replace(NORTH, partners="Haus Süd", own_room=True)
    west = replace(SOUTH, centre_id="west", event_id="w", house="Haus West", street="", partners="Haus Süd")
    assert houses_together(north, SOUTH, west) == [["north", "south", "west"]]
    assert houses_together(north, SOUTH, replace(west, own_room=True)) == [["north", "south"]]


def test_the_order_in_which_events_are_told_changes_nothing() -> None:
    """So that a rebuilt calendar is the same calendar."""
    third = replace(SOUTH, centre_id="west", event_id="w", house="Haus West", partners="Haus Nord")
    assert houses_together(NORTH, SOUTH, third) == houses_together(third, SOUTH, NORTH) == [["north", "west"]]


def test_a_title_that_very_many_houses_use_says_nothing() -> None:
    """Else one busy title would cost every house's every change."""
    many = [
        replace(SOUTH, centre_id=f"{number}", event_id=f"{number}", partners="Haus Nord")
        for number in range(SAME_MOMENT_MAX)
    ]
    assert houses_together(*many[1:], NORTH) != []
    assert houses_together(*many, NORTH) == []
