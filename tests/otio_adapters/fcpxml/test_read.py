"""FCPXML as it is read: places in rational seconds, lanes as tracks, paces, markers, and what is refused."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.fcpxml.reader import read_bundle, read_fcpxml
from otio_adapters.links import link_of
from otio_adapters.opentime import exact_frames, rational_time, time_range, timeline_rate
from otio_adapters.ripple import placed, ramp, steady_speed

FORMATS = """
<format id="r1" name="FFVideoFormat1080p25" frameDuration="100/2500s" width="1920" height="1080"/>
<format id="r2" name="FFVideoFormat1080p2997" frameDuration="1001/30000s" width="1280" height="720"/>
<effect id="r3" name="Basic Title" uid="titles/basic"/>
<asset id="r4" name="talk" start="3600s" duration="100s" hasVideo="1" format="r1" hasAudio="1"
 audioChannels="2" audioRate="44100"><media-rep kind="proxy-media" src="file:///m/small.mov"/>
 <media-rep kind="original-media" src="file:///m/talk%20one.mov"/></asset>
<asset id="r5" name="music" start="0s" duration="500s" hasAudio="1"><media-rep src="file:///m/m.wav"/></asset>
<asset id="r6" name="wide" start="0s" duration="100s" hasVideo="1" format="r2"><media-rep src="w.mov"/>
</asset>
"""


def project(spine: str, sequence: str = 'format="r1" tcStart="0s"', more: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE fcpxml><fcpxml version="1.10">'
        f"<resources>{FORMATS}{more}</resources><library><event><project name='cut'>"
        f"<sequence {sequence}><spine>{spine}</spine></sequence></project></event></library></fcpxml>"
    )


def read(folder: Path, text: str) -> otio.schema.Timeline:
    path = folder / "cut.fcpxml"
    path.write_text(text, "utf-8")
    return read_fcpxml(path)


def laid(track: otio.schema.Track, rate: Fraction = Fraction(25)) -> list[tuple[str, Fraction, Fraction]]:
    """The name, first frame and length of each item that is no gap."""
    return [
        (item.name, start, exact_frames(item.trimmed_range().duration, rate))
        for start, item in placed(track, rate)
        if isinstance(item, otio.core.Item) and not isinstance(item, otio.schema.Gap)
    ]


TALK = (
    '<asset-clip ref="r4" name="talk" offset="0s" start="3610s" duration="4s" tcFormat="NDF">{}</asset-clip>'
)


def test_an_asset_clip_is_picture_and_sound_that_are_linked(tmp_path: Path) -> None:
    made = read(tmp_path, project(TALK.format("")))
    assert [(track.name, track.kind) for track in made.tracks] == [
        ("Storyline", "Video"),
        ("Sound of storyline", "Audio"),
    ]
    picture, sound = (track[0] for track in made.tracks)
    assert picture.source_range == sound.source_range == time_range(90_250, 100, Fraction(25))
    assert link_of(picture) == link_of(sound) == 1


def test_what_the_file_says_of_the_media_is_kept(tmp_path: Path) -> None:
    """The original rather than the proxy."""
    reference = read(tmp_path, project(TALK.format(""))).tracks[0][0].media_reference
    assert reference.target_url == "file:///m/talk%20one.mov"
    assert reference.available_range == time_range(90_000, 2500, Fraction(25))
    assert dict(reference.metadata["pickup"]["media"]) == {
        "width": 1920,
        "height": 1080,
        "channels": 2,
        "sample_rate": 44_100,
    }


@pytest.mark.parametrize(
    ("duration", "rate"),
    [
        ("1001/24000s", Fraction(24000, 1001)),
        ("100/2400s", Fraction(24)),
        ("1/25s", Fraction(25)),
        ("15015/450000s", Fraction(30000, 1001)),
        ("1001/60000s", Fraction(60000, 1001)),
    ],
)
def test_a_rate_is_exactly_that_of_the_frame_duration(tmp_path: Path, duration: str, rate: Fraction) -> None:
    frame = Fraction(duration.removesuffix("s"))
    more = f'<format id="f" frameDuration="{duration}"/>'
    clip = f'<asset-clip ref="r4" start="3600s" duration="{700_001 * frame}s"/>'
    made = read(tmp_path, project(clip, f'format="f" tcStart="{107_892 * frame}s" tcFormat="DF"', more))
    assert timeline_rate(made) == rate
    assert made.global_start_time == rational_time(107_892, rate)
    assert made.metadata["pickup"]["drop_frame"]
    assert exact_frames(made.tracks[0][0].duration(), rate) == 700_001


def test_a_sequence_without_a_format_runs_at_the_rate_its_times_are_whole_at(tmp_path: Path) -> None:
    clips = '<asset-clip ref="r4" offset="3600/1s" start="3600s" duration="179/60s"/>'
    made = read(tmp_path, project(clips, 'format="gone"'))
    assert timeline_rate(made) == 60
    assert laid(made.tracks[0], Fraction(60)) == [("talk", 0, 179)]
    assert made.global_start_time == rational_time(216_000, Fraction(60))


CONNECTED = """
<asset-clip ref="r6" name="above" lane="1" offset="3611s" duration="1s"/>
<asset-clip ref="r5" name="music" lane="-1" offset="361025/100s" start="7s" duration="50025/1000s"/>
<spine lane="2" offset="3612s"><asset-clip ref="r6" name="a" offset="0s" duration="1s"/>
<transition name="Mix" offset="4/5s" duration="2/5s"/>
<gap offset="1s" duration="1s"/><asset-clip ref="r6" name="b" offset="2s" duration="1s"/></spine>
<asset-clip ref="r6" name="below" lane="-2" offset="3610s" duration="1s"/>
"""


def test_lanes_are_tracks_below_and_above_the_storyline(tmp_path: Path) -> None:
    made = read(tmp_path, project(TALK.format(CONNECTED)))
    assert {track.name: laid(track) for track in made.tracks if track.kind == "Video"} == {
        "Lane -2": [("below", 0, 25)],
        "Storyline": [("talk", 0, 100)],
        "Lane 1": [("above", 25, 25)],
        "Lane 2": [("a", 50, 25), ("b", 100, 25)],
    }
    assert [track.name for track in made.tracks if track.kind == "Audio"] == ["Sound of storyline", "Lane -1"]


def test_sound_lies_between_frames_on_a_grid_that_floats_hold(tmp_path: Path) -> None:
    music = read(tmp_path, project(TALK.format(CONNECTED))).tracks[-1]
    assert laid(music) == [("music", Fraction(25, 4), Fraction(round(50.025 * 25 * 1024), 1024))]


def test_a_transition_lies_over_its_cut(tmp_path: Path) -> None:
    made = read(tmp_path, project(TALK.format(CONNECTED)))
    mixes = [item for item in made.tracks[3] if isinstance(item, otio.schema.Transition)]
    assert [(one.in_offset.value, one.out_offset.value) for one in mixes] == [(5, 5)]


def test_a_split_edit_gives_the_sound_its_own_ends(tmp_path: Path) -> None:
    clip = TALK.replace("tcFormat", 'audioStart="3609s" audioDuration="6s" tcFormat').format("")
    made = read(tmp_path, project(f'<gap offset="0s" duration="2s"/>{clip.replace("0s", "2s", 1)}'))
    assert laid(made.tracks[0]) == [("talk", 50, 100)]
    assert laid(made.tracks[1]) == [("talk", 25, 150)]
    assert made.tracks[1][1].source_range.start_time.value == 90_225


def test_detached_sound_is_in_its_lane_and_the_picture_has_none(tmp_path: Path) -> None:
    inner = (
        '<video ref="r4" offset="3600s" start="3600s" duration="100s"/><clip name="sound" lane="-1" '
        'offset="3610s" start="3610s" duration="4s"><gap offset="0s" duration="4000s">'
        '<audio lane="-1" ref="r4" offset="3600s" start="3600s" duration="100s" srcCh="1"/></gap></clip>'
    )
    made = read(
        tmp_path, project(f'<clip name="talk" offset="0s" start="3610s" duration="4s">{inner}</clip>')
    )
    assert [(track.name, laid(track)) for track in made.tracks] == [
        ("Storyline", [("talk", 0, 100)]),
        ("Lane -1", [("sound", 0, 100)]),
    ]
    assert [track[0].source_range.start_time.value for track in made.tracks] == [90_250, 90_250]


@pytest.mark.parametrize(
    ("points", "speed", "start"),
    [
        ([("0s", "0s"), ("50s", "100s")], 2, 250),
        ([("0s", "0s"), ("5s", "10s"), ("50s", "100s")], 2, 250),
        ([("0s", "10s"), ("50s", "35s")], Fraction(1, 2), 312.5),
    ],
)
def test_a_straight_time_map_is_a_steady_speed(
    tmp_path: Path, points: list[tuple[str, str]], speed: Fraction, start: float
) -> None:
    """`start` is on the time map's own axis."""
    inside = "".join(f'<timept time="{time}" value="{value}"/>' for time, value in points)
    clip = f'<asset-clip ref="r6" start="5s" duration="4s"><timeMap>{inside}</timeMap></asset-clip>'
    item = read(tmp_path, project(clip)).tracks[0][0]
    assert (steady_speed(item), ramp(item)) == (speed, None)
    assert item.source_range == time_range(Fraction(start), 100, Fraction(25))


@pytest.mark.parametrize(
    ("points", "name"),
    [
        ([("0s", "0s"), ("5s", "20s"), ("50s", "100s")], "variable speed, timeMap in line 2"),
        ([("0s", "100s"), ("50s", "0s")], "timeMap in line 2"),
        ([("0s", "5s"), ("50s", "5s")], "still, timeMap in line 2"),
    ],
)
def test_a_ramp_a_reversal_and_a_still_say_where_they_are(
    tmp_path: Path, points: list[tuple[str, str]], name: str
) -> None:
    inside = "".join(f'<timept time="{time}" value="{value}"/>' for time, value in points)
    clip = f'\n<asset-clip ref="r6" duration="4s"><timeMap>{inside}</timeMap></asset-clip>'
    text = project(clip).replace(FORMATS, FORMATS.replace("\n", " "))
    assert ramp(read(tmp_path, text).tracks[0][0]) == name


def test_a_clip_conformed_from_a_near_rate_plays_frame_for_frame(tmp_path: Path) -> None:
    """What is connected to it is at its own pace: 100 frames of 25 take as long as 100 of 24."""
    inner = '<conform-rate srcFrameRate="25"/><asset-clip ref="r5" lane="-1" offset="4s" duration="1s"/>'
    more = '<format id="f" frameDuration="1/24s"/>'
    made = read(
        tmp_path, project(f'<asset-clip ref="r6" duration="5s">{inner}</asset-clip>', 'format="f"', more)
    )
    assert steady_speed(made.tracks[0][0]) == Fraction(24, 25)
    assert laid(made.tracks[1], Fraction(24)) == [("music", 100, 24)]


def test_a_conform_whose_rule_is_not_known_is_no_steady_speed(tmp_path: Path) -> None:
    clip = '<asset-clip ref="r6" duration="5s"><conform-rate srcFrameRate="29.97"/></asset-clip>'
    name = ramp(read(tmp_path, project(clip)).tracks[0][0])
    assert name is not None
    assert name.startswith("29.97 frames a second conformed, conform-rate in line")


def test_markers_of_the_storyline_are_the_timelines_and_hidden_ones_are_not(tmp_path: Path) -> None:
    inside = (
        '<marker start="3611s" duration="1/25s" value="seen" note="why"/>'
        '<chapter-marker start="3613s" duration="1/25s" value="chapter"/>'
        '<marker start="3609s" duration="1/25s" value="before"/>'
        '<marker start="3614s" duration="1/25s" value="at the end"/>'
    )
    markers = read(tmp_path, project(TALK.format(inside))).tracks.markers
    assert [(one.name, one.marked_range.start_time.value, one.comment) for one in markers] == [
        ("seen", 25, "why"),
        ("chapter", 75, ""),
    ]


def test_markers_of_connected_clips_stay_theirs(tmp_path: Path) -> None:
    inner = '<asset-clip ref="r6" lane="1" offset="3611s" start="10s" duration="1s">{}</asset-clip>'
    marker = '<marker start="251/25s" value="here"/>'
    clip = read(tmp_path, project(TALK.format(inner.format(marker)))).tracks[1][1]
    assert [(one.name, one.marked_range.start_time.value) for one in clip.markers] == [("here", 251)]


def test_titles_have_no_media_and_compound_clips_hold_their_own(tmp_path: Path) -> None:
    more = (
        '<media id="m"><sequence format="r1" tcStart="10s"><spine>'
        '<title ref="r3" name="inside" offset="10s" start="3600s" duration="2s"/></spine></sequence></media>'
    )
    spine = '<title ref="r3" name="t" offset="0s" duration="1s"/><ref-clip ref="m" name="c" offset="1s" {}/>'
    made = read(tmp_path, project(spine.format('start="11s" duration="1s"'), more=more))
    title, compound = made.tracks[0]
    assert title.media_reference.generator_kind == "Basic Title"
    assert compound.source_range == time_range(25, 25, Fraction(25))
    assert laid(compound[0]) == [("inside", 0, 50)]


def test_a_multicam_clip_holds_the_angle_that_is_shown(tmp_path: Path) -> None:
    angles = "".join(
        f'<mc-angle angleID="{name}"><asset-clip ref="r6" name="{name}" duration="9s"/></mc-angle>'
        for name in ("left", "right")
    )
    more = f'<media id="m"><multicam format="r1" tcStart="0s">{angles}</multicam></media>'
    clip = '<mc-clip ref="m" duration="2s"><mc-source angleID="right" srcEnable="all"/></mc-clip>'
    assert laid(read(tmp_path, project(clip, more=more)).tracks[0][0][0]) == [("right", 0, 225)]


def test_an_audition_plays_its_first_pick(tmp_path: Path) -> None:
    picks = "".join(f'<asset-clip ref="r6" name="{name}" duration="{name}s"/>' for name in ("3", "2"))
    made = read(tmp_path, project(f'<audition offset="0s">{picks}</audition>'))
    assert laid(made.tracks[0]) == [("3", 0, 75)]


def test_disabled_clips_are_disabled(tmp_path: Path) -> None:
    made = read(tmp_path, project('<asset-clip ref="r6" duration="1s" enabled="0"/>'))
    assert not made.tracks[0][0].enabled


def test_a_file_that_is_cut_into_subclips_starts_where_the_first_of_them_does(tmp_path: Path) -> None:
    """Resolve writes an asset for each, all of one file."""
    more = "".join(
        f'<asset id="s{n}" name="s" start="{10 * n}s" duration="10s" hasVideo="1" format="r1">'
        '<media-rep src="file:///m/all.mov"/></asset>'
        for n in range(3)
    )
    made = read(tmp_path, project('<asset-clip ref="s2" start="21s" duration="1s"/>', more=more))
    assert made.tracks[0][0].available_range() == time_range(0, 750, Fraction(25))


def test_a_bundle_is_its_info(tmp_path: Path) -> None:
    folder = tmp_path / "cut.fcpxmld"
    folder.mkdir()
    (folder / "Info.fcpxml").write_text(project(TALK.format("")))
    assert read_bundle(folder).name == "cut"


CLIP = '<asset-clip ref="r6" {}/>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<xmeml/>", "its root is <xmeml>"),
        ("<fcpxml><library/></fcpxml>", "holds no project"),
        (
            "<fcpxml><event><asset-clip name='a'/><clip name='b'/></event></fcpxml>",
            "2 clips and no project: 'a', 'b'; export a project",
        ),
        ("<fcpxml><project name='a'/><project name='b'/></fcpxml>", "holds 2 projects, 'a', 'b'; say which"),
        ("<fcpxml><project name='a'/></fcpxml>", "has no storyline"),
        (project('<title ref="r3"/>'), "has no 'duration'"),
        (project(CLIP.format('duration="0s"')), "a duration of '0s'"),
        (project(CLIP.format('duration="1/0s"')), "'1/0s' for 'duration'"),
        (project(CLIP.format('duration="nan"')), "'nan' for 'duration', which is no time"),
        (project(CLIP.format('duration="99999999999999999999s"')), "which is no time in seconds"),
        (
            project(CLIP.format('duration="5s"') + CLIP.format('offset="1s" duration="9s"')),
            "the storyline is full up to frame 125",
        ),
        (project(CLIP.format('offset="-2s" duration="9s"')), "begins before the storyline that it is in"),
        (project(TALK.format('<title lane="x" duration="1s"/>')), "in lane 'x'"),
        (project("<audition/>"), "holds no clip"),
        (project(2 * '<transition duration="1s"/>'), "follows another transition"),
        (project("", 'format="f"', '<format id="f" frameDuration="0s"/>'), "has the frame duration '0s'"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UnreadableTimeline, match=re.escape(message)) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_compound_clips_that_hold_each_other_come_to_an_end(tmp_path: Path) -> None:
    clips = "".join(f'<ref-clip ref="m" offset="{n}s" duration="1s"/>' for n in range(50))
    more = f'<media id="m"><sequence format="r1" tcStart="0s"><spine>{clips}</spine></sequence></media>'
    made = read(tmp_path, project('<ref-clip ref="m" duration="1s"/>', more=more))
    assert len(made.tracks[0][0][0]) == 50


def test_clips_connected_ever_deeper_are_refused(tmp_path: Path) -> None:
    text = ""
    for _ in range(40):
        text = f'<asset-clip ref="r6" lane="1" duration="1s">{text}</asset-clip>'
    with pytest.raises(UnreadableTimeline, match="connected 16 deep"):
        read(tmp_path, project(text))
