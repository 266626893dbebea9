"""What was asked for, as the pages of reports read it from an address, and whether it is to be published."""

from flask import request
from sqlalchemy.orm import Session

from hub.city import queries as city_queries
from hub.network import queries as network_queries
from hub.open_data.terms import Terms, terms
from hub.reports import queries
from hub.reports.coverage import Heard
from hub.reports.forms import QuestionForm
from hub.reports.report import City
from hub.reports.views import Desk
from shared.time import now
from shared.web import zone

PUBLISH = "veroeffentlichen"  # the argument that asks for a file that may be published


def desk_of(session: Session) -> Desk:
    """Return the desk of this request."""
    expected = [Heard(*each) for each in network_queries.expected_centres(session)]
    city = City(queries.houses(session), expected, zone(), now())
    districts, quarters = city_queries.districts(session), city_queries.quarters(session)
    return Desk(session, city, QuestionForm.of_city(districts, quarters, city), districts, quarters)


def threshold_asked(session: Session) -> tuple[int | None, Terms]:
    """Return the threshold if the file is to be published, None if it is the city's own; and the terms."""
    standing = terms(session)
    return (standing.threshold if request.args.get(PUBLISH) == "1" else None), standing
