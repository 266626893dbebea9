"""The houses of the city as open data: their profiles, when they are open, and their spaces.

Rule: what stands here can be visited. A house that left the network is in no list of what there is now;
what it counted stays in the figures.
"""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.centres import queries as centre_queries
from hub.centres.models import Centre
from hub.network import queries as network_queries
from hub.open_data.columns import Column, Dataset, Frame, Row
from hub.opening_hours.models import OpeningHours
from hub.spaces.models import Space

_THEMES = ("SOCI", "GOVE")
_CENTRE = (Column("zentrum_id", _l("Id of the centre, the same in all data sets")),)
_PLACED = (*_CENTRE, Column("zentrum", _l("Name of the centre")))


def joined(keys: Any) -> str:
    """Return several keys as one text; keys have no bar in them."""
    return "|".join(keys)


def _profiles(session: Session, frame: Frame) -> Iterator[Row]:
    names = [getattr(Centre, name) for name in centre_queries.PROFILE]
    seen = network_queries.revoked(session)
    for row in session.execute(select(*names, Centre.closed_on_holidays).order_by(Centre.centre_id, Centre.id)):
        if row.centre_id not in seen:
            seen.add(row.centre_id)
            yield (
                row.centre_id, row.name, row.kind, row.operator, row.district, row.quarter, row.street, row.postcode,
                row.town, row.latitude, row.longitude, row.phone, row.email, row.website, joined(row.languages),
                joined(row.accessibility), row.host_building, row.closed_on_holidays, row.description,
                f"{frame.home}zentrum/{row.centre_id}",
            )  # fmt: skip


def _hours(session: Session, _frame: Frame) -> Iterator[Row]:
    names, gone = dict(centre_queries.names(session)), network_queries.revoked(session)
    order = OpeningHours.centre_id, OpeningHours.weekday, OpeningHours.opens_local, OpeningHours.id
    for row in session.scalars(select(OpeningHours).order_by(*order)):
        if row.centre_id in gone:
            continue
        weekday = None if row.weekday is None else row.weekday + 1
        hours = ("", "") if row.closed else (row.opens_local, row.closes_local)
        yield (
            row.centre_id, names.get(row.centre_id, row.centre_id), row.kind, weekday, *hours,
            row.valid_from.isoformat() if row.valid_from else "",
            row.valid_until.isoformat() if row.valid_until else "", row.closed, row.note,
        )  # fmt: skip


def _spaces(session: Session, _frame: Frame) -> Iterator[Row]:
    names, gone = dict(centre_queries.names(session)), network_queries.revoked(session)
    for row in session.scalars(select(Space).order_by(Space.centre_id, Space.rank, Space.name, Space.id)):
        if row.centre_id in gone:
            continue
        yield (
            row.centre_id, names.get(row.centre_id, row.centre_id), row.id, row.name, row.kind, row.parent_id or "",
            row.capacity or None, joined(row.features), joined(row.accessibility), row.bookable, row.is_guest_space,
            row.host_building, row.self_managed, row.description,
        )  # fmt: skip


CENTRES = Dataset(
    key="stadtteilzentren",
    title=_l("Neighbourhood centres"),
    about=_l("All centres of the network with address, contact, languages and accessibility."),
    rhythm=_l("at once when a centre changes something"),
    themes=_THEMES,
    keywords=("Stadtteilzentrum", "Nachbarschaftszentrum", "Quartier", "Barrierefreiheit"),
    frequency="CONT",
    columns=(
        *_PLACED,
        Column("art", _l("Kind of house: Stadtteilzentrum, Nachbarschaftszentrum, Quartiersbüro or Stadtteilbüro")),
        Column("traeger", _l("Who runs the centre")),
        Column("stadtbezirk", _l("District")),
        Column("stadtteil", _l("Quarter")),
        Column("strasse", _l("Street and house number")),
        Column("plz", _l("Postcode")),
        Column("ort", _l("Town")),
        Column("breite", _l("Latitude (WGS 84), empty if not known")),
        Column("laenge", _l("Longitude (WGS 84), empty if not known")),
        Column("telefon", _l("Telephone number of the house")),
        Column("email", _l("E-mail address of the house")),
        Column("webseite", _l("Web address")),
        Column("sprachen", _l("Languages that are spoken, as codes (ISO 639) with a bar between them")),
        Column("barrierefreiheit", _l("Accessibility features as keys with a bar between them")),
        Column("im_gebaeude", _l("Building in which the centre is a guest")),
        Column("feiertags_geschlossen", _l("Whether the house is closed on public holidays")),
        Column("beschreibung", _l("What the centre says about itself")),
        Column("link", _l("Page about it")),
    ),
    rows=_profiles,
)

HOURS = Dataset(
    key="oeffnungszeiten",
    title=_l("Opening hours of the centres"),
    about=_l("When each centre is open: the ordinary week, seasons, closing days and exceptions."),
    rhythm=_l("at once when a centre changes something"),
    themes=_THEMES,
    keywords=("Öffnungszeiten", "Stadtteilzentrum", "Sprechstunde"),
    frequency="CONT",
    columns=(
        *_PLACED,
        Column("art", _l("How it is open: open, consultation, self_managed or by_appointment")),
        Column("wochentag", _l("1 for Monday to 7 for Sunday; empty is every day of the period")),
        Column("von", _l("Opens at, in local time")),
        Column("bis", _l("Closes at, in local time; not later than the opening is on the next day")),
        Column("gueltig_ab", _l("First day of the period; periods without days are the ordinary week")),
        Column("gueltig_bis", _l("Last day of the period; the shortest period that covers a day holds")),
        Column("geschlossen", _l("Whether the house is closed in this period")),
        Column("hinweis", _l("Note")),
    ),
    rows=_hours,
)

SPACES = Dataset(
    key="raeume",
    title=_l("Spaces of the centres"),
    about=_l("The rooms of all centres: their size, what is in them, whether they can be reached without steps."),
    rhythm=_l("at once when a centre changes something"),
    themes=_THEMES,
    keywords=("Räume", "Raumvermietung", "Stadtteilzentrum", "Barrierefreiheit"),
    frequency="CONT",
    columns=(
        *_PLACED,
        Column("raum_id", _l("Id of the space")),
        Column("raum", _l("Name of the space")),
        Column("art", _l("Kind of space, as a key")),
        Column("teil_von", _l("Id of the space that this one is a part of")),
        Column("plaetze", _l("Persons it is meant for, empty if not known")),
        Column("ausstattung", _l("What is in it, as keys with a bar between them")),
        Column("barrierefreiheit", _l("Accessibility features as keys with a bar between them")),
        Column("buchbar", _l("Whether it can be booked")),
        Column("gastraum", _l("Whether it is a guest space in another building")),
        Column("im_gebaeude", _l("Building of a guest space")),
        Column("eigenregie", _l("Whether groups may open and close it by themselves")),
        Column("beschreibung", _l("Description")),
    ),
    rows=_spaces,
)
