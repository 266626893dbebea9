"""The list of data sets, and since when each is as it is.

Rule: a data set is told apart by its fingerprint. When it differs from the one that was seen last,
the time of that look is when it changed; files, pages and the catalogue all name the same time.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from flask import request
from flask_babel import force_locale
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.core.db import database, reading, transaction
from hub.open_data.columns import Dataset, Frame, Row
from hub.open_data.houses import CENTRES, HOURS, SPACES
from hub.open_data.models import DatasetState
from hub.open_data.occupancy import OCCUPANCY
from hub.open_data.programme import PROGRAMME
from hub.open_data.terms import city_name, terms
from hub.open_data.visits import VISITS
from shared.time import now
from shared.web import zone

DATASETS: tuple[Dataset, ...] = (PROGRAMME, CENTRES, HOURS, SPACES, VISITS, OCCUPANCY)
BY_KEY = {dataset.key: dataset for dataset in DATASETS}
DATA_LANGUAGE = "de"  # a file is the same for everybody, whatever language its reader chose


class State(NamedTuple):
    """`fingerprint` is of the rows as they are now."""

    fingerprint: str
    changed_at: datetime


def frame(session: Session, home: str = "") -> Frame:
    """Return what all rows of this moment depend on; `home` is the address of the site, that of the request if ''."""
    return Frame(city_name(), zone(), now(), terms(session), home or request.host_url, database())


def rows_of(session: Session, dataset: Dataset, about: Frame) -> Iterable[Row]:
    """Return the rows: all of them, or of one that streams an iterator that reads while they are sent."""
    with force_locale(DATA_LANGUAGE):
        found = dataset.rows(session, about)
        return found if dataset.streams else list(found)


def state(session: Session, dataset: Dataset, about: Frame, rows: Iterable[Row] = ()) -> State:
    """Return the fingerprint of a data set now, and when it was first seen like this.

    `rows` are those of now, unless the data set has a mark of its own.
    """
    found = _fingerprint(session, dataset, about, rows)
    kept = session.get(DatasetState, dataset.key)
    same = kept is not None and kept.fingerprint == found
    return State(found, (kept.changed_at if same and kept else about.now).replace(microsecond=0))


def last_state(session: Session, dataset: Dataset, about: Frame) -> State:
    """Return what the last look found, for pages that speak of all data sets; look now if nobody ever did."""
    kept = session.get(DatasetState, dataset.key)
    if kept is not None:
        return State(kept.fingerprint, kept.changed_at.replace(microsecond=0))
    return _looked(session, dataset, about)


def note(dataset: Dataset, seen: State) -> None:
    """Keep what was seen if it is news."""
    with reading() as session:
        kept = session.get(DatasetState, dataset.key)
        if kept is not None and kept.fingerprint == seen.fingerprint:
            return
    with transaction() as session:
        on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        put = on.insert(DatasetState).values(dataset=dataset.key, **seen._asdict())
        session.execute(put.on_conflict_do_update(index_elements=["dataset"], set_=seen._asdict()))


def look_for_changes() -> None:
    """Look at all data sets, so that the catalogue knows of changes that nobody has fetched yet."""
    for dataset in DATASETS:
        with reading() as session:
            seen = _looked(session, dataset, frame(session, home="/"))
        note(dataset, seen)


def _looked(session: Session, dataset: Dataset, about: Frame) -> State:
    rows = () if dataset.mark else rows_of(session, dataset, about)
    return state(session, dataset, about, rows)


def _fingerprint(session: Session, dataset: Dataset, about: Frame, rows: Iterable[Row]) -> str:
    """Links are left out: the data are the same under each of the site's addresses."""
    mark = hashlib.sha256(repr((about.terms, [column.name for column in dataset.columns])).encode())
    if dataset.mark:
        mark.update(dataset.mark(session, replace(about, home="/")).encode())
    else:
        mark.update(repr([*rows]).replace(about.home, "/").encode())
    return mark.hexdigest()
