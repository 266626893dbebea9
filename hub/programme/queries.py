"""What the pages of the city ask about events besides their dates: their words in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.programme.models import EventText


class Words(NamedTuple):
    """What a house says about an event in one language."""

    title: str
    summary: str
    description: str


def words_in(session: Session, rows: Iterable[Any], language: str) -> Mapping[tuple[str, str], Words]:
    """Return by (centre, event) what is said in `language` about the events of `rows`; one query for all of them."""
    wanted = {(row.centre_id, row.id) for row in rows}
    if not wanted:
        return {}
    columns = (EventText.centre_id, EventText.event_id, EventText.title, EventText.summary, EventText.description)
    query = select(*columns).where(
        EventText.centre_id.in_({centre for centre, _ in wanted}),
        EventText.event_id.in_({event for _, event in wanted}),
        EventText.language == language,
    )
    return {(row[0], row[1]): Words(*row[2:]) for row in session.execute(query)}
