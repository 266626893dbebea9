"""What events say besides title and time: ages, places, registration; other languages; a picture."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from node.core.db import LEDGER
from node.programme import service
from node.programme.models import EventText
from node.programme.service import EventEntry, ImageTooLarge, ImageUndescribed, ImageUnreadable, Words
from shared.database import Database
from shared.records.catalogue import BY_NAME
from shared.records.events import AgesImpossible, Registration, RegistrationClosesLate
from tests.factories import DAY, NOW, ZONE, local_slot, make_event
from tests.node.programme.pictures import JPEG, PNG, WEBP

LATER = NOW + timedelta(hours=1)
TURKISH = {"tr": Words("Açık kahvaltı", "Herkes gelebilir")}


def travelling(session: Any) -> list[str]:
    """Return the titles of the texts that the city may see."""
    shelf = LEDGER.shelves.all["event_texts"]
    rows = session.execute(shelf.query("sqlite")).all()
    return [json.loads(payload)["title"] for row in rows if (payload := shelf.payload_of(row))]


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"age_min": 12, "age_max": 6}, AgesImpossible),
        ({"registration_closes_at": local_slot("12:01", "13:00").starts_at}, RegistrationClosesLate),
    ],
)
def test_what_cannot_be_is_refused(database: Database, said: dict[str, Any], refused: type[Exception]) -> None:
    """Nobody is at least 12 and at most 6; nobody registers for what is over."""
    with database.transaction() as session, pytest.raises(refused):
        make_event(session, **said)


def test_registration_closes_as_long_before_each_date_of_a_series() -> None:
    """The evening before stays the evening before, also in the week when the clocks change."""
    first = date(2027, 3, 24)
    closes_at = local_slot("18:00", "19:00", first - timedelta(days=1)).starts_at
    entry = EventEntry(title="Kochen", slot=local_slot("10:00", "12:00", first), registration_closes_at=closes_at)
    later = entry.at(service.shifted(entry.slot, 7, ZONE), ZONE)
    closings = [each.registration_closes_at for each in (entry, later) if each.registration_closes_at]
    assert [f"{instant.astimezone(ZONE):%d.%m. %H:%M}" for instant in closings] == ["23.03. 18:00", "30.03. 18:00"]


def test_an_event_of_an_older_program_is_understood() -> None:
    """What the first schema did not have gets its meaning of then: no limits, no registration, no picture."""
    checker = BY_NAME["events"].checker
    record = {
        "kind": "event", "state": "published", "title": "Fest", "summary": "", "description": "", "theme": "",
        "target_groups": [], "languages": [], "accessibility": [], "cost_cents": 0, "cost_note": "",
        "organiser": "", "attendance": "on_site", "place": "", "online_url": "", "space_id": None,
        "series_id": None, "starts_at": "2026-11-23T09:00:00Z", "ends_at": "2026-11-23T10:00:00Z",
        "cancel_reason": "", "sequence": 0, "updated_at": "2026-11-23T09:00:00Z",
    }  # fmt: skip
    loaded = checker.load(record)
    assert (loaded["registration"], loaded["capacity"], loaded["image_alt"]) == (Registration.NONE, None, "")


def test_other_languages_of_a_draft_stay_in_the_house(database: Database) -> None:
    """They travel when the event is published, and go with it when it is deleted."""
    with database.transaction() as session:
        draft, thrown = make_event(session, published=False), make_event(session, published=False)
        for event in (draft, thrown):
            service.translate_event(session, event.id, TURKISH, now=NOW)
        assert travelling(session) == []
        service.publish_event(session, draft.id, now=LATER)
        service.discard_draft(session, thrown.id, now=LATER)
        session.flush()
        assert travelling(session) == ["Açık kahvaltı"]
        assert session.query(EventText).count() == 1


def test_a_reader_gets_the_own_language_where_there_is_one(database: Database) -> None:
    """Else the words of the event itself, for a whole list at once."""
    with database.transaction() as session:
        told, untold = make_event(session), make_event(session, "Chorprobe")
        service.translate_event(session, told.id, TURKISH, now=NOW)
        words = service.words_in(session, [told, untold], "tr")
        assert [words[event.id].title for event in (told, untold)] == ["Açık kahvaltı", "Chorprobe"]
        assert service.words_in(session, [told], "en")[told.id].title == "Offenes Frühstück"


def test_a_changed_translation_counts_as_a_change_of_the_event(database: Database) -> None:
    """Subscribers hear of it once; the same words again are no change; no words take the language away."""
    with database.transaction() as session:
        event = make_event(session)
        for _ in range(2):
            service.translate_event(session, event.id, TURKISH, now=LATER)
        assert (event.sequence, event.updated_at) == (1, LATER)
        service.translate_event(session, event.id, {}, now=LATER)
        assert (event.sequence, service.texts_of(session, event.id)) == (2, {})


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")],
    ids=["png", "jpg", "webp"],
)
def test_a_picture_is_known_by_what_it_is(database: Database, content: bytes, media_type: str) -> None:
    """The bytes say what it is; its description is public, the picture stays in the house."""
    with database.transaction() as session:
        event = make_event(session)
        service.keep_image(session, event, content, " Ein Kuchen ", now=LATER)
        image = service.find_image(session, event.id)
        assert image is not None
        assert (image.media_type, image.content, event.image_alt) == (media_type, content, "Ein Kuchen")
        assert event.sequence == 1


@pytest.mark.parametrize(
    ("content", "alt", "refused"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x", ImageUnreadable),
        (PNG[:-20], "x", ImageUnreadable),
        (WEBP[:-20], "x", ImageUnreadable),
        (JPEG[:20], "x", ImageUnreadable),
        (b"", "x", ImageUnreadable),
        (PNG + b"\0" * service.IMAGE_BYTES_MAX, "x", ImageTooLarge),
        (PNG, " ", ImageUndescribed),
    ],
)
def test_what_is_no_picture_is_refused(database: Database, content: bytes, alt: str, refused: type[Exception]) -> None:
    """No drawing that could hold a script, no half of a file, nothing huge, nothing without words."""
    with database.transaction() as session:
        event = make_event(session)
        with pytest.raises(refused):
            service.keep_image(session, event, content, alt, now=LATER)
        assert (service.find_image(session, event.id), event.image_alt) == (None, "")


def test_a_copy_takes_picture_and_languages_along(database: Database) -> None:
    """A copied event says all that the first one said, and is a draft again."""
    with database.transaction() as session:
        event = make_event(session, capacity=12, registration="required", series_id=None)
        service.keep_image(session, event, PNG, "Ein Kuchen", now=NOW)
        service.translate_event(session, event.id, TURKISH, now=NOW)
        entry = replace(service.copy_of(event, 1, ZONE), title="Noch eins")
        copied = service.copy_event(session, event.id, entry, now=LATER)
        assert (copied.capacity, copied.registration, copied.image_alt) == (12, "required", "Ein Kuchen")
        assert copied.starts_at == local_slot("10:00", "12:00", DAY + timedelta(days=7)).starts_at
        assert service.texts_of(session, copied.id) == TURKISH
        assert not copied.travels
