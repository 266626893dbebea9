"""What the city answers when somebody looks for a room; for the pages, and for whoever offers it elsewhere.

Rule: an answer foretells what the house would say by the data that are here; it promises
nothing and books nothing. Each says how old the data of its house are. A house that left the
network answers no more: nobody would hear of its bookings.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.finder.answers import LATE_AFTER, Answer, Found, Verdict, Why
from hub.finder.houses import city
from hub.finder.quarters import QUARTER_S
from hub.finder.search import WEEKS_AHEAD, Hit, Search
from hub.finder.sifting import accessibility_of, sift
from hub.finder.wishes import STEP_MIN, Wish
from hub.network import queries as network

PER_PAGE = 20


def find(
    session: Session, wish: Wish, now: datetime, zone: ZoneInfo, *, page: int = 1, per_page: int = PER_PAGE
) -> Found:
    """Return a page of answers to `wish`, the best first; `zone` is the city's, a page past the end is the last."""
    found = city(session)
    candidates, unfit = sift(found, wish, network.revoked(session))
    total = len(candidates)
    page = min(max(page, 1), max(1, -(-total // per_page)))
    hits = Search(session, found, candidates, wish).run(now, zone, page * per_page)
    shown = hits[(page - 1) * per_page : page * per_page]
    as_of = _as_of(session, {hit.candidate.house.centre_id for hit in shown})
    number = {verdict: sum(hit.verdict is verdict for hit in hits) for verdict in Verdict}
    return Found(
        wish=wish,
        at=now,
        answers=tuple(_answer(hit, wish, as_of.get(hit.candidate.house.centre_id), now) for hit in shown),
        page=page,
        per_page=per_page,
        total=total,
        free=number[Verdict.FREE],
        asked_for=number[Verdict.ASKED_FOR],
        near=number[Verdict.NEAR],
        unfit=unfit,
        weeks=WEEKS_AHEAD,
    )


class Standing(NamedTuple):
    """How old the data of a house are: `as_of` None if they were never proven to be whole."""

    as_of: datetime | None
    late: bool


def standing_of(session: Session, centre_id: str, now: datetime) -> Standing:
    """Return how old the data of one house are."""
    as_of = _as_of(session, {centre_id}).get(centre_id)
    return Standing(as_of, _is_late(as_of, now))


def _is_late(as_of: datetime | None, now: datetime) -> bool:
    return as_of is None or now - as_of > LATE_AFTER


def _as_of(session: Session, centre_ids: Collection[str]) -> dict[str, datetime | None]:
    return {one.centre_id: one.as_of for one in network.expected_centres(session) if one.centre_id in centre_ids}


def _answer(hit: Hit, wish: Wish, as_of: datetime | None, now: datetime) -> Answer:
    one, row, house = hit.candidate, hit.candidate.room.row, hit.candidate.house
    profile = house.profile
    starts_at = None
    if hit.frame is not None:
        starts_at = datetime.fromtimestamp((hit.frame.base + hit.first) * QUARTER_S, UTC)
    return Answer(
        centre_id=house.centre_id,
        centre=house.name,
        district=house.district,
        quarter=house.quarter,
        space_id=row.id,
        name=row.name,
        kind=row.kind,
        verdict=hit.verdict,
        starts_at=starts_at,
        ends_at=starts_at + wish.length if starts_at else None,
        shift_min=hit.shift * STEP_MIN,
        manner=hit.manner,
        why=_why(hit),
        seats=one.seats,
        features=row.features,
        accessibility=tuple(sorted(accessibility_of(house, one.room))),
        is_guest_space=one.room.guest_hours is not None,
        host_building=row.host_building,
        notice_hours=row.notice_hours,
        length_max_min=row.length_max_min,
        phone=profile.phone if profile else "",
        email=profile.email if profile else "",
        website=profile.website if profile else "",
        as_of=as_of,
        late=_is_late(as_of, now),
    )


def _why(hit: Hit) -> Why | None:
    """Return what was in the way; of a space that is never free, whether it was ever open."""
    if hit.verdict in (Verdict.FREE, Verdict.ASKED_FOR):
        return None
    if hit.verdict is Verdict.NEVER:
        return Why.TAKEN if hit.candidate.ever_open else (hit.candidate.why or Why.CLOSED)
    return hit.candidate.why
