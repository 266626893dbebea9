"""What people say when they register, and what staff add to it."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, Regexp, ValidationError

from node.registration.labels import RULES, WAYS
from node.registration.models import GROUP_MAX, NAME_LENGTH_MAX, NEEDS_LENGTH_MAX, Registration, Way
from node.registration.service import RegistrationEntry
from shared.web.forms import Form, at_most, needed, options
from shared.web.vocabulary import LANGUAGES

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"[+0-9][0-9 ()/.–-]{4,}")
_TEXTS = ("name", "phone", "email", "needs", "language")
HEADS_MAX = 5_000


def _count(label: Any, least: int = 0, default: int | None = None) -> IntegerField:
    wrong = _l("Please enter a whole number from %(min)s to %(max)s.")
    return IntegerField(label, [needed(), NumberRange(least, GROUP_MAX, wrong)], default=default)


class GroupForm(Form):
    """How many come."""

    adults = _count(_l("Adults"), default=1)
    children = _count(_l("Children under 14"), default=0)

    def validate_children(self, field: IntegerField) -> None:
        if not (self.adults.data or field.data):
            raise ValidationError(_("At least one person has to come."))
        if (self.adults.data or 0) + (field.data or 0) > GROUP_MAX:
            raise ValidationError(_("For more than %(max)s persons please call us.", max=GROUP_MAX))


class ContactForm(GroupForm):
    """Who comes, how many, and how to reach them."""

    name = StringField(_l("Name"), [needed(_l("Please tell us a name.")), at_most(NAME_LENGTH_MAX)])
    phone = StringField(
        _l("Telephone"), [Optional(), at_most(80), Regexp(_PHONE, message=_l("Please enter a telephone number."))]
    )
    email = StringField(
        _l("E-mail"),
        [Optional(), at_most(200), Regexp(_EMAIL, message=_l("Please enter an address like name@example.org."))],
    )
    language = SelectField(_l("Which language shall we speak with you?"), [Optional()])
    needs = TextAreaField(_l("What you need to take part"), [at_most(NEEDS_LENGTH_MAX)])

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.language.choices = options([("", _("no matter")), *LANGUAGES.items()])

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if not self.phone.data and not self.email.data and not self.phone.errors and not self.email.errors:
            self.phone.errors = [_("Please give a telephone number or an e-mail address, one is enough.")]
            return False
        return valid

    def entry(self) -> RegistrationEntry:
        """Return what was said; only after `validate`."""
        said = {name: getattr(self, name).data or "" for name in (*_TEXTS, *(["note"] if "note" in self else []))}
        return RegistrationEntry(adults=self.adults.data, children=self.children.data, **said)


class SignUpForm(ContactForm):
    """The public's form. `homepage` is hidden from people; only programs fill it in."""

    form_token = HiddenField()
    homepage = StringField(_l("Leave this field empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})

    def validate_homepage(self, field: StringField) -> None:
        if field.data:
            raise ValidationError(_("Please leave this field empty, then send again."))


class StaffForm(ContactForm):
    """The form at the counter: who called, who stands here."""

    way = RadioField(
        _l("How they registered"),
        choices=options((way, WAYS[way]) for way in (Way.PHONE, Way.IN_PERSON)),
        default=Way.PHONE,
    )
    note = TextAreaField(_l("Note for the house"), [at_most(2_000)])
    form_token = HiddenField()


class ChangeForm(ContactForm):
    """Everything of a registration that staff may change."""

    note = TextAreaField(_l("Note for the house"), [at_most(2_000)])

    @classmethod
    def of(cls, registration: Registration) -> "ChangeForm":
        return cls(obj=registration)


class HeadcountForm(Form):
    """How many came without being registered; empty is "not counted"."""

    headcount = IntegerField(
        _l("People who just came"),
        [Optional(), NumberRange(0, HEADS_MAX, _l("Please enter a whole number from %(min)s to %(max)s."))],
    )


class MoveForm(Form):
    """Another event or date for a group."""

    event_id = SelectField(_l("Move to"), [needed(_l("Please choose where to."))])


def _hours(label: Any, hint: Any, least: int, most: int) -> IntegerField:
    wrong = _l("Please enter a whole number from %(min)s to %(max)s.")
    return IntegerField(label, [needed(), NumberRange(least, most, wrong)], description=hint)


class TermsForm(Form):
    """What the house decides about its waiting lines."""

    rule = RadioField(_l("Who gets places that come free?"), choices=options(RULES.items()))
    last_call_hours = _hours(
        _l("Last call, hours before the beginning"),
        _l("From then on whoever fits goes first, so that no chair stays empty."),
        0,
        24 * 60,
    )
    offer_hours = _hours(
        _l("Hours to answer an offer"), _l("After that the places go on to the next group."), 1, 24 * 30
    )
    offers_end_hours = _hours(
        _l("Last offers, hours before the beginning"), _l("Later than that nobody has to answer any more."), 0, 24 * 30
    )
