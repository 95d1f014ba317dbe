"""Takes in the OTIO of Resolve and of Premiere: written as the clips beside them are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from shared_media import shared

from otio_adapters.errors import UnsupportedEdit
from otio_adapters.links import link_of
from otio_adapters.media_linker import MediaFacts
from otio_adapters.opentime import time_range
from otio_adapters.read import read
from otio_adapters.takes import SOURCE_KEY, Placement, clip_names, find_clip, place_takes
from otio_adapters.write import write

R = Fraction(25)
TEN_HOURS = 900_000


def take(start: int, frames: int, media: str = "/takes/take v1.mov", channels: int = 1) -> Placement:
    return Placement(
        start=start,
        length=frames,
        media=Path(media),
        name="take v1",
        facts=MediaFacts(rate=R, start=TEN_HOURS, frames=frames + 8, channels=channels),
        source_range=(4, frames),
    )


def shot(
    url: str, metadata: dict[str, Any], speed: float | None = None, frames: int = 50
) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference(url, time_range(TEN_HOURS, 500, R))
    made = otio.schema.Clip("shot", reference, time_range(TEN_HOURS + 100, frames, R), metadata=metadata)
    if speed is not None:
        made.effects.append(otio.schema.LinearTimeWarp(name="Speed", time_scalar=speed))
    return made


def cut(folder: Path, space: str, *tracks: tuple[str, Sequence[otio.schema.Clip]]) -> Path:
    made = otio.schema.Timeline("cut", metadata={space: {"Version": "1.0"}})
    for kind, clips in tracks:
        made.tracks.append(otio.schema.Track(kind, kind=kind, children=list(clips)))
    path = folder / "cut.otio"
    path.write_text(made.to_json_string(), "utf-8")
    return path


def edited(source: Path, placement: Placement, clip: str = "shot") -> Path:
    """The file with the take in its clip, written beside it."""
    timeline = read(source)
    report = place_takes(timeline, find_clip(timeline, clip), [placement])
    out = source.with_name("revised.otio")
    write(report.timeline, out, origin=source)
    return out


def clips_in(path: Path, track: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["tracks"]["children"][track]["children"]
    return found


def resolve_cut(folder: Path, url: str = "E:\\shoot\\a.mov") -> Path:
    channels = [
        {"Source Channel ID": 5, "Source Track ID": 2},
        {"Source Channel ID": 6, "Source Track ID": 2},
    ]
    picture = shot(url, {"Resolve_OTIO": {"Link Group ID": 3}})
    sound = shot(url, {"Resolve_OTIO": {"Link Group ID": 3, "Channels": channels}})
    return cut(folder, "Resolve_OTIO", ("Video", [picture]), ("Audio", [sound]))


def test_a_take_for_resolve_plays_one_reference_as_all_clips_there_do(tmp_path: Path) -> None:
    after = clips_in(edited(resolve_cut(tmp_path), take(10, 20)), 0)
    assert [list(one["media_references"]) for one in after] == [["DEFAULT_MEDIA"]] * 3
    assert [one["active_media_reference_key"] for one in after] == ["DEFAULT_MEDIA"] * 3


def test_a_take_for_resolve_is_a_bare_path_in_its_own_timecode(tmp_path: Path) -> None:
    """Resolve takes a file:// URL for offline media, and a range without the timecode for no media."""
    placed = clips_in(edited(resolve_cut(tmp_path), take(10, 20)), 0)[1]
    media = placed["media_references"]["DEFAULT_MEDIA"]
    assert media["target_url"] == "/takes/take v1.mov"
    assert media["available_range"]["start_time"]["value"] == TEN_HOURS
    assert placed["source_range"]["start_time"]["value"] == TEN_HOURS + 4


def test_a_take_on_windows_has_resolves_backslashes(tmp_path: Path) -> None:
    placed = clips_in(edited(resolve_cut(tmp_path), take(10, 20, "E:/takes/take.mov")), 0)[1]
    assert placed["media_references"]["DEFAULT_MEDIA"]["target_url"] == "E:\\takes\\take.mov"


@pytest.mark.parametrize(("channels", "mapped"), [(1, [0, 0]), (2, [0, 1])])
def test_a_takes_sound_comes_from_the_takes_own_channels(
    tmp_path: Path, channels: int, mapped: list[int]
) -> None:
    first, placed, _ = clips_in(edited(resolve_cut(tmp_path), take(10, 20, channels=channels)), 1)
    assert [one["Source Channel ID"] for one in placed["metadata"]["Resolve_OTIO"]["Channels"]] == mapped
    assert {one["Source Track ID"] for one in placed["metadata"]["Resolve_OTIO"]["Channels"]} == {0}
    assert [one["Source Channel ID"] for one in first["metadata"]["Resolve_OTIO"]["Channels"]] == [5, 6]


def test_a_resolve_take_read_again_still_leads_back_to_the_camera_original(tmp_path: Path) -> None:
    again = read(edited(resolve_cut(tmp_path), take(10, 20)))
    placed = again.tracks[0][1]
    assert placed.media_references()[SOURCE_KEY].target_url == "E:\\shoot\\a.mov"
    assert "references" not in placed.metadata["pickup"]


def test_a_ramp_of_resolve_is_refused_by_name() -> None:
    timeline = read(shared("timelines/otio/resolvefree__ref5_speedramp_stepped.otio"))
    with pytest.raises(UnsupportedEdit, match="TimeEffect"):
        find_clip(timeline, clip_names(timeline)[0])


def test_a_fractional_source_start_of_resolve_is_cut_exactly(tmp_path: Path) -> None:
    source = resolve_cut(tmp_path)
    source.write_text(source.read_text("utf-8").replace("900100.0", "900100.625"), "utf-8")
    after = clips_in(edited(source, take(10, 20)), 0)
    assert [one["source_range"]["start_time"]["value"] for one in after] == [
        TEN_HOURS + 100.625,
        TEN_HOURS + 4,
        TEN_HOURS + 130.625,
    ]


def premiere_cut(folder: Path, *speeds: float | None, frames: int = 50) -> Path:
    url = "file:///C:/shoot/a%20b.mov"
    shots = [shot(url, {"PremierePro_OTIO": {"LinkID": str(n)}}, s, frames) for n, s in enumerate(speeds, 1)]
    sound = [shot(url, {"PremierePro_OTIO": {"LinkID": str(n)}}, s, frames) for n, s in enumerate(speeds, 1)]
    return cut(folder, "PremierePro_OTIO", ("Video", shots), ("Audio", sound))


def test_premieres_durations_are_read_as_what_is_visible(tmp_path: Path) -> None:
    timeline = read(premiere_cut(tmp_path, 2.0, 0.5, None))
    assert [clip.duration().value for clip in timeline.tracks[0]] == [25, 100, 50]


@pytest.mark.parametrize("frames", [50, 10, 7, 1])
def test_premieres_durations_are_written_as_they_were(tmp_path: Path, frames: int) -> None:
    source = premiere_cut(tmp_path, 1.5, 0.3, 1.0, frames=frames)
    out = tmp_path / "out.otio"
    write(read(source), out, origin=source)
    assert json.loads(out.read_text("utf-8")) == json.loads(source.read_text("utf-8"))


def test_a_clip_that_an_edit_shortens_gets_its_duration_in_frames_of_media(tmp_path: Path) -> None:
    source = premiere_cut(tmp_path, None, 2.0)
    timeline = read(source)
    timeline.tracks[0][1].source_range = time_range(TEN_HOURS + 100, 20, R)
    timeline.tracks[1][1].source_range = time_range(TEN_HOURS + 100, 20, R)
    write(timeline, tmp_path / "out.otio", origin=source)
    assert clips_in(tmp_path / "out.otio", 0)[1]["source_range"]["duration"]["value"] == 40


def test_a_take_for_premiere_is_a_url_and_linked_by_strings(tmp_path: Path) -> None:
    out = edited(premiere_cut(tmp_path, None), take(10, 20))
    picture, sound = clips_in(out, 0), clips_in(out, 1)
    assert picture[1]["media_references"]["DEFAULT_MEDIA"]["target_url"] == "file:///takes/take%20v1.mov"
    links = [[one["metadata"]["PremierePro_OTIO"]["LinkID"] for one in track] for track in (picture, sound)]
    assert links[0] == links[1]
    assert all(isinstance(link, str) for link in links[0])
    assert len(set(links[0])) == 3


def test_a_link_of_premiere_is_seen(tmp_path: Path) -> None:
    timeline = read(premiere_cut(tmp_path, None, None))
    assert [[link_of(clip) for clip in track] for track in timeline.tracks] == [[1, 2], [1, 2]]


def test_a_plain_timeline_keeps_both_references_of_a_take(tmp_path: Path) -> None:
    source = cut(tmp_path, "studio", ("Video", [shot("/shoot/a.mov", {})]))
    placed = clips_in(edited(source, take(10, 20)), 0)[1]
    assert list(placed["media_references"]) == ["DEFAULT_MEDIA", SOURCE_KEY]


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 1e300, float("inf"), "1" * 20])
def test_a_number_that_counts_no_groups_is_no_link(number: object) -> None:
    """The next one would be more than OTIO holds."""
    clip = otio.schema.Clip("a", metadata={"Resolve_OTIO": {"Link Group ID": number}})
    assert link_of(clip) is None
