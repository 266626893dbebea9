"""The upload of a calendar and what is to become of its dates."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField

from shared.web.forms import Form, options


class UploadForm(Form):
    """`space_id` and `theme` get their choices in the view."""

    file = FileField(
        _l("Calendar file (.ics)"),
        [FileRequired(_l("Please choose a file."))],
        description=_l("Most calendars can export one: Outlook, Google, Nextcloud, Thunderbird. At most 2 MB."),
    )
    publish = RadioField(
        _l("New dates are"),
        choices=options([("draft", _l("drafts, to be looked at first")), ("published", _l("published at once"))]),
        default="draft",
    )
    space_id = SelectField(
        _l("Space to book along"), description=_l("Where it is taken, the date is entered without a space.")
    )
    theme = SelectField(_l("Theme of new dates"))


class ListForm(Form):
    file = FileField(
        _l("List (.csv)"),
        [FileRequired(_l("Please choose a file."))],
        description=_l("In Excel or LibreOffice: save as, CSV. At most 10,000 rows."),
    )


class EventListForm(ListForm):
    publish = RadioField(
        _l("New dates are"),
        choices=options([("draft", _l("drafts, to be looked at first")), ("published", _l("published at once"))]),
        default="draft",
    )


class ConfirmForm(Form):
    """`fingerprint` says what the person has seen; if something changed since, it is shown again."""

    fingerprint = HiddenField()
