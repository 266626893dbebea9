"""The city that this hub serves: its districts, their quarters, and their shapes on a map.

The hub's own; nothing of it travels.
"""

from datetime import datetime

from sqlalchemy import Boolean, Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from shared.columns import RecordId, UTCDateTime

SOURCE_LENGTH_MAX = 200


class District(Base):
    """A Stadtbezirk. `rank` is the order in which the city lists its districts."""

    __tablename__ = "districts"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    rank: Mapped[int] = mapped_column()


class Quarter(Base):
    """A Stadtteil (Ortsteil) of one district; its name is unique in the city."""

    __tablename__ = "quarters"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    district: Mapped[str] = mapped_column(ForeignKey("districts.name", ondelete="CASCADE"), index=True)
    rank: Mapped[int] = mapped_column()


class _ShapeColumns:
    """`outline` is a JSON list of polygons as GeoJSON writes them: rings of [longitude, latitude].

    `longitude` and `latitude` are a point well inside, for its name and for distances. `source` says
    whose the shapes are, as their licence asks; `is_schematic` that they only show roughly where
    something lies.
    """

    outline: Mapped[str] = mapped_column(Text)
    longitude: Mapped[float] = mapped_column(Float)
    latitude: Mapped[float] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH_MAX), default="")
    is_schematic: Mapped[bool] = mapped_column(Boolean, default=False)
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DistrictShape(_ShapeColumns, Base):
    """Where a district lies; it goes with its district."""

    __tablename__ = "district_shapes"

    name: Mapped[str] = mapped_column(ForeignKey("districts.name", ondelete="CASCADE"), primary_key=True)


class QuarterShape(_ShapeColumns, Base):
    """Where a quarter lies; it goes with its quarter."""

    __tablename__ = "quarter_shapes"

    name: Mapped[str] = mapped_column(ForeignKey("quarters.name", ondelete="CASCADE"), primary_key=True)


class ShapeDraft(Base):
    """A file that somebody has sent and not yet taken: its areas, checked and thinned, as JSON."""

    __tablename__ = "shape_drafts"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    areas: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH_MAX), default="")
    is_schematic: Mapped[bool] = mapped_column(Boolean, default=False)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
