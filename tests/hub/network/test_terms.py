"""The term of a hub only rises, and everybody decides alike who the living hub is."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from hub.core.db import LEDGER
from hub.network import terms
from hub.network.models import HubTerm
from shared.replication.messages import TERM_MAX, Term

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HERE, THERE = "birth-here", "birth-there"


def settled(session: Session) -> None:
    terms.settle(session, HERE, NOON, LEDGER)


def test_the_first_start_settles_whose_hub_it_is(session: Session) -> None:
    """A new hub is its own; a second start changes nothing."""
    settled(session)
    terms.settle(session, THERE, NOON, LEDGER)
    assert terms.current(session) == Term(1, HERE)
    assert terms.may_serve(session, HERE)
    assert not terms.may_serve(session, THERE)


def test_a_copy_of_an_older_program_s_database_does_not_pass_for_the_hub(session: Session) -> None:
    """Its feeds know on which machine they were opened."""
    LEDGER.open_feed(session, "hub/hamborn", THERE)
    settled(session)
    assert not terms.may_serve(session, HERE)
    assert terms.may_serve(session, THERE)


def test_taking_over_raises_the_term(session: Session) -> None:
    """Beyond every term that was heard of, also with a clock that is wrong."""
    settled(session)
    terms.hear(session, Term(10**12, THERE), NOON)
    assert not terms.may_serve(session, HERE)
    terms.take_over(session, HERE, NOON)
    assert terms.current(session) == Term(10**12 + 1, HERE)
    assert terms.may_serve(session, HERE)


def test_who_took_over_last_wins_without_knowing_of_the_other(session: Session) -> None:
    """Two copies of one database on two machines: the later decision has the higher number."""
    settled(session)
    terms.take_over(session, HERE, NOON)
    first = terms.current(session)
    row = session.get(HubTerm, 1)
    assert row is not None
    row.number, row.instance = 1, THERE  # the other copy never heard of it
    terms.take_over(session, THERE, NOON + timedelta(hours=1))
    assert terms.current(session) > first


def test_a_lower_or_equal_term_changes_nothing(session: Session) -> None:
    """Old letters that are shown again silence nobody."""
    settled(session)
    terms.take_over(session, HERE, NOON)
    for heard in (Term(0, ""), Term(1, THERE), terms.current(session)):
        terms.hear(session, heard, NOON)
    assert terms.may_serve(session, HERE)


def test_a_database_that_went_back_takes_its_own_term_up_again(session: Session) -> None:
    """The houses remember a higher term of this very machine: it is still the hub."""
    settled(session)
    terms.hear(session, Term(7, HERE), NOON)
    assert terms.current(session) == Term(7, HERE)
    assert terms.may_serve(session, HERE)


def test_no_word_of_a_term_keeps_a_person_from_taking_over(session: Session) -> None:
    """A number that leaves no room above it is nobody's true term: it neither silences this hub nor becomes its own."""
    settled(session)
    for instance in (HERE, THERE):
        terms.hear(session, Term(TERM_MAX, instance), NOON)
    assert terms.current(session) == Term(1, HERE)
    assert terms.may_serve(session, HERE)
    terms.hear(session, Term(terms.NUMBER_MAX, THERE), NOON)
    terms.take_over(session, HERE, NOON)
    assert terms.may_serve(session, HERE)
    assert terms.current(session).number <= TERM_MAX
