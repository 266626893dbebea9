"""The opening norm, holidays, room requests, and more about the house."""

import sqlalchemy as sa
from alembic import op

from shared.columns import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("centres", sa.Column("region", sa.String(5), nullable=False, server_default="DE-NW"))
    op.add_column("centres", sa.Column("closed_on_holidays", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "holidays",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name_de", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
    )
    op.create_table(
        "house_days",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_days")),
    )
    op.create_table(
        "norms",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("days_min", sa.Integer(), nullable=False),
        sa.Column("days_aim", sa.Integer(), nullable=False),
        sa.Column("hours_min", sa.Integer(), nullable=False),
        sa.Column("consultation_hours_min", sa.Integer(), nullable=False),
        sa.Column("weekend_expected", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_norms")),
    )
    op.create_table(
        "room_requests",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("booking_id", sa.String(36), nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_requests")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_room_requests_booking_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_room_requests_reference")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_room_requests_token_hash")),
    )
    op.create_table(
        "room_request_drafts",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("touched_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_room_request_drafts")),
    )
    op.create_index(op.f("ix_room_request_drafts_touched_at"), "room_request_drafts", ["touched_at"])
