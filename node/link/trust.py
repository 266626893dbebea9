"""Which hub this centre believes: by which key, and which installation of it.

The settings name a key; what the hub itself signed may have led to a newer one since. The newer one counts
until a person writes another key into the settings.

The binding to an installation begins with the first term that is told. From then on only a higher
term moves it: a restored copy of an old hub, or the old hub itself, is not heard.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from node.link.models import HubTrust
from shared.errors import WireError
from shared.keys import Believed, PublicKey
from shared.replication.envelope import Rejection
from shared.replication.messages import NO_TERM, Term


class Trust:
    """What the courier's thread knows of the hub between two looks into the database."""

    def __init__(self, configured: PublicKey) -> None:
        self._configured = configured
        self.key = configured
        self._next: PublicKey | None = None
        self.term = NO_TERM

    def author(self) -> Believed:
        """Return whom a letter of the hub may be by."""
        return Believed(self.key, self._next)

    @property
    def newest(self) -> str:
        """The newest key of the hub that is known here."""
        return (self._next or self.key).text

    def look(self, session: Session) -> None:
        """Read what stands in the database; without a row the settings alone count."""
        row = session.get(HubTrust, 1)
        if row is None or self._is_overruled(row):
            self.key, self._next, self.term = self._configured, None, NO_TERM
            return
        self.key = PublicKey(row.believed_key)
        self._next = PublicKey(row.next_key) if row.next_key else None
        self.term = Term(row.term_number, row.hub_instance)

    def learn(self, session: Session, heir: PublicKey, now: datetime) -> None:
        """Take up a key that the believed one leads to; both are believed until it has spoken in a feed."""
        row = self._row(session, now)
        if heir.text != row.believed_key:
            row.next_key = heir.text
        self.look(session)

    def succeed(self, session: Session, heir: PublicKey, now: datetime) -> bool:
        """Believe the heir alone from now on; tell whether that is new."""
        row = self._row(session, now)
        if row.believed_key == heir.text:
            return False
        row.believed_key, row.next_key, row.changed_at = heir.text, None, now
        self.look(session)
        return True

    def welcome(self, session: Session, instance: str, said: Term, now: datetime) -> None:
        """Raise WireError if the installation that speaks is not the city's hub any more."""
        if instance == self.term.instance and said.number <= self.term.number:
            return
        if said.instance == instance and said > self.term:
            self.bind(session, said, now)
        elif self.term != NO_TERM:  # before any term was told, whoever has the key is the hub
            raise WireError(Rejection.ANOTHER_HUB)

    def bind(self, session: Session, said: Term, now: datetime) -> None:
        """Take up a higher term, and the installation that has it; a lower one changes nothing."""
        if said <= self.term:
            return
        row = self._row(session, now)
        if row.hub_instance != said.instance:
            row.bound_at, row.rival_instance, row.rival_at = now, None, None
        row.term_number, row.hub_instance = said
        self.look(session)

    def note_rival(self, session: Session, instance: str, now: datetime) -> None:
        """Keep in mind that another installation spoke as the hub."""
        row = self._row(session, now)
        row.rival_instance, row.rival_at = instance, now

    def _is_overruled(self, row: HubTrust) -> bool:
        """Tell whether a person has written another key into the settings since.

        The next key is no other one: the link file has it if the power went before the database did.
        """
        return self._configured.text not in (row.configured_key, row.believed_key, row.next_key)

    def _row(self, session: Session, now: datetime) -> HubTrust:
        row = session.get(HubTrust, 1)
        if row is not None and self._is_overruled(row):
            session.delete(row)
            session.flush()
            row = None
        if row is None:
            key = self._configured.text
            row = HubTrust(id=1, configured_key=key, believed_key=key, changed_at=now, term_number=0, hub_instance="")
            session.add(row)
            session.flush()
        return row
