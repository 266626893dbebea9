"""Free time of spaces, found fast."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The triggers come afterwards (see env.py); houses that are there already get their first stamp here."""
    op.create_table(
        "house_stamps",
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_house_stamps")),
        sqlite_with_rowid=False,
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    dice = "abs(random() % 1099511627776)" if on_sqlite else "floor(random() * 1099511627776)::bigint"
    op.execute(f"""INSERT INTO house_stamps (centre_id, stamp) SELECT centre_id, {dice} FROM (
        SELECT centre_id FROM centres UNION SELECT centre_id FROM spaces
        UNION SELECT centre_id FROM space_hours UNION SELECT centre_id FROM opening_hours) AS houses""")  # noqa: S608
    for name, columns in (
        ("ix_bookings_starts_at", ["starts_at", "ends_at", "state", "centre_id", "space_id"]),
        ("ix_bookings_space_id", ["space_id", "starts_at"]),
    ):
        op.drop_index(name, table_name="bookings")
        op.create_index(name, "bookings", columns)
    op.create_index(
        "ix_bookings_long",
        "bookings",
        ["ends_at", "starts_at"],
        sqlite_where=sa.text("julianday(ends_at) - julianday(starts_at) > 1"),
        postgresql_where=sa.text("ends_at - starts_at > interval '1 day'"),
    )
