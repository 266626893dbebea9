"""The rules of the waiting line, for every line there can be."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.registration.queue import (
    SHORTEST_OFFER,
    Group,
    Rule,
    Terms,
    deadline_of_offer,
    fits_behind,
    rule_at,
    whose_turn,
)
from tests.factories import NOW

sizes = st.lists(st.integers(1, 9), max_size=12)
rules = st.sampled_from(list(Rule))
minutes = st.integers(0, 100_000).map(lambda count: timedelta(minutes=count))


def line(persons: list[int]) -> list[Group]:
    return [Group(str(place), count) for place, count in enumerate(persons)]


def turns(persons: list[int], capacity: int | None, taken: int, rule: Rule) -> list[int]:
    """Return the places in the line of those whose turn it is."""
    return [int(group.id) for group in whose_turn(line(persons), capacity, taken, rule)]


def test_a_family_of_four_waits_for_four_places() -> None:
    """Three free places are no offer for it, and nobody behind it takes them."""
    assert turns([4, 2, 1], 10, 7, Rule.IN_ORDER) == []
    assert turns([4, 2, 1], 10, 6, Rule.IN_ORDER) == [0]


def test_whoever_fits_goes_first_where_the_house_wants_no_empty_chair() -> None:
    """The family is overtaken by the couple, and the couple by nobody behind it."""
    assert turns([4, 2, 2, 1], 10, 7, Rule.WHO_FITS) == [1, 3]


def test_a_group_larger_than_the_house_does_not_hold_up_the_line() -> None:
    """Its turn could never come, so the others need not wait for it."""
    assert turns([12, 2], 10, 8, Rule.IN_ORDER) == [1]


def test_without_a_capacity_nobody_waits() -> None:
    """An event without a limit has a place for everybody."""
    assert turns([50, 3], None, 400, Rule.IN_ORDER) == [0, 1]


def test_a_newcomer_does_not_overtake_the_line() -> None:
    """Registering anew is no way past those who wait; with the last call it is, for places that nobody else fits."""
    waiting = line([4])
    assert not fits_behind(waiting, 2, 10, 8, Rule.IN_ORDER)
    assert fits_behind(waiting, 2, 10, 8, Rule.WHO_FITS)
    assert fits_behind([], 2, 10, 8, Rule.IN_ORDER)
    assert not fits_behind(line([2]), 1, 10, 8, Rule.WHO_FITS)


@given(sizes, st.integers(0, 20), st.integers(0, 30), rules)
def test_never_more_than_the_capacity(persons: list[int], capacity: int, taken: int, rule: Rule) -> None:
    """Whoever gets a place fits beside those who have one; where it is full already nobody gets one."""
    given_away = sum(persons[place] for place in turns(persons, capacity, taken, rule))
    assert given_away <= max(0, capacity - taken)


@given(sizes, st.integers(0, 20), st.integers(0, 20), rules)
def test_among_those_who_fit_the_earlier_goes_first(persons: list[int], capacity: int, taken: int, rule: Rule) -> None:
    """Nobody who is passed over would have fitted at the moment of their turn."""
    chosen = turns(persons, capacity, taken, rule)
    assert chosen == sorted(chosen)
    for place, count in enumerate(persons):
        before = sum(persons[earlier] for earlier in chosen if earlier < place)
        later_ones_went = any(later > place for later in chosen)
        if place not in chosen and later_ones_went:
            assert count > capacity - taken - before


@given(sizes, st.integers(0, 20), st.integers(0, 20))
def test_in_order_means_that_only_the_impossible_are_passed_over(persons: list[int], capacity: int, taken: int) -> None:
    """Before the last call nobody overtakes a group that the house could hold."""
    chosen = turns(persons, capacity, taken, Rule.IN_ORDER)
    for place in range(max(chosen, default=-1)):
        assert place in chosen or persons[place] > capacity


@given(sizes, st.integers(0, 20), st.integers(0, 20), rules)
def test_no_place_is_idle_that_somebody_may_have(persons: list[int], capacity: int, taken: int, rule: Rule) -> None:
    """By WHO_FITS nobody who is left fits into what is left; IN_ORDER the head of what is left does not."""
    chosen = turns(persons, capacity, taken, rule)
    free = capacity - taken - sum(persons[place] for place in chosen)
    left = [count for place, count in enumerate(persons) if place not in chosen and count <= capacity]
    candidates = left if rule is Rule.WHO_FITS else left[:1]
    assert all(count > free for count in candidates)


@given(sizes, st.integers(0, 20), st.integers(0, 20), rules)
def test_asking_again_gives_nothing_more(persons: list[int], capacity: int, taken: int, rule: Rule) -> None:
    """Places are given once: with them taken it is nobody's turn."""
    waiting = line(persons)
    chosen = whose_turn(waiting, capacity, taken, rule)
    taken += sum(group.persons for group in chosen)
    assert whose_turn([group for group in waiting if group not in chosen], capacity, taken, rule) == []


@given(sizes, st.integers(1, 12), st.lists(st.integers(0, 4), max_size=30))
def test_in_order_everybody_who_fits_the_house_has_their_turn(
    persons: list[int], capacity: int, freed: list[int]
) -> None:
    """However places come free, the line is served in its order and no one twice."""
    waiting, taken, served = line(persons), capacity, []
    for places in freed:
        taken = max(0, taken - places)
        chosen = whose_turn(waiting, capacity, taken, Rule.IN_ORDER)
        served += chosen
        waiting = [group for group in waiting if group not in chosen]
        taken += sum(group.persons for group in chosen)
        assert taken <= capacity
    possible = [group for group in line(persons) if group.persons <= capacity]
    assert served == possible[: len(served)]


@given(minutes, minutes, minutes, st.integers(-100, 200_000))
def test_every_offer_has_a_deadline_in_time(offer: timedelta, end: timedelta, call: timedelta, ahead: int) -> None:
    """Long enough to answer, not longer than the house says, not later than its end of offers."""
    terms = Terms(offer_time=offer, offers_end_before=end, last_call_before=call)
    starts_at = NOW + timedelta(minutes=ahead)
    until = deadline_of_offer(terms, starts_at, NOW)
    if until is None:
        assert min(offer, starts_at - end - NOW) < SHORTEST_OFFER
    else:
        assert NOW + SHORTEST_OFFER <= until <= NOW + offer
        assert until <= starts_at - end


@pytest.mark.parametrize(
    ("hours", "rule"), [(49, Rule.IN_ORDER), (48, Rule.WHO_FITS), (1, Rule.WHO_FITS), (-1, Rule.WHO_FITS)]
)
def test_the_last_call_lets_whoever_fits_go_first(hours: int, rule: Rule) -> None:
    """Two days before the beginning an empty chair helps nobody any more."""
    assert rule_at(Terms(), NOW + timedelta(hours=hours), NOW) is rule
    assert rule_at(Terms(rule=Rule.WHO_FITS), NOW + timedelta(days=30), NOW) is Rule.WHO_FITS
