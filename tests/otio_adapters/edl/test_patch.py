"""Edit lists patched in place: what an edit does not touch keeps its lines."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest
from edit_lists import HEAD, THREE, saved, take_in, written

from bridge.timeline_check import check
from otio_adapters.edl.document import MAX_LINES
from otio_adapters.edl.reader import read_edl
from otio_adapters.edl.writer import edl_bytes
from otio_adapters.errors import UnwritableOutput
from otio_adapters.opentime import rational_time, time_range
from otio_adapters.read import read
from otio_adapters.ripple import gap
from otio_adapters.write import write


def edited(folder: Path, text: str, clip: str, first: int, frames: int, change: int = 0) -> list[str]:
    path = saved(folder, text)
    return written(take_in(read_edl(path), clip, first, frames, change), path)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_list_that_was_not_edited_is_what_it_was(tmp_path: Path, code: str, end: str) -> None:
    content = THREE.replace("a free comment", "Grüße").replace("\n", end).encode(code)
    path = saved(tmp_path, content)
    assert edl_bytes(read_edl(path), path, path) == content


def test_a_last_line_without_an_end_keeps_none(tmp_path: Path) -> None:
    path = saved(tmp_path, THREE.rstrip("\n"))
    assert edl_bytes(read_edl(path), path, path) == THREE.rstrip("\n").encode()


def test_a_take_splits_its_event_and_moves_those_after_it(tmp_path: Path) -> None:
    lines = edited(tmp_path, THREE, "two.mov", 25, 10, change=5)
    assert [line for line in lines if line[:1].isdigit()] == [
        "001  A001     V     C        10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00 ",
        "002  A002     AA/V  C        11:00:00:00 11:00:01:00 01:00:02:00 01:00:03:00 ",
        "003  TAKE_100 AA/V  C        01:00:00:04 01:00:00:19 01:00:03:00 01:00:03:15 ",
        "004  A002     AA/V  C        11:00:01:10 11:00:04:00 01:00:03:15 01:00:06:05 ",
        "005  A003     V     C        12:00:00:00 12:00:01:24 01:00:06:05 01:00:08:04 ",
    ]


def test_comments_stay_with_their_event_and_the_pieces_say_what_they_play(tmp_path: Path) -> None:
    lines = edited(tmp_path, THREE, "one.mov", 25, 10)
    assert lines[3:11] == [
        "* FROM CLIP NAME:  one.mov",
        "* a free comment",
        "002  TAKE_100 V     C        01:00:00:04 01:00:00:14 01:00:01:00 01:00:01:10 ",
        "* FROM CLIP NAME:  take_v001",
        "* SOURCE FILE: /takes/take 100%.mov",
        "* MEDIA RANGE: 01:00:00:00 01:00:00:18",
        "003  A001     V     C        10:00:01:10 10:00:02:00 01:00:01:10 01:00:02:00 ",
        "* FROM CLIP NAME:  one.mov",
    ]


def test_a_take_of_the_whole_event_keeps_its_other_comments(tmp_path: Path) -> None:
    lines = edited(tmp_path, THREE, "one.mov", 0, 50)
    assert lines[2:7] == [
        "001  TAKE_100 V     C        01:00:00:04 01:00:02:04 01:00:00:00 01:00:02:00 ",
        "* FROM CLIP NAME:  take_v001",
        "* SOURCE FILE: /takes/take 100%.mov",
        "* MEDIA RANGE: 01:00:00:00 01:00:02:08",
        "* a free comment",
    ]


def test_a_marker_moves_with_what_it_marks(tmp_path: Path) -> None:
    lines = edited(tmp_path, THREE, "one.mov", 25, 10, change=5)
    assert "* LOC: 01:00:05:05 RED     look here" in lines


def test_a_new_marker_is_a_loc_line_below_its_event(tmp_path: Path) -> None:
    path = saved(tmp_path, THREE)
    timeline = read_edl(path)
    marker = otio.schema.Marker(name="new", marked_range=time_range(60, 0, 25), color="GREEN")
    timeline.tracks.markers.append(marker)
    lines = written(timeline, path)
    assert lines[lines.index("* LOC: 01:00:05:00 RED     look here") + 1] == "* LOC: 01:00:02:10 GREEN   new"


def test_a_dissolve_after_the_edit_keeps_its_pair_of_lines(tmp_path: Path) -> None:
    text = HEAD + (
        "001  A001     V     C        10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n"
        "002  A001     V     C        10:00:02:00 10:00:02:00 01:00:02:00 01:00:02:00\n"
        "002  A002     V     D    012 11:00:00:00 11:00:04:24 01:00:02:00 01:00:06:24\n"
        "* BLEND, DISSOLVE\n* TO CLIP NAME:  b\n"
    )
    lines = edited(tmp_path, text, "A001", 10, 10, change=-5)
    assert lines[-4:] == [
        "004  A001     V     C        10:00:02:00 10:00:02:00 01:00:01:20 01:00:01:20",
        "004  A002     V     D    012 11:00:00:00 11:00:04:24 01:00:01:20 01:00:06:19",
        "* BLEND, DISSOLVE",
        "* TO CLIP NAME:  b",
    ]


def test_the_number_of_a_pair_stays_with_its_last_piece(tmp_path: Path) -> None:
    text = HEAD + (
        "001  A001     V     C        10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n"
        "001  A002     V     D    012 11:00:00:00 11:00:04:24 01:00:02:00 01:00:06:24\n"
        "* FROM CLIP NAME:  a\n* TO CLIP NAME:  b\n"
    )
    lines = edited(tmp_path, text, "a", 10, 10)
    assert [line[:17].split() for line in lines if line[:1].isdigit()] == [
        ["001", "A001", "V"],
        ["002", "TAKE_100", "V"],
        ["003", "A001", "V"],
        ["003", "A002", "V"],
    ]


def test_the_pieces_of_a_fast_event_keep_its_speed(tmp_path: Path) -> None:
    text = HEAD + (
        "001  A001     V     C        10:00:00:00 10:00:04:00 01:00:00:00 01:00:02:00\n"
        "M2   A001       048.0                10:00:00:00\n"
        "002  A002     V     C        11:00:00:00 11:00:04:00 01:00:02:00 01:00:06:00\n"
    )
    path = saved(tmp_path, text)
    timeline = read_edl(path)
    timeline.tracks[0][0].source_range = time_range(10 * 3600 * 24 + 24, 36, 24)
    assert written(timeline, path)[2:4] == [
        "001  A001     V     C        10:00:01:00 10:00:04:00 01:00:00:00 01:00:01:12",
        "M2   A001       048.0                10:00:01:00",
    ]


def test_channels_that_part_ways_become_events_of_their_own(tmp_path: Path) -> None:
    path = saved(tmp_path, THREE)
    timeline = read_edl(path)
    del timeline.tracks[1][1]
    fields = [line[14:20].strip() for line in written(timeline, path) if line[:1].isdigit()]
    assert fields == ["V", "A2/V", "V"]


def test_every_piece_says_its_third_and_fourth_channel(tmp_path: Path) -> None:
    text = (
        HEAD + "001  A001     V     C        10:00:00:00 10:00:02:24 01:00:00:00 01:00:02:24\nAUD  3    4\n"
    )
    path = saved(tmp_path, text)
    timeline = take_in(read_edl(path), "A001", 25, 10)
    lines = written(timeline, path)
    assert lines.count("AUD  3    4") == len([line for line in lines if line[:1].isdigit()]) == 3
    del timeline.tracks[1][2]
    assert [line[14:17].strip() for line in written(timeline, path) if line[:1].isdigit()][-2:] == ["V", "A4"]


def test_time_put_in_before_everything_is_black(tmp_path: Path) -> None:
    path = saved(tmp_path, THREE)
    timeline = read_edl(path)
    for track in timeline.tracks:
        track.insert(0, gap(10, 25))
    lines = written(timeline, path)
    assert lines[2] == "001  BL       V     C        00:00:00:00 00:00:00:10 01:00:00:00 01:00:00:10"
    assert lines[3].startswith("002  A001     V     C        10:00:00:00 10:00:02:00 01:00:00:10")


def test_a_rate_that_its_frames_no_longer_tell_is_written_down(tmp_path: Path) -> None:
    """The one frame 24 of the list goes with the tail of the third clip."""
    path = saved(tmp_path, THREE)
    timeline = read_edl(path)
    timeline.tracks[0][2].source_range = time_range(12 * 3600 * 25, 45, 25)
    lines = written(timeline, path)
    assert lines[2] == "* FRAME RATE: 25"


def test_a_take_without_drop_frame_in_a_list_with_it_says_so(tmp_path: Path) -> None:
    text = (
        THREE.replace("NON-DROP", "DROP")
        .replace("12:00:01:24", "12:00:01:29")
        .replace("06:00 01:00:07:24", "06:00 01:00:07:29")
    )
    lines = edited(tmp_path, text, "one.mov", 25, 10)
    take = next(place for place, line in enumerate(lines) if "TAKE_100" in line)
    assert (lines[take - 1], lines[take + 4]) == ("FCM: NON-DROP FRAME", "FCM: DROP FRAME")


def test_names_that_the_lists_code_lacks_make_it_utf_8(tmp_path: Path) -> None:
    path = saved(tmp_path, THREE.replace("a free comment", "Grüße").encode("latin-1"))
    timeline = read_edl(path)
    timeline.tracks[0][0].name = "日本.mov"
    text = edl_bytes(timeline, path, path).decode("utf-8")
    assert "日本.mov" in text
    assert "Grüße" in text


def test_an_overlap_stays_as_long_as_nothing_moves_between(tmp_path: Path) -> None:
    text = HEAD + (
        "001  A001     V     C        10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n"
        "002  A002     V     C        11:00:00:00 11:00:04:24 01:00:01:00 01:00:05:24\n"
    )
    path = saved(tmp_path, text)
    timeline = read_edl(path)
    assert "\n".join(written(timeline, path)) + "\n" == text
    timeline.tracks[0].insert(1, gap(5, 25))
    assert written(timeline, path)[2] == (
        "001  A001     V     C        10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00"
    )


def test_an_overlap_is_no_longer_than_what_is_left_of_the_event_over_it(tmp_path: Path) -> None:
    text = HEAD + (
        "001  A001     V     C        10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n"
        "002  A002     V     C        11:00:00:00 11:00:04:24 01:00:01:00 01:00:05:24\n"
    )
    lines = edited(tmp_path, text, "A002", 10, 5)
    records = [line.split()[-2:] for line in lines if "  V  " in line]
    assert records[:2] == [["01:00:00:00", "01:00:01:10"], ["01:00:01:00", "01:00:01:10"]]
    read_edl(saved(tmp_path, "\n".join(lines)))


def test_a_key_is_kept_but_not_cut(tmp_path: Path) -> None:
    text = HEAD + (
        "001  A001     V     K B      10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n"
        "001  A002     V     K    000 11:00:00:00 11:00:02:00 01:00:00:00 01:00:02:00\n"
        "002  A003     V     C        11:00:00:00 11:00:04:24 01:00:02:00 01:00:06:24\n"
    )
    path = saved(tmp_path, text)
    timeline = read_edl(path)
    assert [track.name for track in timeline.tracks] == ["V1", "V1K"]
    assert edl_bytes(timeline, path, path).decode() == text
    with pytest.raises(UnwritableOutput, match="event 001 of line 3 is a key"):
        written(take_in(timeline, "A001", 10, 10), path)


def test_a_list_moved_to_another_folder_names_its_media_as_before(tmp_path: Path) -> None:
    path = saved(tmp_path, THREE)
    (tmp_path / "moved").mkdir()
    out = tmp_path / "moved" / "cut.edl"
    write(read(path), out, origin=path)
    assert out.read_bytes() == path.read_bytes()


def test_fresh_dissolves_keep_their_cut(tmp_path: Path) -> None:
    """The list has it where the dissolve begins; a comment says where the clips met."""
    timeline = read_edl(saved(tmp_path, THREE))
    mix = otio.schema.Transition("", "SMPTE_Dissolve", rational_time(4, 25), rational_time(6, 25))
    timeline.tracks[0].insert(1, mix)
    out = tmp_path / "fresh.edl"
    write(timeline, out)
    assert "* TRANSITION CUT: 004" in out.read_text()
    assert (read(out).tracks[0][1].in_offset.value, read(out).tracks[0][1].out_offset.value) == (4, 6)


def test_a_cut_between_two_source_frames_of_a_retimed_clip_names_the_nearest(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        HEAD
        + "001  FOO      V     C        01:00:00:00 01:00:27:14 01:00:00:00 01:00:27:14\n"
        + "M2   FOO            035.0                01:00:00:00\n",
    )
    answer = check(path, keep=tmp_path / "out.edl").checked
    assert (answer.refused, answer.lost) == (None, ())
    text = (tmp_path / "out.edl").read_text("ascii")
    assert "01:00:20:07" in text  # 334 frames at 35/24: 487.08


BACKWARDS = (
    HEAD
    + "001  FOO      V     C        01:00:39:23 01:01:07:12 01:00:00:00 01:00:27:14\n"
    + "001  BL       V     D    025 00:00:00:00 00:00:01:00 01:00:27:14 01:00:28:14\n"
    + "M2   FOO           -025.0                01:00:39:23\n"
)


def test_a_clip_that_plays_backwards_is_cut_at_the_frame_that_is_shown(tmp_path: Path) -> None:
    """M2 says the source timecode that is shown first."""
    answer = check(saved(tmp_path, BACKWARDS), keep=tmp_path / "out.edl").checked
    assert (answer.refused, answer.lost) == (None, ())
    lines = (tmp_path / "out.edl").read_text("ascii").splitlines()
    cut = [line for line in lines if line.startswith(("002", "M2"))]
    assert cut[0] == "M2   FOO            -025.0                01:00:39:23"
    assert cut[1].startswith("002  FOO      V     C        01:00:26:00 ")  # 348 frames before 39:23
    assert cut[2] == "002  BL       V     D    025 00:00:00:00 00:00:01:00 01:00:27:09 01:00:28:09"
    assert cut[3] == "M2   FOO           -025.0                01:00:26:00"


def test_a_list_that_would_grow_beyond_what_is_read_is_refused_before_it_is_written(tmp_path: Path) -> None:
    notes = "* note\n" * 4990
    text = HEAD + "".join(
        f"{number:03d}  A{number:03d}     V     C        01:00:00:00 01:00:10:00 "
        f"01:00:{number}0:00 01:00:{number + 1}0:00\n{notes}"
        for number in range(4)
    )
    text += "* note\n" * (MAX_LINES - len(text.splitlines()))
    answer = check(saved(tmp_path, text)).checked
    assert answer.refused is not None
    assert "would have 40001 lines" in answer.refused
