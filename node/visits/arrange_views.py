"""Arranging the counter: which buttons, in which order, under which names; which target groups."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.visits import buttons
from node.visits.buttons import ButtonDouble, ButtonUnknown, TooManyButtons
from node.visits.forms import BoardForm, ButtonForm
from node.visits.labels import KINDS, TARGET_GROUPS
from node.visits.pages import board
from shared.errors import Refusal


@board.get("/zaehler/einrichten")
@needs(Right.ARRANGE_HOUSE)
def arrange() -> str:
    """Show the buttons and what can be done with them."""
    return _page(ButtonForm())


@board.post("/zaehler/einrichten/knopf")
@needs(Right.ARRANGE_HOUSE)
def add_button() -> Any:
    """Put one more button at the end."""
    form = ButtonForm()
    if form.validate():
        try:
            with transaction() as writing:
                buttons.add_button(writing, form.kind.data, form.target_group.data, form.label.data or "")
        except Refusal as refusal:
            _explain(form, refusal)
        else:
            flash(_("The button is on the counter."), "success")
            return redirect(url_for("counter_board.arrange"))
    return _page(form), 422


@board.route("/zaehler/einrichten/knopf/<button_id>", methods=["GET", "POST"])
@needs(Right.ARRANGE_HOUSE)
def edit_button(button_id: str) -> Any:
    """Change a button."""
    with reading() as found:
        try:
            form = ButtonForm(obj=buttons.get_button(found, button_id))
        except ButtonUnknown:
            return _gone()
    if request.method == "POST" and form.validate():
        try:
            with transaction() as writing:
                buttons.change_button(writing, button_id, form.kind.data, form.target_group.data, form.label.data or "")
        except ButtonUnknown:
            return _gone()
        except Refusal as refusal:
            _explain(form, refusal)
        else:
            flash(_("The button is changed."), "success")
            return redirect(url_for("counter_board.arrange"))
    return render_template("visits/button.html", form=form, button_id=button_id), 422 if form.errors else 200


@board.post("/zaehler/einrichten/eigene")
@needs(Right.ARRANGE_HOUSE)
def own() -> Any:
    """Make the delivered buttons the house's own, so that they can be changed."""
    with transaction() as writing:
        buttons.own_buttons(writing)
    return redirect(url_for("counter_board.arrange"))


@board.post("/zaehler/einrichten/knopf/<button_id>/schieben")
@needs(Right.ARRANGE_HOUSE)
def move_button(button_id: str) -> Any:
    """Move a button one place up or down."""
    try:
        with transaction() as writing:
            buttons.move_button(writing, button_id, -1 if request.form.get("wohin") == "hoch" else 1)
    except ButtonUnknown:
        return _gone()
    return redirect(url_for("counter_board.arrange"))


@board.post("/zaehler/einrichten/knopf/<button_id>/entfernen")
@needs(Right.ARRANGE_HOUSE)
def remove_button(button_id: str) -> Any:
    """Take a button away; its counts stay."""
    try:
        with transaction() as writing:
            buttons.remove_button(writing, button_id)
    except ButtonUnknown:
        return _gone()
    flash(_("The button is gone. What it counted stays."), "success")
    return redirect(url_for("counter_board.arrange"))


@board.post("/zaehler/einrichten/gruppen")
@needs(Right.ARRANGE_HOUSE)
def choose_groups() -> Any:
    """Choose the target groups beside the buttons."""
    form = BoardForm()
    if not form.validate():
        return _page(ButtonForm(formdata=None), form), 422
    with transaction() as writing:
        buttons.choose_groups(writing, form.groups.data, asks=form.asks_groups.data)
    flash(_("The counter asks for these target groups now."), "success")
    return redirect(url_for("counter_board.arrange"))


def _page(form: ButtonForm, board_form: BoardForm | None = None) -> str:
    with reading() as found:
        shown = buttons.board(found)
    filled = BoardForm(formdata=None, asks_groups=bool(shown.groups), groups=shown.groups)
    return render_template(
        "visits/arrange.html",
        board=shown,
        form=form,
        board_form=board_form or filled,
        kinds=KINDS,
        target_groups=TARGET_GROUPS,
        buttons_max=buttons.BUTTONS_MAX,
    )


def _gone() -> Any:
    flash(_("Somebody else has removed this button."), "warning")
    return redirect(url_for("counter_board.arrange"))


def _explain(form: ButtonForm, refusal: Refusal) -> None:
    if isinstance(refusal, ButtonDouble):
        form.kind.errors = [_("There is a button for this kind and target group already.")]
    elif isinstance(refusal, TooManyButtons):
        form.kind.errors = [_("More than %(count)s buttons do not fit under a thumb.", count=buttons.BUTTONS_MAX)]
    else:
        raise refusal
