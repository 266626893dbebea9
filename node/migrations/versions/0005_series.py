"""Series of bookings and of events, and their dates that do not take place."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.columns import Tags, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What repeats; which date of it a booking or an event is."""
    op.create_table(
        "booking_series",
        *_series_columns(),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=80), nullable=False),
        sa.Column("contact_email", sa.String(length=200), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=True),
        sa.Column("equipment", sa.Text(), nullable=False),
        sa.Column("fee_class_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_series")),
    )
    op.create_table(
        "event_series",
        *_series_columns(),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_series")),
    )
    op.create_table(
        "series_omissions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("series_id", sa.String(length=36), nullable=False),
        sa.Column("occurrence_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("blocked_by", sa.String(length=36), nullable=True),
        sa.Column("noted_at", UTCDateTime(), nullable=False),
        sa.Column("noted_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_omissions")),
        sa.UniqueConstraint("series_id", "occurrence_on", name=op.f("uq_series_omissions_series_id_occurrence_on")),
    )
    op.add_column("bookings", sa.Column("series_id", sa.String(length=36), nullable=True))
    op.add_column("bookings", sa.Column("occurrence_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_bookings_series_id"), "bookings", ["series_id"], unique=False)
    op.add_column("events", sa.Column("occurrence_on", sa.Date(), nullable=True))


def _series_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("starts_local", sa.Time(), nullable=False),
        sa.Column("length_min", sa.Integer(), nullable=False),
        sa.Column("skips", Tags(), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=True),
        sa.Column("follows_id", sa.String(length=36), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=False),
    ]
