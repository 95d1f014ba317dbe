"""What programs make of xmeml: numbers, clips over each other, media at another rate."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from bridge.timeline_check import check
from otio_adapters.errors import UnreadableTimeline
from otio_adapters.read import read

_NAMES = {"24": ("24", "FALSE"), "25": ("25", "FALSE"), "50": ("50", "FALSE"), "23.976": ("24", "TRUE")}


def rate(name: str) -> str:
    base, ntsc = _NAMES[name]
    return f"<rate><timebase>{base}</timebase><ntsc>{ntsc}</ntsc></rate>"


def clip(start: int, end: int, first: str = "0", own: str = "50") -> str:
    last = f"{int(float(first)) + end - start}"
    return f"""<clipitem id="c{start}"><name>clip {start}</name><duration>900</duration>{rate(own)}
<start>{start}</start><end>{end}</end><in>{first}</in><out>{last}</out>
<file id="f{start}"><name>a</name><pathurl>file://localhost/m/{start}.mov</pathurl>{rate(own)}
<duration>900</duration></file></clipitem>"""


def project(folder: Path, *clips: str, own: str = "50") -> Path:
    path = folder / "cut.xml"
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE xmeml>
<xmeml version="5"><sequence id="s"><name>s</name><duration>100</duration>{rate(own)}<media><video><track>
{"".join(clips)}</track></video></media></sequence></xmeml>
""",
        "utf-8",
    )
    return path


def shown(path: Path) -> list[tuple[str, float, float]]:
    timeline = read(path)
    return [
        (one.name, one.source_range.start_time.value, one.source_range.duration.value)
        for one in timeline.find_clips()
    ]


def test_whole_numbers_may_be_written_as_hiero_does(tmp_path: Path) -> None:
    path = project(tmp_path, clip(0, 100, "20.0"))
    assert shown(path) == [("clip 0", 20, 100)]
    assert check(path).checked.lost == ()


def test_half_a_frame_is_refused_with_the_line(tmp_path: Path) -> None:
    path = project(tmp_path, clip(0, 100, "20.5"))
    with pytest.raises(UnreadableTimeline, match=r"<clipitem> 'clip 0' in line 4 has '20.5' for <in>"):
        read(path)


def test_a_clip_that_the_next_one_lies_over_shows_up_to_that(tmp_path: Path) -> None:
    path = project(tmp_path, clip(0, 60, "5"), clip(50, 100))
    assert shown(path) == [("clip 0", 5, 50), ("clip 50", 0, 50)]
    answer = check(path, keep=tmp_path / "out.xml").checked
    assert (answer.refused, answer.lost) == (None, ())
    first = etree.parse(tmp_path / "out.xml").getroot().find(".//clipitem")
    assert [first.findtext(tag) for tag in ("start", "end", "in", "out")] == ["0", "23", "5", "28"]


def test_a_clip_within_another_is_refused_with_the_line(tmp_path: Path) -> None:
    path = project(tmp_path, clip(0, 60), clip(10, 20))
    with pytest.raises(UnreadableTimeline, match=r"'clip 10' in line 7 runs from frame 10 to 20, where"):
        read(path)


def test_a_cut_between_two_frames_of_slower_media_is_refused_by_its_name_and_place(tmp_path: Path) -> None:
    path = project(tmp_path, clip(0, 101, own="25"))
    refused = check(path).checked.refused
    assert refused is not None
    assert "'clip 0' would begin at frame 48 of its track between two frames of it, at 25" in refused


def test_a_cut_at_a_frame_of_slower_media_is_carried(tmp_path: Path) -> None:
    path = project(tmp_path, clip(0, 103, own="25"))
    answer = check(path).checked
    assert (answer.refused, answer.lost) == (None, ())


def test_media_of_nearly_the_rate_is_cut_at_its_nearest_frame(tmp_path: Path) -> None:
    path = project(tmp_path, clip(0, 4261, "107891", own="23.976"), own="24")
    answer = check(path).checked
    assert (answer.refused, answer.lost) == (None, ())


def test_of_several_sequences_an_empty_one_is_not_the_first(tmp_path: Path) -> None:
    path = project(tmp_path, clip(0, 100))
    text = path.read_text("utf-8")
    empty = (
        f"<sequence id='e'><name>empty</name>{rate('25')}<media><video><track/></video></media></sequence>"
    )
    path.write_text(text.replace("<sequence", f"{empty}<sequence", 1), "utf-8")
    assert (read(path).name, read(path, "#2").name) == ("s", "empty")


def test_xml_of_another_program_is_refused_with_the_suffix_that_it_is_read_by(tmp_path: Path) -> None:
    path = tmp_path / "cut.xml"
    path.write_text('<fcpxml version="1.11"/>', "utf-8")
    with pytest.raises(
        UnreadableTimeline, match=r"its root is <fcpxml>; it is read where it is called \.fcpxml"
    ):
        read(path)
