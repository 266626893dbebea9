"""The city's public API under calls that schemathesis makes up from its description."""

import pytest

from hub.api import SUBJECTS
from tests.security import apis
from tests.security.conftest import Place


@pytest.mark.parametrize("mode", apis.MODES)
@pytest.mark.parametrize("subject", apis.subjects(SUBJECTS))
def test_the_citys_api_keeps_its_word(city: Place, subject: str, mode: str) -> None:
    """No mistake of ours, no answer but the described ones, and a clear no to whatever it does not take."""
    description = apis.description_of(city.app)
    known = {"centre_id": "hamborn", "event_id": _event(city)}
    made = apis.call_all(description, subject, apis.MODES[mode], {}, known)
    assert made or mode != "what it allows"


def _event(city: Place) -> str:
    with city.database.engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT id FROM events LIMIT 1").scalar_one())


def test_every_call_of_the_city_belongs_to_a_subject(city: Place) -> None:
    """So that none escapes the test above."""
    description = apis.description_of(city.app)
    found = sum(1 for subject in apis.subjects(SUBJECTS) for _ in apis.operations(description, subject))
    assert found == sum(1 for _ in description.get_all_operations()) >= 10
