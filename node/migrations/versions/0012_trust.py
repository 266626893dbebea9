"""What the house knows of the hub that it believes."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
works_with = "0010"  # only adds


def upgrade() -> None:
    op.create_table(
        "hub_trust",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("configured_key", sa.String(length=60), nullable=False),
        sa.Column("believed_key", sa.String(length=60), nullable=False),
        sa.Column("next_key", sa.String(length=60), nullable=True),
        sa.Column("changed_at", columns.UTCDateTime(), nullable=False),
        sa.Column("term_number", sa.BigInteger(), nullable=False),
        sa.Column("hub_instance", sa.String(length=64), nullable=False),
        sa.Column("bound_at", columns.UTCDateTime(), nullable=True),
        sa.Column("rival_instance", sa.String(length=64), nullable=True),
        sa.Column("rival_at", columns.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_trust")),
    )
