"""A timeline's file without any editing program: watched, told of, and an edit beside it taken back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from timelines import Cut, Source, timeline

from bridge.report import EditReport
from engine.protocol import Ratio
from nle_panels.errors import HostRefused
from nle_panels.hosts.file_watch import FileWatch
from nle_panels.hosts.standalone import Standalone
from otio_adapters.write import write


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    path = tmp_path / "cut.otio"
    write(
        timeline(
            [Cut(name="A", media=Path("/media/a.mov"), start=0, frames=40)], Source(frames=100), Fraction(25)
        ),
        path,
    )
    return path


@pytest.fixture
def watch(qtbot: QtBot, tmp_path: Path) -> Iterator[FileWatch]:
    path = tmp_path / "watched.otio"
    path.write_text("first")
    watch = FileWatch(path)
    yield watch
    watch.close()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_that_is_written_into_is_told_of(watch: FileWatch, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(watch.changed) as told:
        (tmp_path / "watched.otio").write_text("second")
    assert told.args == [sha256("second")]


def test_each_replacement_by_rename_is_told_of(watch: FileWatch, tmp_path: Path, qtbot: QtBot) -> None:
    for text in ("second", "third", "fourth"):
        with qtbot.waitSignal(watch.changed) as told:
            (tmp_path / "new").write_text(text)
            (tmp_path / "new").replace(tmp_path / "watched.otio")
        assert told.args == [sha256(text)]


def test_a_save_of_the_same_content_says_nothing(watch: FileWatch, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(watch.changed, wait=1_000):
        (tmp_path / "watched.otio").write_text("first")
        (tmp_path / "beside.otio").write_text("another file")


def test_a_file_that_was_away_is_told_of_when_it_is_back(
    watch: FileWatch, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(watch.changed, wait=500):
        (tmp_path / "watched.otio").unlink()
    with qtbot.waitSignal(watch.changed):
        (tmp_path / "watched.otio").write_text("back")


def test_a_watch_that_is_closed_lets_what_it_was_about_to_be_told_go(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "saved.otio"
    path.write_text("first")
    watch = FileWatch(path)
    path.write_text("second")
    watch.close()
    with qtbot.assertNotEmitted(watch.changed, wait=600):
        watch._watcher.fileChanged.emit(str(path))  # as the system tells it, a moment too late


def test_a_file_that_no_watcher_tells_of_is_looked_at(watch: FileWatch, tmp_path: Path, qtbot: QtBot) -> None:
    watch._watcher.removePaths([*watch._watcher.files(), *watch._watcher.directories()])
    with qtbot.waitSignal(watch.changed):
        (tmp_path / "watched.otio").write_text("on a network drive")


def written(out: Path) -> EditReport:
    return EditReport(
        timeline=str(out), takes=(), edits=(), duration_before=1, duration_after=1, rate=Ratio.of(25)
    )


def test_the_sequence_is_the_file_and_its_version_its_content(cut: Path, qtbot: QtBot) -> None:
    host = Standalone(cut, clip="A")
    before = host.sequence()
    assert (before.timeline, before.name, before.clip) == (cut, "cut", "A")
    os.utime(cut, (1, 1))
    assert host.sequence() == before
    cut.write_text(cut.read_text() + "\n")
    assert host.sequence().version != before.version
    host.close()


def test_an_edit_in_a_file_of_its_own_leaves_the_old_one_as_it_was(cut: Path, qtbot: QtBot) -> None:
    host = Standalone(cut)
    placed = host.place(written(cut.with_name("cut_v2.otio")), cut)
    assert (placed.way, placed.sequence) == ("file", "cut_v2.otio")
    assert placed.next_step == "Open cut_v2.otio in your editing program; cut.otio is as it was."
    host.close()


def test_an_edit_in_the_timelines_own_file_has_to_be_opened_again(cut: Path, qtbot: QtBot) -> None:
    host = Standalone(cut)
    told = host.place(written(cut), cut).next_step
    assert told == "Open cut.otio again in your editing program, and do not save there before."
    host.close()


def test_a_file_of_no_known_format_is_refused(tmp_path: Path, qtbot: QtBot) -> None:
    with pytest.raises(HostRefused, match=r"song\.mp3"):
        Standalone(tmp_path / "song.mp3")
