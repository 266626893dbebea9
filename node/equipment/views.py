"""The stock of the house: what is free now, what is out, what is overdue; items added and changed."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.equipment import naming, service
from node.equipment.forms import ItemForm, LendForm, blank_lending
from node.equipment.models import Item
from node.equipment.refusals import in_words
from shared.errors import Refusal
from shared.time import now
from shared.web import zone

pages = Blueprint("equipment", __name__, template_folder="templates", static_folder="static", url_prefix="/ausstattung")
change_needed = needs(Right.ARRANGE_HOUSE)


@pages.get("")
@staff_required
def index() -> Any:
    """What is overdue, what is out or waits to be fetched, and the stock."""
    at = now()
    with reading() as session:
        lendings = service.lendings_open(session, at)
        return render_template(
            "equipment/index.html",
            overdue=[lending for lending in lendings if lending.is_overdue(at)],
            out=[lending for lending in lendings if lending.is_out and not lending.is_overdue(at)],
            kept=[lending for lending in lendings if not lending.is_out],
            standings=service.standings(session, at),
            as_of_time=at,
        )


@pages.get("/neu")
@change_needed
def new() -> Any:
    """An empty form."""
    return render_template("equipment/form.html", form=ItemForm(), item=None)


@pages.post("/neu")
@change_needed
def add() -> Any:
    """Add a kind of equipment."""
    form = ItemForm()
    if form.validate():
        with transaction() as session:
            item = service.add_item(session, form.entry())
            flash(_("“%(name)s” has been added.", name=item.name), "success")
            return redirect(url_for("equipment.index"))
    return render_template("equipment/form.html", form=form, item=None), 422


@pages.get("/<item_id>")
@staff_required
def show(item_id: str) -> Any:
    """What it is, what is to come, and the form with which it is lent."""
    at = now()
    with reading() as session:
        return item_page(session, get_or_404(session, item_id), at)


@pages.get("/<item_id>/aendern")
@change_needed
def edit(item_id: str) -> Any:
    """The form of an item."""
    with reading() as session:
        item = get_or_404(session, item_id)
        return render_template("equipment/form.html", form=ItemForm(obj=item), item=item)


@pages.post("/<item_id>/aendern")
@change_needed
def change(item_id: str) -> Any:
    """Change an item."""
    with transaction() as session:
        item = get_or_404(session, item_id)
        form = ItemForm()
        if form.validate():
            try:
                service.edit_item(session, item_id, form.entry())
                flash(_("“%(name)s” has been changed.", name=item.name), "success")
                return redirect(url_for("equipment.show", item_id=item_id))
            except Refusal as refusal:
                form.stock.errors = [*form.stock.errors, in_words(refusal)]
        return render_template("equipment/form.html", form=form, item=item), 422


@pages.post("/<item_id>/stilllegen")
@change_needed
def retire(item_id: str) -> Any:
    """Take an item out of use."""
    with transaction() as session:
        item = service.retire_item(session, get_or_404(session, item_id).id)
        flash(_("“%(name)s” is no longer lent. What is promised stays.", name=item.name), "success")
    return redirect(url_for("equipment.show", item_id=item_id))


@pages.post("/<item_id>/oeffnen")
@change_needed
def reopen(item_id: str) -> Any:
    """Put an item to use again."""
    with transaction() as session:
        item = service.reopen_item(session, get_or_404(session, item_id).id)
        flash(_("“%(name)s” can be lent again.", name=item.name), "success")
    return redirect(url_for("equipment.show", item_id=item_id))


def item_page(session: Session, item: Item, at: datetime, form: LendForm | None = None) -> str:
    """Return the page of an item; `form` is one that came back with a mistake."""
    coming = service.coming_of(session, item.id, at)
    today = at.astimezone(zone()).date()
    return render_template(
        "equipment/show.html",
        item=item,
        standing=next(each for each in service.standings(session, at) if each.item.id == item.id),
        coming=coming,
        names=naming.names_of(session, {each.booking_id for each in coming if each.booking_id}),
        form=form or LendForm(formdata=None, data=blank_lending(today)),
        as_of_time=at,
    )


def get_or_404(session: Session, item_id: str) -> Item:
    try:
        return service.get_item(session, item_id)
    except service.ItemUnknown:
        abort(404)
