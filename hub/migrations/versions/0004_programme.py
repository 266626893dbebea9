"""Events say more: ages, places, registration, partners; other languages."""

import sqlalchemy as sa
from alembic import op

from shared.columns import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns to the events and the table of their other languages."""
    op.add_column("events", sa.Column("partners", sa.String(length=500), server_default="", nullable=False))
    op.add_column("events", sa.Column("age_min", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("age_max", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("registration", sa.String(length=20), server_default="none", nullable=False))
    op.add_column("events", sa.Column("registration_closes_at", UTCDateTime(), nullable=True))
    op.add_column("events", sa.Column("image_alt", sa.String(length=500), server_default="", nullable=False))
    op.create_table(
        "event_texts",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id", name=op.f("pk_event_texts")),
    )
    op.create_index("ix_event_texts_event", "event_texts", ["centre_id", "event_id"])
