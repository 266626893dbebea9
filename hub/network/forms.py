"""Admitting a centre: what the centre shows after its set-up is entered here. And what narrows the lists."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import SelectField, StringField

from hub.network import listing, wording
from shared import topics
from shared.web.forms import FilterForm, Form, at_most, needed, options

_ORDERS = (
    ("name", _l("Name")),
    ("zustand", lazy_pgettext("order", "The most urgent first")),
    ("rueckstand", lazy_pgettext("order", "Most on the way")),
    ("abgleich", lazy_pgettext("order", "Longest not compared")),
    ("gehoert", lazy_pgettext("order", "Longest not heard")),
    ("zurueckgestellt", lazy_pgettext("order", "Most set aside")),
    ("programm", lazy_pgettext("order", "Oldest program")),
)


class AdmitForm(Form):
    """The id cannot be changed later: it is part of every address of the centre."""

    centre_id = StringField(_l("Short name"), [needed(), at_most(40)])
    name = StringField(_l("Name"), [needed(), at_most(200)])
    public_key = StringField(_l("Public key"), [needed(), at_most(60)])


class SureForm(Form):
    """A button that is asked about before it does something: nothing but the token."""


class LinkFilter(FilterForm):
    """Which centres the desk shows, and in which order."""

    suche = StringField(_l("Centre"), [at_most(100)], default="")
    zustand = SelectField(
        _l("State"),
        choices=options(
            [
                ("", lazy_pgettext("states", "All")),
                (listing.TROUBLE, _l("Whatever needs a look")),
                *((state, wording.STATES[state].name) for state in listing.STATES),
            ]
        ),
        default="",
    )
    ordnung = SelectField(_l("Order"), choices=options(_ORDERS), default="name")


class SetAsideFilter(FilterForm):
    """Which of the records that were set aside are shown."""

    zentrum = SelectField(_l("Centre"), default="")
    status = SelectField(
        _l("State"),
        choices=options([("", lazy_pgettext("states", "All")), *wording.STATUSES.items()]),
        default="",
    )

    def fill(self, names: Mapping[str, str]) -> None:
        """Offer the centres that there are."""
        listed = sorted(names.items(), key=lambda pair: pair[1].casefold())
        self.zentrum.choices = options([("", lazy_pgettext("centres", "All")), *listed])

    @property
    def feed(self) -> str | None:
        """The feed of the centre that was chosen; None for all."""
        return topics.node_feed(self.zentrum.data) if self.zentrum.data else None
