"""What was found in media is found again by their content."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.daemon import findings, tasks
from engine.daemon.worker_wire import Assignment
from engine.protocol import Align, Analyse, Analysis, Job, Slept


def sound(path: Path, level: int = 1000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48000, 0, "NONE", "not compressed"))
        file.writeframes(level.to_bytes(2, "little") * 4800)
    return path


def found(job: Job, folder: Path) -> tasks.Performed:
    given = Assignment(id="1", job=job, folder="", cache=str(folder / "cache"), unfinished="", log="")
    return tasks.perform(given, lambda _: None)


def test_media_looked_at_once_are_known(tmp_path: Path) -> None:
    job = Analyse(media=str(sound(tmp_path / "a.wav")), envelope=True)
    first, again = found(job, tmp_path), found(job, tmp_path)
    assert again.result == first.result
    assert (first.cached, again.cached) == (False, True)


def test_the_same_content_elsewhere_is_known_under_its_new_path(tmp_path: Path) -> None:
    found(Analyse(media=str(sound(tmp_path / "a.wav"))), tmp_path)
    moved = sound(tmp_path / "moved" / "b.wav")
    again = found(Analyse(media=str(moved)), tmp_path)
    assert again.cached
    assert isinstance(again.result, Analysis)
    assert again.result.info.path == str(moved)


def test_changed_content_is_looked_at_anew(tmp_path: Path) -> None:
    job = Analyse(media=str(sound(tmp_path / "a.wav")))
    found(job, tmp_path)
    sound(tmp_path / "a.wav", level=2000)
    assert not found(job, tmp_path).cached


def test_another_question_is_another_finding(tmp_path: Path) -> None:
    align = Align(media="/a.wav", script="so")
    places = {
        findings.place(tmp_path, align, "f"),
        findings.place(tmp_path, replace(align, script="no"), "f"),
        findings.place(tmp_path, replace(align, language="de"), "f"),
        findings.place(tmp_path, align, "g"),
        findings.place(tmp_path, Analyse(media="/a.wav"), "f"),
    }
    assert len(places) == 5
    assert findings.place(tmp_path, replace(align, media="/b.wav"), "f") in places


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x81\xa4type\xa5nobody"])
def test_a_damaged_finding_is_none(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "finding"
    place.write_bytes(content)
    assert findings.recall(place) is None


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "findings").write_text("in the way")
    place = tmp_path / "findings" / "x"
    findings.remember(place, Slept())
    assert findings.recall(place) is None
