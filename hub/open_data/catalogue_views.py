"""The catalogue for portals: in Turtle, RDF/XML or JSON-LD, by ending or by what the reader accepts."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.core.db import reading
from hub.open_data.catalogue import FORMATS, Described, catalogue
from hub.open_data.publishing import DATASETS, frame, last_state, note
from shared.web.security import open_to_all

machine = Blueprint("open_data_catalogue", __name__, url_prefix="/offene-daten")
machine.after_request(open_to_all)
_BY_TYPE = {media_type.partition(";")[0]: ending for ending, (_name, media_type) in FORMATS.items()}


@machine.get("/katalog")
def negotiated() -> AnyResponse:
    """Send whoever asks to the catalogue in the format it likes best; people to the page."""
    wanted = request.accept_mimetypes.best_match([*_BY_TYPE, "text/html"], default="text/turtle")
    if wanted == "text/html":
        answer = redirect(url_for("open_data.overview"), HTTPStatus.SEE_OTHER)
    else:
        answer = redirect(url_for(".file", ending=_BY_TYPE[wanted]), HTTPStatus.SEE_OTHER)
    answer.vary.add("Accept")
    return answer


@machine.get("/katalog.<any(ttl, rdf, jsonld):ending>")
def file(ending: str) -> AnyResponse:
    """Give the catalogue in one format."""
    with reading() as session:
        about = frame(session)
        seen = [last_state(session, each, about) for each in DATASETS]
        covers = [each.covers(session, about) for each in DATASETS]
    described = [Described(*each) for each in zip(DATASETS, seen, covers, strict=True)]
    for each in described:
        note(each.dataset, each.state)
    answer = Response(catalogue(described, about, ending), content_type=FORMATS[ending][1])
    answer.last_modified = max(each.state.changed_at for each in described)
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)
