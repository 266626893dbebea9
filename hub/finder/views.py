"""The room finder as a visitor meets it: one page to look, one for each space."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from hub.centres import queries as centres
from hub.city import queries as city_queries
from hub.core.db import reading
from hub.finder import labels
from hub.finder.answers import Found
from hub.finder.forms import WishForm
from hub.finder.queries import find, standing_of
from hub.finder.sifting import accessibility_of
from hub.finder.weeks import find_place
from hub.finder.wishes import WEEK, Wish, from_arguments, to_arguments, without
from hub.network import queries as network
from hub.spaces import queries as spaces
from shared.time import YEARS, now
from shared.web import pagination, rooms, vocabulary, zone

pages = Blueprint(
    "finder", __name__, template_folder="templates", static_folder="static", static_url_path="/raeume/static"
)

# What may be given up to find more, the narrowest wish first, with the words for it.
_NARROW = (
    "centre",
    "quarter",
    "seating",
    "features",
    "accessibility",
    "kind",
    "own_rooms",
    "attended",
    "district",
    "persons",
)


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Words for the templates of the finder."""
    return {"finder_words": labels}


@pages.get("/raeume")
def look() -> str:
    """Show the form, and what it finds: tomorrow at any time, if nothing else is said."""
    at = now()
    today = at.astimezone(zone()).date()
    wish = from_arguments(request.args, today if request.args else today + timedelta(days=1))
    with reading() as session:
        form = _form(session, wish)
        found = find(session, wish, at, zone(), page=pagination.wanted(request.args.get(pagination.ARGUMENT)))
    return render_template(
        "finder/look.html",
        form=form,
        found=found,
        wish=wish,
        arguments=to_arguments(wish),
        page=pagination.Page(found.answers, found.page, found.total, found.per_page),
        wider=_wider(found),
        words=vocabulary,
        summary=_summary(found),
    )


@pages.get("/raeume/<centre_id>/<space_id>")
def space(centre_id: str, space_id: str) -> str:
    """Show a space with a week: when it is free and when it is taken."""
    at = now()
    today = at.astimezone(zone()).date()
    first = _day(request.args.get("tag", ""), today)
    with reading() as session:
        place = find_place(session, (centre_id, space_id), first, at, zone()) or abort(404)
        standing = standing_of(session, centre_id, at)
        description = spaces.description_of(session, centre_id, space_id)
    return render_template(
        "finder/space.html",
        place=place,
        space=place.room.row,
        house=place.house,
        accessible=sorted(accessibility_of(place.house, place.room)),
        description=description,
        standing=standing,
        first=first,
        before=max(first - timedelta(days=WEEK), today) if first > today else None,
        after=first + timedelta(days=WEEK),
        last=first + timedelta(days=WEEK - 1),
        words=vocabulary,
        rooms=rooms,
        at=at,
    )


def _form(session: Session, wish: Wish) -> WishForm:
    filled = None if request.args else {"tag": wish.day}
    form = WishForm(data=filled)
    gone = network.revoked(session)
    form.offer(
        city_queries.districts(session),
        [part.quarter for part in city_queries.quarters(session, wish.district)],
        [named for named in centres.names(session) if named[0] not in gone],
        wish.length_min,
    )
    form.validate()
    return form


def _day(said: str, today: date) -> date:
    """Return the first day of a week that is shown; nonsense and what is over is today."""
    try:
        wanted = date.fromisoformat(said)
    except ValueError:
        return today
    return max(wanted, today) if wanted.year < YEARS[1] - 1 else today


def _summary(found: Found) -> str:
    """Return how many spaces answer, in a sentence."""
    if not found.total:
        return ""
    parts = [
        ngettext(
            "%(num)s of %(total)s spaces is free as wished",
            "%(num)s of %(total)s spaces are free as wished",
            found.free,
            total=found.total,
        )
    ]
    if found.asked_for:
        parts.append(ngettext("%(num)s is probably taken", "%(num)s are probably taken", found.asked_for))
    if found.near:
        parts.append(
            ngettext(
                "%(num)s is free a little earlier or later", "%(num)s are free a little earlier or later", found.near
            )
        )
    return ", ".join(str(part) for part in parts) + "."


def _wider(found: Found) -> list[tuple[str, dict[str, Any]]]:
    """Return (words, arguments) of wishes that may find more, if this one finds nothing as wished."""
    wish, offers = found.wish, []
    if found.free:
        return []
    for name in _NARROW:
        if getattr(wish, name) != getattr(Wish(wish.day), name):
            offers.append((_without_words()[name], to_arguments(without(wish, name))))
            break
    if wish.starts is not None:
        offers.append((_("at any time of the day"), to_arguments(without(wish, "starts"))))
    if wish.days < WEEK:
        offers.append((_("on any day of the week"), to_arguments(wish) | {"tage": WEEK}))
    if wish.district and not wish.elsewhere:
        offers.append((_("in other districts, too"), to_arguments(wish) | {"umgebung": "1"}))
    return [(str(label), arguments) for label, arguments in offers]


def _without_words() -> dict[str, str]:
    return {
        "centre": _("in all centres"),
        "quarter": _("in all quarters"),
        "seating": _("with any seating"),
        "features": _("without the wished equipment"),
        "accessibility": _("without the wished accessibility"),
        "kind": _("in spaces of all kinds"),
        "own_rooms": _("in guest spaces, too"),
        "attended": _("at times without somebody of the house, too"),
        "district": _("in all districts"),
        "persons": _("for any number of people"),
    }
