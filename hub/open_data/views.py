"""The pages of the open data: which data sets there are, what is in each, and what is withheld and why."""

from itertools import islice

from flask import Blueprint, abort, render_template

from hub.core.db import reading
from hub.open_data.catalogue import FORMATS, files_of
from hub.open_data.publishing import BY_KEY, DATASETS, frame, last_state, note, rows_of, state
from hub.open_data.visits import SETTLED_AFTER

pages = Blueprint("open_data", __name__, template_folder="templates", url_prefix="/offene-daten")
EXAMPLES = 8  # rows that a page shows of a file


@pages.get("")
def overview() -> str:
    """List the data sets, their licence and the catalogue."""
    with reading() as session:
        about = frame(session)
        seen = {each.key: last_state(session, each, about) for each in DATASETS}
    for each in DATASETS:
        note(each, seen[each.key])
    return render_template(
        "open_data/overview.html", datasets=DATASETS, seen=seen, about=about, files_of=files_of, formats=FORMATS
    )


@pages.get("/<key>")
def dataset(key: str) -> str:
    """Show what a data set is, its columns and its first rows."""
    found = BY_KEY.get(key) or abort(404)
    with reading() as session:
        about = frame(session)
        rows = rows_of(session, found, about)
        seen = state(session, found, about, rows)
        covers = found.covers(session, about)
        examples = list(islice(rows, EXAMPLES))
    note(found, seen)
    return render_template(
        "open_data/dataset.html",
        dataset=found,
        seen=seen,
        covers=covers,
        about=about,
        examples=examples,
        files=list(files_of(found)),
    )


@pages.get("/kleine-zahlen")
def small_numbers() -> str:
    """Say what is withheld, why, and what that does not prevent."""
    with reading() as session:
        about = frame(session)
    return render_template("open_data/small_numbers.html", about=about, days=SETTLED_AFTER.days)
