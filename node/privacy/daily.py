"""The daily run of retention: looked for every hour, because a mini PC may be off at night."""

from flask import current_app

from node.core.db import database, reading
from node.core.privacy import registry
from node.privacy import retention
from shared.time import now


def expire_if_due() -> None:
    """Remove what is over, once a day."""
    with reading() as session:
        due = retention.is_due(session, now())
    if due:
        retention.expire(database(), registry(current_app), now=now())
