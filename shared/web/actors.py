"""Who is doing this: somebody signed in, a device, a job, a command, or a visitor of the public pages.

Rule: an actor is named by its id, never by its name. Names stand in `accounts` and `devices`
only, so that forgetting a colleague is one change in one place.
"""

from dataclasses import dataclass
from enum import StrEnum

from flask import g, has_app_context, has_request_context
from flask_login import current_user

ACTOR_ID_LENGTH_MAX = 60


class ActorKind(StrEnum):
    ACCOUNT = "account"
    DEVICE = "device"
    JOB = "job"
    COMMAND = "command"
    VISITOR = "visitor"  # of the public pages: not signed in
    PROGRAM = "program"  # nobody in particular: a first start, the demo


@dataclass(frozen=True)
class Actor:
    """`id` is that of the account or device, or the name of the job or command; '' for the other kinds."""

    kind: ActorKind
    id: str = ""


NOBODY = Actor(ActorKind.PROGRAM)


def act_as(actor: Actor) -> None:
    """Let what this request does from here on be the doing of `actor`: a device with its token, a person signing in."""
    g.actor = actor


def present() -> Actor:
    """Return who acts now, as far as Flask's context tells."""
    if not has_app_context():
        return NOBODY
    if "actor" in g:
        acting: Actor = g.actor
        return acting
    if has_request_context():
        signed_in = current_user.is_authenticated
        return Actor(ActorKind.ACCOUNT, current_user.id) if signed_in else Actor(ActorKind.VISITOR)
    return Actor(ActorKind.JOB, g.job[:ACTOR_ID_LENGTH_MAX]) if "job" in g else NOBODY
