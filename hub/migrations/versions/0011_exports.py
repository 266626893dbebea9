"""Open data and what is suppressed in it."""

import sqlalchemy as sa
from alembic import op

from shared.columns import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add how the city publishes its data, and when each data set last changed."""
    op.create_table(
        "open_data_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("licence", sa.String(40), nullable=False),
        sa.Column("publisher", sa.String(200), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("contributor", sa.String(200), nullable=False),
        sa.Column("municipality_key", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_data_terms")),
    )
    op.create_table(
        "open_data_states",
        sa.Column("dataset", sa.String(40), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("dataset", name=op.f("pk_open_data_states")),
    )
