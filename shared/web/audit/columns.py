"""The columns of the log, which the database itself keeps from being rewritten."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Index, Integer, String, inspect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from shared.columns import UTCDateTime
from shared.web.actors import ACTOR_ID_LENGTH_MAX

KEPT_DAYS_MIN = 90  # younger entries cannot be deleted by anybody; the retention time of the log is longer
RECORD_ID_LENGTH_MAX = 80


class AuditColumns:
    """Who did what to which record, and when. Holds no personal data but the ids of those who work here.

    `changes` maps names of fields to [before, after], or to null where the values are nobody's business.
    `about_people` marks what only the lead reads: looks, exports, and changes of accounts.
    `look_key` is set for looks only, and makes one entry per person, record and hour.
    """

    __tablename__ = "audit_entries"

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Index, ...]:
        return (Index("ix_audit_entries_table_name_record_id", "table_name", "record_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str] = mapped_column(String(ACTOR_ID_LENGTH_MAX), index=True)
    action: Mapped[str] = mapped_column(String(12))
    table_name: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[str] = mapped_column(String(RECORD_ID_LENGTH_MAX))
    about_people: Mapped[bool] = mapped_column(Boolean)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    look_key: Mapped[str | None] = mapped_column(String(200), unique=True, default=None)


_NEVER = "the audit log is only ever added to"
_SQLITE = (
    f"""CREATE TRIGGER IF NOT EXISTS audit_entries_stay BEFORE UPDATE ON audit_entries
        BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END""",
    f"""CREATE TRIGGER IF NOT EXISTS audit_entries_last BEFORE DELETE ON audit_entries
        WHEN OLD.at > strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-{KEPT_DAYS_MIN} days')
        BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END""",
)
_POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '{KEPT_DAYS_MIN} days' THEN RETURN OLD; END IF;
        RAISE EXCEPTION '{_NEVER}'; END $$""",
    """CREATE OR REPLACE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
        FOR EACH ROW EXECUTE FUNCTION audit_entries_stay()""",
)


def build(_target: Any, connection: Connection, **_kw: Any) -> None:
    """Put the triggers into the database; may be run again at any time."""
    if not inspect(connection).has_table(AuditColumns.__tablename__):
        return  # somebody creates a few tables by name
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)
