"""FCPXML patched in place: an edit changes its clip and the places of what comes after, and nothing else."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from lxml import etree

from otio_adapters.compare import compare
from otio_adapters.errors import UnsupportedEdit, UnwritableOutput
from otio_adapters.fcpxml.reader import read_fcpxml
from otio_adapters.fcpxml.writer import fcpxml_bytes
from otio_adapters.media_linker import MediaFacts
from otio_adapters.opentime import time_range, timeline_rate
from otio_adapters.takes import Lay, Placement, Ripple, find_clip, place_takes

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>

<fcpxml version="1.11">
    <resources>
        <format id="r1" name="FFVideoFormat1080p25" frameDuration="100/2500s" width="1920" height="1080"/>
        <effect id="r3" name="Basic Title" uid=".../Basic Title.moti"/>
        <asset id="r4" name="talk" start="3600s" duration="100s" hasVideo="1" format="r1" hasAudio="1" \
audioChannels="2"><media-rep kind="original-media" src="file:///m/talk.mov"><bookmark>AAAA</bookmark></media-rep>
        </asset>
        <asset id="r5" name="music" duration="500s" hasAudio="1"><media-rep src="file:///m/m.wav"/></asset>
        <locator id="r9" url="file:///x"/>
    </resources>
    <library location="file:///l/">
        <event name="e" uid="E"><keyword-collection name="k"/>
            <project name="cut" uid="P" modDate="2024-01-01 10:00:00 +0100">
                <sequence format="r1" duration="{duration}" tcStart="3600s" tcFormat="NDF" renderFormat="f">
                    <note>a note</note>
                    <spine>{spine}</spine>
                    <metadata><md key="k" value="v"/></metadata>
                </sequence>
            </project>
        </event>
        <smart-collection name="Projects" match="all"><match-clip rule="is" type="project"/>
        </smart-collection>
    </library>
</fcpxml>
"""
FIRST = """
                        <asset-clip ref="r4" offset="3600s" name="one" start="3610s" duration="8s" \
format="r1" tcFormat="NDF" audioRole="dialogue" unknown="kept">
                            <note>first</note>
                            <!-- said twice -->
                            <adjust-volume amount="-3dB"><param name="amount"><keyframeAnimation>\
<keyframe time="3611s" value="-3dB"/></keyframeAnimation></param></adjust-volume>
                            <asset-clip ref="r5" lane="-1" offset="361150/100s" name="music" duration="20s"/>
                            <title ref="r3" lane="1" offset="3612s" name="lower third" start="3600s" \
duration="5s"><text><text-style ref="ts1">A &amp; B</text-style></text>\
<text-style-def id="ts1"><text-style font="Helvetica"/></text-style-def></title>
                            <marker start="3611s" duration="1/25s" value="early"/>
                            <keyword start="3610s" duration="8s" value="word"/>
                            <marker start="3617s" duration="100/2500s" value="late" completed="0"/>
                            <marker start="3640s" duration="1/25s" value="hidden"/>
                            <audio-channel-source srcCh="1, 2" role="dialogue.dialogue-1"/>
                            <filter-video ref="r3" name="look"><data key="d">Zm9v</data></filter-video>
                            <mystery><deep/></mystery>
                        </asset-clip>"""
SECOND = """
                        <asset-clip ref="r4" offset="3608s" name="two" start="3650s" duration="4s"/>
                    """


def source(folder: Path, spine: str = FIRST + SECOND, duration: str = "23s") -> Path:
    path = folder / "cut.fcpxml"
    path.write_text(HEAD.format(spine=spine, duration=duration), "utf-8")
    return path


def edited(path: Path, clip: str = "one", start: int = 100, *ripples: Ripple, lay: Lay = "replace") -> Any:
    """The file's root after ten frames of the clip have given way to a take."""
    timeline = read_fcpxml(path)
    rate = timeline_rate(timeline)
    take = Placement(
        start=start,
        length=10,
        media=Path("/takes/take 100%.mov"),
        name="take_v001",
        facts=MediaFacts(rate=rate, start=90_000, frames=40, width=640, height=360, channels=2),
        source_range=(4, 10 + sum(one.added - one.removed for one in ripples)),
        ripples=ripples,
    )
    made = place_takes(timeline, find_clip(timeline, clip), [take], lay=lay).timeline
    out = path.with_name("out.fcpxml")
    out.write_bytes(fcpxml_bytes(made, out, path))
    compare(made, read_fcpxml(out), rate, path.parent)
    return etree.parse(out).getroot()


def spine(root: Any) -> list[Any]:
    return list(root.find(".//project/sequence/spine"))


def times(element: Any, *names: str) -> list[str | None]:
    return [element.get(name) for name in names]


def test_without_an_edit_it_is_the_same_bytes(tmp_path: Path) -> None:
    path = source(tmp_path)
    assert fcpxml_bytes(read_fcpxml(path), path, path) == path.read_bytes()


def test_the_clip_is_cut_around_the_take_and_what_follows_moves(tmp_path: Path) -> None:
    root = edited(source(tmp_path), "one", 100, Ripple(at=102, removed=3))
    assert [times(one, "name", "offset", "start", "duration") for one in spine(root)] == [
        ["one", "3600s", "3610s", "4s"],
        ["take_v001", "3604s", "90004/25s", "7/25s"],
        ["one", "90107/25s", "18072/5s", "18/5s"],
        ["two", "90197/25s", "3650s", "4s"],
    ]
    assert root.find(".//project/sequence").get("duration") == "572/25s"


def test_effects_notes_and_what_is_not_understood_stay_on_all_parts(tmp_path: Path) -> None:
    for one in spine(edited(source(tmp_path)))[:3]:
        assert one.get("unknown") == "kept"
        assert [one.findtext("note"), one.find("mystery/deep").tag] == ["first", "deep"]
        assert one.find("filter-video/data").text == "Zm9v"
        assert one.find("audio-channel-source").get("role") == "dialogue.dialogue-1"


def test_keyframes_and_keywords_move_to_the_takes_own_time(tmp_path: Path) -> None:
    """The take's 3600.16 s plays at what was the clip's 3614 s."""
    parts = spine(edited(source(tmp_path)))
    assert [one.find(".//keyframe").get("time") for one in parts[:3]] == ["3611s", "89929/25s", "3611s"]
    assert [one.find("keyword").get("start") for one in parts[:3]] == ["3610s", "89904/25s", "3610s"]


def test_markers_are_each_on_the_part_they_show_on_once(tmp_path: Path) -> None:
    root = edited(source(tmp_path), "one", 100, Ripple(at=102, removed=3))
    assert [[times(m, "value", "start") for m in one.findall("marker")] for one in spine(root)] == [
        [["early", "3611s"], ["hidden", "3640s"]],
        [],
        [["late", "3617s"]],
        [],
    ]
    assert spine(root)[2].find("marker").get("duration") == "100/2500s"


def test_connected_clips_stay_on_the_part_that_they_start_at(tmp_path: Path) -> None:
    """Between frames too: the music starts at 1.5 s of the clip, which is frame 37.5."""
    root = edited(source(tmp_path))
    music = [one for one in root.iter("asset-clip") if one.get("ref") == "r5"]
    assert [[one.getparent().get("start"), *times(one, "offset", "lane")] for one in music] == [
        ["3610s", "361150/100s", "-1"]
    ]


def test_a_ripple_cuts_what_is_connected_and_ids_stay_unique(tmp_path: Path) -> None:
    root = edited(source(tmp_path), "one", 100, Ripple(at=102, removed=3))
    titles = list(root.iter("title"))
    assert [times(one, "offset", "start", "duration") for one in titles] == [
        ["3612s", "3600s", "52/25s"],
        ["90006/25s", "18011/5s", "14/5s"],
    ]
    assert [one.find(".//text-style").get("ref") for one in titles] == ["ts1", titles[1][1].get("id")]
    assert titles[1].findtext(".//text-style") == "A & B"
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_all_beside_the_story_is_as_it_was(tmp_path: Path) -> None:
    before, after = etree.parse(source(tmp_path)).getroot(), edited(source(tmp_path))
    for root in (before, after):
        del root.find(".//project/sequence/spine")[:]
    assert [one.get("id") for one in after.find("resources")] == ["r1", "r3", "r4", "r5", "r9", "r2", "r6"]
    del after.find("resources")[5:]
    assert etree.tostring(after.find("resources"), method="c14n").split() == (
        etree.tostring(before.find("resources"), method="c14n").split()
    )
    assert etree.tostring(after.find("library"), method="c14n").split() == (
        etree.tostring(before.find("library"), method="c14n").split()
    )


def test_the_take_has_an_asset_and_a_format_of_its_own(tmp_path: Path) -> None:
    root = edited(source(tmp_path))
    asset = root.find("resources/asset[@id='r2']")
    assert dict(asset.attrib) == {
        "id": "r2",
        "name": "take 100%.mov",
        "start": "3600s",
        "duration": "8/5s",
        "hasVideo": "1",
        "videoSources": "1",
        "format": "r6",
        "hasAudio": "1",
        "audioSources": "1",
        "audioChannels": "2",
        "audioRate": "48000",
    }
    assert asset.find("media-rep").get("src") == "file:///takes/take%20100%25.mov"
    assert times(root.find("resources/format[@id='r6']"), "frameDuration", "width", "height") == [
        "1/25s",
        "640",
        "360",
    ]


def test_a_take_in_a_title_is_a_clip_that_keeps_what_is_connected(tmp_path: Path) -> None:
    title = FIRST.replace('<asset-clip ref="r4" offset', '<title ref="r3" offset', 1).rpartition(
        "</asset-clip>"
    )
    path = source(tmp_path, f"{title[0]}</title>{SECOND}".replace('<audio-channel-source srcCh="1, 2"', "<x"))
    parts = spine(edited(path, "one", 0))
    assert [one.tag for one in parts] == ["clip", "title", "asset-clip"]
    assert parts[0].find("video").get("ref") == "r2"


DETACHED = """<clip name="one" offset="3600s" start="3610s" duration="8s"><adjust-transform scale="2 2"/>
<video ref="r4" offset="3600s" start="3600s" duration="100s"/>
<clip name="sound" lane="-1" offset="3610s" start="3610s" duration="8s"><adjust-volume amount="-6dB"/>
<gap offset="0s" duration="9000s">
<audio lane="-1" ref="r4" offset="3600s" start="3600s" duration="100s"/></gap></clip></clip>"""


def test_detached_sound_is_taken_too_and_both_keep_their_adjustments(tmp_path: Path) -> None:
    parts = spine(edited(source(tmp_path, DETACHED)))
    assert [one.find("adjust-transform").get("scale") for one in parts] == ["2 2"] * 3
    sounds = [one.find("clip") for one in parts]
    assert [one.find("adjust-volume").get("amount") for one in sounds] == ["-6dB"] * 3
    assert [one.find("video").get("ref") for one in parts] == ["r4", "r2", "r4"]
    assert [one.find(".//audio").get("ref") for one in sounds] == ["r4", "r2", "r4"]


SPLIT = """<gap name="Gap" offset="3600s" start="3600s" duration="2s"/>
<asset-clip ref="r4" offset="3602s" name="one" start="3610s" duration="8s" audioStart="3609s" \
audioDuration="10s"/>
<gap name="Gap" offset="3610s" start="3600s" duration="2s"/>"""


def test_a_split_edit_stays_at_the_ends_it_is_on(tmp_path: Path) -> None:
    parts = spine(edited(source(tmp_path, SPLIT), "one", 100))
    assert [times(one, "name", "audioStart", "audioDuration") for one in parts[1:-1]] == [
        ["one", "3609s", "3s"],
        ["take_v001", None, None],
        ["one", "18062/5s", "33/5s"],
    ]


AUDITION = """<audition offset="3600s" modDate="m">
<asset-clip ref="r4" name="one" start="3610s" duration="8s"/>
<asset-clip ref="r4" name="other" start="3630s" duration="9s"/></audition>"""


def test_an_audition_keeps_its_other_picks(tmp_path: Path) -> None:
    parts = spine(edited(source(tmp_path, AUDITION)))
    assert [[one.tag, one.get("modDate"), *(pick.get("name") for pick in one)] for one in parts] == [
        ["audition", "m", "one", "other"],
        ["audition", "m", "take_v001", "other"],
        ["audition", "m", "one", "other"],
    ]


SECONDARY = """<asset-clip ref="r4" offset="3600s" name="one" start="3610s" duration="8s">
<spine lane="1" offset="3611s" name="b-roll"><transition name="In" offset="0s" duration="1/5s"/>
<asset-clip ref="r4" offset="0s" name="a" start="3660s" duration="1s"/>
<asset-clip ref="r4" offset="1s" name="b" start="3670s" duration="5s"/></spine></asset-clip>"""


def test_a_secondary_storyline_stays_one(tmp_path: Path) -> None:
    root = edited(source(tmp_path, SECONDARY), "one", 100, Ripple(at=102, added=5))
    rows = root.findall(".//spine/asset-clip/spine")
    assert [times(one, "name", "lane", "offset") for one in rows] == [["b-roll", "1", "3611s"]]
    assert [times(one, "name", "offset", "duration") for one in rows[0]] == [
        ["In", "0s", "1/5s"],
        ["a", "0s", "1s"],
        ["b", "1s", "52/25s"],
        ["Gap", "77/25s", "1/5s"],
        ["b", "82/25s", "73/25s"],
    ]


def test_a_dissolve_is_refused_where_the_edit_would_cut_it(tmp_path: Path) -> None:
    mix = '<transition name="Mix" offset="3607s" duration="2s"/>'
    with pytest.raises(UnsupportedEdit, match="the transition 'Mix' at 01:00:08:00"):
        edited(source(tmp_path, f"{FIRST}{mix}{SECOND}"), "one", 185)


def test_a_dissolve_after_the_edit_moves_with_its_cut(tmp_path: Path) -> None:
    mix = '<transition name="Mix" offset="3607s" duration="2s"/>'
    root = edited(source(tmp_path, f"{FIRST}{mix}{SECOND}"), "one", 100, Ripple(at=102, removed=3))
    assert [times(one, "offset", "duration") for one in root.iter("transition")] == [["90172/25s", "2s"]]


def test_a_retimed_clip_is_refused_with_its_line(tmp_path: Path) -> None:
    points = "".join(
        f'<timept time="{time}s" value="{value}s"/>' for time, value in ((0, 0), (9, 5), (99, 9))
    )
    ramp = f"<timeMap>{points}</timeMap>"
    clip = f'<asset-clip ref="r4" offset="3600s" name="one" duration="8s">{ramp}</asset-clip>'
    with pytest.raises(UnsupportedEdit, match=r"variable speed, timeMap in line 18"):
        edited(source(tmp_path, clip))


def test_a_new_track_lies_in_a_lane_above_all(tmp_path: Path) -> None:
    path = source(tmp_path)
    timeline = read_fcpxml(path)
    take = otio.schema.Clip(
        "above",
        otio.schema.ExternalReference("/t.mov", time_range(0, 50, Fraction(25))),
        time_range(0, 20, Fraction(25)),
    )
    track = otio.schema.Track(kind="Video")
    track.extend([otio.schema.Gap(source_range=time_range(0, 250, Fraction(25))), take])
    timeline.tracks.insert(2, track)
    out = tmp_path / "out.fcpxml"
    out.write_bytes(fcpxml_bytes(timeline, out, path))
    compare(timeline, read_fcpxml(out), Fraction(25), tmp_path)
    added = etree.parse(out).find(".//asset-clip[@name='above']")
    assert [added.get("lane"), added.getparent().get("name")] == ["2", "two"]


def test_a_picture_without_its_sound_plays_only_that(tmp_path: Path) -> None:
    path = source(tmp_path)
    timeline = read_fcpxml(path)
    sound = next(track for track in timeline.tracks if track.name == "Sound of storyline")
    sound[0] = otio.schema.Gap(source_range=sound[0].source_range)
    out = tmp_path / "out.fcpxml"
    out.write_bytes(fcpxml_bytes(timeline, out, path))
    compare(timeline, read_fcpxml(out), Fraction(25), tmp_path)
    assert [one.get("srcEnable") for one in spine(etree.parse(out).getroot())] == ["video", None]


def test_sound_out_of_step_with_its_picture_is_refused(tmp_path: Path) -> None:
    path = source(tmp_path)
    timeline = read_fcpxml(path)
    sound = next(track for track in timeline.tracks if track.name == "Sound of storyline")
    sound.insert(0, otio.schema.Gap(source_range=time_range(0, 3, Fraction(25))))
    with pytest.raises(UnwritableOutput, match="'one' sounds apart from the picture it is in at frame 3"):
        fcpxml_bytes(timeline, path, path)


def test_a_take_laid_above_is_connected_and_what_it_covers_is_silent(tmp_path: Path) -> None:
    """The title that was in the first lane is in the second then."""
    root = edited(source(tmp_path), "one", 100, lay="above")
    take = root.find(".//asset-clip[@name='take_v001']")
    assert times(take, "lane", "srcEnable") == ["1", None]
    assert [take.getparent().get("name"), take.get("offset")] == ["one", "3614s"]
    assert [one.get("lane") for one in root.iter("title")] == ["2"]
    mutes = [times(one, "start", "duration") for one in root.iter("mute")]
    assert (len(spine(root)), mutes) == (2, [["3614s", "2/5s"]])


def test_a_clip_whose_channels_are_off_has_disabled_sound(tmp_path: Path) -> None:
    path = source(tmp_path, FIRST.replace('srcCh="1, 2"', 'srcCh="1, 2" active="0"') + SECOND)
    tracks = read_fcpxml(path).tracks
    picture, sound = (track[0] for track in tracks if "toryline" in track.name)
    assert [picture.enabled, sound.enabled] == [True, False]
    edited(path)


MUTED = FIRST.replace(
    'role="dialogue.dialogue-1"/>',
    'role="dialogue.dialogue-1"><mute start="3611s" duration="1s"><fadeIn duration="1/5s"/></mute>'
    '<mute start="3616s"/></audio-channel-source>',
)


def test_muted_parts_are_disabled_sound_and_stay_where_they_are(tmp_path: Path) -> None:
    path = source(tmp_path, MUTED + SECOND)
    tracks = read_fcpxml(path).tracks
    sound = next(track for track in tracks if track.name == "Sound of storyline")
    assert [(item.enabled, item.duration().value) for item in sound] == [
        (True, 25),
        (False, 25),
        (True, 100),
        (False, 50),
        (True, 100),
    ]
    root = edited(path, "one", 100, Ripple(at=102, removed=3))
    assert [times(one, "start", "duration") for one in spine(root)[0].iter("mute")] == [
        ["3611s", "1s"],
        ["3616s", None],
    ]


SOUNDS = """<asset-clip ref="r5" offset="3600s" name="forest" duration="64606/1000s" audioRole="effects">
<asset-clip ref="r5" lane="-1" offset="455817/20000s" name="water" duration="44901810/720000s">
<marker start="5017843/120000s" duration="1/48000s" value="Marker 3"/></asset-clip>
<marker start="998393/120000s" duration="1/48000s" value="Marker 1"/></asset-clip>
<transition offset="3663606/1000s" duration="2s"><filter-audio ref="r3"/></transition>
<asset-clip ref="r5" offset="3664606/1000s" name="lake" duration="20s"/>"""


def test_a_storyline_of_sound_comes_back_as_it_was(tmp_path: Path) -> None:
    path = source(tmp_path, SOUNDS)
    timeline = read_fcpxml(path)
    assert {track.name: [clip.name for clip in track.find_clips()] for track in timeline.tracks} == {
        "Storyline": [],
        "Sound of storyline": ["forest", "lake"],
        "Lane -1": ["water"],
    }
    assert fcpxml_bytes(timeline, path, path) == path.read_bytes()
