"""Project files of Final Cut Pro and Resolve: an edit keeps all it does not touch, element by element."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from shared_media import SHARED, shared

from otio_adapters.errors import UnreadableTimeline, UnsupportedEdit
from otio_adapters.fcpxml.clips import marks_of
from otio_adapters.fcpxml.document import project_of, resources_of, sequence_of
from otio_adapters.fcpxml.markers import MARKERS
from otio_adapters.fcpxml.reader import read_fcpxml
from otio_adapters.fcpxml.story import Story, Strip, story_of
from otio_adapters.media_linker import MediaFacts
from otio_adapters.takes import ClipPlace, Placement, Ripple, clip_names, find_clip, place_takes
from otio_adapters.write import write

FILES = sorted(path.name for path in (SHARED / "timelines" / "fcpxml").glob("*.fcpxml"))
SEVERAL = {"otio-fcpx-xml-adapter__fcpx_event.fcpxml", "otio-fcpx-xml-adapter__fcpx_library.fcpxml"}
NO_CLIP = {f"swift-fcpxml__{name}.fcpxml" for name in ("CompoundClips", "MulticamMarkers", "SyncClip")}


def alone(name: str, folder: Path) -> Path:
    """The file with its first project only."""
    path = shared(f"timelines/fcpxml/{name}")
    if name not in SEVERAL:
        return path
    tree = etree.parse(path)
    for project in list(tree.iter("project"))[1:]:
        project.getparent().remove(project)
    tree.write(str(folder / name), encoding="utf-8", xml_declaration=True)
    return folder / name


def plain(element: Any) -> bytes:
    """The element without the space between elements, and without its tail."""
    bare = etree.fromstring(etree.tostring(element, with_tail=False), etree.XMLParser(remove_blank_text=True))
    return bytes(etree.tostring(bare, method="c14n"))


def own(strip: Strip, story: Story) -> bytes:
    """A strip's element without its place, its markers, and what is connected to it."""
    element = copy.deepcopy(strip.element)
    element.attrib.pop("offset", None)
    marks = marks_of(story)
    for old, new in zip(
        list(strip.clip), list(element if strip.clip is strip.element else element[0]), strict=True
    ):
        if old in marks or old.tag in MARKERS:
            new.getparent().remove(new)
    return plain(element)


def beside(root: Any, new: set[str]) -> bytes:
    """All of the file but the story, without the resources that are new."""
    root = copy.deepcopy(root)
    sequence = root.find(".//project/sequence")
    sequence.attrib.pop("duration", None)
    del sequence.find("spine")[:]
    for one in [one for one in root.find("resources") if one.get("id") in new]:
        one.getparent().remove(one)
    return plain(root)


def longest(timeline: Any) -> ClipPlace:
    """The longest clip that takes an edit; raises what the last one was refused with."""
    found, why = [], UnsupportedEdit("no clip")
    for name in clip_names(timeline):
        try:
            found.append(find_clip(timeline, name))
        except UnsupportedEdit as error:
            why = error
    if not found:
        raise why
    return max(found, key=lambda place: place.length)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_several_projects_is_refused_by_their_names(name: str) -> None:
    path = shared(f"timelines/fcpxml/{name}")
    if name in SEVERAL:
        with pytest.raises(UnreadableTimeline, match="2 projects, 'OpenTimeline_Project', "):
            read_fcpxml(path)
    else:
        assert len(read_fcpxml(path).tracks)


@pytest.mark.parametrize("name", FILES)
def test_written_without_an_edit_it_is_the_same_bytes(name: str, tmp_path: Path) -> None:
    path = alone(name, tmp_path)
    write(read_fcpxml(path), tmp_path / "out.fcpxml", origin=path)
    assert (tmp_path / "out.fcpxml").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_an_edit_keeps_all_that_it_does_not_touch(name: str, tmp_path: Path) -> None:
    path = alone(name, tmp_path)
    timeline = read_fcpxml(path)
    if name in NO_CLIP:
        assert clip_names(timeline) == ()
        return
    place = longest(timeline)
    at = place.start + 5
    take = Placement(
        start=at - 1,
        length=6,
        media=Path("/takes/a b%.mov"),
        name="take_v001",
        facts=MediaFacts(rate=place.rate, start=1000, frames=30, width=640, height=360, channels=2),
        source_range=(4, 8),
        ripples=(Ripple(at=at, removed=3), Ripple(at=at + 4, added=5)),
    )
    write(place_takes(timeline, place, [take]).timeline, tmp_path / "out.fcpxml", origin=path)
    before, after = (etree.parse(one).getroot() for one in (path, tmp_path / "out.fcpxml"))
    ids = [{one.get("id") for one in root.find("resources")} for root in (before, after)]
    assert beside(after, ids[1] - ids[0]) == beside(before, set())
    stories = [
        story_of(sequence_of(project_of(root, path)[1], path), resources_of(root)) for root in (before, after)
    ]
    _same_outside(*stories, at - 1, at + 5, 2)


def _same_outside(old: Story, new: Story, first: int, last: int, change: int) -> None:
    """Every strip that lies wholly before frame `first` or after `last` is there, as it was, at its place."""
    found = Counter((own(strip, new), strip.start) for strip in new.strips.values())
    meant = Counter(
        (own(strip, old), strip.start + (change if strip.start >= last else 0))
        for strip in old.strips.values()
        if strip.end <= first or strip.start >= last
    )
    assert meant - found == Counter()
    marked = [
        Counter(
            plain(child) for strip in story.strips.values() for child in strip.clip if child.tag in MARKERS
        )
        for story in (old, new)
    ]
    assert sum(marked[0].values()) == sum(marked[1].values())
