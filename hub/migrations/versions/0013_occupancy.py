"""Open and used time of spaces, added up."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The job sees that nothing was ever added up, and makes everything due by itself."""
    op.create_table(
        "occupancy_months",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("top", sa.Boolean(), nullable=False),
        *_seconds(),
        sa.PrimaryKeyConstraint("month", "centre_id", "space_id", "part", "top", name=op.f("pk_occupancy_months")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "occupancy_houses",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        *_seconds(),
        sa.PrimaryKeyConstraint("month", "part", "centre_id", name=op.f("pk_occupancy_houses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_occupancy_houses_centre_id"), "occupancy_houses", ["centre_id"], unique=False)
    op.create_table(
        "occupancy_spans",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("before_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "space_id", name=op.f("pk_occupancy_spans")),
    )
    op.create_table(
        "occupancy_due",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("first", sa.String(length=7), nullable=False),
        sa.Column("last", sa.String(length=7), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "first", "last", name=op.f("pk_occupancy_due")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "occupancy_to_do",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "month", name=op.f("pk_occupancy_to_do")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "occupancy_reach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last", sa.String(length=7), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy_reach")),
    )


def _seconds() -> list[sa.Column[int]]:
    names = ("open_s", "inside_s", "outside_s", "blocked_s")
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]
