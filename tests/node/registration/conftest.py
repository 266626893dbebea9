"""A house with an event of a few places, and people who register for it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from node.core.tokens import hash_of
from node.programme.models import Event
from node.registration import service
from node.registration.models import Registration
from node.registration.secret_links import new_secret
from node.registration.service import RegistrationEntry
from tests.factories import DAY, NOW, make_event

SOON = DAY + timedelta(days=14)  # far enough for offers and before the last call


def make_gathering(session: Session, places: int | None = 10, day: date = SOON, **said: Any) -> Event:
    """Publish an event that wants registration."""
    return make_event(session, "Nähcafé", day=day, capacity=places, registration="required", **said)


def join(
    session: Session, event: Event, adults: int = 1, children: int = 0, *, now: datetime = NOW, **said: Any
) -> Registration:
    """Register a group as the public does."""
    said.setdefault("name", "Ayşe Yılmaz")
    said.setdefault("phone", "0203 123456")
    ways = {name: said.pop(name) for name in ("way", "by") if name in said}
    entry = RegistrationEntry(adults=adults, children=children, **said)
    return service.take_registration(session, event.id, entry, hash_of(new_secret()), now=now, **ways)


@pytest.fixture
def clock() -> Callable[[float], datetime]:
    """Return a function: hours after the beginning of the test's time -> instant."""
    return lambda hours: NOW + timedelta(hours=hours)
