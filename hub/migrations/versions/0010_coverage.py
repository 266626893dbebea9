"""Districts, quarters and their shapes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
