"""What is done with an event that stands: cancel it, show a picture, say it in other languages."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, FormField, StringField, TextAreaField
from wtforms.validators import ValidationError

from node.programme.service import Words
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.records.events import SUMMARY_LENGTH_MAX
from shared.web.forms import Form, at_most, needed

TEXT_LANGUAGES: Mapping[str, Any] = {
    "en": "English",
    "tr": "Türkçe",
    "ro": "Română",
    "bg": "Български",
    "ar": "العربية",
    "uk": "Українська",
    "de-simple": _l("Plain German"),
}
RIGHT_TO_LEFT = ("ar",)


class CancelForm(Form):
    reason = StringField(
        _l("Reason"),
        [needed(_l("Please say why, so that nobody comes in vain.")), at_most(500)],
        description=_l("The public reads it beside the event."),
    )


class PictureForm(Form):
    """A new picture, or other words for the one that is there, or none any more."""

    picture = FileField(_l("Picture"), description=_l("PNG, JPEG or WebP, at most 2 MB."))
    alt = StringField(
        _l("Describe the picture"),
        [at_most(500)],
        description=_l(
            "For people who do not see it: what it shows, in a sentence. For example: Four people repair a bicycle."
        ),
    )
    away = BooleanField(_l("Take the picture away"))

    def validate_alt(self, field: Any) -> None:
        if not field.data and not self.away.data:
            raise ValidationError(_l("Please describe the picture in a sentence."))


class WordsForm(Form):
    """The words of one language; a part of LanguagesForm, which looks for fields that nobody asked for."""

    class Meta(Form.Meta):
        csrf = False

    title = StringField(_l("Title"), [at_most(TITLE_LENGTH_MAX)])
    summary = StringField(_l("In one sentence"), [at_most(SUMMARY_LENGTH_MAX)])
    description = TextAreaField(_l("Description"), [at_most(TEXT_LENGTH_MAX)])

    def validate_title(self, field: Any) -> None:
        if not field.data and (self.summary.data or self.description.data):
            raise ValidationError(_l("Please give it a title in this language too."))

    def _unknown(self) -> list[str]:
        return []


def _named(code: str) -> str:
    return f"in_{code.replace('-', '_')}"


class LanguagesForm(Form):
    """A part for each of TEXT_LANGUAGES; one without a title is not said."""

    @property
    def parts(self) -> list[tuple[str, Any]]:
        """Return (language, part) of each language."""
        return [(code, self[_named(code)].form) for code in TEXT_LANGUAGES]

    def words(self) -> dict[str, Words]:
        """Return what was typed, by language; only after `validate()`."""
        return {
            code: Words(part.title.data, part.summary.data or "", part.description.data or "")
            for code, part in self.parts
            if part.title.data
        }


for _code, _name in TEXT_LANGUAGES.items():
    setattr(LanguagesForm, _named(_code), FormField(WordsForm, _name))


def filled(texts: Mapping[str, Words]) -> dict[str, Any]:
    """Return the values with which a LanguagesForm shows `texts`."""
    return {_named(code): words._asdict() for code, words in texts.items()}
