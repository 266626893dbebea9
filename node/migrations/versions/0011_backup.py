"""Backups of the house, and who was erased."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
works_with = "0010"  # only adds


def upgrade() -> None:
    op.create_table(
        "recovery_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public", sa.String(length=80), nullable=False),
        sa.Column("made_at", columns.UTCDateTime(), nullable=False),
        sa.Column("checked_at", columns.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_keys")),
    )
    op.create_table(
        "backup_runs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made_at", columns.UTCDateTime(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_runs")),
    )
    op.create_index(op.f("ix_backup_runs_made_at"), "backup_runs", ["made_at"])
    op.create_table(
        "erased_records",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=200), nullable=False),
        sa.Column("erased_at", columns.UTCDateTime(), nullable=False),
        sa.Column("told_at", columns.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "record_id", name=op.f("pk_erased_records")),
    )
