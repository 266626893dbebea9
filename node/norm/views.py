"""The page of the opening norm, and the hint beside the opening hours."""

from flask import Blueprint, render_template

from node.core.accounts import staff_required
from node.core.db import reading
from node.norm import service
from shared.time import now
from shared.web import norm_wording as wording
from shared.web import zone
from shared.web.languages import language

pages = Blueprint("norm", __name__, template_folder="templates", url_prefix="/norm")


@pages.get("")
@staff_required
def show() -> str:
    """Hold the ordinary week, the coming and the past ones against what the city expects."""
    at = now()
    with reading() as session:
        found = service.standing(session, at.astimezone(zone()).date(), zone(), language())
    return render_template("norm/show.html", standing=found, wording=wording, as_of_time=at)


def hint() -> list[str]:
    """Return what the ordinary week lacks, for `norm/hint.html` on the page of the opening hours."""
    with reading() as session:
        return wording.told(service.nominal(session, now().astimezone(zone()).date()))
