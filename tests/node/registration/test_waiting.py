"""Registrations with a house around them: places, the line, offers, what follows an event's changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from node.programme import service as programme
from node.registration import service
from node.registration.finding import places_of
from node.registration.models import News, Registration, RegistrationTerms, State
from node.registration.queue import Rule
from node.registration.refusals import (
    Closed,
    GroupTooLarge,
    OfferOver,
    PlacesMissing,
    RegistrationClosed,
    StateRefused,
)
from shared.database import Database
from shared.records.attendance import CapacityBelowTaken
from shared.records.bookings import Slot
from tests.factories import DAY, NOW, make_event
from tests.node.registration.conftest import SOON, join, make_gathering

Clock = Callable[[float], datetime]


def states(session: object, event: object) -> list[str]:
    """Return the states of an event's registrations by the order in which they came."""
    query = select(Registration.state).where(Registration.event_id == event.id)  # type: ignore[attr-defined]
    return list(session.scalars(query.order_by(Registration.registered_at, Registration.id)))  # type: ignore[attr-defined]


def test_a_group_has_places_or_waits_as_a_whole(database: Database) -> None:
    """Three places are none for a family of four; the couple behind it waits as well."""
    with database.transaction() as session:
        event = make_gathering(session, places=10)
        join(session, event, 7)
        join(session, event, 2, 2)
        join(session, event, 2)
        assert states(session, event) == [State.REGISTERED, State.WAITING, State.WAITING]


def test_a_cancellation_makes_an_offer_to_the_first_who_fits(database: Database, clock: Clock) -> None:
    """With a deadline, and something to tell; the couple behind has its turn too if it fits."""
    with database.transaction() as session:
        event = make_gathering(session, places=10)
        first = join(session, event, 7)
        family, couple = join(session, event, 4), join(session, event, 2)
        service.cancel_registration(session, first.id, now=clock(1))
        assert states(session, event) == [State.CANCELLED, State.OFFERED, State.OFFERED]
        assert family.offer_until == clock(1 + 48)
        assert (couple.news, couple.told_at) == (News.OFFER, None)
        assert places_of(session, event).free == 4


def test_an_offer_holds_its_places_and_is_taken(database: Database, clock: Clock) -> None:
    """Nobody else gets them meanwhile; after the answer nothing is left to tell."""
    with database.transaction() as session:
        event = make_gathering(session, places=4)
        first = join(session, event, 4)
        family = join(session, event, 4)
        service.cancel_registration(session, first.id, now=clock(1))
        late = join(session, event, 1, now=clock(2))
        assert late.state == State.WAITING
        service.accept_offer(session, family.id, now=clock(3))
        assert (family.state, family.news, family.offer_until) == (State.REGISTERED, News.NONE, None)


def test_a_declined_offer_goes_on_to_the_next(database: Database, clock: Clock) -> None:
    """The next in the line has an offer at once."""
    with database.transaction() as session:
        event = make_gathering(session, places=2)
        first, second, third = (join(session, event, 2) for _ in range(3))
        service.cancel_registration(session, first.id, now=clock(1))
        service.decline_offer(session, second.id, now=clock(2))
        assert (second.state, third.state, third.offer_until) == (State.DECLINED, State.OFFERED, clock(50))


def test_an_offer_that_nobody_answers_expires_and_goes_on(database: Database, clock: Clock) -> None:
    """At its deadline, by the job; the answer that comes too late is told so and can join again."""
    with database.transaction() as session:
        event = make_gathering(session, places=2)
        first, second, third = (join(session, event, 2) for _ in range(3))
        service.cancel_registration(session, first.id, now=clock(1))
        service.settle_all(session, now=clock(48))
        assert second.state == State.OFFERED
        service.settle_all(session, now=clock(49))
        assert (second.state, third.state) == (State.EXPIRED, State.OFFERED)
        with pytest.raises(OfferOver):
            service.accept_offer(session, second.id, now=clock(50))
        assert service.join_again(session, second.id, now=clock(51)).state == State.WAITING


def test_an_answer_after_the_deadline_is_too_late_even_before_the_job_has_run(database: Database, clock: Clock) -> None:
    """The deadline counts, not the moment at which somebody looked."""
    with database.transaction() as session:
        event = make_gathering(session, places=2)
        first, second, third = (join(session, event, 2) for _ in range(3))
        service.cancel_registration(session, first.id, now=clock(1))
        with pytest.raises(OfferOver):
            service.accept_offer(session, second.id, now=clock(49))
        assert third.state == State.OFFERED


def test_an_offer_never_lasts_until_the_beginning(database: Database) -> None:
    """Three hours before, unless the house says otherwise; later than that no offer is made at all."""
    with database.transaction() as session:
        event = make_gathering(session, places=2)
        first, second, third = (join(session, event, 2) for _ in range(3))
        service.cancel_registration(session, first.id, now=event.starts_at - timedelta(hours=5))
        assert second.offer_until == event.starts_at - timedelta(hours=3)
        service.decline_offer(session, second.id, now=event.starts_at - timedelta(hours=3, minutes=10))
        assert third.state == State.WAITING


def test_whoever_comes_with_fewer_may_have_the_places_at_once(database: Database, clock: Clock) -> None:
    """It is their turn and they act at this moment: no offer, no deadline."""
    with database.transaction() as session:
        event = make_gathering(session, places=10)
        join(session, event, 7)
        family = join(session, event, 4)
        service.change_group(session, family.id, 2, 1, now=clock(1))
        assert (family.state, family.persons) == (State.REGISTERED, 3)


def test_coming_with_more_means_the_end_of_the_line(database: Database, clock: Clock) -> None:
    """Else one would register alone and grow at its head."""
    with database.transaction() as session:
        event = make_gathering(session, places=4)
        first = join(session, event, 4)
        single, couple = join(session, event, 1), join(session, event, 2)
        service.change_group(session, single.id, 3, 0, now=clock(1))
        service.cancel_registration(session, first.id, now=clock(2))
        assert (couple.state, single.state) == (State.OFFERED, State.WAITING)


def test_whoever_has_a_place_grows_only_into_places_that_nobody_waits_for(database: Database, clock: Clock) -> None:
    """Refused with the number that is free, and everything stays."""
    with database.transaction() as session:
        event = make_gathering(session, places=6)
        couple = join(session, event, 2)
        join(session, event, 3)
        service.change_group(session, couple.id, 3, 0, now=clock(1))
        with pytest.raises(PlacesMissing) as refused:
            service.change_group(session, couple.id, 4, 0, now=clock(1))
        assert (refused.value.free, couple.persons) == (0, 3)


def test_fewer_persons_make_room_for_the_line(database: Database, clock: Clock) -> None:
    """What a group gives back is offered."""
    with database.transaction() as session:
        event = make_gathering(session, places=4)
        family, couple = join(session, event, 4), join(session, event, 2)
        service.change_group(session, family.id, 2, 0, now=clock(1))
        assert (family.state, couple.state) == (State.REGISTERED, State.OFFERED)


def test_a_group_larger_than_the_event_is_told_so(database: Database) -> None:
    """It would wait for ever."""
    with database.transaction() as session:
        event = make_gathering(session, places=3)
        with pytest.raises(GroupTooLarge) as refused:
            join(session, event, 4)
        assert refused.value.capacity == 3


def test_the_same_form_again_is_the_same_registration(database: Database) -> None:
    """A second press changes nothing."""
    with database.transaction() as session:
        event = make_gathering(session)
        entry = service.RegistrationEntry(name="Ayşe", adults=2, phone="0203 1")
        made = [service.take_registration(session, event.id, entry, "h" * 64, now=NOW) for _ in range(2)]
        assert made[0] is made[1]
        assert places_of(session, event).registered == 2


@pytest.mark.parametrize(
    ("said", "at", "why"),
    [
        ({"registration": "none"}, 0, Closed.NOT_ASKED),
        ({"published": False}, 0, Closed.NOT_ASKED),
        ({"registration_closes_at": NOW}, 0, Closed.ENDED),
        ({}, 14 * 24 + 1, Closed.ENDED),
        ({}, 14 * 24 + 3, Closed.OVER),
    ],
)
def test_a_closed_registration_says_why(database: Database, clock: Clock, said: dict, at: float, why: Closed) -> None:
    """Not asked for, still a draft, over its own time, begun, over."""
    with database.transaction() as session:
        event = make_event(session, day=SOON, **{"registration": "wanted", **said})
        with pytest.raises(RegistrationClosed) as refused:
            join(session, event, now=clock(at))
        assert refused.value.why == why


def test_staff_register_people_at_the_door(database: Database, clock: Clock) -> None:
    """When the public form is closed already, until the event is over."""
    with database.transaction() as session:
        event = make_gathering(session)
        assert join(session, event, now=clock(14 * 24 + 1.5), way="in_person", by="anna").state == State.REGISTERED


def test_a_larger_hall_is_offered_to_the_line(database: Database, clock: Clock) -> None:
    """Whoever raises the capacity need not think of the line."""
    with database.transaction() as session:
        event = make_gathering(session, places=4)
        join(session, event, 4)
        couple = join(session, event, 2)
        entry = replace(programme.entry_of(event), capacity=6)
        programme.edit_event(session, event.id, entry, now=clock(1))
    with database.reading() as session:
        found = session.get_one(Registration, couple.id)
        assert (found.state, found.offer_until) == (State.OFFERED, clock(49))


def test_a_capacity_below_what_is_taken_is_refused(database: Database, clock: Clock) -> None:
    """With the number that is given away; the event stays as it was."""
    with database.transaction() as session:
        event = make_gathering(session, places=10)
        join(session, event, 7)
        entry = replace(programme.entry_of(event), capacity=6, title="Kleiner")
        with pytest.raises(CapacityBelowTaken) as refused:
            programme.edit_event(session, event.id, entry, now=clock(1))
        assert refused.value.taken == 7
        programme.edit_event(session, event.id, replace(entry, capacity=7), now=clock(1))
    with database.reading() as session:
        assert programme.get_event(session, event.id).capacity == 7


def test_a_cancelled_event_is_to_be_told_to_everybody_who_stands(database: Database, clock: Clock) -> None:
    """Registrations are kept; who left already is not called."""
    with database.transaction() as session:
        event = make_gathering(session, places=4)
        first, waiting, gone = join(session, event, 4), join(session, event, 2), join(session, event, 1)
        service.cancel_registration(session, gone.id, now=clock(1))
        programme.cancel_event(session, event.id, "Sturm", now=clock(2))
    with database.transaction() as session:
        calls = [registration.id for registration, _event in service.calls_to_make(session, clock(3))]
        assert calls == [first.id, waiting.id]
        service.tell(session, first.id, now=clock(3), by="anna")
        assert [call.id for call, _event in service.calls_to_make(session, clock(3))] == [waiting.id]
        assert session.get_one(Registration, first.id).state == State.REGISTERED


def test_a_moved_event_is_to_be_told_and_its_offers_end_in_time(database: Database, clock: Clock) -> None:
    """An offer that would last until the new beginning ends before it."""
    with database.transaction() as session:
        event = make_gathering(session, places=2)
        first, second = join(session, event, 2), join(session, event, 2)
        service.cancel_registration(session, first.id, now=clock(1))
        earlier = Slot(clock(20), clock(22))
        programme.edit_event(session, event.id, replace(programme.entry_of(event), slot=earlier), now=clock(2))
    with database.reading() as session:
        found = session.get_one(Registration, second.id)
        assert (found.news, found.offer_until) == (News.MOVED, clock(17))


def test_a_change_of_words_is_no_news(database: Database, clock: Clock) -> None:
    """Nobody is called because of a comma."""
    with database.transaction() as session:
        event = make_gathering(session)
        join(session, event)
        programme.edit_event(session, event.id, replace(programme.entry_of(event), summary="Neu"), now=clock(1))
    with database.reading() as session:
        assert service.calls_to_make(session, clock(2)) == []


def test_with_the_last_call_an_empty_chair_goes_to_whoever_fits(database: Database) -> None:
    """By the job alone: nothing else happens at that moment."""
    with database.transaction() as session:
        event = make_gathering(session, places=10)
        join(session, event, 7)
        family, couple = join(session, event, 4), join(session, event, 2)
        service.settle_all(session, now=event.starts_at - timedelta(hours=49))
        assert (family.state, couple.state) == (State.WAITING, State.WAITING)
        service.settle_all(session, now=event.starts_at - timedelta(hours=47))
        assert (family.state, couple.state) == (State.WAITING, State.OFFERED)


def test_a_house_may_let_whoever_fits_go_first_from_the_start(database: Database) -> None:
    """Its terms, not ours."""
    with database.transaction() as session:
        session.add(RegistrationTerms(rule=Rule.WHO_FITS))
        event = make_gathering(session, places=10)
        join(session, event, 7)
        assert [join(session, event, count).state for count in (4, 2)] == [State.WAITING, State.REGISTERED]


def test_staff_give_a_place_to_whom_they_have_on_the_phone(database: Database, clock: Clock) -> None:
    """Also out of turn, never beyond the capacity."""
    with database.transaction() as session:
        event = make_gathering(session, places=10)
        join(session, event, 7)
        family, couple = join(session, event, 4), join(session, event, 2)
        assert service.give_place(session, couple.id, now=clock(1)).state == State.REGISTERED
        with pytest.raises(PlacesMissing) as refused:
            service.give_place(session, family.id, now=clock(1))
        assert refused.value.free == 1


def test_a_group_moves_to_another_date(database: Database, clock: Clock) -> None:
    """Its places go to the line it leaves; there it stands last."""
    with database.transaction() as session:
        event, next_week = make_gathering(session, places=4), make_gathering(session, 2, SOON + timedelta(days=7))
        family, couple = join(session, event, 4), join(session, event, 2)
        service.change_group(session, family.id, 2, 0, now=clock(1))
        service.move_registration(session, family.id, next_week.id, now=clock(2))
        assert (family.event_id, family.state) == (next_week.id, State.REGISTERED)
        assert couple.state == State.OFFERED
        with pytest.raises(StateRefused):
            service.move_registration(session, family.id, next_week.id, now=clock(2))


def test_the_numbers_that_travel_follow(database: Database, clock: Clock) -> None:
    """Persons, not groups; what nobody counted is null, not zero."""
    with database.transaction() as session:
        event = make_gathering(session, places=6)
        family = join(session, event, 2, 2)
        join(session, event, 3)
        figures = service.find_figures(session, event.id)
        assert (figures.registered, figures.waiting, figures.attended, figures.headcount) == (4, 3, None, None)
        service.tick(session, family.id, 3, now=clock(1))
        service.count_heads(session, event, 0, now=clock(2))
        assert (figures.attended, figures.headcount, figures.as_of) == (3, 0, clock(2))
        service.tick(session, family.id, None, now=clock(3))
        assert figures.attended is None


def test_an_event_without_registration_makes_no_numbers(database: Database, clock: Clock) -> None:
    """Nothing travels of what was not asked."""
    with database.transaction() as session:
        event = make_event(session, day=DAY)
        programme.edit_event(session, event.id, replace(programme.entry_of(event), capacity=5), now=clock(1))
    with database.reading() as session:
        assert service.find_figures(session, event.id) is None
