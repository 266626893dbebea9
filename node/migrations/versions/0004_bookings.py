"""Rules of booking, rental, keys, self-managed use."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who uses rooms again and again, fees, house rules, keys; what a booking remembers of its decision."""
    op.create_table(
        "fee_classes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("meant_for", sa.String(length=500), nullable=False),
        sa.Column("hour_cents", sa.Integer(), nullable=True),
        sa.Column("half_day_cents", sa.Integer(), nullable=True),
        sa.Column("day_cents", sa.Integer(), nullable=True),
        sa.Column("deposit_cents", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.CheckConstraint("deposit_cents >= 0", name=op.f("ck_fee_classes_deposit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_classes")),
        sa.UniqueConstraint("key", name=op.f("uq_fee_classes_key")),
    )
    op.create_table(
        "house_rules",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", columns.UTCDateTime(), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_house_rules")),
    )
    op.create_table(
        "key_rings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("opens", columns.Tags(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.CheckConstraint("copies > 0", name=op.f("ck_key_rings_copies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_rings")),
        sa.UniqueConstraint("label", name=op.f("uq_key_rings_label")),
    )
    op.create_table(
        "self_managed_openings",
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("opened_at", columns.UTCDateTime(), nullable=True),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("closed_at", columns.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=False),
        sa.Column("in_order", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_self_managed_openings")),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=80), nullable=False),
        sa.Column("contact_email", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("account_id", name=op.f("uq_tenants_account_id")),
        sa.UniqueConstraint("name", name=op.f("uq_tenants_name")),
    )
    op.create_table(
        "booking_quotas",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=True),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("hours_max", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours_max > 0", name=op.f("ck_booking_quotas_something")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_booking_quotas_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_quotas")),
        sa.UniqueConstraint("tenant_id", "period", name=op.f("uq_booking_quotas_tenant_id_period")),
    )
    op.create_table(
        "key_handovers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=True),
        sa.Column("tenant_id", sa.String(length=36), nullable=True),
        sa.Column("holder_name", sa.String(length=200), nullable=False),
        sa.Column("holder_phone", sa.String(length=80), nullable=False),
        sa.Column("given_at", columns.UTCDateTime(), nullable=False),
        sa.Column("given_by", sa.String(length=80), nullable=False),
        sa.Column("due_at", columns.UTCDateTime(), nullable=True),
        sa.Column("returned_at", columns.UTCDateTime(), nullable=True),
        sa.Column("returned_to", sa.String(length=80), nullable=False),
        sa.CheckConstraint("copy_number > 0", name=op.f("ck_key_handovers_copy_number")),
        sa.ForeignKeyConstraint(["key_id"], ["key_rings.id"], name=op.f("fk_key_handovers_key_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_key_handovers_tenant_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_handovers")),
    )
    op.create_index(op.f("ix_key_handovers_booking_id"), "key_handovers", ["booking_id"], unique=False)
    op.create_index(
        "uq_key_handovers_out",
        "key_handovers",
        ["key_id", "copy_number"],
        unique=True,
        sqlite_where=sa.text("returned_at IS NULL"),
        postgresql_where=sa.text("returned_at IS NULL"),
    )

    op.create_table(
        "rentals",
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("fee_class_id", sa.String(length=36), nullable=True),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("deposit_cents", sa.Integer(), nullable=False),
        sa.Column("responsible_name", sa.String(length=200), nullable=False),
        sa.Column("responsible_phone", sa.String(length=80), nullable=False),
        sa.Column("responsible_address", sa.String(length=300), nullable=False),
        sa.Column("deposit_taken_at", columns.UTCDateTime(), nullable=True),
        sa.Column("deposit_taken_by", sa.String(length=80), nullable=False),
        sa.Column("deposit_returned_at", columns.UTCDateTime(), nullable=True),
        sa.Column("deposit_returned_by", sa.String(length=80), nullable=False),
        sa.Column("deposit_note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["fee_class_id"], ["fee_classes.id"], name=op.f("fk_rentals_fee_class_id")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_rentals")),
    )
    op.create_table(
        "rules_acceptances",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("accepted_by", sa.String(length=200), nullable=False),
        sa.Column("accepted_at", columns.UTCDateTime(), nullable=False),
        sa.Column("noted_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["house_rules.version"], name=op.f("fk_rules_acceptances_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules_acceptances")),
        sa.UniqueConstraint("booking_id", "version", name=op.f("uq_rules_acceptances_booking_id_version")),
    )
    op.add_column("bookings", sa.Column("called_off_by", sa.String(length=10), server_default="", nullable=False))
    op.add_column("bookings", sa.Column("overruled", sa.String(length=500), server_default="", nullable=False))
    op.add_column("bookings", sa.Column("overruled_by", sa.String(length=80), server_default="", nullable=False))
    op.add_column("bookings", sa.Column("tenant_id", sa.String(length=36), nullable=True))
    op.add_column("bookings", sa.Column("block_id", sa.String(length=36), nullable=True))
    op.add_column("bookings", sa.Column("asked_space_id", sa.String(length=36), nullable=True))
    op.add_column("bookings", sa.Column("asked_starts_at", columns.UTCDateTime(), nullable=True))
    op.add_column("bookings", sa.Column("asked_ends_at", columns.UTCDateTime(), nullable=True))
