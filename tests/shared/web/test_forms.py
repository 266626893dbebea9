"""Forms keep what was typed, trim it, and refuse what nobody asked for."""

from datetime import date, time
from typing import Any, ClassVar

import pytest
from flask import render_template_string
from wtforms import BooleanField, IntegerField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from shared.web.forms import DateField, FilterForm, Form, TagsField, TimeField15, at_most, needed, options

TAGS = [("family", "Familie"), ("sport", "Sport"), ("health", "Gesundheit")]


class EntryForm(Form):
    also: ClassVar[tuple[str, ...]] = ("button",)
    title = StringField("Titel", [needed(), at_most(20)], description="Kurz und klar.")
    text = TextAreaField("Text")
    secret = PasswordField("Passwort")
    day = DateField("Tag")
    begins = TimeField15("Beginn", empty="–")
    themes = TagsField("Themen", choices=options(TAGS))
    kind = SelectField("Art", choices=options([("a", "Treff"), ("b", "Kurs")]))
    place = RadioField("Ort", choices=options([("here", "Vor Ort"), ("online", "Online")]), default="here")
    free = BooleanField("Frei")
    places = IntegerField("Plätze", [Optional(), NumberRange(0, 500, "Bitte höchstens 500.")])


def sent(town: Any, **values: Any) -> EntryForm:
    """Return the form as a request with these values fills it, validated."""
    town.app.config["WTF_CSRF_ENABLED"] = False
    given = {"title": "Frühstück", "kind": "a", "place": "here", **values}
    with town.app.test_request_context("/", method="POST", data={k: v for k, v in given.items() if v is not None}):
        form = EntryForm()
        form.validate()
        return form


def test_texts_are_trimmed_but_passwords_are_not(town: Any) -> None:
    """White space around a text is a slip; in a password it is meant."""
    form = sent(town, title="  Frühstück ", text=" a\n ", secret=" x ")
    assert (form.title.data, form.text.data, form.secret.data) == ("Frühstück", "a", " x ")


def test_blanks_do_not_fill_a_field(town: Any) -> None:
    """A needed field with nothing but blanks is still empty, and says what to do."""
    with town.app.test_request_context():
        assert sent(town, title="").errors["title"] == ["Bitte füllen Sie dieses Feld aus."]


@pytest.mark.parametrize("typed", ["9" * 400, "-" + "9" * 400, "501"])
def test_a_number_beyond_all_bounds_is_refused_like_any_other(town: Any, typed: str) -> None:
    """However long it is, it gets an error beside its field, not a page that failed."""
    assert sent(town, places=typed).errors["places"] == ["Bitte höchstens 500."]


def test_a_field_that_nobody_asked_for_is_refused(town: Any) -> None:
    """An unknown name makes the form invalid; the page's own buttons do not."""
    assert sent(town, button="save").errors == {}
    assert "role" in sent(town, role="chief").form_errors[0]


@pytest.mark.parametrize(
    ("typed", "found"), [("2026-11-23", date(2026, 11, 23)), (" 3.1.26 ", date(2026, 1, 3)), ("", None), (None, None)]
)
def test_dates_may_be_picked_or_typed(town: Any, typed: str | None, found: date | None) -> None:
    """Both the browser's form of a date and the German one are read; none is none."""
    form = sent(town, day=typed)
    assert form.day.data == found
    assert "day" not in form.errors


def test_a_date_that_is_none_is_kept_as_typed(town: Any) -> None:
    """What cannot be read stays in the field beside the advice."""
    form = sent(town, day="31.2.2026")
    assert "23.11.2026" in form.errors["day"][0]
    assert 'value="31.2.2026"' in str(form.day())


@pytest.mark.parametrize(("typed", "found"), [("14:45", time(14, 45)), ("14:50", time(14, 50)), ("", None)])
def test_times_are_chosen_from_quarters(town: Any, typed: str, found: time | None) -> None:
    """A time is a wall time; a stored one off the quarters is kept, and still to be chosen."""
    form = sent(town, begins=typed)
    assert form.begins.data == found
    assert "begins" not in form.errors
    if found:
        assert f'<option selected value="{typed}">' in str(form.begins())


def test_a_time_that_is_none_is_refused(town: Any) -> None:
    """25 o'clock is no time."""
    assert "begins" in sent(town, begins="25:00").errors


def test_tags_are_a_tuple_of_known_keys(town: Any) -> None:
    """Several boxes make a tuple without doubles; an unknown key is refused."""
    form = sent(town, themes=["sport", "family", "sport"])
    assert form.themes.data == ("sport", "family")
    assert "themes" in sent(town, themes=["money"]).errors


def test_a_filter_reads_the_address_and_ignores_strangers(town: Any) -> None:
    """A list's filters come from the query; what a mail program adds to a link does no harm."""

    class Filters(FilterForm):
        day = DateField("Tag")

    with town.app.test_request_context("/?day=2026-11-23&utm=x"):
        form = Filters()
        assert form.validate()
        assert form.day.data == date(2026, 11, 23)


def test_every_kind_of_field_is_drawn_with_label_hint_and_error(town: Any) -> None:
    """Each control has its label; hint and error are tied to it for screen readers."""
    template = """{% from "macros.html" import field, form_errors %}{{ form_errors(form) }}
    {% for control in form if control.type != "CSRFTokenField" %}{{ field(control, "data-x"="y") }}{% endfor %}"""
    template = template.replace(', "data-x"="y"', ', **{"data-x": "y"}')
    form = sent(town, title="", themes=["money"])
    with town.app.test_request_context():
        page = render_template_string(template, form=form)
    assert '<label class="kern-label" for="title">Titel</label>' in page
    assert 'aria-describedby="title-hint title-error"' in page
    assert 'id="title-error"' in page
    assert '<a href="#title">Titel</a>: Bitte füllen Sie dieses Feld aus.' in page
    assert page.count("<legend") == 2
    assert 'aria-describedby="themes-error"' in page
    assert page.count('type="checkbox"') == len(TAGS) + 1
    assert page.count('type="radio"') == 2
    assert page.count("kern-form-input__select-wrapper") == 2
    assert "<textarea" in page
