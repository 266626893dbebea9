"""The demo's city: its name, districts, houses, and what the city itself has to say."""

from deploy.demo.alt_hamborn import ALT_HAMBORN
from deploy.demo.hochfeld import HOCHFELD
from deploy.demo.rheinhausen import RHEINHAUSEN

CITY = "duisburg"
CITY_NAME = "Duisburg"
TIME_ZONE = "Europe/Berlin"
MUNICIPALITY_KEY = "05112000"
OPEN_DATA_EMAIL = "offene-daten@duisburg.example"
DISTRICTS = ("Walsum", "Hamborn", "Meiderich/Beeck", "Homberg/Ruhrort/Baerl", "Mitte", "Rheinhausen", "Süd")

HOUSES = (ALT_HAMBORN, HOCHFELD, RHEINHAUSEN)

OWN_THEME = ("Nachbarschaft", "Neighbourhood")
ANNOUNCEMENTS = (
    (
        "Zuschüsse für Winterprojekte",
        "Anträge bis zum 15. Dezember an das Amt für Soziales. Das Formular liegt im Intranet.",
        False,
    ),
    ("Wärmeräume der Stadt", "Bei Frost sind alle Stadtteilzentren während der Öffnungszeiten auch Wärmeräume.", True),
)
