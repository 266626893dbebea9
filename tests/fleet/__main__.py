"""`make fleet CENTRES=1000`: a city of simulated centres against a real broker and the real hub.

Each centre is a real protocol speaker with a connection, a key and a feed each way of its own; only
its database is light. Prints what was measured, fails if anything was lost; it asserts no times.
The machine carries the centres too: their share of the processor is a column of its own.
"""

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tests.fleet.city import Plan, crews_for, running_fleet
from tests.fleet.lag import Lags
from tests.fleet.reckoning import database_bytes, differences, records
from tests.fleet.scenarios import Result, Stage
from tests.fleet.weekday import OPEN_HOURS, PER_HOUR
from tests.services import find_mosquitto, postgres_cluster, postgres_database

SCENARIOS = ("join", "day", "night", "storm", "city")
WIDTH_MIN = 110  # the table has six columns
SAY_EVERY_S = 5.0  # where the output is no terminal
DURABLE = ("fsync=on", "max_connections=60", "jit=off")


def main() -> int:
    """Run the scenarios; return 1 if something was lost."""
    asked = _asked()
    console = Console()
    console.width = max(console.width, WIDTH_MIN)
    with tempfile.TemporaryDirectory(prefix="stadtherz-fleet-") as folder, _hub_url(asked.database) as url:
        plan = Plan(asked.centres, asked.crews or crews_for(asked.centres), asked.broker, url)
        console.print(f"{plan.centres} centres in {plan.crews} processes, {plan.broker}, hub on {asked.database}.")
        habits = ", ".join(f"{count} {kind}s" for kind, count in PER_HOUR.items())
        console.print(f"A weekday: {OPEN_HOURS} hours, in each of them {habits} in every centre.")
        with running_fleet(Path(folder), plan) as fleet:
            with Live(console=console, transient=True) as live:
                results = list(_played(Stage(fleet, _progress(console, live)), asked))
            console.print(_table(results))
            lost = differences(fleet)
            held, size = records(fleet), database_bytes(fleet)
            console.print(f"{held:,} records at the hub, {plan.centres} centres compared with it.")
            console.print(f"The database has {size / 1e6:,.0f} MB, {size / max(held, 1):,.0f} bytes for each record.")
    for line in lost[:20]:
        console.print(f"LOST {line}", style="bold red")
    console.print("Something was lost." if lost else "Nothing was lost: both sides have the same of every centre.")
    return 1 if lost else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fleet", description="A fleet of simulated centres")
    parser.add_argument("--centres", type=int, default=1_000)
    parser.add_argument("--crews", type=int, default=0, help="processes that the centres live in (0: as fits)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the weekday is watched")
    parser.add_argument("--factor", type=float, default=1.0, help="how many hours of the weekday pass in one")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=SCENARIOS)
    usual = "mosquitto" if find_mosquitto() else "embedded"
    parser.add_argument("--broker", choices=("mosquitto", "embedded"), default=usual)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    return parser.parse_args()


def _played(stage: Stage, asked: argparse.Namespace) -> Iterator[Result]:
    yield stage.joining()
    if "day" in asked.only:
        yield stage.weekday(asked.seconds, asked.factor)
    if "night" in asked.only:
        yield stage.morning()
    if "storm" in asked.only:
        yield stage.storm()
    if "city" in asked.only:
        yield stage.announcement()


def _progress(console: Console, live: Live) -> Callable[[str, int, int], None]:
    """Return what shows how far a wait is: a line that changes, in a file a line every few seconds."""
    said_at = [-math.inf]

    def show(what: str, reached: int, of: int) -> None:
        line = f"{reached} of {of} {what}"
        if console.is_terminal:
            live.update(Text(line))
        elif time.monotonic() - said_at[0] >= SAY_EVERY_S:
            said_at[0] = time.monotonic()
            console.print(line)

    return show


def _table(results: list[Result]) -> Table:
    table = Table("", *(result.name for result in results))
    for name, figure in FIGURES.items():
        table.add_row(name, *(figure(result) for result in results))
    return table


def _ms(pick: Callable[[Lags], float]) -> Callable[[Result], str]:
    return lambda result: f"{pick(result.lags) * 1000:,.0f}" if result.lags and result.lags.commits else "–"


def _cores(part: str) -> Callable[[Result], str]:
    return lambda result: f"{result.cores.get(part, 0):.2f}"


def _peak_mb(part: str) -> Callable[[Result], str]:
    return lambda result: f"{result.peak_mb.get(part, 0):.0f}"


def _count(figure: int | None) -> str:
    return "–" if figure is None else f"{figure:,}"


FIGURES: dict[str, Callable[[Result], str]] = {
    "seconds until all agreed": lambda result: f"{result.seconds:.1f}",
    "commits of the centres": lambda result: _count(result.lags.commits if result.lags else None),
    "lag p50, ms": _ms(lambda lags: lags.p50),
    "lag p99, ms": _ms(lambda lags: lags.p99),
    "lag slowest, ms": _ms(lambda lags: lags.slowest),
    "cores: ingest": _cores("ingest"),
    "cores: web": _cores("web"),
    "cores: broker": _cores("broker"),
    "cores: the centres": lambda result: f"{result.crews_cores:.2f}",
    "MB: ingest": _peak_mb("ingest"),
    "MB: web": _peak_mb("web"),
    "MB: broker": _peak_mb("broker"),
    "letters through the broker": lambda result: _count(result.letters),
    "dropped by the broker": lambda result: _count(result.dropped),
}


@contextmanager
def _hub_url(database: str) -> Iterator[str]:
    if database == "sqlite":
        yield ""
        return
    with postgres_cluster(DURABLE) as server, postgres_database(server) as url:
        yield url


if __name__ == "__main__":
    sys.exit(main())
