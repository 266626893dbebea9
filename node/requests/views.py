"""Asking for a room: a page for each question, and the answers once more before they are sent.

Rule: an answer is kept before the next question is asked; nothing typed is lost.
"""

from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.bookings.refusals import in_words as booking_in_words
from node.centre import service as centres
from node.core.db import reading, transaction
from node.requests import drafts, link_pages, rooms, service, steps
from node.requests.answers import Answers
from node.requests.forms import NO_SEATING, PURPOSES, DayForm, ProposalForm, QuestionForm, RoomForm, RulesForm, SendForm
from node.requests.rooms import NoSuchRoom, NotFree
from node.requests.service import AnswersMissing
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.time import now
from shared.web import zone
from shared.web.filters import number
from shared.web.vocabulary import SEATINGS

SENT_MAX = "10 per hour; 30 per day"  # the kiosk in the house is one address for everybody
ANSWERED_MAX = "240 per hour"
LOOKED_MAX = "20 per minute"  # of links that lead nowhere; a secret has 128 bits, guessing is hopeless anyway
DRAFT = "raumanfrage"  # the name of the draft's key in the browser's session
CHECK = "pruefen"


def pages_of(app: Flask) -> Blueprint:
    """Return the pages; the limits need the app's own limiter."""
    limiter = app.extensions["stadtherz.limiter"]
    answered, sent = limiter.limit(ANSWERED_MAX), limiter.limit(SENT_MAX)
    looked = limiter.limit(LOOKED_MAX, deduct_when=link_pages.leads_nowhere)
    pages = Blueprint("requests", __name__, template_folder="templates", url_prefix="/haus")
    pages.add_url_rule("/raum-anfragen", view_func=begin, methods=["GET"])
    pages.add_url_rule("/raum-anfragen/verwerfen", view_func=discard, methods=["POST"])
    pages.add_url_rule(f"/raum-anfragen/{CHECK}", view_func=check, methods=["GET"])
    pages.add_url_rule(f"/raum-anfragen/{CHECK}", "send", sent(send), methods=["POST"])
    step = f"/raum-anfragen/<any({','.join(steps.FORMS)}):step>"
    pages.add_url_rule(step, view_func=question, methods=["GET"])
    pages.add_url_rule(step, "answer", answered(answer), methods=["POST"])
    pages.add_url_rule("/raum-anfrage/<secret>", view_func=looked(link_pages.state), methods=["GET"])
    pages.add_url_rule("/raum-anfrage/<secret>/absagen", view_func=looked(link_pages.leave), methods=["GET"])
    pages.add_url_rule("/raum-anfrage/<secret>/absagen", "withdraw", looked(link_pages.withdraw), methods=["POST"])
    pages.after_request(link_pages.keep_secret)
    return pages


def begin() -> Any:
    """Begin, or go on where somebody stopped; `raum` chooses the room beforehand. Nothing is kept yet."""
    return redirect(url_for("requests.question", step="raum", raum=request.args.get("raum")))


def discard() -> Any:
    """Forget the answers: on a shared device nobody else should see them."""
    with transaction() as writing:
        drafts.drop(writing, session.pop(DRAFT, ""))
    flash(_("Your answers are forgotten."), "success")
    return redirect(url_for("public.rooms"))


def question(step: str) -> Any:
    """Show a question, filled with what was answered before."""
    with reading() as session_of_database:
        answers = _answers(session_of_database)
        if _is_too_early(session_of_database, answers, step):
            return redirect(url_for("requests.begin"))
        filled = steps.FORMS[step].filled(answers)
        if step == "raum" and request.args.get("raum"):
            filled["raum"] = request.args["raum"]
        form = _form(session_of_database, step, answers, data=filled)
        return _question_page(session_of_database, step, answers, form)


def answer(step: str) -> Any:
    """Keep an answer and go on; what does not fit is said at the question where it can be mended."""
    with transaction() as writing:
        answers = _answers(writing)
        if _is_too_early(writing, answers, step):
            return redirect(url_for("requests.begin"))
        form = _form(writing, step, answers)
        if not form.validate():
            return _question_page(writing, step, answers, form), 422
        answers = Answers(drafts.keep_answers(writing, _key(writing), form.given(), now()))
        problem = steps.find_problem(writing, answers, zone(), now())
        if problem and problem.step == step:
            form.form_errors.append(problem.text)
            return _question_page(writing, step, answers, form), 422
        following = _after(writing, step, answers)
    return redirect(url_for("requests.check") if following == CHECK else url_for("requests.question", step=following))


def check() -> Any:
    """Show all answers once more, each with a way back to its question."""
    with reading() as session_of_database:
        answers = _answers(session_of_database)
        missing = steps.first_open(answers, _has_rules(session_of_database))
        if missing:
            return redirect(url_for("requests.question", step=missing))
        return _check_page(session_of_database, answers, SendForm())


def send() -> Any:
    """Send the request; the same draft sent twice is one request, and leads its sender to it."""
    form = SendForm()
    key = session.get(DRAFT, "")
    secret = _secret(key)
    with transaction() as writing:
        answers = _answers(writing)
        if service.find_request(writing, secret) is None:
            if steps.first_open(answers, _has_rules(writing)):
                return redirect(url_for("requests.begin"))
            if not form.validate():
                return _check_page(writing, answers, form), 422
            try:
                service.send_request(writing, answers, secret, _title(answers), zone(), now=now())
            except (AnswersMissing, NoSuchRoom, NotFree):
                return _check_page(writing, answers, form), 409  # it says what does not fit any more
            except Refusal as refusal:
                form.form_errors.append(booking_in_words(refusal))
                return _check_page(writing, answers, form), 409
            drafts.drop(writing, key)
            flash(_("Your request is sent."), "success")
    return redirect(url_for("requests.state", secret=secret), 303)


def _key(reading_from: Session) -> str:
    """Return the key of this browser's draft, a new one if it has none or what it had is sent.

    With the old key the next request would be taken for the one that was sent, and be lost.
    """
    key: str = session.get(DRAFT, "")
    if not key or service.find_request(reading_from, _secret(key)) is not None:
        key = session[DRAFT] = drafts.new_key()
    return key


def _secret(key: str) -> str:
    return service.secret_of(key, str(current_app.secret_key))


def _answers(reading_from: Session) -> Answers:
    return Answers(drafts.answers_of(reading_from, session.get(DRAFT, ""), now()))


def _has_rules(reading_from: Session) -> bool:
    return steps.rules_in_force(reading_from, now(), zone()) is not None


def _is_too_early(reading_from: Session, answers: Answers, step: str) -> bool:
    """Whether a question before this one has no answer yet."""
    asked = steps.asked(answers, _has_rules(reading_from))
    if step not in asked:
        return True
    return not all(steps.is_answered(answers, before) for before in asked[: asked.index(step)])


def _after(reading_from: Session, step: str, answers: Answers) -> str:
    """Return where an answer leads: to the next question, or back to the check if one came from there."""
    has_rules = _has_rules(reading_from)
    asked = [*steps.asked(answers, has_rules), CHECK]
    if request.args.get("zurueck") == CHECK:
        return steps.first_open(answers, has_rules) or CHECK
    return asked[asked.index(step) + 1]


def _form(reading_from: Session, step: str, answers: Answers, **filled: Any) -> QuestionForm:
    form = steps.FORMS[step](**filled)
    if isinstance(form, RoomForm):
        form.offer([(space.id, space.name) for space in rooms.for_guests(reading_from)])
    elif isinstance(form, DayForm):
        form.today = now().astimezone(zone()).date()
    elif isinstance(form, ProposalForm):
        form.vorschlag.choices = [(one.space.id, _room_in_words(one)) for one in _proposals(reading_from, answers)]
    elif isinstance(form, RulesForm):
        rules = steps.rules_in_force(reading_from, now(), zone())
        form.version = rules.version if rules else 0
    return form


def _proposals(reading_from: Session, answers: Answers) -> list[rooms.Fitting]:
    slot = answers.slot(zone())
    seating = answers.text("bestuhlung")
    if slot is None:
        return []
    wanted = "" if seating == NO_SEATING else seating
    return rooms.fitting(reading_from, slot, answers.persons, wanted, zone=zone(), now=now())


def _room_in_words(one: rooms.Fitting) -> str:
    if not one.seats:
        return one.space.name
    return str(_("%(room)s, up to %(seats)s people", room=one.space.name, seats=number(one.seats)))


def _question_page(reading_from: Session, step: str, answers: Answers, form: QuestionForm) -> str:
    asked = steps.asked(answers, _has_rules(reading_from))
    place = asked.index(step)
    named = None if answers.wants_recommendation else answers.room_id
    free = None
    if step == "zeit" and named and answers.day:
        try:
            free = rooms.free_on(reading_from, rooms.get_room(reading_from, named), answers.day, zone(), now())
        except NoSuchRoom:
            free = None
    back = CHECK if request.args.get("zurueck") == CHECK else asked[place - 1] if place else None
    return render_template(
        "requests/question.html",
        step=step,
        form=form,
        number=place + 1,
        count=len(asked),
        back=back,
        returns=request.args.get("zurueck") == CHECK,
        answers=answers,
        free=steps.stretches_in_words(free) if free else "",
        is_taken=free == [],
        rules=steps.rules_in_force(reading_from, now(), zone()) if step == "hausordnung" else None,
    )


def _check_page(reading_from: Session, answers: Answers, form: SendForm) -> str:
    names = {space.id: space.name for space in spaces.list_spaces(reading_from)}
    return render_template(
        "requests/check.html",
        form=form,
        answers=answers,
        room=names.get(answers.room_id, ""),
        room_step="vorschlag" if answers.wants_recommendation else "raum",
        purpose=_purpose(answers),
        slot=answers.slot(zone()),
        seating=SEATINGS.get(answers.text("bestuhlung"), ""),
        problem=steps.find_problem(reading_from, answers, zone(), now()),
        centre=centres.profile(reading_from),
    )


def _purpose(answers: Answers) -> str:
    said = str(PURPOSES.get(answers.text("anlass"), ""))
    return ", ".join(part for part in (said, answers.text("titel")) if part)


def _title(answers: Answers) -> str:
    """Return what the booking is called at the desk, in the house's own language."""
    with force_locale("de"):
        return _purpose(answers)
