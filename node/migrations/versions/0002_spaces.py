"""What a space and the equipment of a house tell about themselves."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _of_spaces()
    _space_hours()


def _of_spaces() -> None:
    """A space of before has no seatings, no rules, and is the house's own."""
    for name in ("rows", "tables", "circle", "standing"):
        op.add_column("spaces", sa.Column(f"capacity_{name}", sa.Integer(), server_default="0", nullable=False))
    op.add_column("spaces", sa.Column("features", columns.Tags(), server_default="", nullable=False))
    op.add_column("spaces", sa.Column("notice_hours", sa.Integer(), server_default="0", nullable=False))
    op.add_column("spaces", sa.Column("length_max_min", sa.Integer(), server_default="0", nullable=False))
    op.add_column("spaces", sa.Column("fee_class", sa.String(length=40), server_default="", nullable=False))
    op.add_column("spaces", sa.Column("is_guest_space", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("spaces", sa.Column("host_building", sa.String(length=200), server_default="", nullable=False))
    op.add_column("spaces", sa.Column("self_managed", sa.Boolean(), server_default=sa.false(), nullable=False))


def _space_hours() -> None:
    op.create_table(
        "space_hours",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("opens_local", sa.String(length=5), nullable=False),
        sa.Column("closes_local", sa.String(length=5), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_hours")),
    )
    op.create_index(op.f("ix_space_hours_space_id"), "space_hours", ["space_id"], unique=False)
