"""Days of counting."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_days",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id", name=op.f("pk_visit_days")),
    )
    with op.batch_alter_table("visit_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_days_day"), ["day"], unique=False)
