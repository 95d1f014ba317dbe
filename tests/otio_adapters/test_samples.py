"""Project files of real programs: all read, come back as they were, and take an edit."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest
from lxml import etree
from shared_media import SHARED, shared

from otio_adapters.errors import UnreadableTimeline, UnsupportedEdit, UnwritableOutput
from otio_adapters.media_linker import MediaFacts
from otio_adapters.opentime import timeline_rate
from otio_adapters.read import read
from otio_adapters.takes import Placement, Ripple, clip_names, find_clip, place_takes
from otio_adapters.write import write

SAMPLES = sorted(
    str(path.relative_to(SHARED))
    for path in (SHARED / "timelines").glob("*/*")
    if path.suffix.lower() in {".otio", ".xml", ".kdenlive", ".fcpxml", ".edl"}
)
NO_TIMELINE = {
    "otio-fcp-adapter__premiere_example_filter.xml",  # a filter alone
    "otio-fcpx-xml-adapter__fcpx_event.fcpxml",  # two projects
    "otio-fcpx-xml-adapter__fcpx_library.fcpxml",
}
KEYED = {"edl__KEY_TRANSITION.EDL"}


def is_timeline(path: Path) -> bool:
    return path.name not in NO_TIMELINE


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_read_or_refused_in_one_line(name: str) -> None:
    path = shared(name)
    if is_timeline(path):
        assert isinstance(read(path), otio.schema.Timeline)
    else:
        with pytest.raises(UnreadableTimeline):
            read(path)


def plain(path: Path) -> bytes:
    """The XML without the space between elements, which no program reads."""
    return bytes(etree.tostring(etree.parse(path, etree.XMLParser(remove_blank_text=True)), method="c14n"))


def timeless(path: Path) -> str:
    """A Kdenlive project without the lengths that are bounded on writing, and its base folder."""
    tree = etree.parse(path, etree.XMLParser(remove_blank_text=True))
    tree.getroot().attrib.pop("root", None)
    for element in tree.iter("tractor", "producer", "track", "transition"):
        element.attrib.pop("in", None)
        element.attrib.pop("out", None)
    for element in list(tree.iter("property")):
        name = element.get("name", "")
        if name.endswith(("guides", "groups", "duration", "mixcut")) or name == "kdenlive:markers":
            element.getparent().remove(element)
    return str(etree.tostring(tree, method="c14n").decode())


@pytest.mark.parametrize("name", [name for name in SAMPLES if is_timeline(Path(name))])
def test_a_sample_written_without_an_edit_is_what_it_was(name: str, tmp_path: Path) -> None:
    path = shared(name)
    out = tmp_path / path.name
    before = read(path)
    write(before, out, origin=path)
    if path.suffix in {".xml", ".fcpxml"}:
        assert plain(out) == plain(path)
    elif path.suffix == ".kdenlive":
        assert timeless(out) == timeless(path)
    elif path.suffix.lower() == ".edl":
        assert out.read_bytes() == path.read_bytes()
    else:
        write(read(out), tmp_path / "again.otio", origin=out)
        assert (tmp_path / "again.otio").read_bytes() == out.read_bytes()


@pytest.mark.parametrize("name", [name for name in SAMPLES if is_timeline(Path(name))])
def test_a_sample_takes_an_edit_and_reads_back(name: str, tmp_path: Path) -> None:
    """The read-back in `write` is the assertion; clips beside a dissolve or with a ramp are refused."""
    path = shared(name)
    timeline = read(path)
    rate = timeline_rate(timeline) if timeline.find_clips() else None
    edited = 0
    for clip in clip_names(timeline)[:2] if rate else ():
        try:
            place = find_clip(timeline, clip)
            if place.frames < 12:
                continue
            take = Placement(
                start=place.start + 4,
                length=6,
                media=Path("/takes/a b%.mov"),
                name="take_v001",
                facts=MediaFacts(rate=place.rate, start=1000, frames=30, width=640, height=360, channels=2),
                source_range=(4, 8),
                ripples=(Ripple(at=place.start + 5, removed=3), Ripple(at=place.start + 9, added=5)),
            )
            report = place_takes(timeline, place, [take])
        except UnsupportedEdit:
            continue
        assert report.duration_after - report.duration_before in {0, 2}
        if path.name in KEYED:
            with pytest.raises(UnwritableOutput, match="event 002 of line 4 is a key"):
                write(report.timeline, tmp_path / path.name, origin=path)
        else:
            write(report.timeline, tmp_path / path.name, origin=path)
        edited += 1
    if not edited:
        pytest.skip("no clip of it is long enough, without a dissolve and at plain speed")
