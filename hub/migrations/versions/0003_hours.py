"""The opening norm, holidays, and more about the house."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("centres", sa.Column("region", sa.String(5), nullable=False, server_default="DE-NW"))
    op.add_column("centres", sa.Column("closed_on_holidays", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "holidays",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name_de", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
    )
    op.create_table(
        "norms",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("days_min", sa.Integer(), nullable=False),
        sa.Column("days_aim", sa.Integer(), nullable=False),
        sa.Column("hours_min", sa.Integer(), nullable=False),
        sa.Column("consultation_hours_min", sa.Integer(), nullable=False),
        sa.Column("weekend_expected", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_norms")),
    )
