"""Dividing the centres: each is served by one worker at most, whoever dies, hangs or joins, and in the end by one."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from hub.core.db import LEDGER, Base
from hub.ingest import HubOffice
from hub.ingest.dividing import SLOTS, Patience, Slots, slot_of
from hub.network import terms
from hub.network.models import RejectedMessage
from hub.network.workers import IngestSlot, workers
from shared import topics
from shared.database import Database
from shared.ids import new_id
from shared.keys import Install, open_install
from shared.replication.ledger import Ledger
from shared.replication.messages import Change, Operation
from shared.replication.office import LetGo
from shared.replication.rejections import Rejections
from shared.time import now
from tests.linked import CITY, within

HASTE = Patience(ended_s=0.0, silent_s=0.3, locks_s=10.0)
CENTRES = [f"haus-{number}" for number in range(40)]
needs_postgres = pytest.mark.service("postgresql")


class Worker:
    """A worker with connections of its own, which looks when it is told to."""

    def __init__(self, url: str, patience: Patience = HASTE) -> None:
        self.database = Database(url)
        self.slots = Slots(self.database, patience)

    def look(self) -> None:
        with self.database.transaction() as session:
            self.slots.beat(session, True, 0, now())

    def may_write(self, centre: str) -> bool:
        try:
            with self.database.transaction() as session:
                self.slots.guard(session, {centre})
        except LetGo:
            return False
        return True

    def serves(self) -> set[str]:
        return {centre for centre in CENTRES if self.slots.serves(centre)}

    def die(self) -> None:
        """End as a process does that is killed: its connections are closed, and nothing else happens."""
        self.slots._lifeline.close()
        self.database.dispose()


@pytest.fixture
def join(postgres_url: str) -> Iterator[Callable[..., Worker]]:
    """A function that brings one more worker."""
    first = Database(postgres_url)
    Base.metadata.create_all(first.engine)
    first.dispose()
    made: list[Worker] = []

    def add(patience: Patience = HASTE) -> Worker:
        made.append(Worker(postgres_url, patience))
        return made[-1]

    yield add
    for worker in made:
        worker.die()


def look_often(*group: Worker, times: int = 4) -> None:
    """Let each of them look in turn until nothing changes any more."""
    for _ in range(times):
        for worker in group:
            worker.look()


@needs_postgres
def test_the_centres_are_divided_evenly(join: Callable[..., Worker]) -> None:
    """Every slot is served, by one worker, and nobody has more than its share."""
    group = [join() for _ in range(3)]
    look_often(*group)
    shares = [worker.slots._mine for worker in group]
    assert frozenset().union(*shares) == frozenset(range(SLOTS))
    assert sum(len(share) for share in shares) == SLOTS
    assert max(len(share) for share in shares) == -(-SLOTS // 3)


@needs_postgres
def test_one_alone_serves_everybody_and_gives_to_who_joins(join: Callable[..., Worker]) -> None:
    """Only what is beyond its share goes; the rest is not disturbed."""
    first, second = join(), join()
    first.look()
    assert first.serves() == set(CENTRES)
    look_often(first, second)
    assert first.serves() | second.serves() == set(CENTRES)
    assert not first.serves() & second.serves()
    assert len(first.slots._mine) == len(second.slots._mine) == SLOTS // 2


@needs_postgres
def test_who_died_is_followed_at_once(join: Callable[..., Worker]) -> None:
    """Its connection is closed; nobody waits until it has been silent for long."""
    first, second = join(), join()
    look_often(first, second)
    first.die()
    look_often(second, times=2)
    assert second.serves() == set(CENTRES)


@needs_postgres
def test_who_hangs_is_followed_and_writes_nothing_more(join: Callable[..., Worker]) -> None:
    """Its connection stands, so the other waits; when it wakes up it may not write, and begins anew."""
    first, second = join(), join()
    look_often(first, second)
    centre, term = min(first.serves()), first.slots.term
    look_often(second, times=2)
    assert first.may_write(centre)

    def follows() -> bool:
        second.look()
        return second.serves() == set(CENTRES)

    assert within(10, follows) > HASTE.silent_s / 2
    assert not first.may_write(centre)
    assert second.may_write(centre)
    look_often(first, second)
    assert first.slots.term != term
    assert first.serves()


@needs_postgres
def test_a_transaction_under_way_is_waited_for(join: Callable[..., Worker]) -> None:
    """Whoever holds its row writes on; the other takes over when that has ended."""
    first, second = join(), join()
    look_often(first, second)
    centre = min(first.serves())
    with first.database.transaction() as session:
        first.slots.guard(session, {centre})
        first.slots._lifeline.close()
        look_often(second)
        assert not second.slots.serves(centre)
    look_often(second)
    assert second.slots.serves(centre)


@needs_postgres
def test_a_transaction_that_stands_still_is_ended_by_the_server(join: Callable[..., Worker]) -> None:
    """A process that is stopped in the middle does not hold its centres for ever."""
    first, second = join(HASTE._replace(locks_s=1.0)), join()
    look_often(first, second)
    centre = min(first.serves())

    def follows() -> bool:
        second.look()
        return second.slots.serves(centre)

    def hang() -> None:
        with first.database.transaction() as session:
            first.slots.guard(session, {centre})
            within(30, follows)

    with pytest.raises(DBAPIError, match="idle-in-transaction"):
        hang()


@needs_postgres
def test_who_leaves_is_not_waited_for(join: Callable[..., Worker]) -> None:
    """What it served is nobody's from then on."""
    first, second = join(), join()
    look_often(first, second)
    assert first.slots.others()
    first.slots.leave()
    second.look()
    assert second.serves() == set(CENTRES)
    assert not second.slots.others()


def test_an_end_without_a_database_is_an_end(caplog: pytest.LogCaptureFixture) -> None:
    """Who is ended while the database is away goes all the same; the others notice."""
    Slots(Database("postgresql://127.0.0.1:1/gone")).leave()
    assert "the others will notice" in caplog.text


@needs_postgres
def test_a_machine_that_was_taken_over_from_holds_no_centre(join: Callable[..., Worker], tmp_path: Path) -> None:
    """It comes back beside the new one, on the same database: it serves nobody, and takes no share."""
    before, after = join(), join()
    key = tmp_path / "signing.key"
    machines = [open_install(key), open_install(key, hardware="f" * 12)]
    old, new = (office(*each) for each in zip((before, after), machines, strict=True))
    with before.database.transaction() as session:
        terms.take_over(session, machines[0].instance, now())
    look_as(old, before)
    assert before.serves() == set(CENTRES)
    with after.database.transaction() as session:
        terms.take_over(session, machines[1].instance, now())
    for _ in range(3):
        look_as(old, before)
        look_as(new, after)
    assert after.serves() == set(CENTRES)
    assert not before.serves()
    with after.database.reading() as session:
        assert [str(worker.number) for worker in workers(session)] == [after.slots.term]


@needs_postgres
def test_records_that_cannot_be_judged_again_stop_no_beat(
    join: Callable[..., Worker], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without its beats an ingest is taken for dead, and so would be the next one that takes its centres over."""
    worker, centre = join(), CENTRES[0]
    mine = office(worker, open_install(tmp_path / "signing.key"), Stubborn())
    newer = Change("of-a-newer-program", new_id(), 1, Operation.PUT, 1, "0" * 32, "{}")
    with worker.database.transaction() as session:
        LEDGER.replica(session, topics.node_feed(centre)).apply([newer], None, 0)
    look_as(mine, worker)
    mine._untried = {centre}
    look_as(mine, worker)
    assert f"what {topics.node_feed(centre)} reported stays set aside" in caplog.text
    with worker.database.reading() as session:
        assert [each.beats for each in workers(session)] == [1]
    look_as(mine, worker)
    assert caplog.text.count("stays set aside") == 1


class Stubborn(Ledger):
    """A ledger that meets a bug wherever it judges again."""

    def __init__(self) -> None:
        """Without tables of its own."""

    def reproject(self, *_: object) -> NoReturn:
        raise ZeroDivisionError


def office(worker: Worker, install: Install, ledger: Ledger = LEDGER) -> HubOffice:
    return HubOffice(CITY, ledger, Rejections(RejectedMessage), install, worker.slots)


def look_as(mine: HubOffice, worker: Worker) -> None:
    """Look as the courier does: at the switch, then at the others."""
    with worker.database.reading() as session:
        wanted = mine.wanted(session)
    with worker.database.transaction() as session:
        mine.beat(session, wanted, now())


@needs_postgres
@pytest.mark.parametrize("seed", range(4))
def test_nobody_ever_serves_what_another_one_may_write(join: Callable[..., Worker], seed: int) -> None:
    """Whatever the order of looks, pauses, deaths and arrivals: of each centre one worker at most may write."""
    chance = random.Random(seed)
    group = [join() for _ in range(4)]
    living = group[:2]
    some = chance.sample(CENTRES, 6)
    for _ in range(60):
        match chance.randrange(12):
            case 0 if len(living) > 1:
                living.remove(chance.choice(living))  # hangs, and comes back as "newcomer"
            case 1 if len(living) < len(group):
                living.append(chance.choice([worker for worker in group if worker not in living]))
            case 2:
                chance.choice(group).slots._lifeline.close()
            case _:
                chance.choice(living).look()
        for centre in some:
            assert sum(worker.may_write(centre) for worker in group) <= 1
    look_often(*living, times=8)

    def settled() -> bool:
        look_often(*living, times=1)
        return all(sum(worker.may_write(centre) for worker in living) == 1 for centre in CENTRES)

    within(30, settled)


@needs_postgres
def test_the_rows_say_who_serves(join: Callable[..., Worker]) -> None:
    """The database and the workers agree on every slot, and the page names each worker."""
    group = [join() for _ in range(2)]
    look_often(*group)
    with group[0].database.reading() as session:
        owners = dict(session.execute(select(IngestSlot.slot, IngestSlot.worker)).all())
        listed = workers(session)
    for worker in group:
        for centre in worker.serves():
            assert str(owners[slot_of(centre)]) == worker.slots.term
    assert [worker.connected for worker in listed] == [True, True]
