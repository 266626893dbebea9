"""What is typed about a rental: who answers for it, the deposit, who accepted the rules."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import ValidationError

from node.rentals.service import Responsible
from shared.records.base import TITLE_LENGTH_MAX
from shared.web.forms import Form, at_most, needed
from shared.web.money import MoneyField


class ResponsibleForm(Form):
    """Who answers for the rental."""

    name = StringField(_l("Name"), [needed(_l("Please enter a name.")), at_most(TITLE_LENGTH_MAX)])
    phone = StringField(_l("Phone"), [at_most(80)])
    address = StringField(_l("Address"), [at_most(300)])

    def person(self) -> Responsible:
        """Return what was typed."""
        return Responsible(self.name.data, self.phone.data or "", self.address.data or "")


class DepositForm(Form):
    """How much was paid as a deposit."""

    cents = MoneyField(_l("Amount in euros"))

    def validate_cents(self, field: Any) -> None:
        """A deposit is an amount."""
        if not field.data:
            raise ValidationError(_("Please enter an amount like 12,50."))


class ReturnForm(Form):
    """The deposit given back."""

    note = StringField(
        _l("If not all of it: how much was kept, and why"),
        [at_most(500)],
        description=_l("Leave empty if all was well."),
    )


class AcceptForm(Form):
    """Who accepts the rules of the house."""

    accepted_by = StringField(_l("Accepted by"), [needed(_l("Please enter a name.")), at_most(TITLE_LENGTH_MAX)])
