"""Files of a clip, a track or a stack alone: read as a timeline of it, written back as what they were.

Where an edit makes of it what it cannot hold, a timeline is written, and told of.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from otio_adapters.opentime import time_range
from otio_adapters.read import read
from otio_adapters.translation import changes_between
from otio_adapters.trial_cut import trial_cut
from otio_adapters.write import write

RATE = Fraction(25)


def clip(name: str = "a") -> otio.schema.Clip:
    media = otio.schema.ExternalReference("/a.mov", time_range(0, 500, RATE))
    return otio.schema.Clip(name, media, time_range(100, 50, RATE), metadata={"studio": {"shot": "s010"}})


def track(name: str = "V") -> otio.schema.Track:
    return otio.schema.Track(name, [clip()], kind="Video")


def stack() -> otio.schema.Stack:
    return otio.schema.Stack("reel", [track(), track("V2")], metadata={"reel": 3})


def saved(root: otio.core.Item, folder: Path) -> Path:
    path = folder / "alone.otio"
    otio.adapters.write_to_file(root, str(path))
    return path


ROOTS = {"Clip": clip, "Track": track, "Stack": stack}


@pytest.mark.parametrize("kind", ROOTS)
def test_it_is_read_as_a_timeline_of_its_name(tmp_path: Path, kind: str) -> None:
    root = ROOTS[kind]()
    found = read(saved(root, tmp_path))
    assert found.name == root.name
    assert [one.name for one in found.find_clips()] == ["a"] * (2 if kind == "Stack" else 1)


@pytest.mark.parametrize("kind", ROOTS)
def test_unchanged_it_is_written_as_it_was(tmp_path: Path, kind: str) -> None:
    root = ROOTS[kind]()
    path = saved(root, tmp_path)
    write(read(path), path, origin=path)
    assert otio.adapters.read_from_file(str(path)).is_equivalent_to(root)


@pytest.mark.parametrize(("kind", "cut"), [("Track", otio.schema.Track), ("Stack", otio.schema.Stack)])
def test_after_an_edit_it_is_of_the_same_kind(tmp_path: Path, kind: str, cut: type) -> None:
    path = saved(ROOTS[kind](), tmp_path)
    write(trial_cut(read(path)).report.timeline, path, origin=path)
    written = otio.adapters.read_from_file(str(path))
    assert type(written) is cut
    assert written.duration() == otio.opentime.RationalTime(45, 25)


def test_a_clip_that_an_edit_shortens_is_still_a_clip(tmp_path: Path) -> None:
    path = saved(clip(), tmp_path)
    timeline = read(path)
    timeline.tracks[0][0].source_range = time_range(110, 40, RATE)
    write(timeline, path, origin=path)
    assert otio.adapters.read_from_file(str(path)).source_range == time_range(110, 40, RATE)


def test_a_clip_that_an_edit_cuts_in_two_is_written_as_a_timeline(tmp_path: Path) -> None:
    path = saved(clip(), tmp_path)
    edited = trial_cut(read(path)).report.timeline
    write(edited, path, origin=path)
    written = otio.adapters.read_from_file(str(path))
    assert isinstance(written, otio.schema.Timeline)
    assert [one.metadata["studio"] for one in written.find_clips()] == [{"shot": "s010"}] * 2
    assert written.is_equivalent_to(edited)


def test_a_track_that_gets_another_beside_it_is_written_as_a_timeline(tmp_path: Path) -> None:
    path = saved(track(), tmp_path)
    timeline = read(path)
    timeline.tracks.append(track("V2"))
    write(timeline, path, origin=path)
    assert otio.adapters.read_from_file(str(path)).is_equivalent_to(timeline)


@pytest.mark.parametrize("holder", ["timeline", "track"])
def test_a_marker_beside_the_clip_is_not_left_behind(tmp_path: Path, holder: str) -> None:
    path = saved(clip(), tmp_path)
    timeline = read(path)
    marked = timeline.tracks if holder == "timeline" else timeline.tracks[0]
    marked.markers.append(otio.schema.Marker("here", time_range(3, 1, RATE)))
    write(timeline, path, origin=path)
    assert otio.adapters.read_from_file(str(path)).is_equivalent_to(timeline)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("Clip", ("the file holds one clip alone; edited it is a timeline",)),
        ("Track", ()),
        ("Stack", ()),
    ],
)
def test_that_it_becomes_a_timeline_is_told_before_it_is_written(
    tmp_path: Path, kind: str, told: tuple[str, ...]
) -> None:
    path = saved(ROOTS[kind](), tmp_path)
    unchanged = read(path)
    edited = trial_cut(unchanged).report.timeline
    assert changes_between(unchanged, path, path) == ()
    assert changes_between(edited, path, path) == told
    assert changes_between(edited, path, path.with_suffix(".xml")) == ()


def test_a_timeline_that_is_one_already_does_not_become_one(tmp_path: Path) -> None:
    path = saved(clip(), tmp_path)
    write(trial_cut(read(path)).report.timeline, path, origin=path)
    assert changes_between(trial_cut(read(path)).report.timeline, path, path) == ()


def test_numbers_that_json_has_not_do_not_hide_what_is_alone(tmp_path: Path) -> None:
    path = saved(clip(), tmp_path)
    path.write_text(path.read_text("utf-8").replace('"s010"', "NaN"), "utf-8")
    write(read(path), path, origin=path)
    assert isinstance(otio.adapters.read_from_file(str(path)), otio.schema.Clip)
