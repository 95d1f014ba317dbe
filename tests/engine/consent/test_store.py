"""The records of consent on a machine: kept as they were given, revoked and never deleted."""

from __future__ import annotations

import datetime
import os
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from engine.consent.record import Consent, Paper, Record, Scope
from engine.consent.store import Consents
from engine.errors import BadConsent
from engine.paths import EnginePaths

posix = pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by access lists, not modes")
NOON = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC)
ANNA = Record(
    person="Anna Lee",
    likeness="Anna Lee",
    given_by="Anna Lee",
    scope=Scope(uses=("insert", "dub")),
    begins=datetime.date(2026, 1, 1),
)
BEN = replace(ANNA, person="Ben", likeness="Ben", given_by="Ben's agent")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return EnginePaths.under(tmp_path).consents


@pytest.fixture
def consents(folder: Path) -> Consents:
    return Consents(folder)


def test_where_none_was_added_there_is_none(consents: Consents) -> None:
    assert (consents.all(), consents.refused()) == ((), ())


def test_what_was_added_is_there(consents: Consents) -> None:
    assert consents.add(ANNA)
    assert consents.add(BEN)
    assert sorted(consents.all(), key=lambda found: found.record.person) == [
        Consent(record=ANNA),
        Consent(record=BEN),
    ]


def test_the_same_record_twice_is_one(consents: Consents) -> None:
    assert consents.add(ANNA)
    assert not consents.add(ANNA)
    assert consents.all() == (Consent(record=ANNA),)


@posix
def test_nobody_else_can_read_it(consents: Consents, folder: Path) -> None:
    consents.add(ANNA)
    consents.revoke(ANNA.id, "asked to", NOON)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert (stat.S_IMODE(folder.stat().st_mode), modes) == (0o700, {0o600})


def test_it_is_found_by_the_beginning_of_its_id(consents: Consents) -> None:
    consents.add(ANNA)
    assert consents.find(ANNA.id[:6]).record == ANNA


@pytest.mark.parametrize("name", ["c-", "c-0000", "", "../keys/client", "*"])
def test_a_name_of_none_or_of_several_finds_none(consents: Consents, name: str) -> None:
    consents.add(ANNA)
    consents.add(BEN)
    with pytest.raises(BadConsent, match="no record of consent is named"):
        consents.find(name)


def test_a_revocation_stays_with_its_reason_and_the_record_too(consents: Consents) -> None:
    consents.add(ANNA)
    consents.revoke(ANNA.id[:8], "asked to", NOON)
    (found,) = consents.all()
    assert found.record == ANNA
    assert found.revoked is not None
    assert (found.revoked.why, found.revoked.at) == ("asked to", NOON)


def test_of_two_revocations_the_first_holds(consents: Consents) -> None:
    consents.add(ANNA)
    consents.revoke(ANNA.id, "asked to", NOON)
    again = consents.revoke(ANNA.id, "once more", NOON + datetime.timedelta(days=1))
    assert again.revoked is not None
    assert again.revoked.why == "asked to"


def test_what_was_revoked_is_not_had_back_by_adding_it_again(consents: Consents) -> None:
    consents.add(ANNA)
    consents.revoke(ANNA.id, "asked to", NOON)
    consents.add(ANNA)
    assert consents.find(ANNA.id).revoked is not None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"null", b"{}", b"[" * 100_000, b"{" * 50])
def test_a_damaged_revocation_holds(consents: Consents, folder: Path, content: bytes) -> None:
    consents.add(ANNA)
    file = folder / f"{ANNA.id}.revoked.json"
    file.write_bytes(content)
    file.chmod(0o600)
    assert consents.find(ANNA.id).revoked is not None


def test_the_revocation_of_another_record_holds_for_this_one_by_its_name(
    consents: Consents, folder: Path
) -> None:
    consents.add(ANNA)
    consents.add(BEN)
    consents.revoke(BEN.id, "asked to", NOON)
    (folder / f"{BEN.id}.revoked.json").rename(folder / f"{ANNA.id}.revoked.json")
    assert consents.find(ANNA.id).revoked is not None


@posix
def test_a_revocation_that_is_a_link_to_nothing_holds(consents: Consents, folder: Path) -> None:
    consents.add(ANNA)
    (folder / f"{ANNA.id}.revoked.json").symlink_to(folder / "nothing")
    assert consents.find(ANNA.id).revoked is not None


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut off": lambda content: content[:-2],
    "not UTF-8": lambda content: content.replace(b"Anna", b"An\xffa"),
    "another name": lambda content: content.replace(b'"Anna Lee"', b'"Anna Leo"', 1),
    "a longer time": lambda content: content.replace(b"2026-01-01", b"2020-01-01"),
    "a field more": lambda content: content.replace(b"{", b'{"more": 1,', 1),
    "a use that there is not": lambda content: content.replace(b"insert", b"inject"),
    "nested without end": lambda _: b"[" * 60_000,
    "larger than any": lambda content: b" " * 70_000 + content,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_file_that_was_changed_is_no_consent_and_is_told_of(
    consents: Consents, folder: Path, damage: str
) -> None:
    consents.add(ANNA)
    consents.add(BEN)
    file = folder / f"{ANNA.id}.json"
    file.write_bytes(DAMAGE[damage](file.read_bytes()))
    assert consents.all() == (Consent(record=BEN),)
    (line,) = consents.refused()
    assert str(file) in line
    assert "\n" not in line


@posix
def test_a_file_that_others_can_read_is_no_consent(consents: Consents, folder: Path) -> None:
    consents.add(ANNA)
    (folder / f"{ANNA.id}.json").chmod(0o644)
    assert consents.all() == ()
    assert "not private" in consents.refused()[0]


@posix
def test_a_link_and_a_pipe_are_no_consents(consents: Consents, folder: Path, tmp_path: Path) -> None:
    consents.add(ANNA)
    file = folder / f"{ANNA.id}.json"
    file.rename(tmp_path / "elsewhere.json")
    file.symlink_to(tmp_path / "elsewhere.json")
    os.mkfifo(folder / f"{BEN.id}.json", 0o600)
    assert consents.all() == ()
    assert len(consents.refused()) == 2


def test_what_has_no_name_of_a_record_is_none(consents: Consents, folder: Path) -> None:
    consents.add(ANNA)
    content = (folder / f"{ANNA.id}.json").read_bytes()
    (folder / "c-all.json").write_bytes(content)
    (folder / f"{ANNA.id} (copy).json").write_bytes(content)
    assert (consents.all(), consents.refused()) == ((Consent(record=ANNA),), ())


def test_a_damaged_file_is_not_written_over_by_adding_its_record(consents: Consents, folder: Path) -> None:
    consents.add(ANNA)
    (folder / f"{ANNA.id}.json").write_bytes(b"damaged")
    with pytest.raises(BadConsent, match="delete it"):
        consents.add(ANNA)


def test_a_record_larger_than_any_is_refused_before_it_is_kept(consents: Consents) -> None:
    stills = tuple(Paper(name=f"{number:0>150}.png", sha256="a" * 64) for number in range(400))
    with pytest.raises(BadConsent, match="name fewer files"):
        consents.add(replace(ANNA, stills=stills))
    assert consents.all() == ()


def test_a_record_is_read_back_as_it_was_given(consents: Consents) -> None:
    full = replace(
        ANNA,
        scope=Scope(uses=("dub",), languages=("de-AT",), media=("a" * 64,), projects=("Nächste",)),
        expires=datetime.date(2027, 1, 1),
        document=Paper(name="signed.pdf", sha256="b" * 64),
        stills=(Paper(name="anna.png", sha256="c" * 64),),
    )
    consents.add(full)
    assert consents.find(full.id).record == full
    assert msgspec.json.decode(msgspec.json.encode(full), type=Record).id == full.id


CHANGES: dict[str, Callable[[Path, Path], object]] = {
    "changed in place": lambda file, _: file.write_bytes(file.read_bytes().replace(b"Anna Lee", b"Anna Leo")),
    "deleted": lambda file, _: file.unlink(),
    "revoked": lambda file, _: file.with_name(f"{file.stem}.revoked.json").touch(0o600),
    "readable by others": lambda file, _: file.chmod(0o644),
    "in a folder that others may enter": lambda _, folder: folder.chmod(0o755),
}


@posix
@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_since_the_last_question_is_seen_at_the_next(
    consents: Consents, folder: Path, change: str
) -> None:
    consents.add(ANNA)
    assert [found.revoked for found in consents.all()] == [None]
    CHANGES[change](folder / f"{ANNA.id}.json", folder)
    assert [found.revoked for found in consents.all()] != [None]


def test_what_is_as_it_was_is_not_read_again(consents: Consents, monkeypatch: pytest.MonkeyPatch) -> None:
    consents.add(ANNA)
    before = consents.all()
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it is read again"))
    assert consents.all() == before
