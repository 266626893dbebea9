"""Plants what the city itself has to say: a theme of its own, announcements, terms of its open data."""

import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from deploy.demo import seed_city_hours, seed_city_map
from deploy.demo.city import ANNOUNCEMENTS, CITY_NAME, MUNICIPALITY_KEY, OPEN_DATA_EMAIL, OWN_THEME
from hub.announcements.service import AnnouncementEntry, announce
from hub.app import create_app
from hub.config import PREFIX, HubConfig
from hub.core.db import database
from hub.open_data.terms import Terms, keep_terms
from hub.themes.service import add_theme
from shared.config import load
from shared.time import now

SHOWN_DAYS = 30


def plant(session: Session) -> None:
    """Write the city's records; the ledger stamps them for every centre that is admitted."""
    add_theme(session, *OWN_THEME)
    seed_city_hours.plant(session)
    seed_city_map.plant(session, now())
    keep_terms(
        session,
        Terms(publisher=f"Stadt {CITY_NAME}", email=OPEN_DATA_EMAIL, municipality_key=MUNICIPALITY_KEY),
    )
    for title, body, for_public in ANNOUNCEMENTS:
        until = now() + timedelta(days=SHOWN_DAYS)
        announce(
            session,
            AnnouncementEntry(title=title, body=body, for_public=for_public, shows_from=now(), shows_until=until),
        )


def main() -> None:
    """Plant into the hub whose configuration is named."""
    config = load(HubConfig, Path(sys.argv[1]), {}, PREFIX)
    with create_app(config).app_context(), database().transaction() as session:
        plant(session)


if __name__ == "__main__":
    main()
