"""The programs and the history of the centres, what came in, and the alarms of the network."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("batches", "records", "rejected"):
        op.add_column("ingest_facts", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    _of_centres()
    _of_alarms()
    _of_letters()


def _of_centres() -> None:
    op.create_table(
        "centre_programs",
        sa.Column("centre_id", sa.String(40), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("database", sa.String(40), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("said_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_centre_programs")),
    )
    op.create_table(
        "link_changes",
        sa.Column("centre_id", sa.String(40), nullable=False),
        sa.Column("changed_at", columns.UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "changed_at", name=op.f("pk_link_changes")),
    )


def _of_alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("noticed_at", columns.UTCDateTime(), nullable=False),
        sa.Column("opened_at", columns.UTCDateTime(), nullable=True),
        sa.Column("closed_at", columns.UTCDateTime(), nullable=True),
        sa.Column("closing", sa.String(20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reminded_at", columns.UTCDateTime(), nullable=True),
        sa.Column("acknowledged_at", columns.UTCDateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(80), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(op.f("ix_alarms_closed_at"), "alarms", ["closed_at"])
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_alarms_open", "alarms", ["kind", "subject"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "alarm_rules",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_alarm_rules")),
    )
    op.create_table(
        "alarm_quiet_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_local", sa.Time(), nullable=False),
        sa.Column("ends_local", sa.Time(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_quiet_hours")),
    )


def _of_letters() -> None:
    op.create_table(
        "alarm_letters",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("notices", sa.Text(), nullable=False),
        sa.Column("written_at", columns.UTCDateTime(), nullable=False),
        sa.Column("due_at", columns.UTCDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", columns.UTCDateTime(), nullable=True),
        sa.Column("failure", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_letters")),
    )
    op.create_index(op.f("ix_alarm_letters_due_at"), "alarm_letters", ["due_at"])
    op.create_table(
        "alarm_letter_alarms",
        sa.Column("letter_id", sa.String(36), nullable=False),
        sa.Column("alarm_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["alarms.id"], name=op.f("fk_alarm_letter_alarms_alarm_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["alarm_letters.id"], name=op.f("fk_alarm_letter_alarms_letter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("letter_id", "alarm_id", name=op.f("pk_alarm_letter_alarms")),
    )
    op.create_index(op.f("ix_alarm_letter_alarms_alarm_id"), "alarm_letter_alarms", ["alarm_id"])
