"""The mini PC's disk is full, read-only or holds a damaged file: the house is told plainly and loses nothing typed."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from node.core.accounts import Account, Role
from node.spaces.models import Space
from shared.time import now
from shared.web.accounts import add_account
from tests.system.brokers import make_broker
from tests.system.city import Centre, City, running_city, wait_until
from tests.system.disks import Disk, small_disk
from tests.system.person import Page, Person

PASSWORD = "ein Kuchen mit Mohn"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with running_city(tmp_path, make_broker("embedded", tmp_path)) as running:
        yield running


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


@pytest.fixture
def house(city: City, disk: Disk) -> Centre:
    """A running centre whose data lie on a small disk of their own."""
    centre = city.centre("alt-hamborn", data_folder=str(disk.folder))
    with centre.database.transaction() as session:
        add_account(session, Account, "leitung", PASSWORD, Role.LEAD, list(Role), now())
    centre.desk.start()
    wait_until(centre.arrived, 60)
    return centre


@pytest.fixture
def anna(house: Centre) -> Person:
    """Somebody who is signed in at the counter."""
    person = Person(house.desk.url)
    assert person.sign_in("leitung", PASSWORD).status == 200
    return person


def health(house: Centre) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(f"{house.desk.url}/healthz", timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def arrange(person: Person, name: str) -> Page:
    """Add a space by its form."""
    page = person.open("/raeume/neu")
    return person.send(page, page.form("capacity"), name=name)


def refused(person: Person) -> tuple[Page, str]:
    """Type until nothing more fits; what is left in an old part of the log may still take one or two."""
    for number in range(200):
        name = f"Saal {number} " + "sehr breit " * 8
        page = arrange(person, name)
        if page.status != 200:
            return page, name
    raise AssertionError("the disk took everything")


def names(house: Centre) -> list[str]:
    with house.database.reading() as session:
        return sorted(space.name for space in session.query(Space))


def test_a_full_disk_is_said_at_the_counter_and_nothing_typed_is_lost(house: Centre, disk: Disk, anna: Person) -> None:
    """The page says what is wrong and whom to call, the others can be read, and the same form works later."""
    disk.fill(house.desk)
    page, name = refused(anna)
    assert page.status == 503
    assert "Noch nicht gespeichert" in page.text
    assert "Bitte rufen Sie die Person an" in page.text
    assert name.strip() in page.text
    kept = page.form("capacity")
    assert kept.fields["name"][0].strip() == name.strip()
    assert name.strip() not in names(house)
    for path in ("/", "/heute", "/raeume", "/buchungen", "/programm", "/zaehler"):
        assert anna.open(path).status == 200, path
    if disk.kind == "tmpfs":  # a process that may not write files does not make the disk smaller
        status, said = health(house)
        assert (status, said["parts"]["database"]) == (503, "failed")

    disk.free(house.desk)
    assert anna.send(page, kept).status == 200
    assert name.strip() in names(house)
    wait_until(lambda: health(house)[0] == 200, 60, "the pulse")
    wait_until(house.arrived, 60, "agreement with the city")
    house.assert_same_records()


def test_a_full_disk_keeps_no_house_from_starting(house: Centre, city: City, disk: Disk, anna: Person) -> None:
    """After a power cut the site comes up and shows what there is; the link begins when there is room."""
    if disk.kind != "tmpfs":
        pytest.skip("needs a disk of its own: only root can mount one")
    disk.fill(house.desk)
    refused(anna)
    city.announce(3)
    house.desk.kill()
    house.desk.start()
    assert anna.open("/").status in (200, 503)
    disk.free(house.desk)
    wait_until(lambda: anna.opens("/raeume"), 60, "the site")
    wait_until(lambda: house.arrived() and house.announcements() == 3, 60, "agreement")
    house.assert_same_records()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_read_only_disk_can_still_be_read(house: Centre, disk: Disk, anna: Person, end: str) -> None:
    """A worn-out memory card goes read-only: the house reads its week, and is told that nothing is saved."""
    if disk.kind != "tmpfs":
        pytest.skip("needs a disk of its own: only root can mount one")
    assert arrange(anna, "Kleiner Saal").status == 200
    getattr(house.desk, end)()
    house.database.dispose()
    with protected(disk, house):
        for path in ("/", "/heute", "/raeume", "/buchungen", "/zaehler"):
            assert anna.open(path).status == 200, path
        assert "Kleiner Saal" in anna.open("/raeume").text
        page = arrange(anna, "Neuer Saal")
        assert page.status == 503
        assert "schreibgeschützt" in page.text
        assert page.form("capacity").fields["name"] == ["Neuer Saal"]
        assert health(house)[0] == 503
    wait_until(lambda: anna.send(page, page.form("capacity")).status == 200, 60, "the same form")
    assert names(house) == ["Kleiner Saal", "Neuer Saal"]
    wait_until(house.arrived, 60, "agreement with the city")


@contextmanager
def protected(disk: Disk, house: Centre) -> Iterator[None]:
    """The disk is read-only when the house starts, and inside the block."""
    disk.protect(True)
    try:
        house.desk.start()
        yield
    finally:
        disk.protect(False)


@pytest.mark.parametrize("spoiled", ["garbage", "folder"])
def test_the_site_comes_up_where_its_database_cannot_be_opened(house: Centre, anna: Person, spoiled: str) -> None:
    """It says what is wrong on each page, gives typed forms back, and opens by itself when the file is there again."""
    page = anna.open("/raeume/neu")
    house.desk.stop()
    house.database.dispose()
    file = Path(str(house.database.url.database))
    good = file.rename(file.with_name("good"))
    if spoiled == "folder":
        file.mkdir()
    else:
        file.write_bytes(b"no database at all " * 500)
    house.desk.start()
    shut = anna.open("/heute")
    assert shut.status == 503
    assert ("nicht erreichbar" if spoiled == "folder" else "ist beschädigt") in shut.text
    assert health(house)[0] == 503
    kept = anna.send(page, page.form("capacity"), name="Saal")
    assert kept.form("capacity").fields["name"] == ["Saal"]
    file.rmdir() if spoiled == "folder" else file.unlink()
    good.rename(file)
    wait_until(lambda: anna.opens("/heute"), 60, "the real site")
    assert anna.send(kept, kept.form("capacity")).status == 200
    assert names(house) == ["Saal"]


def test_the_city_says_so_too(city: City) -> None:
    """The hub's site comes up beside a damaged file, and its ingest begins when the file is whole again."""
    centre = city.centre("marxloh")
    centre.desk.start()
    visitor = Person(city.hub.url)
    city.hub.stop()
    city.hub_database.dispose()
    file = Path(str(city.hub_database.url.database))
    good = file.rename(file.with_name("good"))
    file.write_bytes(b"no database at all " * 500)
    centre.add_spaces(5)
    city.hub.start()
    assert "ist beschädigt" in visitor.open("/").text
    file.unlink()
    good.rename(file)
    wait_until(lambda: visitor.opens("/anmelden"), 60, "the real site")
    wait_until(centre.arrived, 60, "agreement")
    centre.assert_same_records()
