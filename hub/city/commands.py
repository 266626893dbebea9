"""`stadtherz-hub city load FILE`: the districts and quarters of a city from a table or a GeoJSON.

A table is CSV with a district and a quarter in each line, in the city's order. A GeoJSON has, for
each area, the properties `name`, `level` ("district" or "quarter") and `district`; its shapes
are taken too. One without `level` and `district` brings shapes only, for places that are known.
"""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from hub.city import geojson, shapes
from hub.city.geojson import BadFile, Feature
from hub.city.matching import Level
from hub.city.models import SOURCE_LENGTH_MAX
from hub.city.service import plant_city
from shared.database import Database
from shared.errors import ConfigError
from shared.time import now

HEADS = {"district", "stadtbezirk", "bezirk"}
City = dict[str, list[str]]  # the quarters of each district


def city_commands(open_database: Callable[[Path | None], Database]) -> click.Group:
    """Return the commands of the city; `open_database` opens that of the settings."""

    @click.group()
    def city() -> None:
        """Districts and quarters of the city."""

    @city.command("load")
    @click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")
    @click.option("--source", default="", help="Whose shapes they are, as their licence asks.")
    @click.option("--schematic", is_flag=True, help="The shapes show only roughly where something lies.")
    @click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.pass_obj
    def load(file: Path | None, /, *, config_file: Path | None, table: Path, source: str, schematic: bool) -> None:
        """Load districts and quarters, and their shapes if there are any."""
        content = table.read_bytes()
        database = open_database(config_file or file)
        with database.transaction() as session:
            if table.suffix.casefold() in (".json", ".geojson"):
                told = load_geojson(session, content, table.name, source[:SOURCE_LENGTH_MAX], is_schematic=schematic)
            else:
                told = load_table(session, content)
        database.dispose()
        click.echo(told)

    return city


def load_table(session: Session, content: bytes) -> str:
    """Make the districts and quarters of a CSV the city's; return what became of it. Raises ConfigError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("this is no text in UTF-8; export the table as CSV (UTF-8).") from error
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    city: City = {}
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        raise ConfigError(f"this is no table: {error}.") from error
    for number, row in enumerate(rows, start=1):
        cells = [" ".join(cell.split()) for cell in row]
        if not any(cells) or (number == 1 and cells[0].casefold() in HEADS):
            continue
        if len(cells) < 2 or not all(cells[:2]) or max(map(len, cells[:2])) > geojson.NAME_LENGTH_MAX:
            raise ConfigError(f"line {number}: a district and a quarter are wanted, separated by {separator!r}.")
        city.setdefault(cells[0], []).append(cells[1])
    return _plant(session, city)


def load_geojson(session: Session, content: bytes, name: str, source: str, *, is_schematic: bool) -> str:
    """Take the shapes of a file, and its districts and quarters if it tells them. Raises ConfigError."""
    try:
        features = geojson.read(content)
        city = _told(features)
        told = [_plant(session, city)] if city else []
        session.flush()
        at = now()
        draft = shapes.keep_draft(session, features, name, at, source=source, is_schematic=is_schematic)
    except BadFile as refusal:
        where = f"area {refusal.where}: " if refusal.where else ""
        raise ConfigError(f"{name}: {where}{refusal.trouble.replace('_', ' ')}.") from refusal
    areas = shapes.areas_of(draft)
    sure = shapes.recognised(areas)
    taken = shapes.take(session, draft, sure, at)
    left = [area.name for area, target in zip(areas, sure, strict=True) if target is None]
    told.append(f"{taken} shapes are on the map.")
    if left:
        told.append(f"Not recognised, left out: {', '.join(left)}.")
    return " ".join(told)


def _told(features: Sequence[Feature]) -> City:
    """Return the districts and quarters that a file tells, {} if it does not."""
    city: City = {}
    for feature in features:
        name, district = feature.said.get("name", ""), feature.said.get("district", "")
        if feature.said.get("level") == Level.DISTRICT and name:
            city.setdefault(name, [])
        elif feature.said.get("level") == Level.QUARTER and name and district:
            city.setdefault(district, []).append(name)
    return city


def _plant(session: Session, city: City) -> str:
    names = [quarter for quarters in city.values() for quarter in quarters]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"a quarter's name is unique in the city; twice here: {', '.join(twice)}.")
    if not city:
        raise ConfigError("there are no districts in it.")
    plant_city(session, city)
    return f"{len(city)} districts and {len(names)} quarters are the city's now."
