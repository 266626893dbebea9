"""Backups that centres keep at the hub, and whom they erased."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
works_with = "0014"  # only adds


def upgrade() -> None:
    op.create_table(
        "centre_backups",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("made_at", columns.UTCDateTime(), nullable=False),
        sa.Column("received_at", columns.UTCDateTime(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "name", name=op.f("pk_centre_backups")),
    )
    op.create_table(
        "centre_erasures",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=200), nullable=False),
        sa.Column("erased_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "kind", "record_id", name=op.f("pk_centre_erasures")),
    )
    op.create_table(
        "call_nonces",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("used_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "nonce", name=op.f("pk_call_nonces")),
    )
    op.create_index(op.f("ix_call_nonces_used_at"), "call_nonces", ["used_at"])
