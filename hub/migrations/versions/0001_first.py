"""Everything that there is at the beginning."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_at", columns.UTCDateTime(), nullable=False),
        sa.Column("signed_in_at", columns.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name_key", name=op.f("uq_accounts_name_key")),
    )
    op.create_table(
        "announcements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("for_public", sa.Boolean(), nullable=False),
        sa.Column("shows_from", columns.UTCDateTime(), nullable=False),
        sa.Column("shows_until", columns.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_table(
        "bookings",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", columns.UTCDateTime(), nullable=False),
        sa.Column("ends_at", columns.UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("centre_id", "id", name=op.f("pk_bookings")),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bookings_space_id"), ["space_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bookings_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "candidates",
        sa.Column("feed", sa.String(length=45), nullable=False),
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("operation", sa.String(length=6), nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "feed", "collection", "record_id", "revision", "content_hash", name=op.f("pk_candidates")
        ),
    )
    op.create_table(
        "centres",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("operator", sa.String(length=200), nullable=False),
        sa.Column("district", sa.String(length=80), nullable=False),
        sa.Column("quarter", sa.String(length=80), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("website", sa.String(length=500), nullable=False),
        sa.Column("languages", columns.Tags(), nullable=False),
        sa.Column("accessibility", columns.Tags(), nullable=False),
        sa.Column("host_building", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id", name=op.f("pk_centres")),
    )
    op.create_table(
        "districts",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_districts")),
    )
    op.create_table(
        "event_words",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event_words")),
        sa.UniqueConstraint("event_id", "centre_id", name=op.f("uq_event_words_event_id_centre_id")),
    )
    op.create_table(
        "event_words_due",
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "centre_id", name=op.f("pk_event_words_due")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("target_groups", columns.Tags(), nullable=False),
        sa.Column("languages", columns.Tags(), nullable=False),
        sa.Column("accessibility", columns.Tags(), nullable=False),
        sa.Column("cost_cents", sa.Integer(), nullable=True),
        sa.Column("cost_note", sa.String(length=200), nullable=False),
        sa.Column("organiser", sa.String(length=200), nullable=False),
        sa.Column("attendance", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("online_url", sa.String(length=500), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=True),
        sa.Column("series_id", sa.String(length=36), nullable=True),
        sa.Column("starts_at", columns.UTCDateTime(), nullable=False),
        sa.Column("ends_at", columns.UTCDateTime(), nullable=False),
        sa.Column("cancel_reason", sa.String(length=500), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("updated_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_events_lasting",
            ["ends_at"],
            unique=False,
            sqlite_where=sa.text("substr(ends_at, 1, 10) > substr(starts_at, 1, 10)"),
            postgresql_where=sa.text(
                "CAST(ends_at AT TIME ZONE 'UTC' AS date) > CAST(starts_at AT TIME ZONE 'UTC' AS date)"
            ),
        )
        batch_op.create_index("ix_events_starts_at", ["starts_at", "centre_id"], unique=False)
        batch_op.create_index("ix_events_theme", ["theme", "starts_at", "centre_id"], unique=False)

    op.create_table(
        "feeds",
        sa.Column("name", sa.String(length=45), nullable=False),
        sa.Column("instance", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("generation_id", sa.String(length=64), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("base_revision", sa.BigInteger(), nullable=False),
        sa.Column("base_mark", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_revision", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_mark", sa.BigInteger(), nullable=False),
        sa.Column("agreed_revision", sa.BigInteger(), nullable=True),
        sa.Column("agreed_mark", sa.BigInteger(), nullable=True),
        sa.Column("fence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feeds")),
    )
    op.create_table(
        "ingest_facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("beat_at", columns.UTCDateTime(), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("connected_changed_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_facts")),
    )
    op.create_table(
        "members",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("public_key", sa.String(length=60), nullable=False),
        sa.Column("admitted_at", columns.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", columns.UTCDateTime(), nullable=True),
        sa.Column("instance", sa.String(length=64), nullable=True),
        sa.Column("rival_instance", sa.String(length=64), nullable=True),
        sa.Column("rival_at", columns.UTCDateTime(), nullable=True),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("online_changed_at", columns.UTCDateTime(), nullable=True),
        sa.Column("heard_at", columns.UTCDateTime(), nullable=True),
        sa.Column("reported_head", sa.BigInteger(), nullable=False),
        sa.Column("agreed_up_at", columns.UTCDateTime(), nullable=True),
        sa.Column("agreed_down_at", columns.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_members")),
    )
    op.create_table(
        "opening_hours",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("opens_local", sa.String(length=5), nullable=False),
        sa.Column("closes_local", sa.String(length=5), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id", name=op.f("pk_opening_hours")),
    )
    op.create_table(
        "recovery_answers",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("offer_id", sa.String(length=36), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id", name=op.f("pk_recovery_answers")),
    )
    with op.batch_alter_table("recovery_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_answers_offer_id"), ["offer_id"], unique=False)

    op.create_table(
        "recovery_offers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("decided_at", columns.UTCDateTime(), nullable=True),
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("of_collection", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("found_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_offers")),
    )
    with op.batch_alter_table("recovery_offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_offers_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "rejected_messages",
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("first_at", columns.UTCDateTime(), nullable=False),
        sa.Column("last_at", columns.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "reason", name=op.f("pk_rejected_messages")),
    )
    with op.batch_alter_table("rejected_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rejected_messages_last_at"), ["last_at"], unique=False)

    op.create_table(
        "replica_records",
        sa.Column("feed", sa.String(length=45), nullable=False),
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.String(length=6), nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=11), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("pass_number", sa.Integer(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("feed", "collection", "record_id", name=op.f("pk_replica_records")),
    )
    with op.batch_alter_table("replica_records", schema=None) as batch_op:
        batch_op.create_index(
            "ix_replica_records_exceptional",
            ["feed", "status"],
            unique=False,
            sqlite_where=sa.text("status != 'ok'"),
            postgresql_where=sa.text("status != 'ok'"),
        )

    op.create_table(
        "replicas",
        sa.Column("feed", sa.String(length=45), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("generation_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("highest_revision", sa.BigInteger(), nullable=False),
        sa.Column("highest_mark", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("walk", sa.Text(), nullable=True),
        sa.Column("unconfirmed", sa.Integer(), nullable=False),
        sa.Column("confirmed_pass", sa.Integer(), nullable=False),
        sa.Column("agreed_revision", sa.BigInteger(), nullable=True),
        sa.Column("agreed_mark", sa.BigInteger(), nullable=True),
        sa.Column("stalled", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_replicas")),
    )
    op.create_table(
        "spaces",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.String(length=36), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("accessibility", columns.Tags(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("buffer_before_min", sa.Integer(), nullable=False),
        sa.Column("buffer_after_min", sa.Integer(), nullable=False),
        sa.Column("bookable", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id", name=op.f("pk_spaces")),
    )
    op.create_table(
        "themes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("label_de", sa.String(length=80), nullable=False),
        sa.Column("label_en", sa.String(length=80), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
    )
    op.create_table(
        "visits",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("hour_starts_at", columns.UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target_group", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visits_hour_starts_at"), ["hour_starts_at"], unique=False)

    op.create_table(
        "changes",
        sa.Column("feed", sa.String(length=45), nullable=False),
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.String(length=6), nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.name"], name=op.f("fk_changes_feed"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed", "collection", "record_id", name=op.f("pk_changes")),
        sa.UniqueConstraint("feed", "revision", name=op.f("uq_changes_feed_revision")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "forks",
        sa.Column("feed", sa.String(length=45), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("forked_at", columns.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.name"], name=op.f("fk_forks_feed"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed", "generation", name=op.f("pk_forks")),
    )
    op.create_table(
        "marks",
        sa.Column("feed", sa.String(length=45), nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.name"], name=op.f("fk_marks_feed"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed", "revision", name=op.f("pk_marks")),
        sqlite_with_rowid=False,
    )
