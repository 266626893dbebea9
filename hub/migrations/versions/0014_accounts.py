"""Accounts of the city's staff, and the log of what they changed; stamps of the houses' programmes."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The triggers that keep the log and raise the stamps come with `put_back` (see env.py)."""
    _accounts()
    op.create_table(
        "programme_stamps",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_programme_stamps")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", columns.UTCDateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("about_people", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("look_key", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("look_key", name=op.f("uq_audit_entries_look_key")),
    )
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"])
    op.create_index(op.f("ix_audit_entries_actor_id"), "audit_entries", ["actor_id"])
    op.create_index("ix_audit_entries_table_name_record_id", "audit_entries", ["table_name", "record_id"])


def _accounts() -> None:
    for column in (
        sa.Column("locked_at", columns.UTCDateTime(), nullable=True),
        sa.Column("password_due", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("password_until", columns.UTCDateTime(), nullable=True),
        sa.Column("sessions_ended", sa.Integer(), server_default="0", nullable=False),
        sa.Column("second_factor_due", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("second_factor_since", columns.UTCDateTime(), nullable=True),
    ):
        op.add_column("accounts", column)
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", columns.UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", columns.UTCDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_second_factors_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", columns.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"])
    op.create_table(
        "second_factor_roles",
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("since", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_second_factor_roles")),
    )
