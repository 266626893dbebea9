"""Several ingests that divide the centres among them."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
works_with = "0014"  # only adds


def upgrade() -> None:
    """The workers say themselves that they are there, and plant the slots when they need them."""
    op.create_table(
        "ingest_workers",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("since", columns.UTCDateTime(), nullable=False),
        sa.Column("beat_at", columns.UTCDateTime(), nullable=False),
        sa.Column("beats", sa.BigInteger(), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("centres", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ingest_workers")),
    )
    op.create_table(
        "ingest_slots",
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("worker", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["worker"], ["ingest_workers.number"], name=op.f("fk_ingest_slots_worker"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_ingest_slots")),
    )
    op.create_index(op.f("ix_ingest_slots_worker"), "ingest_slots", ["worker"])
