"""An edit of an xmeml file, element by element: what it must not touch is as it was.

The files are read here with lxml alone, not with the code under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from one_edit import Edit, place_edit
from shared_media import SHARED, shared
from xmeml_project import rich_xmeml

SAMPLES = sorted(str(path.relative_to(SHARED)) for path in (SHARED / "timelines" / "xmeml").glob("*.xml"))
NO_TIMELINE = {"otio-fcp-adapter__premiere_example_filter.xml"}  # a filter alone
PLACED = ("start", "end", "in", "out", "pproTicksIn", "pproTicksOut")
ITEMS = ("clipitem", "generatoritem", "transitionitem")


def xml(path: Path) -> Any:
    return etree.parse(path, etree.XMLParser(remove_blank_text=True)).getroot()


def text(element: Any, *unwanted: str, name: bool = True) -> str:
    """All that an item says but for some children, with files by their ids alone, and links apart."""
    copy = etree.fromstring(etree.tostring(element, with_tail=False))
    for child in list(copy):
        if child.tag in {"link", *unwanted}:
            copy.remove(child)
    for tag in ("file", "sequence"):
        for one in list(copy.iter(tag)):
            one[:] = []
            one.text = None
    if not name:
        copy.attrib.pop("id", None)
    return str(etree.tostring(copy, method="c14n").decode())


def links(element: Any) -> list[tuple[str, str, str]]:
    return [tuple(one.findtext(tag) or "" for tag in ("linkclipref", "mediatype", "groupindex"))
            for one in element.findall("link")]  # fmt: skip


def spans(track: Any) -> Iterator[tuple[int, int, Any]]:
    """(start, end, element) of each item; beside a transition as far as that reaches over the cut."""
    children = [child for child in track if child.tag in ITEMS]
    for index, child in enumerate(children):
        start, end = int(child.findtext("start")), int(child.findtext("end"))
        start = int(children[index - 1].findtext("start")) if start == -1 else start
        end = int(children[index + 1].findtext("end")) if end == -1 else end
        yield start, end, child


def assert_only_edited(before: Any, after: Any, edit: Edit, index: int = 0) -> None:
    old, new = (list(root.iter("sequence"))[index] for root in (before, after))
    known = {one.get("id") for one in before.iter("file")}
    for was, now in zip(old.findall("media/*/track"), new.findall("media/*/track"), strict=True):
        assert_track(was, now, edit, known)
    assert {key: one for key, one in files(after).items() if key in known} == files(before)
    for one in (old, new):
        for track in one.findall("media/*/track"):
            track[:] = [child for child in track if child.tag not in ITEMS]
        for tag in ("duration", "in", "out"):
            for timed in one.findall(tag):
                timed.text = ""
        for marker in one.findall("marker"):
            marker.find("in").text = marker.find("out").text = ""
    assert etree.tostring(after, method="c14n") == etree.tostring(before, method="c14n")


def files(root: Any) -> dict[str, bytes]:
    return {
        one.get("id"): etree.tostring(one, method="c14n", with_tail=False)
        for one in root.iter("file")
        if len(one)
    }


def assert_track(was: Any, now: Any, edit: Edit, known: set[str]) -> None:
    there = list(spans(now))
    taken = any(one.find("file") is not None and one.find("file").get("id") not in known for *_, one in there)
    wanted = []
    for start, end, element in spans(was):
        for begin, stop, shift in edit.kept(taken=taken):
            a, b = max(start, begin), min(end, stop)
            if a < b:
                wanted.append((a + shift, b + shift, a - start, b - end, element))
    wanted.sort(key=lambda one: one[0])
    found = [one for one in there if one[2].find("file") is None or one[2].find("file").get("id") in known]
    assert [one[:2] for one in found] == [one[:2] for one in wanted]
    seen: set[str] = set()
    for (*_, made), (*_, head, tail, element) in zip(found, wanted, strict=True):
        if not head and not tail:
            assert text(made, "start", "end") == text(element, "start", "end")
            assert len(links(made)) == len(links(element))
        else:
            later = element.get("id") in seen
            assert text(made, *PLACED, name=not later) == text(element, *PLACED, name=not later)
            assert_trimmed(made, element, head, tail)
        seen.add(element.get("id"))


def assert_trimmed(made: Any, element: Any, head: int, tail: int) -> None:
    """In and out moved with the edges, ticks as much as they do."""
    for tag, ticks, by in (("in", "pproTicksIn", head), ("out", "pproTicksOut", tail)):
        frames = int(made.findtext(tag)) - int(element.findtext(tag))
        assert abs(frames - by) <= 1  # a clip of another rate counts in its own frames
        if element.findtext(ticks):
            per_frame = Fraction(
                int(element.findtext("pproTicksOut")) - int(element.findtext("pproTicksIn")),
                int(element.findtext("out")) - int(element.findtext("in")),
            )
            moved = int(made.findtext(ticks)) - int(element.findtext(ticks))
            assert abs(moved - frames * per_frame) < 1


def assert_links_hold(root: Any) -> None:
    """Each id is used once, and each link names a clip by its id, its track and its count alike."""
    names = [one.get("id") for one in root.iter("clipitem", "generatoritem") if one.get("id")]
    assert len(names) == len(set(names))
    for item in root.iter("clipitem"):
        media = next(item.iterancestors("media"))
        for link in item.findall("link"):
            if link.find("clipindex") is None:
                continue
            tracks = media.findall(f"{link.findtext('mediatype')}/track")
            track = tracks[int(link.findtext("trackindex")) - 1]
            clips = [one for one in track if one.tag in {"clipitem", "generatoritem"}]
            assert clips[int(link.findtext("clipindex")) - 1].get("id") == link.findtext("linkclipref")


@pytest.mark.parametrize("take", [True, False], ids=["take", "removal"])
@pytest.mark.parametrize("name", [name for name in SAMPLES if Path(name).name not in NO_TIMELINE])
def test_only_what_is_edited_changes_in_a_real_file(name: str, take: bool, tmp_path: Path) -> None:
    path = shared(name)
    edit = place_edit(path, tmp_path / path.name, take=take)
    assert_only_edited(xml(path), xml(tmp_path / path.name), edit)
    assert_links_hold(xml(tmp_path / path.name))


@pytest.mark.parametrize("version", ["4", "5"])
@pytest.mark.parametrize("take", [True, False], ids=["take", "removal"])
def test_only_what_is_edited_changes_in_a_file_of_everything(
    take: bool, version: str, tmp_path: Path
) -> None:
    path = rich_xmeml(tmp_path, version)
    out = tmp_path / "out.xml"
    edit = place_edit(path, out, take=take, only="clip 2")
    assert_only_edited(xml(path), xml(out), edit)
    assert_links_hold(xml(out))
    assert xml(out).get("version") == version
    sequence = next(xml(out).iter("sequence"))
    assert [int(sequence.findtext(tag)) for tag in ("in", "out")] == [10, edit.moved(110)]
    assert [int(one.findtext("in")) for one in sequence.findall("marker")] == [5, edit.moved(100)]
    assert int(sequence.findtext("duration")) == edit.moved(120)


def item(root: Any, name: str, kind: str = "video") -> Any:
    found = root.iterfind(f".//media/{kind}/track/clipitem")
    return next(one for one in found if one.findtext("name") == name)


def test_keyframes_of_a_take_lie_on_the_same_moments(tmp_path: Path) -> None:
    """Clip 2 shows its media from frame 100; the take starts 17 frames later and shows frame 4 of its own."""
    place_edit(rich_xmeml(tmp_path), tmp_path / "out.xml", take=True, only="clip 2")
    take = item(xml(tmp_path / "out.xml"), "take_v001")
    by = 4 - 117
    assert [int(one.text) for one in take.iter("when")] == [100 + by, 140 + by]
    assert [(one.findtext("start"), one.findtext("end")) for one in take.findall("filter")] == [
        ("0", "30"),
        ("-1", "-1"),
    ]


def test_a_take_leaves_what_names_the_old_media(tmp_path: Path) -> None:
    place_edit(rich_xmeml(tmp_path), tmp_path / "out.xml", take=True, only="clip 2")
    take = item(xml(tmp_path / "out.xml"), "take_v001")
    assert take.find("masterclipid") is None
    assert take.findtext("logginginfo/scene") == "12A"
    assert take.findtext("labels/label2") == "Iris"


def test_a_nested_sequence_that_is_cut_is_written_out_once(tmp_path: Path) -> None:
    place_edit(rich_xmeml(tmp_path), tmp_path / "out.xml", take=False, only="clip 2")
    nested = [one for one in xml(tmp_path / "out.xml").iter("sequence") if one.get("id") == "inner"]
    assert [bool(len(one)) for one in nested] == [True, False]
