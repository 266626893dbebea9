"""The hours of a guest space: added and removed on the page of the space."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from node.core.db import transaction
from node.spaces import guest_hours
from node.spaces.forms import GuestHoursForm
from node.spaces.guest_hours import GuestHoursThere, GuestHoursUnknown
from node.spaces.views import change_needed, get_or_404, pages, space_page
from shared.records.opening_hours import PeriodBackwards
from shared.web.vocabulary import WEEKDAYS

__all__ = ["pages"]


@pages.post("/<space_id>/zeiten")
@change_needed
def add_hours(space_id: str) -> Any:
    """Add hours for one weekday or several; a mistake comes back on the space's page with all that was typed."""
    with transaction() as session:
        space = get_or_404(session, space_id)
        form = GuestHoursForm()
        if form.validate():
            try:
                guest_hours.add_hours(session, space_id, form.entry(), form.chosen_days())
                flash(_("The hours are saved."), "success")
                return redirect(url_for("spaces.show", space_id=space_id, _anchor="zeiten"))
            except PeriodBackwards:
                form.valid_until.errors = [_("The last day is before the first.")]
            except GuestHoursThere as refusal:
                day = _("Every day") if refusal.weekday is None else WEEKDAYS[refusal.weekday]
                form.weekdays.errors = [_("These very hours are there already: %(day)s.", day=day)]
        return space_page(session, space, form), 422


@pages.post("/<space_id>/zeiten/<row_id>/entfernen")
@change_needed
def remove_hours(space_id: str, row_id: str) -> Any:
    """Remove a row; one that is gone already is no mistake of whoever pressed."""
    with transaction() as session:
        try:
            guest_hours.remove_hours(session, row_id)
        except GuestHoursUnknown:
            flash(_("These hours had been removed before."), "warning")
        else:
            flash(_("The hours are removed. Bookings within them stay."), "success")
    return redirect(url_for("spaces.show", space_id=space_id, _anchor="zeiten"))
