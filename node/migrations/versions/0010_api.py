"""Answers of the HTTP API that may be asked for again."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_answers",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answered_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "key", name=op.f("pk_api_answers")),
    )
    op.create_index(op.f("ix_api_answers_answered_at"), "api_answers", ["answered_at"])
