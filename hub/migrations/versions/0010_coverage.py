"""Districts, quarters and their shapes; what weeks and programmes of the houses have, reckoned."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _quarters()
    _shapes()
    _weeks()
    _offers()


def _quarters() -> None:
    op.create_table(
        "quarters",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("district", sa.String(80), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district"], ["districts.name"], name=op.f("fk_quarters_district_districts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_quarters")),
    )
    op.create_index(op.f("ix_quarters_district"), "quarters", ["district"])


def _shapes() -> None:
    for table, of in (("district_shapes", "districts"), ("quarter_shapes", "quarters")):
        op.create_table(
            table,
            sa.Column("name", sa.String(80), nullable=False),
            sa.Column("outline", sa.Text(), nullable=False),
            sa.Column("longitude", sa.Float(), nullable=False),
            sa.Column("latitude", sa.Float(), nullable=False),
            sa.Column("source", sa.String(200), nullable=False),
            sa.Column("is_schematic", sa.Boolean(), nullable=False),
            sa.Column("taken_at", columns.UTCDateTime(), nullable=False),
            sa.ForeignKeyConstraint(["name"], [f"{of}.name"], name=op.f(f"fk_{table}_name_{of}"), ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("name", name=op.f(f"pk_{table}")),
        )
    op.create_table(
        "shape_drafts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("is_schematic", sa.Boolean(), nullable=False),
        sa.Column("sent_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shape_drafts")),
    )


def _weeks() -> None:
    op.create_table(
        "houses_due",
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("centre_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "centre_id", name=op.f("pk_houses_due")),
    )
    op.create_table(
        "ordinary_weeks",
        sa.Column("centre_id", sa.String(40), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("has_hours", sa.Boolean(), nullable=False),
        sa.Column("reckoned_at", columns.UTCDateTime(), nullable=False),
        *_of_a_week(),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_ordinary_weeks")),
    )
    op.create_table(
        "house_weeks",
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("centre_id", sa.String(40), nullable=False),
        *_of_a_week(),
        sa.PrimaryKeyConstraint("monday", "centre_id", name=op.f("pk_house_weeks")),
    )


def _of_a_week() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("days", sa.String(7), nullable=False),
        sa.Column("open_min", sa.Integer(), nullable=False),
        sa.Column("consultation_min", sa.Integer(), nullable=False),
        sa.Column("has_weekend", sa.Boolean(), nullable=False),
    )


def _offers() -> None:
    op.create_table(
        "offer_sums",
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("aspect", sa.String(10), nullable=False),
        sa.Column("theme", sa.String(40), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("centre_id", sa.String(40), nullable=False),
        sa.Column("dates", sa.Integer(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "aspect", "theme", "key", "centre_id", name=op.f("pk_offer_sums")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_offer_sums_centre_id"), "offer_sums", ["centre_id"])
    op.create_table(
        "place_sums",
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("aspect", sa.String(10), nullable=False),
        sa.Column("district", sa.String(80), nullable=False),
        sa.Column("quarter", sa.String(80), nullable=False),
        sa.Column("theme", sa.String(40), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("dates", sa.Integer(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "aspect", "district", "quarter", "theme", "key", name=op.f("pk_place_sums")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reckoned_houses",
        sa.Column("centre_id", sa.String(40), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("district", sa.String(80), nullable=False),
        sa.Column("quarter", sa.String(80), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("reckoned_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_reckoned_houses")),
    )
    op.create_index("ix_reckoned_houses_place", "reckoned_houses", ["district", "quarter"])
