"""Sessions that somebody signed out of."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
works_with = "0010"  # only adds


def upgrade() -> None:
    op.create_table(
        "ended_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("over_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_sessions")),
    )
    op.create_index(op.f("ix_ended_sessions_over_at"), "ended_sessions", ["over_at"])
