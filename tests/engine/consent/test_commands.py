"""`pickup consent`, as an editor and a script use it."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from engine.consent import ledger, pictures
from engine.consent.commands import TAMPERED, consent_app
from engine.errors import BadConsent, BadMedia, MissingMedia
from engine.media.fingerprint import fingerprint
from engine.paths import EnginePaths

PAGE = Path(__file__).parents[3] / "docs" / "consent.md"
ANNA = ("add", "--person", "Anna Lee", "--given-by", "Anna Lee")


@pytest.fixture(autouse=True)
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EnginePaths:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    return EnginePaths.under(tmp_path / "home")


def consent(*arguments: str) -> Result:
    return CliRunner().invoke(consent_app, arguments, catch_exceptions=False)


def picture(path: Path) -> bytes:
    """A small one."""
    cv2.imwrite(str(path), np.full((8, 8, 3), 99, np.uint8))
    return path.read_bytes()


def told(*arguments: str) -> Any:
    return json.loads(consent(*arguments, "--json").stdout)


def test_a_record_is_added_listed_shown_and_revoked() -> None:
    added = told(*ANNA, "--use", "insert,dub", "--any-media")
    assert told("list")["consents"] == [added]
    assert told("show", added["id"][:8]) == added
    revoked = told("revoke", added["id"], "--why", "asked to")
    assert revoked["revoked"]["why"] == "asked to"
    assert "revoked on" in consent("list").stdout


def test_all_that_is_said_is_kept(tmp_path: Path) -> None:
    for name in ("film.mov", "signed.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    still = picture(tmp_path / "anna.png")
    added = told(
        *ANNA,
        *("--use", "dub", "--likeness", "Anna L.", "--language", "de, en-GB", "--project", "Night Train"),
        *("--media", str(tmp_path / "film.mov"), "--document", str(tmp_path / "signed.pdf")),
        *("--still", str(tmp_path / "anna.png"), "--begins", "2026-01-01", "--expires", "2027-01-01"),
    )
    assert added["record"] == {
        "person": "Anna Lee",
        "likeness": "Anna L.",
        "given_by": "Anna Lee",
        "scope": {
            "uses": ["dub"],
            "languages": ["de", "en-GB"],
            "media": [fingerprint(tmp_path / "film.mov")],
            "projects": ["Night Train"],
        },
        "begins": "2026-01-01",
        "expires": "2027-01-01",
        "document": {"name": "signed.pdf", "sha256": hashlib.sha256(b"signed.pdf").hexdigest()},
        "stills": [{"name": "anna.png", "sha256": hashlib.sha256(still).hexdigest()}],
    }
    shown = consent("show", added["id"]).stdout
    assert all(part in shown for part in ("Anna L.", "signed.pdf", "anna.png", "2026-01-01 to 2027-01-01"))


def test_a_still_is_kept_and_nobody_else_can_see_it(tmp_path: Path, paths: EnginePaths) -> None:
    still = picture(tmp_path / "anna.png")
    added = told(*ANNA, "--use", "dub", "--any-media", "--still", str(tmp_path / "anna.png"))
    kept = paths.consents / "stills" / added["record"]["stills"][0]["sha256"]
    assert kept.read_bytes() == still
    if os.name != "nt":
        assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_who_is_denied_is_kept_by_name(tmp_path: Path, paths: EnginePaths) -> None:
    picture(tmp_path / "face.png")
    done = told("deny", str(tmp_path / "face.png"), "--name", "A. Head of State")
    assert [pictures.name_of(file) for file in pictures.denied(paths.consents)] == ["A. Head of State"]
    assert done["picture"] == str(pictures.denied(paths.consents)[0])


@pytest.mark.parametrize(
    "words", [("deny", "--name", "Ben"), (*ANNA, "--use", "dub", "--any-media", "--still")]
)
def test_what_is_no_picture_is_said(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(BadMedia, match="still picture"):
        consent(*words, str(tmp_path / "text.png"))


def test_the_order_in_which_uses_are_named_makes_no_other_record() -> None:
    days = ("--begins", "2026-01-01", "--any-media")
    assert told(*ANNA, "--use", "insert,dub", *days) == told(*ANNA, "--use", "dub,insert", *days)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (("--use", "sing", "--any-media"), "Invalid enum value 'sing'"),
        (("--use", ",", "--any-media"), "a consent is for a use"),
        (("--use", "dub", "--any-media", "--expires", "tomorrow"), "Invalid RFC3339"),
        (("--use", "dub", "--any-media", "--expires", "2020-01-01"), "before it begins"),
        (("--use", "dub", "--any-media", "--language", "german!"), "no language"),
        (("--use", "dub", "--any-media", "--likeness", ""), "will not do as a likeness"),
    ],
)
def test_what_is_no_consent_is_said_in_one_line(wrong: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(BadConsent, match=complaint) as error:
        consent(*ANNA, *wrong)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    for option in ("--document", "--still"):
        with pytest.raises(MissingMedia, match=r"nothing\.pdf"):
            consent(*ANNA, "--use", "dub", "--any-media", option, str(tmp_path / "nothing.pdf"))
    assert told("list") == {"consents": [], "refused": []}


def test_the_pages_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("interview.mov", "signed.pdf"):
        Path(name).write_bytes(name.encode())
    picture(tmp_path / "president.jpg")
    lines = [line.partition("#")[0] for line in PAGE.read_text(encoding="utf-8").splitlines()]
    examples = [shlex.split(line)[2:] for line in lines if line.startswith("pickup consent ")]
    assert [(example[0], consent(*example).exit_code) for example in examples] == [
        ("add", 0),
        ("audit", 0),
        ("audit", 0),
        ("deny", 0),
    ]


def test_whether_it_is_for_any_media_must_be_said(tmp_path: Path) -> None:
    (tmp_path / "film.mov").write_bytes(b"film")
    neither = consent(*ANNA, "--use", "dub")
    both = consent(*ANNA, "--use", "dub", "--any-media", "--media", str(tmp_path / "film.mov"))
    assert (neither.exit_code, both.exit_code) == (2, 2)


def test_a_sound_ledger_is_told_with_its_last_hash(paths: EnginePaths) -> None:
    assert (consent("audit").exit_code, consent("audit").stdout) == (0, "the ledger is empty\n")
    added = told(*ANNA, "--use", "dub", "--any-media")
    audit = told("audit")
    last = paths.consent_ledger.read_bytes().splitlines()[-1]
    assert (audit["sound"], audit["lines"], audit["sha256"]) == (True, 1, hashlib.sha256(last).hexdigest())
    assert f"added  Anna Lee  {added['id']}" in consent("audit").stdout


def test_a_ledger_that_was_tampered_with_is_told_and_has_an_exit_code(paths: EnginePaths) -> None:
    told(*ANNA, "--use", "dub", "--any-media")
    paths.consent_ledger.write_bytes(paths.consent_ledger.read_bytes().replace(b"Anna", b"Emma"))
    audit = consent("audit")
    assert (audit.exit_code, "TAMPERED WITH" in audit.stdout) == (TAMPERED, True)
    assert not told("audit")["sound"]


def test_what_a_client_wrote_into_the_ledger_does_not_command_the_terminal(paths: EnginePaths) -> None:
    told(*ANNA, "--use", "dub", "--any-media")
    at = ledger.audit(paths.consent_ledger).entries[0].at
    ledger.append(paths.consent_ledger, ledger.Entry(kind="refused", at=at, person="\x1b[2J\nsound: 9 lines"))
    lines = consent("audit").stdout.splitlines()
    assert (len(lines), "\x1b" in lines[1]) == (3, False)
