"""Resolve's script reads OTIO without OTIO: what it finds is what OTIO itself says."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from shared_media import SHARED
from timelines import Cut, Source, timeline

from nle_panels.resolve_scripts.pickup_resolve.cut import Entry, difference, digest, entries

SAMPLES = sorted((SHARED / "timelines").rglob("*resolve*.otio"))


def written(folder: Path, rate: Fraction, *, start: int = 20, name: str = "cut") -> Path:
    cuts = [Cut(name=f"clip {i}", media=Path("/m/a.mov"), start=start * i, frames=10 * i) for i in (1, 2)]
    path = folder / f"{name}.otio"
    timeline(cuts, Source(frames=500, timecode=90_000), rate).to_json_file(str(path))
    return path


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(24000, 1001), Fraction(60000, 1001)])
def test_clips_are_found_where_they_play(tmp_path: Path, rate: Fraction) -> None:
    first = Entry("Video", 1, 0, 10_000, "a.mov", 90_020_000)
    second = Entry("Video", 1, 10_000, 20_000, "a.mov", 90_040_000)
    found = entries(written(tmp_path, rate))
    assert found[:2] == (first, second)
    assert [entry._replace(kind="Video") for entry in found[2:]] == [first, second]


def test_a_rate_in_decimals_is_the_same_rate(tmp_path: Path) -> None:
    """Resolve writes 23.976, we write 24000/1001."""
    path = written(tmp_path, Fraction(24000, 1001))
    rounded = tmp_path / "rounded.otio"
    rounded.write_text(path.read_text().replace(str(24000 / 1001), "23.976"))
    assert rounded.read_text() != path.read_text()
    assert digest(entries(rounded)) == digest(entries(path))


def test_a_path_of_windows_is_the_same_file(tmp_path: Path) -> None:
    path = written(tmp_path, Fraction(25))
    windows = tmp_path / "windows.otio"
    windows.write_text(path.read_text().replace('"/m/a.mov"', r'"E:\\m\\a.mov"'))
    assert entries(windows) == entries(path)


def test_a_clip_without_a_range_plays_all_its_media(tmp_path: Path) -> None:
    path = written(tmp_path, Fraction(25))
    content = json.loads(path.read_text())
    content["tracks"]["children"][0]["children"][1]["source_range"] = None
    path.write_text(json.dumps(content))
    assert entries(path)[1] == Entry("Video", 1, 10_000, 500_000, "a.mov", 90_000_000)


def test_the_first_difference_is_told(tmp_path: Path) -> None:
    meant = entries(written(tmp_path, Fraction(25)))
    found = entries(written(tmp_path, Fraction(25), start=21, name="other"))
    assert difference(meant, meant) == ""
    assert difference(meant, found) == (
        "meant was a.mov from 90020 at frame 0 for 10 frames on Video track 1, "
        "there is a.mov from 90021 at frame 0 for 10 frames on Video track 1"
    )
    assert difference(meant, meant[:-1]) == "2 audio clips were meant, 1 are there"


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"tracks": {"children": [{"kind": "Video", "children": [{}]}]}}']
)
def test_what_is_no_timeline_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "cut.otio"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"no timeline|Expecting value"):
        entries(path)


@pytest.mark.skipif(not SAMPLES, reason="needs Resolve's own exports, in ../shared/timelines")
def test_resolves_own_exports_are_read_as_otio_reads_them() -> None:
    for path in SAMPLES:
        made = otio.adapters.read_from_file(str(path))
        clips = [
            (round(place.start_time.value), round(place.duration.value))
            for track in (*made.video_tracks(), *made.audio_tracks())
            for item in track
            if isinstance(item, otio.schema.Clip)
            for place in [track.range_of_child(item)]
        ]
        found = [(round(entry.start / 1000), round(entry.frames / 1000)) for entry in entries(path)]
        assert found == clips, path.name
