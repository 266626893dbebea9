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
    _equipment()


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


def _equipment() -> None:
    """What guards the stock is built by `node.equipment.guard` when all scripts have run."""
    op.create_table(
        "equipment_items",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("lent_alone", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_equipment_items_stock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_items")),
    )
    op.create_table(
        "equipment_reservations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("starts_at", columns.UTCDateTime(), nullable=False),
        sa.Column("ends_at", columns.UTCDateTime(), nullable=False),
        sa.Column("lent_to", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("given_out_at", columns.UTCDateTime(), nullable=True),
        sa.Column("given_out_by", sa.String(length=80), nullable=False),
        sa.Column("returned_at", columns.UTCDateTime(), nullable=True),
        sa.Column("returned_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_equipment_reservations_forwards")),
        sa.CheckConstraint("count > 0", name=op.f("ck_equipment_reservations_count")),
        sa.ForeignKeyConstraint(["item_id"], ["equipment_items.id"], name=op.f("fk_equipment_reservations_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_reservations")),
    )
    op.create_index(
        op.f("ix_equipment_reservations_booking_id"), "equipment_reservations", ["booking_id"], unique=False
    )
    op.create_index(
        "ix_equipment_reservations_item_id_starts_at", "equipment_reservations", ["item_id", "starts_at"], unique=False
    )
