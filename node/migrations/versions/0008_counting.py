"""Days of counting, buttons, sensors, locks."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counter_buttons",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target_group", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_buttons")),
    )
    op.create_table(
        "counter_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asks_groups", sa.Boolean(), nullable=False),
        sa.Column("target_groups", columns.Tags(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_settings")),
    )
    op.create_table(
        "late_taps",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("counted_at", columns.UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target_group", sa.String(length=40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("received_at", columns.UTCDateTime(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", columns.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_taps")),
    )
    with op.batch_alter_table("late_taps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_late_taps_counted_at"), ["counted_at"], unique=False)

    op.create_table(
        "measured_hours",
        sa.Column("sensor_id", sa.String(length=36), nullable=False),
        sa.Column("hour_starts_at", columns.UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sensor_id", "hour_starts_at", name=op.f("pk_measured_hours")),
    )
    with op.batch_alter_table("measured_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measured_hours_hour_starts_at"), ["hour_starts_at"], unique=False)

    op.create_table(
        "month_locks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("starts_at", columns.UTCDateTime(), nullable=False),
        sa.Column("ends_at", columns.UTCDateTime(), nullable=False),
        sa.Column("locked_by", sa.String(length=80), nullable=False),
        sa.Column("locked_at", columns.UTCDateTime(), nullable=False),
        sa.Column("reopened_by", sa.String(length=80), nullable=False),
        sa.Column("reopened_at", columns.UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_locks")),
    )
    with op.batch_alter_table("month_locks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_month_locks_month"), ["month"], unique=False)
        batch_op.create_index(batch_op.f("ix_month_locks_reopened_at"), ["reopened_at"], unique=False)

    op.create_table(
        "sensor_rejections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sensor", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("excerpt", sa.String(length=160), nullable=False),
        sa.Column("received_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor_rejections")),
    )
    with op.batch_alter_table("sensor_rejections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sensor_rejections_received_at"), ["received_at"], unique=False)

    op.create_table(
        "sensors",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("door", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=20), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("token_made_at", columns.UTCDateTime(), nullable=True),
        sa.Column("heard_at", columns.UTCDateTime(), nullable=True),
        sa.Column("added_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensors")),
        sa.UniqueConstraint("key", name=op.f("uq_sensors_key")),
    )
    with op.batch_alter_table("sensors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sensors_token_hash"), ["token_hash"], unique=False)

    op.create_table(
        "visit_days",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", columns.UTCDateTime(), nullable=True),
        sa.Column("ends_at", columns.UTCDateTime(), nullable=True),
        sa.Column("open_hours", columns.Tags(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("said_by", sa.String(length=80), nullable=False),
        sa.Column("said_at", columns.UTCDateTime(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_days")),
        sa.UniqueConstraint("day", name=op.f("uq_visit_days_day")),
    )
    with op.batch_alter_table("visit_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_days_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_days_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "sensor_counts",
        sa.Column("sensor_id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("counted_at", columns.UTCDateTime(), nullable=False),
        sa.Column("came_in", sa.Integer(), nullable=False),
        sa.Column("went_out", sa.Integer(), nullable=False),
        sa.Column("held_back", sa.Boolean(), nullable=False),
        sa.Column("received_at", columns.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sensor_id"], ["sensors.id"], name=op.f("fk_sensor_counts_sensor_id")),
        sa.PrimaryKeyConstraint("sensor_id", "message_id", name=op.f("pk_sensor_counts")),
    )
    with op.batch_alter_table("sensor_counts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sensor_counts_counted_at"), ["counted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sensor_counts_held_back"), ["held_back"], unique=False)
