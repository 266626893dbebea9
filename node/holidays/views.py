"""The holidays as this house sees them, and the form for days of its own."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Optional

from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.holidays import service
from node.holidays.service import HouseDayUnknown
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.holidays import DAYS_MAX, HolidayBackwards, HolidayKind, HolidayTooLong
from shared.time import now
from shared.web import zone
from shared.web.forms import DateField, Form, at_most, needed
from shared.web.languages import language

pages = Blueprint("holidays", __name__, template_folder="templates", url_prefix="/ferien")
SHOWN_DAYS = 365
KINDS = {
    HolidayKind.PUBLIC: _l("Public holiday"),
    HolidayKind.SCHOOL: _l("School holidays"),
    HolidayKind.SPECIAL: _l("Special day of the city"),
    HolidayKind.HOUSE: _l("Day of the house"),
}


class HouseDayForm(Form):
    """No last day means: one day."""

    name = StringField(_l("What is it called?"), [needed(), at_most(TITLE_LENGTH_MAX)])
    first_day = DateField(_l("First day"), [needed()])
    last_day = DateField(_l("Last day"), [Optional()], description=_l("Leave empty for a single day."))


@pages.get("")
@staff_required
def index() -> str:
    """List the holidays of the coming year, and the form for a day of the house."""
    return _page(HouseDayForm())


@pages.post("")
@needs(Right.ARRANGE_HOUSE)
def add() -> Any:
    """Note a day of the house."""
    form = HouseDayForm()
    if form.validate():
        first_day: Any = form.first_day.data
        try:
            with transaction() as session:
                service.add_house_day(session, form.name.data, first_day, form.last_day.data or first_day)
        except HolidayBackwards:
            form.last_day.errors = [_("The last day is before the first.")]
        except HolidayTooLong:
            form.last_day.errors = [_("Holidays last less than %(days)s days. Is the year right?", days=DAYS_MAX)]
        else:
            flash(_("The day is noted."), "success")
            return redirect(url_for("holidays.index"))
    return _page(form), 422


@pages.post("/<day_id>/entfernen")
@needs(Right.ARRANGE_HOUSE)
def remove(day_id: str) -> Any:
    """Forget a day of the house; one that is gone already is no mistake of whoever pressed."""
    with transaction() as session:
        try:
            service.remove_house_day(session, day_id)
        except HouseDayUnknown:
            flash(_("This entry had been removed before."), "warning")
        else:
            flash(_("The entry is removed."), "success")
    return redirect(url_for("holidays.index"))


def _page(form: HouseDayForm) -> str:
    today = now().astimezone(zone()).date()
    with reading() as session:
        coming = service.holidays_between(session, today, today + timedelta(days=SHOWN_DAYS), language=language())
        own = service.list_house_days(session)
    return render_template(
        "holidays/index.html",
        coming=coming,
        own=[day for day in own if day.last_day >= today],
        form=form,
        kinds=KINDS,
    )
