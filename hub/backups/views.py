"""The desk's page of backups: how old the last one of each centre is. What is in them nobody here can see."""

from flask import Blueprint, render_template, request

from hub.backups import queries
from hub.core.db import reading
from hub.core.rights import Right, needs
from shared.time import now
from shared.web import pagination

pages = Blueprint("backups", __name__, template_folder="templates", url_prefix="/netz/sicherungen")


@pages.get("")
@needs(Right.SEE_NETWORK)
def overview() -> str:
    """List the centres, those to worry about first."""
    at = now()
    with reading() as session:
        found = queries.standings(session, at)
    page = pagination.of_list(found, pagination.wanted(request.args.get(pagination.ARGUMENT)))
    worries = sum(1 for one in found if one.worry)
    return render_template("backups/overview.html", page=page, worries=worries, at=at)
