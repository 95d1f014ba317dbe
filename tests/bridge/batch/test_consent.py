"""A batch and consent: who has none is named before anything is rendered; a mark is not for ever."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_material import manifest, material, outputs, pickup, rows


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return material(tmp_path_factory.mktemp("material"), 2)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Of an engine that nobody has given a record."""
    yield tmp_path / "home"
    pickup(tmp_path / "home", "engine", "stop")


def told(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
    return found


def consent(home: Path, given: Path, person: str) -> str:
    use = ("--use", "dub", "--media", str(given / "clip.mov"))
    added = pickup(home, "consent", "add", "--person", person, "--given-by", person, *use, "--json")
    name: str = json.loads(added.stdout)["id"]
    return name


def test_a_row_without_consent_is_named_the_others_are_done(home: Path, tmp_path: Path, given: Path) -> None:
    record = consent(home, given, "Anna")
    anna, ben = rows(given, 2)
    path = manifest(
        tmp_path, given, {**anna, "speaker": "anna"}, {**ben, "speaker": "Ben", "renderer": "demo"}
    )
    planned = told(pickup(home, "batch", path, "--dry-run", "--json"))
    assert [(row["state"], row["code"]) for row in planned] == [("planned", 0), ("failed", 6)]
    assert "pickup consent add" in planned[1]["error"]
    assert outputs(tmp_path) == []
    done = pickup(home, "batch", path, "--json")
    assert (done.returncode, [(row["state"], row["code"]) for row in told(done)]) == (
        5,
        [("done", 0), ("failed", 6)],
    )
    assert told(done)[0]["edit"]["takes"][0]["consent"] == [record]


def test_a_draft_that_is_marked_is_made_anew_once_there_is_a_record(
    home: Path, tmp_path: Path, given: Path
) -> None:
    path = manifest(tmp_path, given, {**rows(given, 1)[0], "speaker": "Anna"})
    (planned,) = told(pickup(home, "batch", path, "--dry-run", "--json"))
    assert (planned["state"], planned["marked"]) == ("planned", True)
    (first,) = told(pickup(home, "batch", path, "--json"))
    assert (first["marked"], first["edit"]["takes"][0]["marked"]) == (True, True)
    record = consent(home, given, "Anna")
    (second,) = told(pickup(home, "batch", path, "--resume", "--json"))
    assert (second["state"], second["marked"]) == ("done", False)
    assert [take["consent"] for take in second["edit"]["takes"]] == [[record]]
    assert outputs(tmp_path) == ["sh0/v001.otio", "sh0/v002.otio"]


def test_what_was_done_by_somebodys_leave_stays_done_when_that_ends(
    home: Path, tmp_path: Path, given: Path
) -> None:
    record = consent(home, given, "Anna")
    path = manifest(tmp_path, given, {**rows(given, 1)[0], "speaker": "Anna"})
    pickup(home, "batch", path)
    pickup(home, "consent", "revoke", record, "--why", "asked to")
    (again,) = told(pickup(home, "batch", path, "--resume", "--json"))
    assert (again["state"], again["marked"]) == ("as before", False)


def anybody(home: Path, person: str) -> None:
    """A consent that is bound to no film."""
    pickup(
        home, "consent", "add", "--person", person, "--given-by", person, "--use", "dub", "--any-media"
    ).check_returncode()


def test_a_row_that_names_nobody_is_told_whom_to_name_before_anything_is_rendered(
    home: Path, tmp_path: Path, given: Path
) -> None:
    anybody(home, "Anna Lee")
    row = {**rows(given, 1)[0], "speaker": "", "renderer": "demo"}
    (planned,) = told(pickup(home, "batch", manifest(tmp_path, given, row), "--dry-run", "--json"))
    assert (planned["state"], planned["code"]) == ("failed", 6)
    assert "are of Anna Lee: say who speaks" in planned["error"]
    assert "column speaker" in planned["error"]


def test_a_dry_run_tells_why_a_draft_will_be_marked(home: Path, tmp_path: Path, given: Path) -> None:
    anybody(home, "Anna Lee")
    path = manifest(tmp_path, given, {**rows(given, 1)[0], "speaker": ""})
    (planned,) = told(pickup(home, "batch", path, "--dry-run", "--json"))
    assert (planned["state"], planned["marked"]) == ("planned", True)
    assert "nobody is named as who speaks in clip.mov" in planned["why"]
    in_words = pickup(home, "batch", path, "--dry-run").stderr
    assert f"marked: {planned['why']}" in in_words


def test_no_voice_is_asked_for_a_row_without_consent(
    home: Path, tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answers at the service's address: any call would be told of."""
    monkeypatch.setenv("ELEVENLABS_API_KEY", "none")
    monkeypatch.setenv("ELEVENLABS_BASE_URL", "http://127.0.0.1:9")
    (tmp_path / "de.txt").write_text("Guten Tag", encoding="utf-8")
    said = {"clip": "sh0", "voice": "elevenlabs:abc", "script": "de.txt", "language": "de", "speaker": "Ben"}
    path = manifest(tmp_path, given, {**said, "renderer": "demo"}, said)
    refused, draft = told(pickup(home, "batch", path, "--dry-run", "--json"))
    assert (refused["code"], refused["price"]) == (6, 0)
    assert (draft["price"], draft["marked"], "'Ben'" in draft["why"]) == (len("Guten Tag"), True, True)
    refused, draft = told(pickup(home, "batch", path, "--yes", "--json"))
    assert (refused["code"], "new words by 'Ben'" in refused["error"]) == (6, True)
    assert "does not answer" in draft["error"]  # and is marked, where it does


def test_the_ledger_tells_of_rows_that_were_refused_and_nothing_of_dry_runs(
    home: Path, tmp_path: Path, given: Path
) -> None:
    row = {**rows(given, 1)[0], "speaker": "Ben", "renderer": "demo"}
    path = manifest(tmp_path, given, row)
    pickup(home, "batch", path, "--dry-run")
    assert json.loads(pickup(home, "consent", "audit", "--json").stdout)["lines"] == 0
    pickup(home, "batch", path)
    (entry,) = json.loads(pickup(home, "consent", "audit", "--json").stdout)["entries"]
    assert (entry["kind"], entry["person"], entry["renderer"]) == ("refused", "Ben", "demo")


def test_a_line_that_was_said_by_somebodys_leave_is_no_question_when_that_ends(
    home: Path, tmp_path: Path, given: Path
) -> None:
    record = consent(home, given, "Anna")
    (tmp_path / "de.txt").write_text("Guten Tag", encoding="utf-8")
    voice = f"command:cp {given / '0.wav'} {{out}}"
    row = {"clip": "sh0", "voice": voice, "script": "de.txt", "language": "de", "speaker": "Anna"}
    path = manifest(tmp_path, given, {**row, "renderer": "draft"})
    (first,) = told(pickup(home, "batch", path, "--json"))
    pickup(home, "consent", "revoke", record, "--why", "asked to")
    (again,) = told(pickup(home, "batch", path, "--resume", "--json"))
    assert [(row["state"], row["marked"]) for row in (first, again)] == [
        ("done", False),
        ("as before", False),
    ]
