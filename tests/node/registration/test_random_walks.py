"""Whatever people and the house do, in whatever order: the promises of the waiting line hold after each step."""

import contextlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from node.programme import service as programme
from node.programme.models import Event
from node.registration import service
from node.registration.finding import line_of, places_of, terms_of_house
from node.registration.models import STANDING, Registration, RegistrationTerms, State
from node.registration.queue import Rule, deadline_of_offer, rule_at, whose_turn
from node.registration.refusals import why_gone
from shared.database import Database
from shared.errors import Refusal
from tests.factories import NOW
from tests.node.registration.conftest import join, make_gathering

STEPS = 50


class Walk:
    """One event and a clock; each step does one thing that people or the house can do."""

    def __init__(self, session: Session, choice: random.Random) -> None:
        self.session, self.choice, self.now = session, choice, NOW
        self.event: Event = make_gathering(session, places=choice.randint(2, 9))

    def step(self) -> None:
        deeds: list[Callable[[], object]] = [
            *[self.join] * 5,
            self.cancel,
            self.cancel,
            self.change_group,
            self.answer,
            self.answer,
            self.wait,
            self.resize,
        ]
        with contextlib.suppress(Refusal):  # the house said no: then nothing may have happened, which `check` sees
            self.choice.choice(deeds)()
        self.session.flush()

    def join(self) -> None:
        join(self.session, self.event, self.choice.randint(1, 4), self.choice.randint(0, 2), now=self.now)

    def cancel(self) -> None:
        service.cancel_registration(self.session, self.anybody(STANDING).id, now=self.now)

    def change_group(self) -> None:
        wanted = self.choice.randint(1, 6)
        service.change_group(self.session, self.anybody(STANDING).id, wanted, 0, now=self.now)

    def answer(self) -> None:
        answer = self.choice.choice((service.accept_offer, service.accept_offer, service.decline_offer))
        answer(self.session, self.anybody((State.OFFERED,)).id, now=self.now)

    def wait(self) -> None:
        self.now += timedelta(hours=self.choice.randint(1, 30))
        service.settle_all(self.session, now=self.now)

    def resize(self) -> None:
        entry = replace(programme.entry_of(self.event), capacity=self.choice.randint(1, 12))
        programme.edit_event(self.session, self.event.id, entry, now=self.now)

    def anybody(self, states: tuple[State, ...]) -> Registration:
        listed = service.registrations_of(self.session, self.event.id, states)
        return self.choice.choice(listed) if listed else join(self.session, self.event, 1, now=self.now)

    def check(self) -> None:
        places, terms = places_of(self.session, self.event), terms_of_house(self.session).of_line
        assert self.event.capacity is not None
        assert places.taken <= self.event.capacity
        for offered in service.registrations_of(self.session, self.event.id, (State.OFFERED,)):
            assert offered.offer_until is not None
            assert self.now < offered.offer_until <= self.event.starts_at - terms.offers_end_before
        self.check_that_nobody_waits_in_vain()
        figures = service.find_figures(self.session, self.event.id)
        if figures is not None:
            assert (figures.registered, figures.waiting) == (places.registered, places.waiting + places.offered)

    def check_that_nobody_waits_in_vain(self) -> None:
        starts_at, terms = self.event.starts_at, terms_of_house(self.session).of_line
        if deadline_of_offer(terms, starts_at, self.now) is None or why_gone(self.event, self.now):
            return
        line = [registration.group for registration in line_of(self.session, self.event.id)]
        taken = places_of(self.session, self.event).taken
        assert whose_turn(line, self.event.capacity, taken, rule_at(terms, starts_at, self.now)) == []


@pytest.mark.parametrize("rule", list(Rule))
@pytest.mark.parametrize("seed", range(4))
def test_the_promises_of_the_line_hold_after_every_step(database: Database, seed: int, rule: Rule) -> None:
    """Never over the capacity, no place idle that somebody may have, every offer with a deadline in time."""
    choice = random.Random(f"{seed} {rule}")
    with database.transaction() as session:
        session.add(RegistrationTerms(rule=rule))
        walk = Walk(session, choice)
        for _step in range(STEPS):
            walk.step()
            walk.check()
