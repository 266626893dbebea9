"""The join code and the two letters of joining: what fits, what was altered, and who can read what."""

import base64
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import WireError
from shared.joining import JoinCode, NotACode, fingerprint, new_code, read_code
from shared.joining.codes import LENGTH, LETTERS, check_letter
from shared.joining.letters import (
    LETTER_BYTES_MAX,
    Outcome,
    digest_of,
    in_short,
    read_answer,
    read_request,
    seal_welcome,
    write_answer,
    write_request,
)
from shared.keys import Install, open_install
from shared.sealing import SealingKey, open_sealing_key
from tests.joining import WELCOME

HUB_URL = "https://stadtteile.duisburg.de"


class Meeting:
    """A code, the hub that made it, and a machine that has it."""

    def __init__(self, folder: Path) -> None:
        self.code = new_code(HUB_URL)
        self.hub = open_install(folder / "hub.key")
        self.proof = self.code.keys.proof_of(self.hub.public_key.text)
        self.machine, self.sealing = open_install(folder / "node.key"), open_sealing_key(folder / "sealing.key")
        self.request = write_request(self.code.keys, self.machine, self.sealing.public_key)

    def welcomed(self, hub: Install | None = None, request: bytes = b"", **said: Any) -> bytes:
        """Return the hub's welcome."""
        hub = hub or self.hub
        welcome = replace(WELCOME, **{"hub_public_key": hub.public_key.text, **said})
        asked = read_request(request or self.request)
        return write_answer(
            asked.digest, hub, self.proof, Outcome.WELCOME, seal_welcome(welcome, self.sealing.public_key.text)
        )

    def reads(self, body: bytes, sealing: SealingKey | None = None) -> Any:
        return read_answer(body, self.request, self.code.keys, sealing or self.sealing)


@pytest.fixture
def meeting(tmp_path: Path) -> Meeting:
    return Meeting(tmp_path)


@pytest.mark.parametrize("address", [HUB_URL, "http://127.0.0.1:8000", "https://stadt.example/stadtherz"])
def test_a_code_is_read_however_it_was_passed_on(address: str) -> None:
    """Typed, pasted from the link, in small letters, with spaces, without hyphens: it is the same code."""
    code = new_code(address)
    spoken = code.text.replace(code.groups, code.groups.replace("-", " "))
    bare = code.text.replace(code.groups, code.letters)
    apart = f"{address} {code.groups}"
    for text in (code.text, code.link, spoken, bare, apart, f"  {code.text.lower()}\n"):
        assert read_code(text) == code, text


@pytest.mark.parametrize("address", [HUB_URL, "http://127.0.0.1:8000"])
def test_a_telephone_that_writes_capitals_spoils_no_code(address: str) -> None:
    """The field asks telephones for capitals, and they write the address so, too."""
    code = new_code(address)
    assert read_code(code.text.upper()) == code


@pytest.mark.parametrize("between", ["\u00a0", "\r\n", "\u2212", "\u2014", "-\u200b", "\u00ad-"])
def test_what_programs_make_of_hyphens_and_spaces_spoils_no_code(between: str) -> None:
    """Mail programs break lines and beautify hyphens; nobody sees why the code should be wrong."""
    code = new_code(HUB_URL)
    assert read_code(code.text.replace("-", between)) == code


def test_a_code_can_be_dictated() -> None:
    """Five groups of four, none of the letters that are taken for another."""
    groups = new_code(HUB_URL).groups.split("-")
    assert [len(group) for group in groups] == [4] * 5
    assert not set("".join(groups)) & set("01OI")


@given(st.text(LETTERS, min_size=LENGTH - 1, max_size=LENGTH - 1), st.integers(0, LENGTH - 1), st.sampled_from(LETTERS))
def test_one_wrong_letter_is_noticed(secret: str, place: int, other: str) -> None:
    """Whichever letter was misheard, the check letter does not fit any more."""
    letters = secret + check_letter(secret)
    wrong = letters[:place] + other + letters[place + 1 :]
    assert (check_letter(wrong[:-1]) == wrong[-1]) == (wrong == letters)


@given(st.text(LETTERS, min_size=LENGTH - 1, max_size=LENGTH - 1), st.integers(0, LENGTH - 2))
def test_two_letters_that_changed_places_are_noticed(secret: str, place: int) -> None:
    """So a code that was typed too fast is told at once, without asking the hub."""
    letters = secret + check_letter(secret)
    wrong = letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]
    assert (check_letter(wrong[:-1]) == wrong[-1]) == (wrong == letters)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda code: code.text[:-1], "length"),
        (lambda code: code.text[:-1] + "0", "letters"),
        (lambda code: code.text.replace(code.groups, ""), "length"),
        (lambda code: code.groups, "address"),
        (lambda code: f"ftp://x.example/{code.groups}", "address"),
        (lambda code: f"https://user@x.example/{code.groups}", "address"),
        (lambda code: f"https://x.example:0/{code.groups}", "address"),
        (lambda code: f"https://x.example:99999/{code.groups}", "address"),
        (lambda code: f"https://[x/{code.groups}", "address"),
        (lambda code: "x" * 400 + code.text, "length"),
        (lambda code: "", "length"),
        (lambda code: f"\ufb06{code.groups[1:]}", "letters"),
    ],
    ids=range(12),
)
def test_what_is_no_code_is_told_by_its_fault(change: Any, fault: str) -> None:
    """Too short, a letter wrong, the address missing: each has its own words."""
    with pytest.raises(NotACode) as refused:
        read_code(change(new_code(HUB_URL)))
    assert refused.value.fault == fault


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_is_refused(text: str) -> None:
    """Nothing that somebody may paste does anything else."""
    try:
        found = read_code(text)
    except NotACode:
        return
    assert check_letter(found.letters[:-1]) == found.letters[-1]


def test_what_the_hub_keeps_of_a_code_does_not_tell_it() -> None:
    """Neither the name nor the keys nor what is printed of a code hold its letters."""
    code = new_code(HUB_URL)
    kept = f"{code.keys.name} {code.keys.public_key.text} {code.keys.proof_of('ed25519:x')} {code!r} {code.keys!r}"
    assert code.letters not in kept
    assert code.groups not in kept
    assert code.keys.name != new_code(HUB_URL).keys.name


def test_the_letters_of_an_installation_are_short_and_its_own() -> None:
    """Two people compare three groups; another instance or another key has others."""
    mine = fingerprint("a-1", "ed25519:x")
    assert [len(group) for group in mine.split(" ")] == [4, 4, 4]
    assert len({mine, fingerprint("a-2", "ed25519:x"), fingerprint("a-1", "ed25519:y")}) == 3


def test_a_request_names_the_machine_and_proves_both_keys(meeting: Meeting) -> None:
    """The hub learns who asks, and that they know the code."""
    asked = read_request(meeting.request)
    assert (asked.instance, asked.public_key) == (meeting.machine.instance, meeting.machine.public_key.text)
    assert asked.made_with(meeting.code.keys.public_key.text)
    assert not asked.made_with(new_code(HUB_URL).keys.public_key.text)
    assert meeting.code.letters.encode() not in meeting.request


@pytest.mark.parametrize("place", ["letter", "by_install"])
def test_an_altered_request_is_refused(meeting: Meeting, place: str) -> None:
    """Whoever changes a key in it on the way cannot sign it."""
    outer = orjson.loads(meeting.request)
    outer[place] = outer[place][:-4] + ("AAA=" if outer[place][-4:] != "AAA=" else "BBB=")
    with pytest.raises(WireError):
        read_request(orjson.dumps(outer))


def test_a_request_with_the_codes_signature_of_another_is_not_proven(meeting: Meeting) -> None:
    """A listener who puts the signature of the code under a request of his own is not believed."""
    theirs = orjson.loads(meeting.request)
    other = write_request(new_code(HUB_URL).keys, meeting.machine, meeting.sealing.public_key, "ruhrort")
    mixed = {**orjson.loads(other), "by_code": theirs["by_code"]}
    assert not read_request(orjson.dumps(mixed)).made_with(meeting.code.keys.public_key.text)


@pytest.mark.parametrize(("name", "value"), [("code", "\0"), ("code", ""), ("instance", "a\0b"), ("instance", "")])
def test_a_request_that_no_database_could_be_asked_with_is_refused(meeting: Meeting, name: str, value: str) -> None:
    """PostgreSQL takes no NUL; and an installation without a name could be any."""
    outer = orjson.loads(meeting.request)
    letter = orjson.dumps({**orjson.loads(base64.b64decode(outer["letter"])), name: value})
    by = base64.b64encode(meeting.machine.sign(b"stadtherz joining request\0" + letter)).decode()
    with pytest.raises(WireError, match="malformed"):
        read_request(orjson.dumps({**outer, "letter": base64.b64encode(letter).decode(), "by_install": by}))


def test_the_machine_reads_its_welcome(meeting: Meeting) -> None:
    """Everything that the link file needs comes across, and nobody on the way reads it."""
    body = meeting.welcomed()
    answer = meeting.reads(body)
    assert asdict(answer.welcome) == {**asdict(WELCOME), "hub_public_key": meeting.hub.public_key.text}
    assert b"geheim" not in body
    assert "geheim" not in repr(answer)


def test_a_later_program_may_say_more(meeting: Meeting) -> None:
    """What is not known is left aside."""
    sealed = meeting.sealing.public_key.seal(
        orjson.dumps({**asdict(replace(WELCOME, hub_public_key=meeting.hub.public_key.text)), "weather": "fine"})
    )
    body = write_answer(digest_of(meeting.request), meeting.hub, meeting.proof, Outcome.WELCOME, sealed)
    assert meeting.reads(body).welcome.centre_id == "ruhrort"


@pytest.mark.parametrize(
    "said",
    [{"centre_id": "Ruhr Ort"}, {"broker_port": 0}, {"broker_host": ""}, {"broker_mqtt": "4"}, {"broker_tls": "yes"}],
    ids=lambda said: next(iter(said)),
)
def test_a_welcome_that_makes_no_sense_is_refused(meeting: Meeting, said: dict[str, Any]) -> None:
    """Even from the hub: settings that cannot be are not written."""
    with pytest.raises(WireError, match="malformed"):
        meeting.reads(meeting.welcomed(**said))


def test_an_altered_answer_is_refused(meeting: Meeting) -> None:
    """Outcome, content and signature stand together; each byte counts."""
    outer = orjson.loads(meeting.welcomed())
    for altered in (
        {**outer, "outcome": "used"},
        {**outer, "content": outer["content"][:-8] + "AAAAAAA="},
        {**outer, "signature": "AAAA"},
        {**outer, "hub_public_key": meeting.machine.public_key.text},
    ):
        with pytest.raises(WireError, match="wrong signature"):
            meeting.reads(orjson.dumps(altered))


def test_another_hub_is_refused(meeting: Meeting, tmp_path: Path) -> None:
    """Whoever stands at the hub's address and answers with a key of their own does not know the code's word for it."""
    with pytest.raises(WireError, match="another hub"):
        meeting.reads(meeting.welcomed(open_install(tmp_path / "false hub.key")))


def test_an_answer_to_another_request_is_refused(meeting: Meeting) -> None:
    """What was answered yesterday cannot be played again today."""
    earlier = write_request(meeting.code.keys, meeting.machine, meeting.sealing.public_key, "ruhrort", "duisburg")
    with pytest.raises(WireError, match="wrong signature"):
        meeting.reads(meeting.welcomed(request=earlier))


def test_a_welcome_for_another_machine_is_refused(meeting: Meeting, tmp_path: Path) -> None:
    """It is sealed: without the other half of the key it stays shut."""
    with pytest.raises(WireError, match="somebody else"):
        meeting.reads(meeting.welcomed(), open_sealing_key(tmp_path / "other.key"))


def test_a_refusal_is_proven_only_by_the_hub_of_the_code(meeting: Meeting) -> None:
    """Nobody on the way can make a person believe that the code was stolen."""
    digest = digest_of(meeting.request)
    said = in_short(used_at="2026-11-23T09:00:00Z", fingerprint="AAAA")
    proven = meeting.reads(write_answer(digest, meeting.hub, meeting.proof, Outcome.USED, said))
    claimed = meeting.reads(write_answer(digest, meeting.machine, meeting.proof, Outcome.USED, said))
    assert (proven.is_proven, proven.said["fingerprint"]) == (True, "AAAA")
    assert not claimed.is_proven


@given(st.binary(max_size=200))
def test_any_bytes_are_a_letter_or_a_wire_error(body: bytes) -> None:
    """Whatever stands at the address, or knocks at the door."""
    with pytest.raises(WireError):
        read_request(body)
    with pytest.raises(WireError):
        read_answer(body, b"", CODE.keys, SEALING)


@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(), st.lists, max_leaves=4))
def test_any_json_is_a_letter_or_a_wire_error(value: Any) -> None:
    """Fields of every kind, where texts are expected."""
    names = ("letter", "by_code", "by_install", "outcome", "content", "hub_public_key", "hub_proof", "signature")
    body = orjson.dumps(dict.fromkeys(names, value))
    with pytest.raises(WireError):
        read_request(body)
    with pytest.raises(WireError):
        read_answer(body, b"", CODE.keys, SEALING)


def test_a_letter_that_is_too_large_is_not_read() -> None:
    """However well it is formed."""
    with pytest.raises(WireError, match="too large"):
        read_request(b'{"letter": "' + b"A" * LETTER_BYTES_MAX + b'"}')


CODE = JoinCode(HUB_URL, "2" * (LENGTH - 1) + check_letter("2" * (LENGTH - 1)))
SEALING = SealingKey([b"\1" * 32])
