"""The list of the city's announcements, for staff."""

from flask import Blueprint, render_template, request

from node.announcements import service
from node.core.accounts import staff_required
from node.core.db import reading
from shared.time import now
from shared.web import pagination

pages = Blueprint("announcements", __name__, template_folder="templates")
PER_PAGE = 20


@pages.get("/mitteilungen")
@staff_required
def index() -> str:
    """Show what the city says now, the latest first."""
    with reading() as session:
        page = pagination.of_query(
            session, service.current_query(now()), pagination.wanted(request.args.get("seite")), PER_PAGE
        )
    return render_template("announcements/index.html", page=page)
