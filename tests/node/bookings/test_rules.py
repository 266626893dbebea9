"""What binds a booking beside a free space: notice, length, guest hours, quotas; and what staff may set aside."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from node.bookings import service
from node.bookings.day import lay_out
from node.bookings.service import BookingEntry, Overruling, QuotaSpent
from node.spaces.guest_hours import GuestHoursEntry, add_hours
from node.spaces.models import Space
from shared.database import Database
from shared.records.bookings import BookingKind, BookingState, SpaceTaken
from shared.records.spaces import BookingTooLong, NoticeTooShort, OutsideSpaceHours
from tests.factories import DAY, NOW, local_slot, make_booking, make_space

LEAD = Overruling("Anna", "Ein Trauerfall")


@pytest.fixture
def session(house: Database) -> Iterator[Session]:
    """A writing session on an empty house."""
    with house.transaction() as opened:
        yield opened


def book(space: Space, start: str, end: str, day: object = DAY, **said: object) -> service.BookingEntry:
    """Return an entry for a rental of `space`, unless `kind` says otherwise."""
    said.setdefault("kind", BookingKind.RENTAL)
    return BookingEntry(space_id=space.id, slot=local_slot(start, end, day), **said)  # type: ignore[arg-type]


def test_a_rental_needs_notice_and_is_told_the_first_time_that_goes(session: Session) -> None:
    """A hall that wants two days cannot be rented for this morning; the refusal names the earliest start."""
    hall = make_space(session, notice_hours=48)
    with pytest.raises(NoticeTooShort) as refused:
        service.take_booking(session, book(hall, "10:00", "12:00"), now=NOW)
    assert refused.value.earliest == NOW + timedelta(hours=48)


def test_the_house_itself_needs_no_notice(session: Session) -> None:
    """A meeting of the staff takes the hall at once, and so does a block."""
    hall = make_space(session, notice_hours=48, length_max_min=60)
    service.take_booking(session, book(hall, "10:00", "12:00", kind=BookingKind.INTERNAL), now=NOW)
    service.take_booking(session, book(hall, "13:00", "20:00", kind=BookingKind.BLOCKED), now=NOW)


def test_a_rule_is_set_aside_knowingly_and_that_is_kept(session: Session) -> None:
    """Notice and length give way to somebody who decides; which rules, who and why stand in the booking."""
    hall = make_space(session, notice_hours=48, length_max_min=60)
    wish = book(hall, "10:00", "12:00")
    with pytest.raises(NoticeTooShort):
        service.take_booking(session, wish, now=NOW)
    taken = service.take_booking(session, wish, now=NOW, overruling=LEAD)
    assert (taken.overruled, taken.overruled_by) == ("notice, length: Ein Trauerfall", "Anna")


def test_nobody_sets_an_overlap_aside(session: Session) -> None:
    """Whoever overrules rules is still refused where somebody else is."""
    hall = make_space(session)
    make_booking(session, hall, "10:00", "12:00")
    with pytest.raises(SpaceTaken):
        service.take_booking(session, book(hall, "11:00", "13:00"), now=NOW, overruling=LEAD)


def test_the_hours_of_a_guest_space_bind_everybody(session: Session) -> None:
    """The school's gym is ours from five to nine only, for staff and with overruling too."""
    gym = make_space(session, "Turnhalle", is_guest_space=True, host_building="Schule")
    add_hours(session, gym.id, GuestHoursEntry(opens_local="17:00", closes_local="21:00"))
    early = book(gym, "16:00", "18:00", kind=BookingKind.INTERNAL)
    with pytest.raises(OutsideSpaceHours):
        service.take_booking(session, early, now=NOW, overruling=LEAD)
    service.take_booking(session, book(gym, "17:00", "21:00", kind=BookingKind.PROGRAMME), now=NOW)


def test_moving_asks_the_rules_again_but_a_new_title_does_not(session: Session) -> None:
    """A booking that stands may be renamed though its notice has passed; longer or earlier is asked anew."""
    hall, day = make_space(session, notice_hours=24, length_max_min=120), DAY + timedelta(days=3)
    made = service.take_booking(session, book(hall, "10:00", "12:00", day), now=NOW)
    late = NOW + timedelta(days=2, hours=20)
    renamed = book(hall, "10:00", "12:00", day, title="Taufe")
    assert service.move_booking(session, made.id, renamed, now=late).title == "Taufe"
    with pytest.raises(BookingTooLong):
        service.move_booking(session, made.id, book(hall, "10:00", "13:00", day), now=late)
    with pytest.raises(NoticeTooShort):
        service.move_booking(session, made.id, book(hall, "11:00", "12:00", day), now=late)


def test_a_quota_tells_how_much_is_left(session: Session) -> None:
    """A contact who has had three of four hours this week may take one more, not two."""
    hall = make_space(session)
    service.keep_quotas(session, None, {"week": 4})
    mine = {"contact_email": "Chor@Example.org"}
    service.take_booking(session, book(hall, "08:00", "11:00", **mine), now=NOW)
    with pytest.raises(QuotaSpent) as refused:
        service.take_booking(session, book(hall, "12:00", "14:00", contact_email="chor@example.org "), now=NOW)
    assert refused.value.left == timedelta(hours=1)
    assert refused.value.begins == DAY
    service.take_booking(session, book(hall, "12:00", "13:00", **mine), now=NOW)
    other = book(hall, "13:00", "16:00", contact_email="other@example.org")
    service.take_booking(session, other, now=NOW)


def test_a_booking_over_the_end_of_the_week_counts_in_both_weeks(session: Session) -> None:
    """Sunday night to Monday morning: each week bears its own hours."""
    hall = make_space(session)
    service.keep_quotas(session, None, {"week": 3})
    sunday = DAY + timedelta(days=6)
    mine = {"contact_phone": "0203 / 12 34 56"}
    service.take_booking(session, book(hall, "22:00", "02:00", sunday, **mine), now=NOW)
    monday = sunday + timedelta(days=1)
    with pytest.raises(QuotaSpent) as refused:
        service.take_booking(session, book(hall, "10:00", "12:00", monday, contact_phone="0203123456"), now=NOW)
    assert (refused.value.begins, refused.value.left) == (monday, timedelta(hours=1))


def test_a_tenant_has_a_quota_of_their_own(session: Session) -> None:
    """What is set for one group takes the place of the quota for everybody; requests count, declined ones do not."""
    hall = make_space(session)
    choir = service.add_tenant(session, service.TenantEntry(name="Chor"))
    service.keep_quotas(session, None, {"week": 1})
    service.keep_quotas(session, choir.id, {"week": 4})
    asked = service.take_booking(
        session, book(hall, "10:00", "13:00", tenant_id=choir.id), now=NOW, state=BookingState.REQUESTED
    )
    wish = book(hall, "14:00", "16:00", tenant_id=choir.id)
    with pytest.raises(QuotaSpent):
        service.take_booking(session, wish, now=NOW)
    service.decline_booking(session, asked.id, "belegt", now=NOW)
    service.take_booking(session, wish, now=NOW)
    assert [
        spent.left for spent in service.spent_by_tenant(session, choir.id, NOW, service.zone_of_house(session))
    ] == [timedelta(hours=2)]


def test_a_move_does_not_count_the_booking_itself(session: Session) -> None:
    """Whoever has used up the quota may still change the hour."""
    hall = make_space(session)
    service.keep_quotas(session, None, {"month": 2})
    mine = {"contact_name": "Ülkü Yıldız"}
    made = service.take_booking(session, book(hall, "10:00", "12:00", **mine), now=NOW)
    service.move_booking(session, made.id, book(hall, "14:00", "16:00", **mine), now=NOW)


def test_programme_and_staff_have_no_quota(session: Session) -> None:
    """The house's own affairs are not counted."""
    hall = make_space(session)
    service.keep_quotas(session, None, {"week": 1})
    for start, end in (("08:00", "11:00"), ("12:00", "15:00")):
        entry = book(hall, start, end, kind=BookingKind.INTERNAL, contact_name="Leitung")
        service.take_booking(session, entry, now=NOW)


def test_a_guest_space_is_offered_within_its_hours_only(session: Session) -> None:
    """Whoever finds the hall taken at ten is not sent to the school's gym, at six in the evening they are."""
    hall, gym = make_space(session), make_space(session, "Turnhalle", is_guest_space=True)
    add_hours(session, gym.id, GuestHoursEntry(opens_local="17:00", closes_local="21:00"))
    zone = service.zone_of_house(session)
    for start, end, offered in (("10:00", "12:00", []), ("18:00", "20:00", ["Turnhalle"])):
        make_booking(session, hall, start, end)
        with pytest.raises(SpaceTaken) as refused:
            service.take_booking(session, book(hall, start, end), now=NOW)
        found = service.look_into(session, refused.value, book(hall, start, end), zone, now=NOW)
        assert [choice.space_name for choice in found.spaces] == offered
    ours = service.guest_hours_of_day(session, [hall, gym], DAY, zone)
    assert list(ours) == [gym.id]
    table = lay_out(DAY, [hall, gym], [], {}, zone, ours)
    free = [cell.slot for cell in table.rows[1].cells if cell.is_free]
    assert free == [local_slot("17:00", "21:00")]
