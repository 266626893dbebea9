"""The audit log, retention, second factors, devices."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables (env.py puts the log's triggers on)."""
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", columns.UTCDateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("about_people", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("look_key", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("look_key", name=op.f("uq_audit_entries_look_key")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as table:
        table.create_index(op.f("ix_audit_entries_at"), ["at"])
        table.create_index(op.f("ix_audit_entries_actor_id"), ["actor_id"])
        table.create_index("ix_audit_entries_table_name_record_id", ["table_name", "record_id"])
