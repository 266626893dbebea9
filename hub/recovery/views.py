"""Recovery offers as the city sees them: what waits for a centre's answer, and how earlier ones ended."""

from flask import Blueprint, render_template, request
from flask_babel import lazy_pgettext

from hub.centres import queries as centre_queries
from hub.core.collection_names import collection_name
from hub.core.db import LEDGER, reading
from hub.core.rights import Right, needs
from hub.recovery import queries
from hub.recovery.offers import too_large
from shared import topics
from shared.records.recovery import RecoveryDecision
from shared.web import pagination

pages = Blueprint("recovery", __name__, template_folder="templates", url_prefix="/netz/wiederherstellung")
LARGE_MAX = 50
DECISIONS = {
    RecoveryDecision.RESTORED: (lazy_pgettext("recovery", "Restored"), "success"),
    RecoveryDecision.REJECTED: (lazy_pgettext("recovery", "Let go"), "neutral"),
}


@pages.get("")
@needs(Right.SEE_NETWORK)
def overview() -> str:
    """Open offers, versions too large for one, and the latest answers."""
    with reading() as session:
        waiting = pagination.of_query(session, queries.open_offers(), pagination.wanted(request.args.get("seite")))
        settled = session.scalars(queries.settled_offers().limit(pagination.PER_PAGE)).all()
        left = [each for each in LEDGER.candidates(session, limit=LARGE_MAX) if too_large(each)]
        names = dict(centre_queries.names(session))
        return render_template(
            "recovery/overview.html",
            waiting=waiting,
            settled=settled,
            left=left,
            names=names,
            collection_name=collection_name,
            decisions=DECISIONS,
            centre_of=topics.centre_of,
        )
