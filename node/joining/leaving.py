"""Leaving the city: the hub is told, and forgets this machine; the house works on by itself.

Rule: the city's word first. If it cannot be told, nothing changes here, unless somebody insists. A city that
does not know the house any more has let it go already.
"""

from datetime import datetime

from node import link as city_link
from node.config import NodeConfig
from node.core import link_file
from shared.database import Database
from shared.errors import Refusal
from shared.keys import open_install
from shared.signed_calls import Caller, CallRefused

_CALL = "/anruf/austritt"


class NoMember(Refusal):
    """There is no city to leave."""

    def __init__(self) -> None:
        super().__init__("this centre belongs to no city.")


class CannotTell(Refusal):
    """The settings do not say where the hub's site is."""

    def __init__(self) -> None:
        super().__init__(
            "hub_url: the address of the city's hub is not known. Ask the city to let this centre go, then use "
            "--without-telling."
        )


def leave(config: NodeConfig, database: Database, at: datetime, *, tell: bool) -> None:
    """Leave: tell the hub, let go of the link, forget what the city told. Raises the refusals of the call, too."""
    if not config.hub_public_key:
        raise NoMember
    if tell:
        _tell(config)
    with database.transaction() as session:
        city_link.set_link(session, False, at)
    if config.link_file.exists():
        link_file.renew(config.link_file, hub_public_key="", hub_url="", broker_user="", broker_password="")


def _tell(config: NodeConfig) -> None:
    if not config.hub_url:
        raise CannotTell
    caller = Caller(
        hub_url=config.hub_url,
        hub_public_key=config.hub_public_key,
        city=config.city,
        centre_id=config.centre_id,
        install=open_install(config.key_file),
    )
    try:
        caller.call("POST", _CALL)
    except CallRefused as refusal:
        if refusal.reason != "unknown":
            raise
