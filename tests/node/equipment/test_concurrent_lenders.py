"""Many processes reserve, move, return and change the stock at once: nothing is promised twice."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import select, text

from node.equipment import guard, service
from node.equipment.models import Reservation
from shared.database import Database
from tests.factories import local_slot, make_item

WRITERS, ATTEMPTS = 4, 120
ROOT = Path(__file__).parents[3]


def overcommitted(house: Database) -> list[str]:
    """Add up every item at the beginning of each of its reservations, naively; return the items with too many."""
    with house.reading() as session:
        stock = {item.id: item.stock for item in service.list_items(session)}
        promised = session.scalars(select(Reservation).where(Reservation.returned_at.is_(None))).all()
        return [
            item_id
            for item_id, there in stock.items()
            if _most_at_once([each for each in promised if each.item_id == item_id]) > there
        ]


def _most_at_once(promised: list[Reservation]) -> int:
    return max(
        (sum(each.count for each in promised if each.starts_at <= at < each.ends_at))
        for at in {each.starts_at for each in promised}
    )


def test_many_writers_never_promise_too_much(house: Database, tmp_path: Path) -> None:
    """Four processes with hundreds of attempts: at no instant more is promised than there is."""
    with house.transaction() as session:
        make_item(session, "Stühle", 12)
        make_item(session, "Tische", 8)
    url = house.url.render_as_string(hide_password=False)
    outputs = [tmp_path / f"writer-{seed}.txt" for seed in range(WRITERS)]
    running = []
    for seed, output in enumerate(outputs):
        with output.open("w") as written:
            arguments = [sys.executable, str(Path(__file__).with_name("writer.py")), url, str(seed), str(ATTEMPTS)]
            path = {"PYTHONPATH": str(ROOT), "PATH": ""}
            running.append(subprocess.Popen(arguments, stdout=written, stderr=subprocess.STDOUT, env=path))
    assert [writer.wait(timeout=120) for writer in running] == [0] * WRITERS, [
        out.read_text()[-800:] for out in outputs
    ]
    told = Counter(line for output in outputs for line in output.read_text().splitlines())
    assert told["refused"] > 50, "the writers hardly met"
    assert told["done reserve"] > 20
    assert overcommitted(house) == []


def test_without_the_guard_the_naive_sum_would_find_it(house: Database) -> None:
    """The check above can fail: with the guard gone it sees the second promise."""
    with house.transaction() as session:
        item = make_item(session, stock=1)
        table = {} if house.is_sqlite else {"insert": " ON equipment_reservations"}
        session.execute(text(f"DROP TRIGGER equipment_stock_insert{table.get('insert', '')}"))
        assert not guard.is_guarded(session.connection())
        for number in "12":
            service.reserve(
                session, f"0000000{number}-0000-7000-8000-000000000000", item.id, 1, local_slot("10:00", "12:00")
            )
    assert overcommitted(house) == [item.id]
