"""Files as an enemy would make them: one clear line each, and quickly."""

from __future__ import annotations

import time
from pathlib import Path

import opentimelineio as otio
import pytest

from otio_adapters.errors import UnreadableTimeline, UnsupportedFormat
from otio_adapters.read import read

BOMB = """<?xml version="1.0"?>
<!DOCTYPE xmeml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<xmeml version="5"><sequence><name>&c;</name></sequence></xmeml>"""
THIEF = """<?xml version="1.0"?>
<!DOCTYPE mlt [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<mlt><profile description="&secret;"/></mlt>"""


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("deep.otio", "[" * 100_000 + "]" * 100_000, "nested 100000 deep"),
        ("deep.xml", "<a>" * 100_000 + "</a>" * 100_000, "not whole XML"),
        ("bomb.xml", BOMB, "defines XML entities"),
        ("thief.kdenlive", THIEF, "defines XML entities"),
        ("latin.xml", b"<?xml version='1.0' encoding='latin-1'?><xmeml/>", "save it as UTF-8"),
        ("utf7.xml", b"<?xml version='1.0' encoding='UTF-7'?><xmeml/>", "save it as UTF-8"),
        ("binary.otio", b"\xff\xfe\x00\x01", "not UTF-8"),
        ("name.otio", b'{"OTIO_SCHEMA": "Timeline.1", "name": "\xff"}', "not UTF-8"),
        ("empty.otio", b"", "is empty"),
        ("blank.xml", b"  \n", "is empty"),
        ("cut_off.xml", "<xmeml version='5'><sequence>", "not whole XML"),
        ("cut_off.otio", '{"OTIO_SCHEMA": "Timeline.1", ', "not an OpenTimelineIO file"),
        ("list.otio", "[]", "not one timeline"),
        ("clip.otio", otio.schema.Clip().to_json_string(), "has no source range"),
        ("gap.otio", otio.schema.Gap().to_json_string(), "holds a Gap, not one timeline"),
        ("trackless.otio", '{"OTIO_SCHEMA": "Timeline.1", "tracks": null}', "without tracks"),
        ("other.xml", "<html/>", "not Final Cut Pro 7 XML"),
        ("other.kdenlive", "<xmeml/>", "not a Kdenlive project"),
        ("nothing.xml", "<!DOCTYPE xmeml><xmeml version='5'/>", "holds no sequence"),
        ("norate.kdenlive", "<mlt><tractor/></mlt>", "no profile"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_with_its_reason(
    tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    with pytest.raises(UnreadableTimeline, match=reason):
        read(written(tmp_path, name, content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTimeline, match="no such file"):
        read(tmp_path / "gone.otio")
    (tmp_path / "folder.otio").mkdir()
    with pytest.raises(UnreadableTimeline, match="not a file"):
        read(tmp_path / "folder.otio")


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match=r"use one of \.otio, .*\.kdenlive, \.xml"):
        read(written(tmp_path, "cut.docx", "x"))


def test_brackets_inside_strings_are_not_depth(tmp_path: Path) -> None:
    name = "[" * 5000
    path = written(tmp_path, "cut.otio", otio.schema.Timeline(name).to_json_string())
    assert read(path).name == name


def test_a_marker_of_a_newer_otio_is_read_with_its_colour(tmp_path: Path) -> None:
    """OTIO 0.18.1 refuses the whole file for one Marker.3."""
    timeline = otio.schema.Timeline("cut")
    timeline.tracks.markers.append(otio.schema.Marker("m", color="RED"))
    newer = timeline.to_json_string().replace("Marker.2", "Marker.3")
    newer = newer.replace('"RED"', '{"OTIO_SCHEMA": "Color.1", "name": "Blue"}')
    path = written(tmp_path, "cut.otio", newer)
    assert [(one.name, one.color) for one in read(path).tracks.markers] == [("m", "BLUE")]


def test_a_plain_doctype_is_no_entity(tmp_path: Path) -> None:
    sequence = "<sequence><name>cut</name><rate><timebase>25</timebase></rate></sequence>"
    path = written(tmp_path, "cut.xml", f"<!DOCTYPE xmeml><xmeml version='5'>{sequence}</xmeml>")
    assert read(path).name == "cut"


def test_doctypes_without_end_take_no_time(tmp_path: Path) -> None:
    path = written(tmp_path, "cut.xml", "<!DOCTYPE" * 20_000)
    begun = time.process_time()
    with pytest.raises(UnreadableTimeline, match="is not whole XML"):
        read(path)
    assert time.process_time() - begun < 1


def test_of_a_key_that_is_there_twice_the_one_that_otio_takes_is_checked(tmp_path: Path) -> None:
    """OTIO takes the first, most other libraries the last."""
    shown = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(40, 25))
    made = otio.schema.Timeline("cut")
    made.tracks.append(otio.schema.Track("V1", children=[otio.schema.Clip("a", source_range=shown)]))
    twice = made.to_json_string(indent=-1).replace('"value":40.0', '"value":-40.0,"value":40.0')
    with pytest.raises(UnreadableTimeline, match="'a' has the impossible range"):
        read(written(tmp_path, "cut.otio", twice))
