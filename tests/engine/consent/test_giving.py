"""Consent given and taken back, and whether records and ledger tell the same."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.consent.giving import give, look_over, take_back
from engine.consent.ledger import Audit
from engine.consent.record import Record, Scope
from engine.consent.store import Consents
from engine.paths import EnginePaths

NOON = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC)
ANNA = Record(
    person="Anna Lee",
    likeness="Anna Lee",
    given_by="Anna Lee",
    scope=Scope(uses=("insert",)),
    begins=datetime.date(2026, 1, 1),
)


@pytest.fixture
def paths(tmp_path: Path) -> EnginePaths:
    return EnginePaths.under(tmp_path)


def kinds(found: Audit) -> list[str]:
    return [entry.kind for entry in found.entries]


def wrong(paths: EnginePaths) -> list[str]:
    return [problem.what for problem in look_over(paths).problems]


def test_what_is_given_and_taken_back_stands_in_the_ledger(paths: EnginePaths) -> None:
    give(paths, ANNA, NOON)
    taken = take_back(paths, ANNA.id, "asked to", NOON)
    found = look_over(paths)
    assert (kinds(found), found.sound) == (["added", "revoked"], True)
    assert (found.entries[1].record, found.entries[1].person, found.entries[1].reason) == (
        ANNA.id,
        "Anna Lee",
        "asked to",
    )
    assert taken.revoked is not None


def test_what_is_given_or_taken_back_twice_stands_there_once(paths: EnginePaths) -> None:
    for _ in range(2):
        give(paths, ANNA, NOON)
    for _ in range(2):
        take_back(paths, ANNA.id, "asked to", NOON)
    assert kinds(look_over(paths)) == ["added", "revoked"]


def test_a_record_that_was_put_there_by_hand_is_told_of(paths: EnginePaths) -> None:
    give(paths, ANNA, NOON)
    forged = replace(ANNA, person="Ben")
    Consents(paths.consents).add(forged)
    assert wrong(paths) == [f"{forged.id} was put there by hand: the ledger has not seen it added"]


def test_a_record_that_was_deleted_is_told_of(paths: EnginePaths) -> None:
    give(paths, ANNA, NOON)
    (paths.consents / f"{ANNA.id}.json").unlink()
    assert wrong(paths) == [f"{ANNA.id} was added, and its record is not there any more"]


def test_a_revocation_that_was_deleted_is_told_of(paths: EnginePaths) -> None:
    give(paths, ANNA, NOON)
    take_back(paths, ANNA.id, "asked to", NOON)
    (paths.consents / f"{ANNA.id}.revoked.json").unlink()
    assert wrong(paths) == [f"{ANNA.id} was revoked, and its revocation is not there any more"]


def test_a_record_that_was_changed_is_told_of(paths: EnginePaths) -> None:
    give(paths, ANNA, NOON)
    file = paths.consents / f"{ANNA.id}.json"
    file.write_bytes(file.read_bytes().replace(b"insert", b"dub"))
    assert "was changed since it was kept" in wrong(paths)[0]
