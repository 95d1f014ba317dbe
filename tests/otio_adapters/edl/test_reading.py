"""Edit lists as programs write them: rates, channels, transitions, speeds, names and damage."""

from __future__ import annotations

import itertools
import time
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from edit_lists import HEAD, THREE, made, saved

from otio_adapters.edl.document import MAX_EVENTS
from otio_adapters.edl.reader import read_edl
from otio_adapters.edl.statements import channels_of, event_line
from otio_adapters.errors import UnreadableTimeline
from otio_adapters.links import link_of
from otio_adapters.opentime import timeline_rate
from otio_adapters.ripple import ramp, speed

NTSC = Fraction(1000, 1001)


def event(number: int, source: str, record: str, fields: str = "A001     V     C       ") -> str:
    return f"{number:03d}  {fields} {source} {record}\n"


def spans(timeline: otio.schema.Timeline, track: int = 0) -> list[tuple[str, int]]:
    """The kind of each item of a track, and how long it is."""
    return [
        (type(item).__name__, int(item.duration().value))
        for item in timeline.tracks[track]
        if not isinstance(item, otio.schema.Transition)
    ]


@pytest.mark.parametrize(
    ("source", "record", "head", "rate"),
    [
        ("00:00:00:00 00:00:01:00", "01:00:00:00 01:00:01:00", "", Fraction(24)),
        ("00:00:00:24 00:00:01:24", "01:00:00:00 01:00:01:00", "", Fraction(25)),
        ("00:00:00:29 00:00:01:29", "01:00:00:00 01:00:01:00", "", Fraction(30)),
        ("00:00:00:49 00:00:01:49", "01:00:00:00 01:00:01:00", "", Fraction(50)),
        ("00:00:00:59 00:00:01:59", "01:00:00:00 01:00:01:00", "", Fraction(60)),
        ("00:00:00:10 00:00:01:10", "01:00:00:00 01:00:01:00", "FCM: DROP FRAME\n", 30 * NTSC),
        ("00:00:00:59 00:00:01:59", "01:00:00:00 01:00:01:00", "FCM: DROP FRAME\n", 60 * NTSC),
        ("00:00:00;10 00:00:01;10", "01:00:00;00 01:00:01;00", "", 30 * NTSC),
        ("00:00:00:10 00:00:01:10", "01:00:00:00 01:00:01:00", "* FRAME RATE: 23.976\n", 24 * NTSC),
        ("00:00:00:10 00:00:01:10", "01:00:00:00 01:00:01:00", "TITLE: reel 2 29.97\n", 30 * NTSC),
        ("00:00:00:29 00:00:01:29", "01:00:00:00 01:00:01:00", "TITLE: reel 2 2398\n", Fraction(30)),
    ],
)
def test_the_rate_is_told_from_what_the_list_holds(
    tmp_path: Path, source: str, record: str, head: str, rate: Fraction
) -> None:
    timeline = made(tmp_path, head + event(1, source, record))
    assert timeline_rate(timeline) == rate
    assert timeline.metadata["pickup"]["rate_from"]


def test_the_rate_at_which_source_and_record_last_alike_wins_over_a_lower_one(tmp_path: Path) -> None:
    """No frame number is above 23, but 20 frames from :20 end at :15 at 25 frames a second alone."""
    timeline = made(tmp_path, event(1, "00:00:00:20 00:00:01:15", "01:00:00:00 01:00:00:20"))
    assert timeline_rate(timeline) == 25


def test_so_does_the_rate_at_which_events_last_as_their_speeds_say(tmp_path: Path) -> None:
    event = "001  003      V     C        03:03:19:19 03:03:20:04 01:00:04:03 01:00:04:13  \n"
    timeline = made(tmp_path, HEAD + event + "M2   003            309.6                03:03:19:19\n")
    assert timeline.metadata["pickup"]["rate"] == "25"
    assert timeline.tracks[0][0].effects[0].time_scalar == pytest.approx(309.6 / 25)


def test_a_frame_that_its_rate_does_not_have_is_refused_with_its_line(tmp_path: Path) -> None:
    text = "* FRAME RATE: 25\n" + event(1, "00:00:00:30 00:00:01:10", "01:00:00:00 01:00:01:00")
    with pytest.raises(UnreadableTimeline, match="line 2: '00:00:00:30' is no timecode at 25"):
        made(tmp_path, text)


def test_a_reel_without_drop_frame_in_a_drop_frame_list_is_told_by_its_numbers(tmp_path: Path) -> None:
    text = "FCM: DROP FRAME\n" + event(1, "00:00:59:00 00:01:01:00", "01:00:00:00 01:00:02:00")
    clip = made(tmp_path, text).tracks[0][0]
    assert not clip.effects
    assert clip.source_range.start_time.value == 59 * 30


@pytest.mark.parametrize(
    ("field", "channels"),
    [
        ("V", ("V1",)),
        ("A", ("A1",)),
        ("A2", ("A2",)),
        ("AA", ("A1", "A2")),
        ("AA/V", ("A1", "A2", "V1")),
        ("A2/V", ("A2", "V1")),
        ("B", ("V1", "A1")),
        ("NONE", ()),
        ("VA12", ("V1", "A1", "A2")),
        ("A12", ("A12",)),
        ("V+A", ("V1", "A1")),
        ("CLIP", None),
    ],
)
def test_a_channel_field_names_its_channels(field: str, channels: tuple[str, ...] | None) -> None:
    found = channels_of(field)
    assert (found and set(found)) == (channels and set(channels))


@pytest.mark.parametrize(
    ("fields", "reel", "channels", "effect", "frames"),
    [
        ("A001     V     C       ", "A001", ("V1",), "C", 0),
        ("A 1 X    A A2  C       ", "A 1 X", ("A1", "A2"), "C", 0),
        ("      BL V     D    043", "BL", ("V1",), "D", 43),
        ("BL       AA    W001 025", "BL", ("A1", "A2"), "W001", 25),
        ("      AX V     K B     ", "AX", ("V1",), "KB", 0),
        ("      AX V     K    000", "AX", ("V1",), "K", 0),
        ("002 C", "002", ("V1",), "C", 0),
        ("EVL1_HEI V      008", "EVL1_HEI", ("V1",), "D", 8),  # Avid's, of an effect without a letter
    ],
)
def test_an_event_is_read_with_or_without_its_columns(
    fields: str, reel: str, channels: tuple[str, ...], effect: str, frames: int
) -> None:
    found = event_line(f"001  {fields} 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00 ")
    assert found is not None
    assert (found.reel, found.channels, found.effect, found.frames) == (reel, channels, effect, frames)


def test_each_channel_is_a_track_and_one_event_is_linked(tmp_path: Path) -> None:
    timeline = made(tmp_path, THREE)
    assert [(track.name, track.kind) for track in timeline.tracks] == [
        ("V1", "Video"),
        ("A1", "Audio"),
        ("A2", "Audio"),
    ]
    assert spans(timeline, 1) == [("Gap", 50), ("Clip", 100)]
    assert (
        len({link_of(timeline.tracks[0][1]), link_of(timeline.tracks[1][1]), link_of(timeline.tracks[2][1])})
        == 1
    )


def test_aud_adds_the_third_and_fourth_channel(tmp_path: Path) -> None:
    line = event(1, "00:00:00:00 00:00:01:00", "01:00:00:00 01:00:01:00")
    timeline = made(tmp_path, line + "AUD  3    4\n")
    assert [track.name for track in timeline.tracks] == ["V1", "A3", "A4"]


def test_record_timecodes_leave_gaps(tmp_path: Path) -> None:
    text = event(1, "00:00:00:00 00:00:01:00", "01:00:00:00 01:00:01:00")
    text += event(2, "00:00:00:00 00:00:01:00", "01:00:01:10 01:00:02:10")
    timeline = made(tmp_path, text)
    assert spans(timeline) == [("Clip", 24), ("Gap", 10), ("Clip", 24)]
    assert timeline.global_start_time.value == 86_400


def test_a_programme_over_midnight_goes_on(tmp_path: Path) -> None:
    text = event(1, "00:00:00:00 00:00:02:00", "23:59:59:00 00:00:01:00")
    text += event(2, "00:00:00:00 00:00:01:00", "00:00:01:00 00:00:02:00")
    timeline = made(tmp_path, text)
    assert spans(timeline) == [("Clip", 48), ("Clip", 24)]
    assert timeline.global_start_time.value == (24 * 3600 - 1) * 24


def test_a_dissolve_lies_after_the_cut_that_the_list_has(tmp_path: Path) -> None:
    text = HEAD + event(1, "00:00:00:00 00:00:02:00", "01:00:00:00 01:00:02:00")
    text += event(2, "00:00:02:00 00:00:02:00", "01:00:02:00 01:00:02:00")
    text += event(2, "05:00:00:00 05:00:02:00", "01:00:02:00 01:00:04:00", "A002     V     D    012")
    text += "* FROM CLIP NAME:  a.mov\n* TO CLIP NAME:  b.mov\n"
    track = made(tmp_path, text).tracks[0]
    assert [type(item).__name__ for item in track] == ["Clip", "Transition", "Clip"]
    assert (track[1].in_offset.value, track[1].out_offset.value) == (0, 12)
    assert (track[0].name, track[2].name) == ("A001", "b.mov")


def test_the_names_of_a_pair_go_to_the_clips_they_are_of(tmp_path: Path) -> None:
    text = HEAD + event(1, "00:00:00:00 00:00:02:00", "01:00:00:00 01:00:02:00")
    text += event(1, "05:00:00:00 05:00:02:00", "01:00:02:00 01:00:04:00", "A002     V     D    012")
    text += "* FROM CLIP NAME:  a.mov\n* TO CLIP NAME:  b.mov\nM2   A001       012.0        00:00:00:00\n"
    track = made(tmp_path, text).tracks[0]
    assert (track[0].name, track[2].name) == ("a.mov", "b.mov")
    assert (speed(track[0]), speed(track[2])) == (Fraction(1, 2), 1)


def test_black_is_a_gap_that_is_faded_to(tmp_path: Path) -> None:
    text = event(1, "00:00:00:00 00:00:02:00", "01:00:00:00 01:00:02:00")
    text += event(2, "00:00:02:00 00:00:02:00", "01:00:02:00 01:00:02:00")
    text += event(2, "00:00:00:00 00:00:01:00", "01:00:02:00 01:00:03:00", "BL       V     D    024")
    track = made(tmp_path, text).tracks[0]
    assert [type(item).__name__ for item in track] == ["Clip", "Transition", "Gap"]


@pytest.mark.parametrize(
    ("m2", "source", "expected"),
    [
        ("012.5", "00:00:00:00 00:00:01:00", Fraction(1, 2)),  # Avid: as long as what is played
        ("012.5", "00:00:00:00 00:00:02:00", Fraction(1, 2)),  # Final Cut: as long as the event
        ("050.0", "00:00:00:00 00:00:04:00", Fraction(2)),
        ("025.0", "00:00:00:24 00:00:02:24", Fraction(1)),
    ],
)
def test_a_steady_speed_is_a_linear_time_warp(
    tmp_path: Path, m2: str, source: str, expected: Fraction
) -> None:
    line = event(1, source, "01:00:00:00 01:00:02:00")
    head = "* FRAME RATE: 25\n"
    clip = made(tmp_path, f"{head}{line}M2   A001           {m2}       {source[:11]} \n").tracks[0][0]
    assert ramp(clip) is None
    assert speed(clip) == expected


@pytest.mark.parametrize(
    ("m2", "source", "named"),
    [
        ("-025.0", "00:00:00:00 00:00:02:00", "M2 -025.0"),
        ("000.0", "00:00:00:00 00:00:00:01", "M2 000.0"),
        ("012.5", "00:00:00:00 00:00:10:00", "M2 012.5, and 250 frames of source in 50 of record"),
        ("", "00:00:00:00 00:00:10:00", "250 frames of source in 50 of record"),
    ],
)
def test_a_speed_that_is_not_steady_or_not_clear_has_a_name(
    tmp_path: Path, m2: str, source: str, named: str
) -> None:
    text = "* FRAME RATE: 25\n" + event(1, source, "01:00:00:00 01:00:02:00")
    text += f"M2   A001           {m2}       {source[:11]} \n" if m2 else ""
    assert ramp(made(tmp_path, text).tracks[0][0]) == named


@pytest.mark.parametrize(
    ("comments", "url"),
    [
        ("* FROM CLIP NAME:  A shot.MOV\n", "file:A%20shot.MOV"),
        ("* FROM CLIP NAME:  A shot.MOV\n* SOURCE FILE: /m/b.mxf\n", "/m/b.mxf"),
        ("*SOURCE FILE: E:\\m\\b.mxf\n", "E:\\m\\b.mxf"),
        ("FROM CLIP NAME: shot1\n", None),
        ("* FROM CLIP NAME:  A.MOV\n* MEDIA OFFLINE: A.MOV\n", None),
    ],
)
def test_only_a_comment_that_names_a_file_makes_it_media(
    tmp_path: Path, comments: str, url: str | None
) -> None:
    line = event(1, "00:00:00:00 00:00:01:00", "01:00:00:00 01:00:01:00")
    reference = made(tmp_path, line + comments).tracks[0][0].media_reference
    assert getattr(reference, "target_url", None) == url
    assert reference.metadata["pickup"]["reel"] == "A001"


def test_loc_lines_are_the_timelines_markers(tmp_path: Path) -> None:
    marker = made(tmp_path, THREE).tracks.markers[0]
    assert (marker.name, marker.color, marker.marked_range.start_time.value) == ("look here", "RED", 125)


def test_an_event_over_the_end_of_an_earlier_one_hides_it(tmp_path: Path) -> None:
    text = event(1, "00:00:00:00 00:00:02:00", "01:00:00:00 01:00:02:00")
    text += event(2, "00:00:00:00 00:00:02:00", "01:00:01:00 01:00:03:00")
    assert spans(made(tmp_path, text)) == [("Clip", 24), ("Clip", 48)]


def test_an_event_inside_another_is_refused_with_both_lines(tmp_path: Path) -> None:
    text = event(1, "00:00:00:00 00:00:05:00", "01:00:00:00 01:00:05:00")
    text += event(2, "00:00:00:00 00:00:02:00", "01:00:01:00 01:00:03:00")
    with pytest.raises(UnreadableTimeline, match="line 2: event 002 lies within event 001 of line 1"):
        made(tmp_path, text)


def test_events_may_stand_in_the_order_of_their_reels(tmp_path: Path) -> None:
    text = event(1, "00:00:00:00 00:00:02:00", "01:00:01:00 01:00:03:00")
    text += event(2, "00:00:00:00 00:00:01:00", "01:00:00:00 01:00:01:00")
    assert spans(made(tmp_path, text)) == [("Clip", 24), ("Clip", 48)]


@pytest.mark.parametrize("code", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_a_list_is_read_in_the_code_it_is_written_in(tmp_path: Path, code: str) -> None:
    line = event(1, "00:00:00:00 00:00:01:00", "01:00:00:00 01:00:01:00")
    text = f"TITLE: Füße\r\n{line}* FROM CLIP NAME:  grün.mov\r\n"
    timeline = made(tmp_path, text.encode(code))
    assert (timeline.name, timeline.tracks[0][0].name) == ("Füße", "grün.mov")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("TITLE: nothing\n", "holds no event"),
        (
            "001  A001     V     Q        00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n",
            "line 1, looks like",
        ),
        ("001  A001     V     C        00:00:00:00 00:00:01:00 01:00:00:00\n", "line 1, looks like"),
        (event(1, "25:00:00:00 25:00:01:00", "01:00:00:00 01:00:01:00"), "line 1: 25:00:00:00 is later"),
        (event(1, "00:00:00:75 00:00:01:00", "01:00:00:00 01:00:01:00"), "line 1, has a frame 75"),
        (
            event(1, "00:61:00:00 00:00:01:00", "01:00:00:00 01:00:01:00"),
            "line 1: '00:61:00:00' is no timecode",
        ),
    ],
)
def test_what_is_no_edit_list_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UnreadableTimeline, match=says):
        made(tmp_path, text)


def test_lines_full_of_spaces_take_no_time(tmp_path: Path) -> None:
    text = ("M2" + " " * 1_900 + "x\n" + "001" + " " * 1_900 + "\n" + "* A" + " " * 1_900 + "\n") * 200
    path = saved(tmp_path, text + event(1, "00:00:00:00 00:00:01:00", "01:00:00:00 01:00:01:00"))
    assert spans(read_edl(path)) == [("Clip", 24)]


def test_thousands_of_events_under_one_number_take_as_long_as_under_their_own(tmp_path: Path) -> None:
    codes = [f"00:{at // 60:02d}:{at % 60:02d}:00" for at in range(3_000)]
    spans = [f"{a} {b} {a} {b}" for a, b in itertools.pairwise(codes)]

    def spent(numbers: list[str]) -> float:
        text = "".join(
            f"{one}  A001     V     C        {span}\n" for one, span in zip(numbers, spans, strict=True)
        )
        begun = time.process_time()
        assert len(made(tmp_path, text).tracks[0]) == len(spans)
        return time.process_time() - begun

    def least(numbers: list[str]) -> float:
        """Of three: a busy machine, or one that does it for the first time, makes one of them long."""
        return min(spent(numbers) for _ in range(3))

    # Events that shared all their comments took nine times as long.
    assert least(["001"] * len(spans)) < 3 * least([f"{number:04d}" for number in range(len(spans))])


def test_more_events_than_any_film_has_are_refused(tmp_path: Path) -> None:
    """Of 40,000 lines all may be events, which would take seconds."""
    codes = "00:00:00:00 00:00:01:00"
    text = "".join(event(number, codes, codes) for number in range(1, MAX_EVENTS + 2))
    with pytest.raises(UnreadableTimeline, match="has 8001 events; an edit list of over 8000 is refused"):
        made(tmp_path, text)


def test_a_list_that_begins_within_a_transition_begins_at_its_cut(tmp_path: Path) -> None:
    """As one does of which the first events were taken out: the sound keeps its place to the picture."""
    mixed = event(1, "00:00:10:00 00:00:12:00", "01:00:00:00 01:00:02:00", "A001     V     D    010")
    sound = event(2, "00:00:20:00 00:00:22:00", "01:00:00:10 01:00:02:10", "A002     A     C       ")
    timeline = made(tmp_path, f"{HEAD}{mixed}* TRANSITION CUT: 005\n{sound}")
    assert timeline.global_start_time.value == 86_405
    assert spans(timeline) == [("Clip", 43)]
    assert spans(timeline, 1) == [("Gap", 5), ("Clip", 48)]
