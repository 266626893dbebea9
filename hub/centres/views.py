"""All houses of the city, by district, with a search."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l
from wtforms import SearchField, SelectField

from hub.centres import queries
from hub.city import queries as city_queries
from hub.core.db import reading
from hub.core.folding import all_begin_in, words_of
from shared.time import now
from shared.web import vocabulary
from shared.web.forms import FilterForm, at_most, options

pages = Blueprint("centres", __name__, template_folder="templates")
WORDS_LENGTH_MAX = 200
_SEARCHED = ("name", "operator", "district", "quarter", "street", "postcode", "town")


class CentreFilter(FilterForm):
    """Which houses to list."""

    q = SearchField(_l("Search"), [at_most(WORDS_LENGTH_MAX)])
    bezirk = SelectField(_l("District"), default="")


@pages.get("/zentren")
def overview() -> str:
    """List the houses of each district; a district without one says so."""
    with reading() as session:
        districts = city_queries.districts(session)
        centres = queries.listed(session)
    form = CentreFilter()
    form.bezirk.choices = options([("", _l("all")), *((name, name) for name in districts)])
    form.validate()
    wanted = words_of(form.q.data or "")
    found = [
        centre
        for centre in centres
        if (not form.bezirk.data or centre.district == form.bezirk.data)
        and all_begin_in(wanted, " ".join(getattr(centre, name) for name in _SEARCHED))
    ]
    narrowed = bool(wanted or form.bezirk.data)
    return render_template(
        "centres/overview.html",
        form=form,
        number=len(found),
        districts=_by_district(districts, found, keep_empty=not narrowed),
        narrowed=narrowed,
        any_centre=bool(centres),
        words=vocabulary,
        at=now(),
    )


def _by_district(
    districts: Sequence[str], centres: Sequence[Any], *, keep_empty: bool
) -> list[tuple[str, Sequence[Any]]]:
    listed = [(name, [centre for centre in centres if centre.district == name]) for name in districts]
    return [(name, houses) for name, houses in listed if houses or keep_empty]
