"""Takes on tracks of their own in projects that are there: the new tracks, and what named the old ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from kdenlive_project import R, made, older_project, rich_project, span
from lxml import etree
from one_edit import LENGTH, Edit, editable, take_of
from shared_media import SHARED, shared
from timelines import Cut, Source, timeline
from xmeml_project import rich_xmeml

from otio_adapters.clip_place import clip_names, find_clip
from otio_adapters.errors import UnsupportedEdit
from otio_adapters.kdenlive.document import Document, get, put
from otio_adapters.links import link_of
from otio_adapters.read import read
from otio_adapters.takes import place_takes
from otio_adapters.write import write

KINDS = ("kdenlive", "xmeml", "fcpxml")
NONE = {  # fragments, and files of several projects
    "otio-fcp-adapter__premiere_example_filter.xml",
    "otio-fcpx-xml-adapter__fcpx_event.fcpxml",
    "otio-fcpx-xml-adapter__fcpx_library.fcpxml",
}
SAMPLES = sorted(
    str(path.relative_to(SHARED))
    for kind in KINDS
    for path in (SHARED / "timelines" / kind).glob("*")
    if path.name not in NONE
)
EDIT = Edit(start=57, take=True)


def older(folder: Path) -> Path:
    path = rich_project(folder)
    older_project(path)
    return path


def fcpxml(folder: Path) -> Path:
    cuts = [Cut(name=f"clip {i}", media=Path("/media/a.mov"), start=50 * i, frames=40) for i in (1, 2, 3)]
    path = folder / "cut.fcpxml"
    write(timeline(cuts, Source(frames=500), R, marker=100), path)
    return path


PROJECTS = pytest.mark.parametrize("make", [rich_project, older, rich_xmeml, fcpxml])
Make = Callable[[Path], Path]


def laid(path: Path, clip: str = "clip 2", edit: Edit = EDIT, out: str = "out") -> Path:
    """The project with a take above the clip."""
    found = read(path)
    place = find_clip(found, clip)
    report = place_takes(found, place, [take_of(edit, place.rate)], lay="above")
    written = path.with_stem(out)
    write(report.timeline, written, origin=path)
    return written


def takes(found: otio.schema.Timeline) -> list[tuple[int, str, otio.schema.Clip]]:
    """(track, kind, clip) of each take."""
    return [
        (number, track.kind, item)
        for number, track in enumerate(found.tracks)
        for item in track
        if item.name.startswith("take")
    ]


@PROJECTS
def test_a_take_lies_on_a_track_above_its_clip_and_its_sound_is_linked(make: Make, tmp_path: Path) -> None:
    before = read(make(tmp_path))
    after = read(laid(make(tmp_path)))
    picture, *sounds = takes(after)
    below = after.tracks[picture[0] - 1]
    assert [item.name for item in below if isinstance(item, otio.schema.Clip)].count("clip 2") == 2
    heard = sum(track.kind == "Audio" for track in before.tracks)
    assert [kind for _, kind, _ in takes(after)] == ["Video", *["Audio"] * heard]
    assert len(after.tracks) == len(before.tracks) + 1 + heard
    assert {link_of(clip) for _, _, clip in sounds} == {link_of(picture[2])} != {None}


@PROJECTS
def test_the_clip_under_a_take_stays_and_its_sound_is_off(make: Make, tmp_path: Path) -> None:
    after = read(laid(make(tmp_path)))
    video, audio = after.video_tracks()[0], after.audio_tracks()[0]
    pieces = [item for item in video if item.name == "clip 2"]
    assert sum(int(item.source_range.duration.value) for item in pieces) == 40
    off = [item for item in audio if isinstance(item, otio.schema.Clip) and not item.enabled]
    assert sum(int(item.source_range.duration.value) for item in off) == 6


@PROJECTS
def test_a_second_take_goes_above_as_well(make: Make, tmp_path: Path) -> None:
    once = laid(make(tmp_path))
    twice = read(laid(once, "clip 1", Edit(start=12, take=True), "again"))
    seen = [track for _, kind, track in takes(twice) if kind == "Video"]
    assert [int(item.range_in_parent().start_time.value) for item in seen] == [12, 62]


def sequence(path: Path) -> tuple[Document, list[str]]:
    document = Document(etree.parse(path), path.parent)
    return document, [place.get("producer") for place in document.sequence.findall("track")]


def mixes(document: Document) -> list[tuple[str, str, str]]:
    return [
        (get(one, "mlt_service"), get(one, "a_track"), get(one, "b_track"))
        for one in document.sequence.findall("transition")
        if get(one, "internal_added")
    ]


KDENLIVE = pytest.mark.parametrize("make", [rich_project, older])


@KDENLIVE
def test_each_new_track_is_mixed_in_once_and_in_order(make: Make, tmp_path: Path) -> None:
    document, places = sequence(laid(make(tmp_path)))
    assert places[1:] == ["tractor4", "tractor0", "tractor1", "tractor3", "tractor2"]
    assert mixes(document) == [
        *(("mix", "0", str(number)) for number in (1, 2)),
        *(("qtblend", "0", str(number)) for number in (3, 4, 5)),
    ]
    names = [one.get("id") for one in document.root if one.get("id")]
    assert len(names) == len(set(names))


def test_a_new_track_is_blended_as_the_others_of_its_project_are(tmp_path: Path) -> None:
    path = rich_project(tmp_path)
    text = path.read_text("utf-8").replace(">qtblend<", ">frei0r.cairoblend<")
    path.write_text(text, "utf-8")
    document, _ = sequence(laid(path))
    assert {service for service, *_ in mixes(document)} == {"mix", "frei0r.cairoblend"}


@KDENLIVE
def test_groups_and_compositions_name_their_tracks_by_the_new_numbers(make: Make, tmp_path: Path) -> None:
    path = make(tmp_path)
    document, _ = sequence(path)
    (wipe,) = (one for one in document.sequence.findall("transition") if one.get("id") == "wipe")
    put(wipe, "a_track", "2")
    put(wipe, "b_track", "3")
    holder, prefix = document.settings
    put(holder, prefix + "activeTrack", "1")
    put(holder, prefix + "audioTarget", "-1")
    document.tree.write(str(path), encoding="utf-8", xml_declaration=True)
    after, _ = sequence(laid(path))
    (wipe,) = (one for one in after.sequence.findall("transition") if one.get("id") == "wipe")
    assert (get(wipe, "a_track"), get(wipe, "b_track")) == (
        "4",
        "5",
    )  # over the take, as over the clip before
    holder, prefix = after.settings
    assert (get(holder, prefix + "activeTrack"), get(holder, prefix + "audioTarget")) == ("2", "-1")
    assert get(holder, prefix + "tracksCount") in {"5", ""}
    pairs = [
        sorted(leaf["data"] for leaf in group["children"])
        for group in json.loads(get(holder, prefix + "groups"))
    ]
    assert pairs == [["1:0", "2:0"], ["1:40", "2:40"], ["1:65", "2:65"], ["1:85", "2:85"], ["0:57", "3:57"]]


def test_a_composition_that_is_forced_onto_a_track_stays_on_it(tmp_path: Path) -> None:
    path = rich_project(tmp_path)
    document, _ = sequence(path)
    forced = made("transition", {"id": "forced", **span(45, 50)}, a_track="2", b_track="3", force_track="1")
    document.sequence.append(forced)
    document.tree.write(str(path), encoding="utf-8", xml_declaration=True)
    after, _ = sequence(laid(path))
    (forced,) = (one for one in after.sequence.findall("transition") if one.get("id") == "forced")
    assert (get(forced, "a_track"), get(forced, "b_track")) == ("3", "5")


@KDENLIVE
def test_a_take_above_has_the_effects_of_its_clip_and_its_track(make: Make, tmp_path: Path) -> None:
    document, places = sequence(laid(make(tmp_path)))
    track = document.by_id(places[4])
    (entry,) = (one for playlist in document.playlists(track) for one in playlist.findall("entry"))
    assert [one.get("id") for one in entry.findall("filter")] == ["grade", "zone"]
    assert [get(one, "level") != "" for one in track.findall("filter")] == [True, True]


def xmeml_tracks(path: Path) -> tuple[list[Any], list[Any]]:
    first = next(one for one in etree.parse(path).iter("sequence") if one.get("id") == "first")
    return first.findall("media/video/track"), first.findall("media/audio/track")


def test_new_tracks_of_xmeml_are_set_as_those_whose_clips_lie_on_them(tmp_path: Path) -> None:
    _, sound = xmeml_tracks(laid(rich_xmeml(tmp_path)))
    assert [one.get("premiereTrackType") for one in sound] == ["Stereo"] * 4
    assert [one.findtext("outputchannelindex") for one in sound] == ["1", "2", "1", "2"]
    channels = [one.findtext("clipitem/sourcetrack/trackindex") for one in sound[2:]]
    assert channels == ["1", "2"]


def test_links_of_xmeml_name_tracks_by_the_new_numbers(tmp_path: Path) -> None:
    video, sound = xmeml_tracks(laid(rich_xmeml(tmp_path)))
    counted = {"video": video, "audio": sound}
    items = [item for track in (*video, *sound) for item in track.findall("clipitem")]
    for link in (link for item in items for link in item.findall("link")):
        track = counted[link.findtext("mediatype")][int(link.findtext("trackindex")) - 1]
        named = track.findall("clipitem")[int(link.findtext("clipindex")) - 1]
        assert named.get("id") == link.findtext("linkclipref")


SECONDARY = """<fcpxml version="1.10"><resources><format id="f" frameDuration="1/25s"/>
<asset id="a" start="0s" duration="60s" hasVideo="1" hasAudio="1" format="f" src="file:///media/a.mov"/>
</resources><project name="cut"><sequence format="f" tcStart="0s" duration="8s"><spine>
<asset-clip ref="a" name="base" offset="0s" start="20s" duration="8s">
<spine lane="1" offset="21s"><asset-clip ref="a" name="one" offset="0s" start="1s" duration="2s"/>
<asset-clip ref="a" name="two" offset="2s" start="30s" duration="2s"/></spine>
</asset-clip></spine></sequence></project></fcpxml>
"""


def test_a_take_above_a_secondary_storyline_is_in_the_next_lane_and_not_in_it(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    path.write_text(SECONDARY, "utf-8")
    root = etree.parse(laid(path, "two", Edit(start=90, take=True))).getroot()
    (take,) = (one for one in root.iter("asset-clip") if one.get("name") == "take_v001")
    assert (take.getparent().get("name"), take.get("lane"), take.get("offset")) == ("base", "2", "118/5s")
    inside = [one.get("name") for one in root.find(".//spine//spine")]
    assert inside == ["one", "two", "Gap", "two"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_real_project_takes_a_take_above(name: str, tmp_path: Path) -> None:
    """What is written is read back and compared with what was meant."""
    path = shared(name)
    before = read(path)
    after = read(edited(path, before, tmp_path))
    assert [kind for _, kind, _ in takes(after)][:1] == ["Video"]
    assert len(after.tracks) == len(before.tracks) + len(takes(after))


def edited(path: Path, made: otio.schema.Timeline, folder: Path) -> Path:
    """A take above the longest clip that can be edited; skips where there is none."""
    names = clip_names(made) if made.find_clips() else ()
    places = [place for name in names if (place := editable(made, name)) is not None]
    for place in sorted(places, key=lambda place: -place.frames):
        if place.frames < 3 * LENGTH:
            break
        edit = Edit(start=place.start + place.frames // 2 - 3, take=True)
        try:
            report = place_takes(made, place, [take_of(edit, place.rate)], lay="above")
        except UnsupportedEdit:
            continue
        write(report.timeline, folder / path.name, origin=path)
        return folder / path.name
    pytest.skip("none of its clips can be edited")
