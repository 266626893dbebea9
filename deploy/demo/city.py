"""What the demo's city looks like: districts, three houses, what happens there week by week.

Facts only; `seed` turns them into records through the services that people use. Times are
wall times; weekdays count from 0 for Monday.
"""

from dataclasses import dataclass, field

CITY = "duisburg"
CITY_NAME = "Duisburg"
TIME_ZONE = "Europe/Berlin"
DISTRICTS = ("Walsum", "Hamborn", "Meiderich/Beeck", "Homberg/Ruhrort/Baerl", "Mitte", "Rheinhausen", "Süd")


@dataclass(frozen=True)
class Room:
    name: str
    kind: str
    capacity: int
    accessibility: tuple[str, ...] = ("step_free",)
    part_of: str | None = None
    buffer_min: int = 0
    bookable: bool = True


@dataclass(frozen=True)
class Weekly:
    """Something that happens every week on `weekday` from `start` to `end` in `room`."""

    title: str
    weekday: int
    start: str
    end: str
    room: str
    theme: str
    summary: str
    kind: str = "offer"
    groups: tuple[str, ...] = ("everyone",)
    languages: tuple[str, ...] = ("de",)
    cost_cents: int = 0
    organiser: str = ""
    accessibility: tuple[str, ...] = ("step_free",)


@dataclass(frozen=True)
class Once:
    """Something on one day, `day` days after this week's Monday (negative: it is over)."""

    title: str
    day: int
    start: str
    end: str
    room: str
    theme: str
    summary: str
    kind: str = "event"
    groups: tuple[str, ...] = ("everyone",)
    languages: tuple[str, ...] = ("de",)
    cost_cents: int = 0
    organiser: str = ""
    cancelled_because: str = ""
    draft: bool = False
    attendance: str = "on_site"
    accessibility: tuple[str, ...] = ("step_free",)


@dataclass(frozen=True)
class Group:
    """A group that uses a room every week without it being part of the programme."""

    title: str
    weekday: int
    start: str
    end: str
    room: str
    kind: str
    contact: str
    persons: int


@dataclass(frozen=True)
class House:
    id: str
    name: str
    kind: str
    operator: str
    district: str
    quarter: str
    street: str
    postcode: str
    description: str
    hours: tuple[tuple[str, tuple[int, ...], str, str], ...]  # kind, weekdays, opens, closes
    rooms: tuple[Room, ...]
    weekly: tuple[Weekly, ...]
    once: tuple[Once, ...]
    groups: tuple[Group, ...]
    visitors_an_hour: float
    phone: str = ""
    email: str = ""
    host_building: str = ""
    languages: tuple[str, ...] = ("de",)
    accessibility: tuple[str, ...] = ("step_free", "accessible_toilet")
    position: tuple[float, float] | None = None
    closed_on: tuple[int, ...] = field(default=())  # days after this week's Monday


ALT_HAMBORN = House(
    id="alt-hamborn",
    name="Stadtteilbüro Alt-Hamborn",
    kind="stadtteilbuero",
    operator="Stadt Duisburg",
    district="Hamborn",
    quarter="Alt-Hamborn",
    street="Hamborner Altmarkt 8",
    postcode="47166",
    phone="+49 203 31774411",
    description="Anlaufstelle am Altmarkt: Wir hören zu, vermitteln an die richtige Stelle und bringen Nachbar*innen, "
    "Vereine und Stadt an einen Tisch. Der Besprechungsraum steht nach Absprache auch anderen offen.",
    languages=("de", "tr", "ro", "bg"),
    hours=(("open", (1, 3), "10:00", "13:00"), ("open", (2,), "15:00", "18:00")),
    rooms=(
        Room("Ladenlokal", "multi_purpose", 25),
        Room("Besprechungsraum", "counselling", 8, buffer_min=15),
        Room("Büro", "office", 3, bookable=False),
    ),
    weekly=(
        Weekly(
            "Lotsensprechstunde",
            1,
            "10:00",
            "12:00",
            "Besprechungsraum",
            "advice",
            "Sie wissen nicht, welches Amt zuständig ist? Wir finden es mit Ihnen heraus.",
            kind="consultation",
            languages=("de", "tr", "ro", "bg"),
        ),
        Weekly(
            "Interkulturelles Frühstück",
            3,
            "10:00",
            "12:00",
            "Ladenlokal",
            "welcome",
            "Brot, Tee und Zeit füreinander. Wer mag, bringt etwas mit.",
            kind="open_meeting",
            languages=("de", "tr", "ro", "bg"),
        ),
        Weekly(
            "Hausaufgabenhilfe",
            2,
            "15:00",
            "17:00",
            "Ladenlokal",
            "education",
            "Freiwillige helfen beim Lernen, von der ersten bis zur sechsten Klasse.",
            groups=("children",),
            languages=("de", "tr"),
            organiser="Lernpat*innen Hamborn",
        ),
        Weekly(
            "Mieter*innenberatung",
            3,
            "10:30",
            "12:30",
            "Besprechungsraum",
            "advice",
            "Fragen zu Nebenkosten, Schimmel oder Kündigung. Bitte Unterlagen mitbringen.",
            kind="consultation",
            organiser="Mietertreff Nord",
        ),
    ),
    once=(
        Once(
            "Runder Tisch Altmarkt",
            9,
            "17:00",
            "19:00",
            "Ladenlokal",
            "nachbarschaft",
            "Was braucht der Altmarkt im Winter? Händler*innen, Vereine und Nachbarschaft beraten.",
            groups=("adults",),
        ),
        Once(
            "Mit dem Rad durch Hamborn: Ideenwerkstatt Nahmobilität",
            -12,
            "16:00",
            "18:00",
            "Ladenlokal",
            "sustainability",
            "Sichere Wege zur Schule und zum Markt: Wir zeichnen sie in die Karte.",
            groups=("families",),
        ),
        Once(
            "Geschichtscafé: Als der Altmarkt neu war",
            15,
            "15:00",
            "17:00",
            "Ladenlokal",
            "arts",
            "Alte Fotos, alte Geschichten, frischer Kuchen.",
            groups=("seniors",),
        ),
    ),
    groups=(
        Group("Seniorenbeirat, Vorbesprechung", 2, "10:00", "11:30", "Besprechungsraum", "internal", "A. Krämer", 6),
        Group("Stadtteilmütter, Team", 4, "09:00", "11:00", "Besprechungsraum", "self_managed", "F. Yıldız", 7),
    ),
    visitors_an_hour=6.0,
    position=(51.4893, 6.7686),
)

HOCHFELD = House(
    id="hochfeld",
    name="Stadtteilzentrum Hochfeld",
    kind="stadtteilzentrum",
    operator="Nachbarschaft Hochfeld e. V.",
    district="Mitte",
    quarter="Hochfeld",
    street="Brunnenhof 3",
    postcode="47053",
    email="hallo@hochfeld.example",
    description="Ein offenes Haus mit Café, Saal und Werkstatt. Kommen Sie einfach herein: zum Reden, zum Lernen, "
    "zum Feiern oder um selbst etwas auf die Beine zu stellen.",
    languages=("de", "en", "tr", "bg", "ro", "ar"),
    hours=(
        ("open", (0, 1, 2, 3, 4), "09:00", "19:00"),
        ("open", (5,), "10:00", "16:00"),
        ("consultation", (0, 2), "10:00", "13:00"),
        ("consultation", (3,), "14:00", "18:00"),
        ("self_managed", (6,), "12:00", "20:00"),
    ),
    rooms=(
        Room("Großer Saal", "multi_purpose", 120, ("step_free", "accessible_toilet", "induction_loop")),
        Room("Saal Nord", "multi_purpose", 60, ("step_free", "induction_loop"), part_of="Großer Saal"),
        Room("Saal Süd", "multi_purpose", 60, ("step_free",), part_of="Großer Saal"),
        Room("Café", "cafe", 40),
        Room("Küche", "kitchen", 12, buffer_min=30),
        Room("Werkstatt", "multi_purpose", 14),
        Room("Beratungszimmer", "counselling", 4),
        Room("Hofgarten", "outdoor", 80),
    ),
    weekly=(
        Weekly(
            "Offenes Café",
            0,
            "10:00",
            "17:00",
            "Café",
            "nachbarschaft",
            "Ohne Anlass, ohne Anmeldung, ohne Verzehrzwang.",
            kind="open_meeting",
        ),
        Weekly(
            "Offenes Café",
            3,
            "10:00",
            "17:00",
            "Café",
            "nachbarschaft",
            "Ohne Anlass, ohne Anmeldung, ohne Verzehrzwang.",
            kind="open_meeting",
        ),
        Weekly(
            "Deutsch im Alltag",
            1,
            "09:30",
            "11:30",
            "Saal Nord",
            "welcome",
            "Sprechen üben: beim Einkauf, in der Praxis, im Elterngespräch.",
            groups=("newcomers", "adults"),
            languages=("de", "ar", "bg"),
            organiser="Sprachbrücke",
        ),
        Weekly(
            "Mutter-Kind-Turnen",
            2,
            "09:30",
            "11:00",
            "Saal Süd",
            "sport",
            "Für Kinder bis drei Jahre und ihre Eltern.",
            groups=("families", "children"),
            cost_cents=200,
        ),
        Weekly(
            "Yoga am Abend",
            1,
            "18:00",
            "19:30",
            "Saal Süd",
            "health",
            "Ruhige Übungen für alle, Matten sind da.",
            groups=("adults",),
            cost_cents=500,
            organiser="Bewegt im Quartier",
        ),
        Weekly(
            "Repair-Café",
            5,
            "11:00",
            "15:00",
            "Werkstatt",
            "sustainability",
            "Gemeinsam reparieren statt wegwerfen: Toaster, Fahrräder, Lieblingspullover.",
            organiser="Schraubzwinge",
        ),
        Weekly(
            "Sozialberatung",
            2,
            "10:00",
            "13:00",
            "Beratungszimmer",
            "advice",
            "Vertrauliche Hilfe bei Anträgen und Bescheiden.",
            kind="consultation",
            languages=("de", "tr", "ar"),
        ),
        Weekly(
            "Hausaufgabenhilfe",
            0,
            "14:30",
            "16:30",
            "Saal Nord",
            "education",
            "Ruhiger Platz, Hefte, Stifte und Menschen mit Geduld.",
            groups=("children", "youth"),
        ),
        Weekly(
            "Hausaufgabenhilfe",
            3,
            "14:30",
            "16:30",
            "Saal Nord",
            "education",
            "Ruhiger Platz, Hefte, Stifte und Menschen mit Geduld.",
            groups=("children", "youth"),
        ),
        Weekly(
            "Selbsthilfegruppe Atempause",
            3,
            "18:00",
            "19:30",
            "Beratungszimmer",
            "self_help",
            "Für pflegende Angehörige. Neue sind willkommen.",
            groups=("adults",),
        ),
        Weekly(
            "Chor der Vielen",
            4,
            "18:30",
            "20:30",
            "Großer Saal",
            "arts",
            "Wir singen in sieben Sprachen; Noten lesen muss niemand.",
            cost_cents=300,
        ),
    ),
    once=(
        Once(
            "Sprechstunde mit der Bezirksvertretung",
            8,
            "17:00",
            "18:30",
            "Café",
            "nachbarschaft",
            "Fragen Sie die Menschen, die für den Bezirk entscheiden.",
            kind="politician_surgery",
            groups=("adults",),
        ),
        Once(
            "Konzert: Saiten aus Anatolien",
            11,
            "19:30",
            "22:00",
            "Großer Saal",
            "arts",
            "Bağlama und Gitarre, danach Tee im Café.",
            cost_cents=800,
            languages=("de", "tr"),
        ),
        Once(
            "Lebendiger Advent im Hof",
            13,
            "16:00",
            "20:00",
            "Hofgarten",
            "nachbarschaft",
            "Feuerkorb, Suppe und Musik von nebenan.",
            groups=("families",),
        ),
        Once(
            "Vortrag: Heizkosten verstehen",
            3,
            "18:00",
            "19:30",
            "Saal Süd",
            "sustainability",
            "Die Abrechnung Zeile für Zeile, auch online zu sehen.",
            attendance="hybrid",
        ),
        Once(
            "Theaterprojekt: Probe offen für alle",
            -4,
            "17:00",
            "20:00",
            "Großer Saal",
            "arts",
            "Zuschauen, mitspielen, Kulissen malen.",
            groups=("youth",),
        ),
        Once(
            "Stadtteildialog Spielplätze",
            -10,
            "17:00",
            "19:00",
            "Saal Nord",
            "family",
            "Eltern, Kinder und das Grünflächenamt planen gemeinsam.",
            groups=("families",),
        ),
        Once(
            "Tanznachmittag",
            5,
            "15:00",
            "18:00",
            "Großer Saal",
            "arts",
            "Schlager, Foxtrott, Rollatorwalzer.",
            groups=("seniors",),
            cancelled_because="Die Band ist erkrankt. Ein neuer Termin folgt im Januar.",
        ),
        Once(
            "Ideenabend Transferstation",
            16,
            "18:00",
            "20:00",
            "Werkstatt",
            "education",
            "Wer kann was erklären, wer sucht wen? Wissen tauschen im Quartier.",
            draft=True,
        ),
    ),
    groups=(
        Group("Schachfreunde Hochfeld", 1, "17:00", "21:00", "Café", "self_managed", "M. Petrov", 18),
        Group("Karnevalsverein, Tanzgarde", 2, "17:00", "19:00", "Großer Saal", "rental", "S. Hartmann", 24),
        Group("Teamsitzung", 0, "09:00", "10:00", "Beratungszimmer", "internal", "Leitung", 4),
        Group("Kochgruppe Grenzenlos", 4, "15:00", "18:00", "Küche", "self_managed", "N. Haddad", 10),
        Group("Grundreinigung", 5, "08:00", "10:00", "Großer Saal", "blocked", "Hausmeisterei", 0),
    ),
    visitors_an_hour=11.0,
    position=(51.4176, 6.7525),
    closed_on=(-20,),
)

RHEINHAUSEN = House(
    id="rheinhausen",
    name="Nachbarschaftszentrum Rheinhausen",
    kind="nachbarschaftszentrum",
    operator="Rheinbogen gGmbH",
    district="Rheinhausen",
    quarter="Friemersheim",
    street="Am Schulgarten 11",
    postcode="47229",
    email="treffpunkt@rheinhausen.example",
    host_building="Gesamtschule am Schulgarten",
    description="Tagsüber Schule, ab dem Nachmittag Treffpunkt: "
    "Aula, Mensa und Klassenräume gehören dann der Nachbarschaft.",
    languages=("de", "tr", "pl", "uk"),
    hours=(
        ("open", (0, 1, 2, 3), "14:00", "21:00"),
        ("open", (4,), "14:00", "22:00"),
        ("open", (5,), "10:00", "14:00"),
        ("consultation", (1, 3), "15:00", "19:00"),
        ("consultation", (5,), "10:00", "12:00"),
    ),
    rooms=(
        Room("Aula", "multi_purpose", 200, ("step_free", "accessible_toilet", "induction_loop")),
        Room("Mensa", "cafe", 90),
        Room("Lehrküche", "kitchen", 16, buffer_min=30),
        Room("Bewegungsraum", "multi_purpose", 30),
        Room("Leseraum", "multi_purpose", 20),
        Room("Sprechzimmer", "counselling", 4, ()),
    ),
    weekly=(
        Weekly(
            "Treffpunkt Mensa",
            1,
            "15:00",
            "18:00",
            "Mensa",
            "nachbarschaft",
            "Kaffee, Zeitung, Nachbar*innen.",
            kind="open_meeting",
        ),
        Weekly(
            "Treffpunkt Mensa",
            4,
            "15:00",
            "18:00",
            "Mensa",
            "nachbarschaft",
            "Kaffee, Zeitung, Nachbar*innen.",
            kind="open_meeting",
        ),
        Weekly(
            "Gymnastik ab 60",
            0,
            "15:00",
            "16:00",
            "Bewegungsraum",
            "sport",
            "Beweglich bleiben, im Sitzen und im Stehen.",
            groups=("seniors",),
            cost_cents=250,
        ),
        Weekly(
            "Digitale Stadtteilbibliothek",
            2,
            "15:30",
            "18:30",
            "Leseraum",
            "education",
            "Tablets, Hörbücher und Hilfe beim Ausleihen.",
            groups=("everyone",),
            organiser="Lesefreunde",
        ),
        Weekly(
            "Nachhilfe-Tandem",
            3,
            "15:00",
            "17:00",
            "Leseraum",
            "education",
            "Ältere Schüler*innen lernen mit jüngeren.",
            groups=("youth",),
            organiser="Gesamtschule",
        ),
        Weekly(
            "Beratung für Geflüchtete",
            1,
            "15:00",
            "18:00",
            "Sprechzimmer",
            "advice",
            "Aufenthalt, Arbeit, Kita: Wir begleiten Sie.",
            kind="consultation",
            groups=("newcomers",),
            languages=("de", "uk", "tr"),
            accessibility=(),
        ),
        Weekly(
            "Inklusive Theatergruppe",
            2,
            "17:00",
            "19:00",
            "Aula",
            "inclusion",
            "Mit und ohne Behinderung auf einer Bühne.",
            accessibility=("step_free", "sign_language"),
            languages=("de", "dgs"),
        ),
        Weekly(
            "Kochen mit Resten",
            4,
            "17:00",
            "20:00",
            "Lehrküche",
            "sustainability",
            "Aus dem, was übrig ist, wird ein Menü.",
            cost_cents=300,
        ),
        Weekly(
            "Eltern-Café",
            3,
            "14:30",
            "16:00",
            "Mensa",
            "family",
            "Fragen rund um Schule und Familie, Kinder spielen nebenan.",
            groups=("families",),
            languages=("de", "tr", "pl"),
        ),
    ),
    once=(
        Once(
            "Winterfest im Schulhof",
            12,
            "14:00",
            "19:00",
            "Aula",
            "nachbarschaft",
            "Stände der Vereine, Lichterzug der Kinder, Waffeln.",
            groups=("families",),
        ),
        Once(
            "vhs-Kurs: Smartphone ohne Angst",
            2,
            "16:00",
            "18:00",
            "Leseraum",
            "education",
            "Vier Nachmittage, Schritt für Schritt.",
            groups=("seniors",),
            cost_cents=1200,
        ),
        Once(
            "Chorkonzert der Gesangvereine",
            18,
            "18:00",
            "20:30",
            "Aula",
            "arts",
            "Drei Chöre, ein Abend.",
            cost_cents=500,
        ),
        Once(
            "Nachbarschaftsforum",
            -5,
            "18:00",
            "20:00",
            "Mensa",
            "nachbarschaft",
            "Was fehlt im Stadtteil? Wünsche und Kritik sind willkommen.",
            groups=("adults",),
        ),
        Once(
            "Erste Hilfe am Kind",
            -9,
            "17:00",
            "20:00",
            "Bewegungsraum",
            "health",
            "Mit Puppe, Pflaster und Ruhe.",
            groups=("families",),
            cost_cents=1500,
        ),
    ),
    groups=(
        Group("Gesangverein Rheintreue", 0, "19:00", "21:00", "Aula", "rental", "W. Scholten", 35),
        Group("Pfadfinder*innen", 4, "16:00", "18:00", "Bewegungsraum", "self_managed", "L. Baumann", 20),
        Group("Bürgerverein, Vorstand", 1, "19:00", "20:30", "Leseraum", "self_managed", "H. Nowak", 9),
        Group("Familienfeier", 5, "10:00", "14:00", "Mensa", "rental", "Familie Demir", 45),
    ),
    visitors_an_hour=8.0,
    position=(51.3937, 6.7081),
    closed_on=(-13,),
)

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
