"""Closing several spaces at once for a while, and opening them again."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import service
from node.bookings.desk import day_of, pages, wanted_date
from node.bookings.forms import BlockForm
from node.bookings.models import Booking
from node.bookings.refusals import in_words
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.time import now
from shared.web import zone
from shared.web.forms import options


@pages.get("/sperren")
@needs(Right.DECIDE_BOOKINGS)
def block() -> Any:
    """An empty form."""
    with reading() as session:
        day = wanted_date() or now().astimezone(zone()).date()
        return _page(session, _form(session, data={"day": day}))


@pages.post("/sperren")
@needs(Right.DECIDE_BOOKINGS)
def take_block() -> Any:
    """Block; if bookings are in the way name each of them."""
    with transaction() as session:
        form = _form(session)
        if not form.validate():
            return _page(session, form), 422
        chosen = form.all_ids if form.whole_house.data else form.spaces.data
        try:
            made = service.block_spaces(
                session, chosen, form.slot(zone()), form.why.data, now=now(), by=current_user.name
            )
        except service.BlockRefused as refusal:
            return _page(session, form, refusal.in_the_way), 409
        except Refusal as refusal:
            form.form_errors.append(in_words(refusal))
            return _page(session, form), 409
        flash(ngettext("%(num)s space is blocked.", "%(num)s spaces are blocked.", len(made)), "success")
        return redirect(day_of(made[0]))


@pages.post("/sperren/<block_id>/aufheben")
@needs(Right.DECIDE_BOOKINGS)
def lift_block(block_id: str) -> Any:
    """Free every space of a block."""
    with transaction() as session:
        freed = service.lift_block(session, block_id, _("The block was lifted."), now=now(), by=current_user.name)
        if not freed:
            abort(404)
        flash(ngettext("%(num)s space is free again.", "%(num)s spaces are free again.", freed), "success")
        return redirect(url_for("bookings.day"))


def _form(session: Session, **filled: Any) -> BlockForm:
    form = BlockForm(**filled)
    listed = [(space, level) for space, level in spaces.in_tree_order(spaces.list_spaces(session)) if space.bookable]
    form.spaces.choices = options((space.id, "– " * level + space.name) for space, level in listed)
    form.all_ids = [space.id for space, _level in listed]
    return form


def _page(session: Session, form: BlockForm, in_the_way: tuple[Booking, ...] = ()) -> str:
    names = {space.id: space.name for space in spaces.list_spaces(session)}
    return render_template("bookings/block.html", form=form, in_the_way=in_the_way, names=names)
