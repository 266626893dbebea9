"""The drills: what has to happen when a machine is found dead, or a hub is restored, or both, and somebody was erased.

Each plays with real processes and the real commands, and writes what it checked into its report.
"""

from collections.abc import Callable
from pathlib import Path

from hub.network.joining.models import Kind
from hub.network.models import Member
from tests.drills.machines import PATIENCE_S, Machine, invite, occurrences, run_hub, small_city
from tests.drills.report import Report
from tests.system.city import wait_until

CENTRE = "ruhrort"


def dead_on_monday(folder: Path, report: Report) -> None:
    """The mini PC is dead; the last backup lies at the hub, which also knows what came after it."""
    with small_city(folder) as city:
        house = Machine(city, folder / "old")
        code = house.found(CENTRE)
        house.add_spaces(40, "Raum")
        guest = house.let_guest_in()
        house.desk.start()
        house.wait_equal(CENTRE)
        report.expect("place of the backup", house.back_up().split("\t")[0], "hub")
        house.add_spaces(15, "Danach")
        house.rename_spaces(5, "Neu:")
        house.erase_guest(guest)
        house.wait_equal(CENTRE)
        known = house.spaces_at_hub(CENTRE)
        house.die()
        new = Machine(city, folder / "new")
        words = ("recover", "--from-hub", "--join", invite(city, CENTRE, Kind.REPLACEMENT), "--web-port", str(new.port))
        done = new.type(*words, code=code)
        report.expect("recover ended with", (done.returncode, done.stderr[-200:] if done.returncode else ""), (0, ""))
        report.expect("bytes of the erased guest before the site opens", new.bytes_of_guest(), 0)
        new.desk.start()
        try:
            wait_until(lambda: new.offers() == 20, PATIENCE_S, "twenty offers")
            report.expect("versions lost and offered", new.offers(), 20)
            report.expect("restored from the offers", new.take_offers(), 20)
            new.wait_equal(CENTRE)
            report.expect("spaces compared, equal to those before", (len(known), new.spaces() == known), (56, True))
            report.expect("bookings", new.bookings(), 1)
            report.expect("answer of the site", new.status_of("/anmelden"), 200)
        finally:
            new.desk.stop()
        report.expect("bytes of the erased guest, logs and all", new.bytes_of_guest(), 0)
        report.expect("bytes of the guest at the hub", occurrences(city.hub.folder), 0)


def stick_only(folder: Path, report: Report) -> None:
    """The hub is down; there is a stick. Who was erased after its last visit only the hub knows."""
    with small_city(folder) as city:
        house = Machine(city, folder / "old", stick=folder / "stick")
        code = house.found(CENTRE)
        house.add_spaces(20, "Raum")
        guest = house.let_guest_in()
        house.desk.start()
        house.wait_equal(CENTRE)
        house.back_up()
        away = (folder / "stick").rename(folder / "in-the-drawer")  # the stick is pulled out; erased after that
        house.erase_guest(guest)
        house.wait_equal(CENTRE)
        house.die()
        city.hub.stop()
        new = Machine(city, folder / "new")
        refused = new.type("recover", "--from", str(away), "--web-port", str(new.port), code=code)
        report.expect(
            "without the hub it is refused", (refused.returncode, "--without-hub" in refused.stderr), (2, True)
        )
        report.expect("house after that", (new.folder / "data" / "node.sqlite").exists(), False)
        done = new.type("recover", "--from", str(away), "--without-hub", "--web-port", str(new.port), code=code)
        report.expect("with --without-hub it says what is uncertain", "UNCERTAIN" in done.stdout, True)
        new.desk.start()
        report.expect(
            "pages while it waits", [new.status_of(path) for path in ("/", "/raeume", "/api/1/spaces")], [503] * 3
        )
        new.desk.stop()
        city.hub.start()
        joined = new.type("join", invite(city, CENTRE, Kind.REPLACEMENT))
        report.expect("join ended with", joined.returncode, 0)
        new.desk.start()
        try:
            new.wait_equal(CENTRE)
            report.expect("pages when the city was asked", new.status_of("/anmelden"), 200)
            report.expect("spaces compared", len(new.spaces()), 21)
        finally:
            new.desk.stop()
        report.expect("bytes of the guest erased after the stick was pulled", new.bytes_of_guest(), 0)


def hub_restored(folder: Path, report: Report) -> None:
    """The hub comes back from an old backup: the centres bring the rest, and who was revoked stays out."""
    with small_city(folder) as city:
        house = Machine(city, folder / "house")
        house.found(CENTRE)
        city.centre("hochfeld")
        house.add_spaces(30, "Raum")
        house.desk.start()
        try:
            house.wait_equal(CENTRE)
            (folder / "share").mkdir()
            code = run_hub(city, "backup-set-up").stdout.strip()
            written = run_hub(city, "backup", str(folder / "share"), "--prepare")
            report.expect(
                "backup ended with", (written.returncode, written.stderr[-200:] if written.returncode else ""), (0, "")
            )
            old = next(path for path in (folder / "share").glob("*.backup") if "-keys-" not in path.name)
            kept = old.rename(folder / "share" / "monday.backup")
            house.add_spaces(25, "Danach")
            house.wait_equal(CENTRE)
            report.expect("revoked", run_hub(city, "centre", "revoke", "hochfeld").returncode, 0)
            run_hub(city, "backup", str(folder / "share"))
            city.hub.kill()
            city.hub_database.dispose()
            done = run_hub(city, "restore", str(kept), "--replace", code=code)
            report.expect(
                "restore ended with", (done.returncode, done.stderr[-200:] if done.returncode else ""), (0, "")
            )
            report.expect("revoked again", "Revoked again: hochfeld." in done.stdout, True)
            report.expect("spaces right after", len(house.spaces_at_hub(CENTRE)), 30)
            city.hub.start()
            house.wait_equal(CENTRE)
            report.expect("spaces compared when it has healed", len(house.spaces_at_hub(CENTRE)), 55)
            report.expect("offers to the house, which lost nothing", house.offers(), 0)
            with city.hub_database.reading() as session:
                member = session.get(Member, "hochfeld")
                report.expect("hochfeld is out", bool(member and member.revoked_at), True)
        finally:
            house.desk.stop()


def both_restored(folder: Path, report: Report) -> None:
    """Fire at the data centre and a dead mini PC in one week: both from old backups, of different days."""
    with small_city(folder) as city:
        house = Machine(city, folder / "old", stick=folder / "stick")
        code = house.found(CENTRE)
        house.add_spaces(10, "Montag")
        guest = house.let_guest_in()
        house.desk.start()
        house.wait_equal(CENTRE)
        house.back_up()
        house.add_spaces(10, "Dienstag")
        house.wait_equal(CENTRE)
        (folder / "share").mkdir()
        hub_code = run_hub(city, "backup-set-up").stdout.strip()
        run_hub(city, "backup", str(folder / "share"), "--prepare")
        file = next(path for path in (folder / "share").glob("*.backup") if "-keys-" not in path.name)
        house.add_spaces(10, "Mittwoch")
        house.erase_guest(guest)  # after both backups: the stick, which is plugged in, has the list
        house.wait_equal(CENTRE)
        house.die()
        city.hub.kill()
        city.hub_database.dispose()
        restored = run_hub(city, "restore", str(file), "--replace", code=hub_code)
        report.expect("the hub's restore ended with", restored.returncode, 0)
        city.hub.start()
        new = Machine(city, folder / "new")
        join = invite(city, CENTRE, Kind.REPLACEMENT)
        done = new.type(
            "recover", "--from", str(folder / "stick"), "--join", join, "--web-port", str(new.port), code=code
        )
        report.expect("recover ended with", (done.returncode, done.stderr[-200:] if done.returncode else ""), (0, ""))
        new.desk.start()
        try:
            wait_until(lambda: new.offers() == 10, PATIENCE_S, "ten offers")
            report.expect("offered: what the hub's Tuesday knows better", new.take_offers(), 10)
            new.wait_equal(CENTRE)
            names = sorted({name.split()[0] for name in new.spaces().values()})
            report.expect(
                "known again; Wednesday was nowhere any more", (len(new.spaces()), "Mittwoch" in names), (21, False)
            )
        finally:
            new.desk.stop()
        report.expect("bytes of the erased guest", new.bytes_of_guest(), 0)


def erased_without_network(folder: Path, report: Report) -> None:
    """Somebody is erased while the house is cut off; the machine dies before the hub has heard of it."""
    with small_city(folder) as city:
        house = Machine(city, folder / "old", stick=folder / "stick")
        code = house.found(CENTRE)
        guest = house.let_guest_in()
        house.desk.start()
        house.wait_equal(CENTRE)
        house.back_up()
        house.desk.stop()
        house.erase_guest(guest, with_network=False)
        report.expect("bytes of the guest on the old machine after the erasure", house.bytes_of_guest(), 0)
        house.die()
        new = Machine(city, folder / "new")
        join = invite(city, CENTRE, Kind.REPLACEMENT)
        done = new.type(
            "recover", "--from", str(folder / "stick"), "--join", join, "--web-port", str(new.port), code=code
        )
        report.expect("recover ended with", (done.returncode, done.stderr[-200:] if done.returncode else ""), (0, ""))
        report.expect("entries erased again", "Erased again: 2 entries" in done.stdout, True)
        new.desk.start()
        try:
            new.wait_equal(CENTRE)
            report.expect("bookings", new.bookings(), 1)
        finally:
            new.desk.stop()
        report.expect("bytes of the guest on the new machine", new.bytes_of_guest(), 0)
        report.expect("bytes of the guest on the stick", occurrences(folder / "stick"), 0)
        report.expect("bytes of the guest at the hub", occurrences(city.hub.folder), 0)


SCENES: dict[str, Callable[[Path, Report], None]] = {
    "monday": dead_on_monday,
    "stick": stick_only,
    "hub": hub_restored,
    "both": both_restored,
    "erased": erased_without_network,
}
