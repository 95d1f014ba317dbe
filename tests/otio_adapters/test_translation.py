"""A timeline in another format: it comes back as it was, or is refused by what the format cannot say."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest

from bridge.timeline_convert import convert
from otio_adapters.errors import UnwritableOutput
from otio_adapters.opentime import rational_time, time_range
from otio_adapters.read import read
from otio_adapters.write import write

OTHERS = (".xml", ".kdenlive", ".fcpxml", ".edl")
R = 25


def clip(name: str, frames: float = 50, start: int = 10) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference(f"/m/{name}.mov", time_range(0, 500, R))
    return otio.schema.Clip(name, reference, time_range(start, frames, R))


def dissolve(before: float, after: float) -> otio.schema.Transition:
    return otio.schema.Transition(
        transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
        in_offset=rational_time(before, R),
        out_offset=rational_time(after, R),
    )


def saved(folder: Path, *tracks: otio.core.Composable) -> Path:
    timeline = otio.schema.Timeline("t")
    timeline.tracks.extend(list(tracks))
    write(timeline, folder / "t.otio")
    return folder / "t.otio"


def track(*items: otio.core.Composable, kind: str = "Video") -> otio.schema.Track:
    made = otio.schema.Track(kind, kind=kind)
    made.extend(list(items))
    return made


def said(_line: str) -> None:
    """Warnings of what is lost, which other tests read."""


@pytest.mark.parametrize("suffix", OTHERS)
def test_sound_may_come_ahead_of_the_picture_of_its_file(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path, track(clip("a"), kind="Audio"), track(clip("a")))
    convert(path, tmp_path / f"out{suffix}", said)
    back = read(tmp_path / f"out{suffix}")
    assert [Path(one.media_reference.target_url).name for one in back.find_clips()] == ["a.mov", "a.mov"]


@pytest.mark.parametrize("suffix", OTHERS)
def test_a_clip_in_place_of_a_track_is_refused_by_its_name(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path, track(clip("a")), clip("loose"))
    with pytest.raises(UnwritableOutput, match="'loose' is no video or audio track"):
        convert(path, tmp_path / f"out{suffix}", said)


@pytest.mark.parametrize("suffix", OTHERS)
def test_a_clip_of_no_length_is_refused_by_its_name(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path, track(clip("a"), clip("none", 0), clip("b")))
    with pytest.raises(UnwritableOutput, match=r"'none' on track 'Video' plays nothing, at frame 50"):
        convert(path, tmp_path / f"out{suffix}", said)


@pytest.mark.parametrize("suffix", [".xml", ".kdenlive", ".edl"])
def test_a_transition_between_two_frames_is_refused_by_its_place(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path, track(clip("a"), dissolve(12.5, 12.5), clip("b", start=100)))
    with pytest.raises(UnwritableOutput, match=r"begins or ends between two frames, at frame 37\.50"):
        convert(path, tmp_path / f"out{suffix}", said)


def all_dissolve(folder: Path) -> Path:
    return saved(folder, track(clip("a", start=100), dissolve(50, 50), clip("b", start=100)))


@pytest.mark.parametrize("suffix", [".xml", ".kdenlive", ".fcpxml"])
def test_two_clips_that_are_all_dissolve_stay_in_their_order(tmp_path: Path, suffix: str) -> None:
    convert(all_dissolve(tmp_path), tmp_path / f"out{suffix}", said)
    back = read(tmp_path / f"out{suffix}")
    assert [one.name.removesuffix(".mov") for one in back.find_clips()] == ["a", "b"]


def test_in_an_edit_list_a_clip_that_is_all_dissolve_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnwritableOutput, match="'a' at frame 0 is all transition"):
        convert(all_dissolve(tmp_path), tmp_path / "out.edl", said)
