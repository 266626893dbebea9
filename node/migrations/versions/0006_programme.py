"""Events say more: ages, places, registration, partners; other languages; a picture."""

import sqlalchemy as sa
from alembic import op

from shared.columns import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns to the events and the tables beside them."""
    op.add_column("events", sa.Column("partners", sa.String(length=500), server_default="", nullable=False))
    op.add_column("events", sa.Column("age_min", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("age_max", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("registration", sa.String(length=20), server_default="none", nullable=False))
    op.add_column("events", sa.Column("registration_closes_at", UTCDateTime(), nullable=True))
    op.add_column("events", sa.Column("source_series_sequence", sa.Integer(), server_default="0", nullable=False))
    op.add_column("events", sa.Column("image_alt", sa.String(length=500), server_default="", nullable=False))
    op.create_table(
        "event_texts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_texts")),
    )
    op.create_index("ix_event_texts_event", "event_texts", ["event_id", "language"], unique=True)
    op.create_table(
        "event_images",
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_images")),
    )
    op.add_column("pending_imports", sa.Column("kind", sa.String(length=20), server_default="kalender", nullable=False))
    op.create_table(
        "imported_rows",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("imported_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_imported_rows")),
    )
    op.create_index(op.f("ix_imported_rows_record_id"), "imported_rows", ["record_id"], unique=False)
