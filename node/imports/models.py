"""An uploaded calendar between its dry run and the word "yes"."""

from datetime import datetime

from sqlalchemy import Boolean, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id
from shared.records.base import TITLE_LENGTH_MAX


class PendingImport(Base):
    """Kept for a day, then forgotten: a calendar of a house may hold names.

    `uploaded_at` is also the beginning of the time that is read, so that what was shown and
    what is done later are the same dates.
    """

    __tablename__ = "pending_imports"
    __audited__ = False  # what comes of it is

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    file_name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    content: Mapped[bytes] = mapped_column(LargeBinary)
    publish: Mapped[bool] = mapped_column(Boolean, default=False)
    space_id: Mapped[str | None] = mapped_column(RecordId, default=None)
    theme: Mapped[str] = mapped_column(String(40), default="")
    uploaded_by: Mapped[str] = mapped_column(String(80), default="")
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(20), default="kalender", server_default="kalender")


class ImportedRow(Base):
    """Which record a row of an imported list became: `key` is a fingerprint of what makes it the same again."""

    __tablename__ = "imported_rows"
    __audited__ = False  # the record is

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[str] = mapped_column(RecordId, index=True)
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)
