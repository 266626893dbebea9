"""Keys on their way to be changed, which machine is which, and which hub is the living one."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
works_with = "0014"  # only adds


def upgrade() -> None:
    """Since when an installation is bound was not noted before: it stays unknown."""
    with op.batch_alter_table("members") as members:
        members.add_column(sa.Column("next_key", sa.String(length=60), nullable=True))
        members.add_column(sa.Column("hub_key", sa.String(length=60), nullable=True))
        members.add_column(sa.Column("sealing_number", sa.BigInteger(), server_default="0", nullable=False))
        members.add_column(sa.Column("bound_at", columns.UTCDateTime(), nullable=True))
        members.add_column(sa.Column("machine", sa.String(length=120), nullable=True))
        members.add_column(sa.Column("trouble", sa.String(length=120), nullable=True))
        members.add_column(sa.Column("twin_at", columns.UTCDateTime(), nullable=True))
        members.add_column(sa.Column("rival_first_at", columns.UTCDateTime(), nullable=True))
        members.add_column(sa.Column("rival_machine", sa.String(length=120), nullable=True))
    op.create_table(
        "hub_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("instance", sa.String(length=64), nullable=False),
        sa.Column("since", columns.UTCDateTime(), nullable=False),
        sa.Column("higher_number", sa.BigInteger(), nullable=True),
        sa.Column("higher_instance", sa.String(length=64), nullable=True),
        sa.Column("higher_at", columns.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_terms")),
    )
