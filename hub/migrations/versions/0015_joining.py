"""Invitations to the network, and what a centre brought along."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
works_with = "0014"  # only adds


def upgrade() -> None:
    """Centres that were admitted by their key have no sealing key and the first access at the broker."""
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code_name", sa.String(length=32), nullable=False),
        sa.Column("code_key", sa.String(length=60), nullable=False),
        sa.Column("hub_key", sa.String(length=60), nullable=False),
        sa.Column("hub_proof", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("made_at", columns.UTCDateTime(), nullable=False),
        sa.Column("expires_at", columns.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", columns.UTCDateTime(), nullable=True),
        sa.Column("used_at", columns.UTCDateTime(), nullable=True),
        sa.Column("used_instance", sa.String(length=64), nullable=True),
        sa.Column("used_key", sa.String(length=60), nullable=True),
        sa.Column("used_sealing_key", sa.String(length=60), nullable=True),
        sa.Column("refused_at", columns.UTCDateTime(), nullable=True),
        sa.Column("refused_instance", sa.String(length=64), nullable=True),
        sa.Column("refused_key", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_name", name=op.f("uq_invitations_code_name")),
    )
    op.create_index(op.f("ix_invitations_centre_id"), "invitations", ["centre_id"], unique=False)
    with op.batch_alter_table("members") as members:
        members.add_column(sa.Column("sealing_key", sa.String(length=60), nullable=True))
        members.add_column(sa.Column("access_number", sa.Integer(), server_default="0", nullable=False))
        members.add_column(sa.Column("left_at", columns.UTCDateTime(), nullable=True))
