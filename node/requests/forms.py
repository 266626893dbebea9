"""One form for each question of a request. What a form says goes into the draft as texts."""

from datetime import date, time
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp, ValidationError

from node.requests.answers import ANY_ROOM, Answers
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.spaces import CAPACITY_MAX, Seating
from shared.web.forms import DateField, Form, TimeField15, at_most, needed, options
from shared.web.vocabulary import SEATINGS

PURPOSES = {
    "treffen": _l("Meeting of a group or club"),
    "feier": _l("Family celebration"),
    "kurs": _l("Course, rehearsal or practice"),
    "beratung": _l("Advice or consultation"),
    "sonst": _l("Something else"),
}
NO_SEATING = "egal"
YEARS_AHEAD = 2
_EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+\Z"


class QuestionForm(Form):
    """The base of a question: `keys` are the fields that go into the draft under their own names."""

    keys: ClassVar[tuple[str, ...]] = ()

    def given(self) -> dict[str, str]:
        """Return what was said, as texts; only after `validate`."""
        return {key: _as_text(self[key].data) for key in self.keys}

    @classmethod
    def filled(cls, answers: Answers) -> dict[str, Any]:
        """Return what the form begins with."""
        return {key: answers.text(key) for key in cls.keys}


class RoomForm(QuestionForm):
    keys = ("raum",)
    raum = RadioField(_l("Which room do you ask for?"), validators=[InputRequired(_l("Please choose one."))])

    def offer(self, rooms: list[tuple[str, Any]]) -> None:
        self.raum.choices = options([*rooms, (ANY_ROOM, _l("I am not sure: recommend one to me"))])


class PurposeForm(QuestionForm):
    keys = ("anlass", "titel")
    anlass = RadioField(
        _l("What is it for?"), choices=options(PURPOSES.items()), validators=[InputRequired(_l("Please choose one."))]
    )
    titel = StringField(
        _l("In a few words"), [at_most(120)], description=_l("For example: rehearsal of the choir, 50th birthday")
    )

    def validate_titel(self, field: StringField) -> None:
        if self.anlass.data == "sonst" and not field.data:
            raise ValidationError(_("Please say in a few words what it is for."))


class DayForm(QuestionForm):
    keys = ("tag",)
    tag = DateField(_l("On which day?"), [needed(_l("Please choose a day."))])
    today: date | None = None

    @classmethod
    def filled(cls, answers: Answers) -> dict[str, Any]:
        return {"tag": answers.day}

    def validate_tag(self, field: DateField) -> None:
        if self.today and field.data and field.data < self.today:
            raise ValidationError(_("This day is over. Please choose a later one."))
        if self.today and field.data and (field.data - self.today).days > YEARS_AHEAD * 365:
            raise ValidationError(_("That is more than two years ahead. Is the year right?"))


class TimeForm(QuestionForm):
    keys = ("von", "bis")
    von = TimeField15(_l("From"), [InputRequired(_l("Please choose a time."))], empty="–")
    bis = TimeField15(
        _l("Until"),
        [InputRequired(_l("Please choose a time."))],
        empty="–",
        description=_l("With setting up and clearing away. An earlier time than the first means: on the next day."),
    )

    @classmethod
    def filled(cls, answers: Answers) -> dict[str, Any]:
        return {key: time.fromisoformat(answers.text(key)) if answers.text(key) else None for key in cls.keys}


class PeopleForm(QuestionForm):
    keys = ("personen", "bestuhlung")
    personen = IntegerField(
        _l("How many people will come?"),
        [
            InputRequired(_l("Please enter a whole number.")),
            NumberRange(1, CAPACITY_MAX, _l("Please enter a whole number from %(min)s to %(max)s.")),
        ],
    )
    bestuhlung = RadioField(
        _l("How do you want to sit?"),
        choices=options([*((key.value, SEATINGS[key]) for key in Seating), (NO_SEATING, _l("I do not know yet"))]),
        default=NO_SEATING,
    )

    @classmethod
    def filled(cls, answers: Answers) -> dict[str, Any]:
        return {"personen": answers.persons or None, "bestuhlung": answers.text("bestuhlung") or NO_SEATING}


class ProposalForm(QuestionForm):
    keys = ("vorschlag",)
    vorschlag = RadioField(
        _l("These rooms are free then and large enough"), validators=[InputRequired(_l("Please choose one."))]
    )


class NameForm(QuestionForm):
    keys = ("name",)
    name = StringField(
        _l("What is your name?"),
        [needed(_l("Please tell us your name.")), at_most(TITLE_LENGTH_MAX)],
        render_kw={"autocomplete": "name"},
    )


class ContactForm(QuestionForm):
    keys = ("telefon", "email")
    telefon = StringField(_l("Telephone"), [at_most(80)], render_kw={"autocomplete": "tel", "inputmode": "tel"})
    email = StringField(
        _l("E-mail"),
        [
            Optional(),
            at_most(TITLE_LENGTH_MAX),
            Regexp(_EMAIL, message=_l("Please enter an address like name@example.org.")),
        ],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if not self.telefon.data and not self.email.data and not self.email.errors:
            self.telefon.errors = [_("Please give a telephone number or an e-mail address, one is enough.")]
            return False
        return valid


class NoteForm(QuestionForm):
    keys = ("nachricht",)
    nachricht = TextAreaField(
        _l("Is there anything else that the house should know?"),
        [at_most(2_000)],
        description=_l("For example: a wheelchair, music, help with setting up. You may leave this empty."),
    )


class RulesForm(QuestionForm):
    """`version` is that of the house rules that are shown."""

    ja = BooleanField(
        _l("Yes, we keep to the house rules"), [InputRequired(_l("Without this the house cannot give you a room."))]
    )
    version = 0

    def given(self) -> dict[str, str]:
        return {"hausordnung": str(self.version)}

    @classmethod
    def filled(cls, answers: Answers) -> dict[str, Any]:
        return {"ja": bool(answers.text("hausordnung"))}


class SendForm(Form):
    """The last step. `homepage` is hidden from people; only programs fill it in."""

    homepage = StringField(_l("Leave this field empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})

    def validate_homepage(self, field: StringField) -> None:
        if field.data:
            raise ValidationError(_("Please leave this field empty, then send again."))


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:%H:%M}" if hasattr(value, "hour") else str(value)
