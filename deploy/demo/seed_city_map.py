"""The quarters of the demo's city and its schematic map, taken by the same service as an upload."""

from datetime import datetime

from sqlalchemy.orm import Session

from deploy.demo.quarters import QUARTERS
from deploy.demo.schematic_map import FILE
from hub.city import shapes
from hub.city.service import plant_quarters

SOURCE = "Stadtherz, aus ungefähren Mittelpunkten gerechnet"


def plant(session: Session, at: datetime) -> None:
    """Plant the quarters into the districts that `init` made, then put everything on the map."""
    plant_quarters(session, QUARTERS)
    session.flush()
    draft = shapes.send(session, FILE.read_bytes(), FILE.name, at, source=SOURCE, is_schematic=True)
    shapes.take(session, draft, shapes.recognised(shapes.areas_of(draft)), at)
