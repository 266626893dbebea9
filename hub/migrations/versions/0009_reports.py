"""Sums of figures, and how complete they are."""

import sqlalchemy as sa
from alembic import op

from shared.columns import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_sums",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "measure", "way", "month", "key", name=op.f("pk_report_sums")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report_district_sums",
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("district", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "way", "month", "district", "key", name=op.f("pk_report_district_sums")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report_places",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("district", sa.String(length=80), nullable=False),
        sa.Column("quarter", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_report_places")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report_due",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "source", "day", name=op.f("pk_report_due")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report_receipts",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "month", name=op.f("pk_report_receipts")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visits_hour_starts_at"))
        batch_op.create_index("ix_visits_centre_hour", ["centre_id", "hour_starts_at"], unique=False)
    _note_what_is_there_already()


def _note_what_is_there_already() -> None:
    """A hub that has records already adds everything up once."""
    for source in ("visits", "visit_days", "events", "bookings", "attendance", "centres"):
        op.execute(
            "INSERT INTO report_due (centre_id, source, day)"  # noqa: S608 (names of our own)
            f" SELECT DISTINCT centre_id, '{source}', '' FROM {source}"
        )
