"""`pickup timeline show`: the timeline for a script, and its page for a person."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from timelines import Cut, Source, timeline
from typer.testing import CliRunner
from xmeml_project import rich_xmeml

from bridge.timeline_commands import timeline_app
from bridge.timeline_picture import as_text
from bridge.timeline_show import TimelineView, view
from otio_adapters.opentime import rational_time

DATA = Path(__file__).parents[1] / "data" / "otio_adapters"
R = Fraction(25)


def project(folder: Path, count: int = 2) -> TimelineView:
    """Clips of 50 frames; the media of the first is there, that of the others is not."""
    there = folder / "there [1].mov"
    there.write_bytes(b"film")
    cuts = [
        Cut(name=f"clip {i}", media=folder / "gone.mov" if i else there, start=10, frames=50)
        for i in range(count)
    ]
    made = timeline(cuts, Source(frames=100, timecode=90_000), R, marker=50, start=90_000)
    made.tracks[0].insert(1, otio.schema.Transition("Mix", "", rational_time(5, R), rational_time(5, R)))
    made.tracks[1].metadata["pickup"] = {"locked": True}
    made.tracks.append(otio.schema.Track("empty", kind="Audio"))
    otio.adapters.write_to_file(made, str(folder / "cut.otio"))
    return view(folder / "cut.otio")


def test_a_script_gets_tracks_items_and_media(tmp_path: Path) -> None:
    shown = project(tmp_path)
    assert (shown.start, shown.duration, shown.rate.exact) == ("01:00:00:00", 100, R)
    first, mix, second = shown.tracks[0].items
    assert (first.name, first.start, first.frames, first.source) == ("clip 0", 0, 50, "01:00:00:10")
    assert (mix.kind, mix.start, mix.frames) == ("transition", 45, 10)
    assert (first.found, second.found, first.link) == (True, False, 1)
    assert [track.locked for track in shown.tracks] == [False, True, False]
    assert [(Path(one.path).name, one.uses, one.found) for one in shown.media] == [
        ("there [1].mov", 2, True),
        ("gone.mov", 2, False),
    ]
    assert [(one.name, one.timecode) for one in shown.markers] == [("after", "01:00:02:00")]


def test_the_command_answers_with_one_object() -> None:
    done = CliRunner().invoke(timeline_app, ["show", str(DATA / "revised.xml"), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["format"] == "Final Cut Pro 7 XML"


def test_all_sequences_of_a_file_are_named_and_the_one_that_is_shown_is_marked(tmp_path: Path) -> None:
    path = rich_xmeml(tmp_path)
    shown = view(path, "second")
    assert (shown.name, shown.sequence, shown.sequences) == ("second", 2, ("first", "second"))
    assert [line for line in as_text(shown).splitlines() if line.startswith("sequence")] == [
        "sequence #1 'first'",
        "sequence #2 'second', which is shown",
    ]
    assert view(DATA / "revised.xml").sequences == ()


def test_a_sequence_that_is_not_there_is_one_line_with_those_that_are(tmp_path: Path) -> None:
    done = CliRunner().invoke(timeline_app, ["show", str(rich_xmeml(tmp_path)), "--sequence", "third"])
    assert str(done.exception).endswith("has no sequence 'third'; it has 'first', 'second'")


def test_the_picture_is_to_scale(tmp_path: Path) -> None:
    lines = as_text(project(tmp_path), width=111).splitlines()
    picture = next(line for line in lines if line.startswith("V1"))
    assert len(picture) == 111
    assert picture[11:].index("╳") == 45  # a column a frame
    assert picture[11:17] == "┃clip "
    assert picture[-1] == "╌"  # media that is missing
    assert next(line for line in lines if line.startswith("markers"))[11:].index("▲") == 50
    assert "empty: A2" in lines


def test_missing_media_is_marked_and_counted(tmp_path: Path) -> None:
    text = as_text(project(tmp_path), width=140)
    assert "media: 2 files, 1 missing (✗)" in text
    assert "✗ gone.mov" in text
    assert "there [1].mov" in text


def test_a_long_timeline_is_folded_with_a_count(tmp_path: Path) -> None:
    text = as_text(project(tmp_path, count=40), width=120)
    assert "V1: 40 clips" in text
    assert "... 17 more" in text  # of 41 items, with the transition, 12 at either end


def test_no_line_is_wider_than_the_terminal(tmp_path: Path) -> None:
    for width in (60, 80, 200):
        assert max(map(len, as_text(project(tmp_path), width=width).splitlines())) <= width


def test_a_file_that_cannot_be_read_is_a_plain_error(tmp_path: Path) -> None:
    done = CliRunner().invoke(timeline_app, ["show", str(tmp_path / "none.otio")])
    assert "there is no such file" in str(done.exception)
