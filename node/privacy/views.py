"""Privacy pages: retention, and everything about one person.

Whom somebody looks for is sent by POST only: it stands in no address, no history, no log.
"""

import json
from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from node.core import erasures, privacy
from node.core.db import database, reading, transaction
from node.core.privacy import Registry
from node.core.rights import Right, needs
from node.core.words import field_word, value_word
from node.privacy import persons, retention
from node.privacy.forms import FoundForm, SearchForm, field_of, retention_form
from node.privacy.persons import Chosen, Kept, Shown
from node.privacy.refusals import NeedleTooShort
from node.privacy.traces import forget_for_good
from shared.time import now, to_wire

pages = Blueprint(
    "privacy",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/dateien",
    url_prefix="/datenschutz",
)
_WORDS = {"field_word": field_word, "value_word": value_word}


@pages.get("")
@needs(Right.RUN_HOUSE)
def index() -> str:
    return _index_page(None)


@pages.post("")
@needs(Right.RUN_HOUSE)
def keep() -> Any:
    """Keep the days of retention; they count from the next run on."""
    with transaction() as session:
        form = retention_form(_registry(), retention.retention_days(session, _registry()))
        if form.validate():
            retention.keep_retention(
                session, _registry(), {data.key: field_of(form, data).data for data in _registry()}
            )
            flash(_("Kept. The new days count from the next daily run on."), "success")
            return redirect(url_for("privacy.index"))
    return _index_page(form), 422


def _index_page(form: Any) -> str:
    with reading() as session:
        days = retention.retention_days(session, _registry())
        runs = retention.last_runs(session)
    form = form or retention_form(_registry(), days)
    by_key = {run.key: run for run in runs}
    return render_template(
        "privacy/index.html",
        form=form,
        kinds=[(data, field_of(form, data), by_key.get(data.key)) for data in _registry()],
        ran_at=runs[0].ran_at if runs else None,
    )


@pages.get("/person")
@needs(Right.RUN_HOUSE)
def person() -> str:
    return render_template("privacy/person.html", form=SearchForm(formdata=None), found=None)


@pages.post("/person")
@needs(Right.RUN_HOUSE)
def search() -> Any:
    """Look for a person over all kinds of data."""
    form = SearchForm()
    if form.validate():
        try:
            with transaction() as session:
                found = persons.search(session, _registry(), form.needle.data)
                persons.note_search(session, now=now())
            return _uncached(render_template("privacy/person.html", form=form, found=found))
        except NeedleTooShort as refusal:
            form.needle.errors = [_("Please use at least %(count)s characters.", count=refusal.length_min)]
    return render_template("privacy/person.html", form=form, found=None), 422


@pages.post("/person/auskunft")
@needs(Right.RUN_HOUSE)
def export() -> Any:
    """Everything that is kept in the chosen entries, to read and print."""
    return _export(lambda shown: render_template("privacy/export.html", shown=shown, at=now(), **_WORDS))


@pages.post("/person/auskunft.json")
@needs(Right.RUN_HOUSE)
def export_file() -> Any:
    """The same as a file that a program can read."""

    def answer(shown: list[Shown]) -> Response:
        kinds = [
            {"kind": one.chosen.data.key, "name": str(one.chosen.data.label), "kept": one.content} for one in shown
        ]
        content = json.dumps({"as_of": to_wire(now()), "entries": kinds}, ensure_ascii=False, indent=2, default=str)
        headers = {"Content-Disposition": "attachment; filename=auskunft.json"}
        return Response(content, mimetype="application/json", headers=headers)

    return _export(answer)


def _export(answer: Any) -> Any:
    form = FoundForm()
    if not form.validate():
        return _nothing_chosen()
    with transaction() as session:
        shown = persons.export(session, _chosen(form))
        persons.note(session, persons.EXPORTED, [one.chosen for one in shown], now=now())
    return _uncached(answer(shown))


@pages.post("/person/loeschen")
@needs(Right.RUN_HOUSE)
def preview() -> Any:
    """The dry run of an erasure: the real one, taken back."""
    form = FoundForm()
    if not form.validate():
        return _nothing_chosen()
    chosen = _chosen(form)
    with reading() as session:
        shown = persons.export(session, chosen)
    kept = _erase(chosen, for_good=False)
    blocked = {one.chosen.value for one in kept}
    return _uncached(
        render_template(
            "privacy/erasure.html",
            **_WORDS,
            goes=[one for one in shown if one.chosen.value not in blocked],
            kept=_in_words(kept),
            form=FoundForm(formdata=None, chosen=[one.value for one in chosen if one.value not in blocked]),
        )
    )


@pages.post("/person/geloescht")
@needs(Right.RUN_HOUSE)
def erase() -> Any:
    """Erase for good what the dry run has shown."""
    form = FoundForm()
    if not form.validate():
        return _nothing_chosen()
    chosen = _chosen(form)
    kept = _erase(chosen, for_good=True)
    erasures.spread(current_app)
    overwritten = forget_for_good(database())
    done = len(chosen) - len(kept)
    return render_template("privacy/erased.html", count=done, kept=_in_words(kept), overwritten=overwritten)


class _Rehearsal(Exception):
    """Takes a dry run back; not a Refusal, because nobody is told of it."""


def _erase(chosen: list[Chosen], *, for_good: bool) -> list[Kept]:
    kept: list[Kept] = []
    try:
        with transaction() as session:
            kept = persons.erase(session, chosen, now=now())
            if not for_good:
                raise _Rehearsal
    except _Rehearsal:
        pass
    return kept


def _in_words(kept: list[Kept]) -> list[tuple[Any, Any]]:
    """Return the kinds that cannot be erased yet with what the feature says about it."""
    usual = _("This cannot be erased yet.")
    return [(one.chosen.data.label, one.chosen.data.why_not.get(type(one.refusal), usual)) for one in kept]


def _nothing_chosen() -> Any:
    flash(_("Please tick at least one entry."), "warning")
    return redirect(url_for("privacy.person"))


def _chosen(form: FoundForm) -> list[Chosen]:
    return persons.chosen_of(_registry(), form.chosen.data)


def _registry() -> Registry:
    return privacy.registry(current_app)


def _uncached(body: Any) -> Response:
    answer = make_response(body)
    answer.headers["Cache-Control"] = "no-store"
    return answer
