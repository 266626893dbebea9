"""The calendar knows events that two houses publish, German stems, and words in other languages."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENTS = ("inserted", "updated", "deleted")
_TRIGGERS = [f"{table}_words_{moment}" for table in ("events", "centres") for moment in _MOMENTS]


def upgrade() -> None:
    """Add the table of twins, and put every event on the list of those whose words are due.

    Triggers that note more columns than before are dropped; they are made anew afterwards.
    """
    op.create_table(
        "event_twins",
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("set_number", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "centre_id", name=op.f("pk_event_twins")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_twins_set", "event_twins", ["set_number", "rank"])
    if op.get_bind().dialect.name == "sqlite":
        for trigger in _TRIGGERS:
            op.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    else:
        op.execute("DROP INDEX IF EXISTS ix_event_words_fts")
    op.execute(
        "INSERT INTO event_words_due (event_id, centre_id) SELECT id, centre_id FROM events WHERE true"
        " ON CONFLICT DO NOTHING"
    )
