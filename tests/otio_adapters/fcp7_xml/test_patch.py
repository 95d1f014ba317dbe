"""xmeml patched in place: filters and labels stay; times, ticks, links and files are brought up to date."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from timelines import Cut, Source, timeline

from otio_adapters.fcp7_xml.elements import TICKS_PER_SECOND, add, put
from otio_adapters.links import link_of
from otio_adapters.media_linker import MediaFacts
from otio_adapters.opentime import exact_frames, rational_time
from otio_adapters.read import read
from otio_adapters.takes import Placement, Ripple, find_clip, place_takes
from otio_adapters.write import write

R = Fraction(30000, 1001)
TEN_HOURS = 1_078_920


def sequence(folder: Path) -> Path:
    """Two linked clips as Premiere would have saved them: ticks, a master clip, a label, a filter."""
    cuts = [Cut(name=f"clip {i}", media=Path("/media/a.mov"), start=50 * i, frames=40) for i in (1, 2)]
    path = folder / "cut.xml"
    write(timeline(cuts, Source(frames=500, timecode=TEN_HOURS), R, marker=70, start=107_892), path)
    tree = etree.parse(path)
    for item in tree.iter("clipitem"):
        first = int(item.findtext("in"))
        put(item, "pproTicksIn", str(round(first / R * TICKS_PER_SECOND)))
        put(item, "pproTicksOut", str(round((first + 40) / R * TICKS_PER_SECOND)))
        put(item, "masterclipid", "masterclip-1")
        add(add(item, "filter"), "effect")
        add(add(item, "labels"), "label2", "Iris")
    add(next(tree.iter("sequence")), "customdata", "keep me")
    tree.write(str(path), encoding="utf-8", xml_declaration=True)
    return path


def edited(path: Path, start: int = 50, *ripples: Ripple) -> Any:
    """The sequence after ten frames of the second clip have given way to a take."""
    made = read(path)
    take = Placement(
        start=start,
        length=10,
        media=Path("/takes/take 100%.mov"),
        name="take_v001",
        facts=MediaFacts(rate=R, start=TEN_HOURS, frames=40, width=640, height=360, channels=2),
        source_range=(4, 10 + sum(one.added - one.removed for one in ripples)),
        ripples=ripples,
        drop_frame=True,
    )
    name = "clip 2" if start >= 40 else "clip 1"
    out = path.with_name("out.xml")
    write(place_takes(made, find_clip(made, name), [take]).timeline, out, origin=path)
    return etree.parse(out).getroot()


def items(root: Any, kind: str = "video") -> list[Any]:
    return list(root.findall(f"sequence/media/{kind}/track/clipitem"))


def numbers(item: Any) -> tuple[int, ...]:
    return tuple(int(item.findtext(tag)) for tag in ("start", "end", "in", "out"))


def test_pieces_and_take_count_from_their_medias_start(tmp_path: Path) -> None:
    root = edited(sequence(tmp_path), 50, Ripple(at=52, removed=3))
    for kind in ("video", "audio"):
        assert [numbers(item) for item in items(root, kind)] == [
            (0, 40, 50, 90),
            (40, 50, 100, 110),
            (50, 57, 4, 11),
            (57, 77, 120, 140),
        ]


def test_premieres_ticks_are_cut_with_the_frames(tmp_path: Path) -> None:
    """Premiere believes them rather than <in> and <out>."""
    for item in items(edited(sequence(tmp_path))):
        for tag, ticks in (("in", "pproTicksIn"), ("out", "pproTicksOut")):
            assert int(item.findtext(ticks)) == round(int(item.findtext(tag)) / R * TICKS_PER_SECOND)


def test_filters_and_labels_stay_and_the_take_leaves_the_old_master_clip(tmp_path: Path) -> None:
    found = items(edited(sequence(tmp_path)))
    assert [item.findtext("labels/label2") for item in found] == ["Iris"] * 4
    assert [len(item.findall("filter")) for item in found] == [1] * 4
    assert [item.findtext("masterclipid") for item in found] == ["masterclip-1"] * 2 + [None, "masterclip-1"]


def test_what_is_not_understood_survives(tmp_path: Path) -> None:
    assert edited(sequence(tmp_path)).findtext("sequence/customdata") == "keep me"


def test_every_id_is_used_once_and_every_link_names_a_clip(tmp_path: Path) -> None:
    root = edited(sequence(tmp_path))
    names = [item.get("id") for item in root.iter("clipitem")]
    assert len(names) == len(set(names))
    for item in root.iter("clipitem"):
        for link in item.findall("link"):
            tracks = root.findall(f"sequence/media/{link.findtext('mediatype')}/track")
            track = tracks[int(link.findtext("trackindex")) - 1]
            named = track.findall("clipitem")[int(link.findtext("clipindex")) - 1]
            assert named.get("id") == link.findtext("linkclipref")


def test_each_piece_is_linked_to_its_own_sound(tmp_path: Path) -> None:
    edited(sequence(tmp_path))
    made = read(tmp_path / "out.xml")
    picture, sound = ([link_of(item) for item in track] for track in made.tracks)
    assert picture == sound
    assert len(set(picture)) == 4


@pytest.mark.parametrize("start", [0, 50])
def test_a_file_is_written_out_where_it_is_first_used_and_only_there(tmp_path: Path, start: int) -> None:
    """The clip that held the description may be the one that goes."""
    root = edited(sequence(tmp_path), start)
    seen: set[str] = set()
    for file in root.iter("file"):
        assert bool(len(file)) == (file.get("id") not in seen)
        seen.add(file.get("id"))
    assert len(seen) == 2


def test_the_takes_file_says_its_timecode_size_and_path(tmp_path: Path) -> None:
    file = items(edited(sequence(tmp_path)))[2].find("file")
    assert file.findtext("pathurl") == "file://localhost/takes/take%20100%25.mov"
    assert file.findtext("timecode/string") == "10:00:00;00"
    assert file.findtext("timecode/displayformat") == "DF"
    assert (file.findtext("rate/timebase"), file.findtext("rate/ntsc")) == ("30", "TRUE")
    assert file.findtext("media/video/samplecharacteristics/width") == "640"
    assert file.findtext("media/audio/channelcount") == "2"


def test_start_timecode_and_marker_are_exact_in_drop_frame(tmp_path: Path) -> None:
    path = sequence(tmp_path)
    for element in (tree := etree.parse(path)).iter("displayformat"):
        element.text = "DF"
    tree.write(str(path))
    root = edited(path, 50, Ripple(at=52, removed=3))
    made = read(tmp_path / "out.xml")
    assert made.global_start_time == rational_time(107_892, R)
    assert exact_frames(made.tracks.markers[0].marked_range.start_time, R) == 67
    assert root.findtext("sequence/duration") == "77"


RETIMED = """<xmeml version="4"><sequence><name>s</name><duration>50</duration>
<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate><media><video><track>
<clipitem id="a"><name>fast</name><rate><timebase>25</timebase></rate>
<start>0</start><end>-1</end><in>20</in><out>50</out>
<file id="f"><name>a.mov</name><pathurl>file://localhost/a.mov</pathurl><duration>900</duration></file>
<filter><effect><effectid>timeremap</effectid>
<parameter><parameterid>speed</parameterid><value>200</value></parameter></effect></filter></clipitem>
<transitionitem><start>20</start><end>30</end><alignment>center</alignment></transitionitem>
<clipitem id="b"><name>plain</name><rate><timebase>25</timebase></rate>
<start>-1</start><end>50</end><in>100</in><out>130</out><file id="f"/></clipitem>
</track></video></media></sequence></xmeml>"""


def test_speed_and_transition_handles_are_read_as_final_cut_counts_them(tmp_path: Path) -> None:
    """<in> of a retimed clip counts retimed frames; beside a transition it lies on its far side."""
    path = tmp_path / "cut.xml"
    path.write_text(RETIMED)
    fast, _, plain = read(path).tracks[0]
    assert [
        (item.source_range.start_time.value, item.source_range.duration.value) for item in (fast, plain)
    ] == [
        (40, 25),
        (105, 25),
    ]
    assert fast.effects[0].time_scalar == 2
    write(read(path), tmp_path / "out.xml", origin=path)
    again = etree.parse(tmp_path / "out.xml")
    assert [numbers(item) for item in again.iter("clipitem")] == [(0, -1, 20, 50), (-1, 50, 100, 130)]
