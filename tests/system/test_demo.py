"""The demo's story, as a newcomer plays it: cut a centre's link, go on working, join it again."""

import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from shared.time import now
from tests.factories import ZONE
from tests.system.demo_city import Demo
from tests.system.person import Page, Person

pytestmark = pytest.mark.timeout(400)

CENTRE = "rheinhausen"
FORM = "/buchungen/neu"
TITLE = "Lichterkette am Rhein"
CATCH_UP_S = 90
ADDING = "zusammengezählt"  # what the reports say while sums follow the records


def test_a_cut_centre_goes_on_and_the_hub_catches_up(demo: Demo):
    """What was booked, published and counted while the link was off is at the hub soon after it is on again."""
    centre = demo.centre(CENTRE)
    at_counter, in_city = Person(centre["url"]), Person(demo.said["hub"]["url"])
    at_counter.sign_in(centre["user"], centre["password"])
    in_city.sign_in(demo.said["hub"]["user"], demo.said["hub"]["password"])
    for each in demo.said["centres"]:
        _wait(lambda each=each: ": agreed" in demo.node("link", "status", "--centre", each["id"]))
    visits_before = _visits(in_city)
    demo.node("link", "off", "--centre", CENTRE)

    _book_first_free(at_counter, "Familienfest")
    _publish(at_counter)
    _count(at_counter, 3)

    assert "off" in demo.node("link", "status", "--centre", CENTRE)
    assert "Verbindung ausgeschaltet" in at_counter.open("/heute").text
    assert TITLE not in _found(in_city)
    demo.node("link", "on", "--centre", CENTRE)
    _wait(lambda: TITLE in _found(in_city))
    _wait(lambda: _visits(in_city) == visits_before + 3)
    _wait(lambda: ": agreed" in demo.node("link", "status", "--centre", CENTRE))


def test_a_second_booking_of_the_same_hour_is_refused_in_words_and_keeps_what_was_typed(demo: Demo):
    """The counter says that the room is taken, offers another time, and the form still has the title."""
    centre = demo.centre("hochfeld")
    person = Person(centre["url"])
    person.sign_in(centre["user"], centre["password"])
    day = _book_first_free(person, "Erste Feier")
    second = _book(person, day, "Zweite Feier")
    assert "vergeben" in second.text or "belegt" in second.text
    assert second.form("contact_name").fields["title"] == ["Zweite Feier"]


def test_the_public_sees_the_house_and_the_city_without_signing_in(demo: Demo):
    """Programme, opening hours and calendar need no account; reports do."""
    house = Person(demo.centre("alt-hamborn")["url"]).open("/haus")
    assert "Hamborner Altmarkt 8" in house.text
    assert "10:00" in house.text
    visitor = Person(demo.said["hub"]["url"])
    _wait(lambda: "Interkulturelles Frühstück" in _found(visitor, "Frühstück"))
    assert "/anmelden" in visitor.open("/berichte").url


def test_addresses_say_who_is_where(demo: Demo):
    """`addresses.json` has the hub, three centres and the broker, and each address answers."""
    said = json.loads((demo.folder / "addresses.json").read_text(encoding="utf-8"))
    assert set(said) == {"hub", "centres", "broker"}
    assert set(said["hub"]) == {"url", "user", "password"}
    assert [centre["id"] for centre in said["centres"]] == ["alt-hamborn", "hochfeld", "rheinhausen"]
    for url in (said["hub"]["url"], *(centre["url"] for centre in said["centres"])):
        with urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:
            assert answer.status == 200


def _book_first_free(person: Person, title: str) -> date:
    """Book at ten on the first day from next month on when nothing of the demo is there; return the day."""
    first = now().astimezone(ZONE).date() + timedelta(days=40)
    for day in (first + timedelta(days=number) for number in range(14)):
        page = _book(person, day, title)
        if not page.url.endswith(FORM):
            return day
    raise AssertionError(page.text[:3000])


def _book(person: Person, day: date, title: str) -> Page:
    """Ask for the first room of the house on a day at ten."""
    page = person.open(f"{FORM}?tag={day}")
    form = page.form("contact_name")
    space = re.search(r'<option[^>]* value="([0-9a-f-]{36})"', page.text)
    assert space
    form.fields["space_id"] = [space[1]]
    return person.send(page, form, title=title, contact_name="B. Beispiel", starts="10:00", ends="12:00")


def _publish(person: Person) -> None:
    page = person.open("/programm/neu")
    day = (now().date() + timedelta(days=41)).isoformat()
    form = page.form("summary")
    sent = person.send(page, form, title=TITLE, day=day, starts="17:00", ends="19:00", publish="1")
    assert sent.status == 200, sent.text[:3000]
    assert "/neu" not in sent.url, sent.text[:3000]


def _count(person: Person, times: int) -> None:
    for _time in range(times):
        page = person.open("/zaehler")
        sent = person.send(page, page.form("kind"), kind="open_meeting")
        assert sent.status == 200


def _found(person: Person, words: str = TITLE) -> str:
    """Return the titles that the city's calendar finds; the search field itself does not count."""
    text = person.open(f"/kalender?q={urllib.parse.quote(words)}").text
    return " ".join(re.findall(r"<a[^>]*/veranstaltung/[^>]*>(.*?)</a>", text, re.DOTALL))


def _visits(person: Person) -> int:
    """Return the visits of the report, once nothing waits to be added up."""
    _wait(lambda: ADDING not in person.open("/berichte").text)
    text = person.open("/berichte").text
    found = re.search(r">Besuche</a>.*?card__figure\">(?:<span[^>]*>[^<]*</span>)?\s*([\d.]+)", text, re.DOTALL)
    assert found, text[:2000]
    return int(found[1].replace(".", ""))


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + CATCH_UP_S
    while not condition():
        assert time.monotonic() < deadline, "the hub did not catch up"
        time.sleep(0.2)
