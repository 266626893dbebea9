"""The shapes of districts and quarters: sent as a file, looked at, then taken.

Rule: nothing of a file is on the map before somebody has seen what was recognised. A draft is
checked and thinned already, it holds names and shapes and nothing else; one that nobody took
goes after a day.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.city.geojson import Feature, read
from hub.city.geometry import Polygon, point_inside
from hub.city.matching import Level, match_all
from hub.city.models import District, DistrictShape, Quarter, QuarterShape, ShapeDraft
from shared.errors import Refusal
from shared.ids import new_id

DRAFT_LASTS = timedelta(days=1)
FILE_NAME_LENGTH_MAX = 200
_TABLES: Mapping[Level, Any] = {Level.DISTRICT: DistrictShape, Level.QUARTER: QuarterShape}


class DraftUnknown(Refusal):
    """There is no such draft: it was taken, or given up, or too old."""


class PlaceUnknown(Refusal):
    """The city has no such district or quarter."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class TwoForOne(Refusal):
    """Two areas were chosen for the same district or quarter."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class Area(NamedTuple):
    """An area of a draft, and what it seems to be; see `hub.city.matching.Match`."""

    name: str
    level: Level
    known: str
    is_sure: bool
    outline: list[Polygon]


Target = tuple[Level, str]


def send(
    session: Session, content: bytes, file_name: str, now: datetime, *, source: str = "", is_schematic: bool = False
) -> ShapeDraft:
    """Keep a file for somebody to look at. Raises BadFile."""
    features = read(content)
    return keep_draft(session, features, file_name, now, source=source, is_schematic=is_schematic)


def keep_draft(
    session: Session,
    features: Sequence[Feature],
    file_name: str,
    now: datetime,
    *,
    source: str = "",
    is_schematic: bool = False,
) -> ShapeDraft:
    """Keep what was read of a file for somebody to look at. Raises BadFile if no area has a name."""
    session.execute(delete(ShapeDraft).where(ShapeDraft.sent_at < now - DRAFT_LASTS))
    matches = match_all(
        features, list(session.scalars(select(District.name))), list(session.scalars(select(Quarter.name)))
    )
    areas = [{**match._asdict(), "outline": feature.polygons} for match, feature in zip(matches, features, strict=True)]
    draft = ShapeDraft(
        id=new_id(),
        file_name=file_name[:FILE_NAME_LENGTH_MAX],
        areas=orjson.dumps(areas).decode(),
        source=source,
        is_schematic=is_schematic,
        sent_at=now,
    )
    session.add(draft)
    return draft


def get_draft(session: Session, draft_id: str) -> ShapeDraft:
    """Return a draft; raise DraftUnknown."""
    found = session.get(ShapeDraft, draft_id)
    if found is None:
        raise DraftUnknown
    return found


def areas_of(draft: ShapeDraft) -> list[Area]:
    """Return the areas of a draft in the order of the file."""
    return [Area(**{**area, "level": Level(area["level"])}) for area in orjson.loads(draft.areas)]


def recognised(areas: Sequence[Area]) -> list[Target | None]:
    """Return what each area is, where that is sure; the first of two of the same name counts."""
    taken: set[Target] = set()
    found: list[Target | None] = []
    for area in areas:
        target = (area.level, area.known) if area.is_sure and (area.level, area.known) not in taken else None
        found.append(target)
        taken |= {target} if target else set()
    return found


def take(session: Session, draft: ShapeDraft, chosen: Sequence[Target | None], now: datetime) -> int:
    """Put the areas of a draft on the map, each where `chosen` says; return how many. None leaves one out.

    What had a shape before gets the new one; what the file does not have keeps its own. Raises
    PlaceUnknown, TwoForOne.
    """
    wanted = [(target, area) for target, area in zip(chosen, areas_of(draft), strict=True) if target]
    _refuse_impossible(session, [target for target, _ in wanted])
    for (level, name), area in wanted:
        longitude, latitude = point_inside(area.outline)
        shape = session.get(_TABLES[level], name) or _TABLES[level](name=name)
        shape.outline = orjson.dumps(area.outline).decode()
        shape.longitude, shape.latitude = longitude, latitude
        shape.source, shape.is_schematic, shape.taken_at = draft.source, draft.is_schematic, now
        session.add(shape)
    session.delete(draft)
    return len(wanted)


def give_up(session: Session, draft: ShapeDraft) -> None:
    """Forget a draft; nothing of it was on the map."""
    session.delete(draft)


def remove(session: Session, level: Level) -> int:
    """Take the shapes of all districts, or of all quarters, off the map; return how many."""
    shapes = list(session.scalars(select(_TABLES[level])))
    for shape in shapes:
        session.delete(shape)
    return len(shapes)


def _refuse_impossible(session: Session, targets: Sequence[Target]) -> None:
    known = {
        Level.DISTRICT: set(session.scalars(select(District.name))),
        Level.QUARTER: set(session.scalars(select(Quarter.name))),
    }
    for place, (level, name) in enumerate(targets):
        if name not in known[level]:
            raise PlaceUnknown(name)
        if (level, name) in targets[:place]:
            raise TwoForOne(name)
