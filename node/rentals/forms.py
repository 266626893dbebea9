"""What is typed about fee classes and the rules of the house."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, Regexp, ValidationError

from node.rentals.service import FeeClassEntry
from shared.records.base import TITLE_LENGTH_MAX
from shared.web.forms import DateField, Form, at_most, needed
from shared.web.money import MoneyField

RULES_LENGTH_MAX = 30_000


class FeeClassForm(Form):
    """Who pays what; an empty price is not offered."""

    name = StringField(_l("Name"), [needed(), at_most(TITLE_LENGTH_MAX)])
    key = StringField(
        _l("Short key"),
        [needed(), Regexp(r"^[a-z0-9][a-z0-9_-]{0,39}\Z", message=_l("Please use small letters, digits and hyphens."))],
        description=_l("Small letters, digits and hyphens. A space names its usual class by it."),
    )
    meant_for = StringField(_l("For whom"), [at_most(500)], description=_l("For example: clubs of the quarter."))
    hour_cents = MoneyField(_l("Price of an hour (€)"))
    half_day_cents = MoneyField(_l("Price of half a day (€)"), description=_l("Up to five hours."))
    day_cents = MoneyField(_l("Price of a day (€)"))
    deposit_cents = MoneyField(_l("Deposit (€)"))
    rank = IntegerField(_l("Place in the list"), [Optional(), NumberRange(0, 10_000)], default=0)
    offered = BooleanField(_l("Is offered"), default=True)

    def entry(self) -> FeeClassEntry:
        """Return what was typed."""
        return FeeClassEntry(
            key=self.key.data,
            name=self.name.data,
            meant_for=self.meant_for.data or "",
            hour_cents=self.hour_cents.data,
            half_day_cents=self.half_day_cents.data,
            day_cents=self.day_cents.data,
            deposit_cents=self.deposit_cents.data or 0,
            rank=self.rank.data or 0,
            offered=bool(self.offered.data),
        )


class RulesForm(Form):
    """The next version of the rules of the house."""

    text = TextAreaField(_l("House rules"), [needed(), at_most(RULES_LENGTH_MAX)])
    valid_from = DateField(_l("In force from"), [needed(_l("Please choose a day."))])

    def validate_text(self, field: Any) -> None:
        """Rules are more than a word."""
        if len(field.data) < 40:  # shorter is a slip of the finger, and the version would stay for ever
            raise ValidationError(_("These are very short rules. Please write them in full."))
