"""Markers that are captions: a dub moves them as it does the captions of a file, in every format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from batch_material import tone
from timelines import Cut, Source, timeline
from tiny import RATE, make_media

from bridge.dub import DubRequest, dub
from engine import launcher
from engine.client import EngineClient
from engine.paths import EnginePaths
from otio_adapters.opentime import exact_frames
from otio_adapters.read import read
from otio_adapters.write import write

FRAMES = 100
# Before the clip that is dubbed, four within it, and behind it.
PLACES = (20, 110, 140, 165, 190, 250)
OLD = 390  # ticks that the clip speaks now


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    with launcher.ensure_running(EnginePaths.under(tmp_path_factory.mktemp("home"))) as client:
        yield client
        client.shutdown()
        for process in launcher._started:  # else Python warns of a process that nobody waited for
            process.wait(10)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_media(tmp_path_factory.mktemp("media") / "clip.mov")


def span(start: int, frames: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, RATE), otio.opentime.RationalTime(frames, RATE)
    )


def captioned(folder: Path, media: Path, suffix: str, change: int) -> DubRequest:
    """Three clips, the middle one to become `change` ticks longer; the same captions as markers and as a
    file.
    """
    cuts = [Cut(name=name, media=media, start=0, frames=FRAMES) for name in "ABC"]
    cut = timeline(cuts, Source(frames=FRAMES), Fraction(RATE))
    cut.tracks.markers.extend(otio.schema.Marker(f"caption {at}", span(at, 10)) for at in PLACES)
    cut.tracks[0][1].markers.append(otio.schema.Marker("on the clip", span(PLACES[2] - FRAMES, 10)))
    write(cut, folder / f"cut{suffix}")
    cues = (f"{time(at)} --> {time(at + 10)}\ncaption {at}\n\n" for at in PLACES)
    (folder / "cut.vtt").write_text("WEBVTT\n\n" + "".join(cues), encoding="utf-8")
    tone(folder / "de.wav", OLD + change)
    return DubRequest(
        timeline=folder / f"cut{suffix}",
        clips=("B",),
        out=folder / "out" / f"dub{suffix}",
        speech=(folder / "de.wav",),
        captions=folder / "cut.vtt",
    )


def time(frame: int) -> str:
    seconds, rest = divmod(frame, RATE)
    return f"00:00:{seconds:02d}.{rest * 1000 // RATE:03d}"


def captions_of(request: DubRequest) -> dict[str, tuple[int, int]]:
    """First and last frame of each cue, by its text."""
    told = request.out.with_suffix(".vtt").read_text(encoding="utf-8")
    found = re.findall(r"00:(\d\d):(\d\d)\.(\d{3}) --> 00:(\d\d):(\d\d)\.(\d{3})\n(.*)", told)
    return {
        text: (frame(first), frame(last))
        for *times, text in found
        for first, last in [(times[:3], times[3:])]
    }


def frame(time: list[str]) -> int:
    minutes, seconds, rest = map(int, time)
    return round(Fraction((minutes * 60 + seconds) * 1000 + rest, 1000) * RATE)


def frames_of(marker: otio.schema.Marker) -> tuple[int, int]:
    start, frames = (
        exact_frames(time, Fraction(RATE))
        for time in (marker.marked_range.start_time, marker.marked_range.duration)
    )
    return int(start), int(start + frames)


@pytest.mark.parametrize("change", [80, -80])
@pytest.mark.parametrize("suffix", [".otio", ".xml", ".fcpxml", ".kdenlive", ".edl"])
def test_markers_of_the_timeline_go_where_captions_of_the_same_times_go(
    engine: EngineClient, media: Path, tmp_path: Path, suffix: str, change: int
) -> None:
    request = captioned(tmp_path, media, suffix, change)
    dub(request, engine, lambda *_: None)
    meant = captions_of(request)
    markers = {marker.name: marker for marker in read(request.out).tracks.markers}
    assert {name: frames_of(markers[name])[0] for name in meant} == {
        name: first for name, (first, _) in meant.items()
    }
    moved = meant["caption 165"][0] - 165
    assert 0 < abs(moved) < abs(change) // 4  # by some of the pieces, not by all or none


@pytest.mark.parametrize("change", [80, -80])
def test_a_marker_lasts_as_long_as_its_caption(
    engine: EngineClient, media: Path, tmp_path: Path, change: int
) -> None:
    request = captioned(tmp_path, media, ".otio", change)
    dub(request, engine, lambda *_: None)
    found = {marker.name: frames_of(marker) for marker in read(request.out).tracks.markers}
    assert found == captions_of(request)


@pytest.mark.parametrize("suffix", [".otio", ".xml"])
def test_a_marker_on_the_clip_stays_at_its_word(
    engine: EngineClient, media: Path, tmp_path: Path, suffix: str
) -> None:
    """It is told against a marker of the timeline at the same frame."""
    request = captioned(tmp_path, media, suffix, 80)
    dub(request, engine, lambda *_: None)
    written = read(request.out)
    (take,) = [clip for clip in written.tracks[0].find_clips() if clip.name.startswith("B_v")]
    (marker,) = [marker for marker in take.markers if marker.name == "on the clip"]
    into = marker.marked_range.start_time - take.source_range.start_time
    first = FRAMES + exact_frames(into, Fraction(RATE))
    last = first + exact_frames(marker.marked_range.duration, Fraction(RATE))
    assert (first, last) == captions_of(request)[f"caption {PLACES[2]}"]


def test_markers_within_clips_of_a_scene_follow_each_clips_own_map(
    engine: EngineClient, media: Path, tmp_path: Path
) -> None:
    request = captioned(tmp_path, media, ".otio", 80)
    tone(tmp_path / "c.wav", OLD - 40)
    request = replace(request, clips=("B", "C"), speech=(*request.speech, tmp_path / "c.wav"))
    dub(request, engine, lambda *_: None)
    found = {marker.name: frames_of(marker)[0] for marker in read(request.out).tracks.markers}
    assert found == {name: first for name, (first, _) in captions_of(request).items()}
