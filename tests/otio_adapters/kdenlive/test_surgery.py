"""An edit of a Kdenlive project, element by element: what it must not touch is as it was.

The project is read here with lxml alone, not with the code under test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from kdenlive_project import rich_project
from lxml import etree
from one_edit import TAKE, Edit, place_edit
from shared_media import SHARED, shared

SAMPLES = sorted(
    str(path.relative_to(SHARED)) for path in (SHARED / "timelines" / "kdenlive").glob("*.kdenlive")
)


class Project:
    """The parts of a project that an edit may touch, and the text of all others."""

    def __init__(self, path: Path) -> None:
        self.root = etree.parse(path, etree.XMLParser(remove_blank_text=True)).getroot()
        profile = self.root.find("profile")
        self.rate = Fraction(int(profile.get("frame_rate_num")), int(profile.get("frame_rate_den")))
        self.by_id = {one.get("id"): one for one in self.root if one.get("id")}
        tractors = self.root.findall("tractor")
        self.wrapper = tractors[-1] if prop(tractors[-1], "kdenlive:projectTractor") == "1" else None
        track = self.wrapper.find("track") if self.wrapper is not None else None
        self.sequence = self.by_id[track.get("producer")] if track is not None else tractors[-1]
        self.tracks = [self.by_id[one.get("producer")] for one in self.sequence.findall("track")[1:]]
        self.black = self.by_id[self.sequence.find("track").get("producer")]

    def frame(self, text: str) -> int:
        hours, minutes, seconds = text.split(":")
        return round((int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)) * self.rate)

    def playlists(self) -> Iterator[tuple[int, Any]]:
        for number, track in enumerate(self.tracks):
            for place in track.findall("track"):
                yield number, self.by_id[place.get("producer")]

    def entries(self, playlist: Any) -> Iterator[tuple[int, int, int, Any]]:
        """(start on the track, frames, first frame of the producer, element)"""
        at = 0
        for one in playlist:
            if one.tag == "blank":
                at += self.frame(one.get("length"))
            elif one.tag == "entry":
                first, last = self.frame(one.get("in")), self.frame(one.get("out"))
                yield at, last + 1 - first, first, one
                at += last + 1 - first

    def listed(self, name: str) -> list[Any]:
        for owner in (self.sequence, self.by_id["main_bin"]):
            for one in owner.findall("property"):
                if one.get("name", "").endswith(f"properties.{name}"):
                    return list(json.loads(one.text))
        return []


def prop(element: Any, name: str) -> str | None:
    return next((one.text for one in element.findall("property") if one.get("name") == name), None)


def text(element: Any) -> str:
    """All that the element says, without the space between elements."""
    return str(etree.tostring(element, method="c14n", with_tail=False).decode())


def without(element: Any, attributes: tuple[str, ...], unwanted: Callable[[Any], bool]) -> str:
    copy = etree.fromstring(text(element))
    for name in attributes:
        copy.attrib.pop(name, None)
    for child in list(copy):
        if unwanted(child):
            copy.remove(child)
    return text(copy)


def lies_there(element: Any) -> bool:
    return element.tag in {"entry", "blank"}


def is_fade(element: Any) -> bool:
    return (prop(element, "kdenlive_id") or "").startswith(("fade",))


def is_animated(element: Any) -> bool:
    return bool(re.match(r"[\d:.]+=", element.text or ""))


def keys(project: Project, effect: Any) -> list[tuple[str, int, str]]:
    """(property, frame of the timeline, value) of each key."""
    start = project.frame(effect.get("in", "00:00:00.000"))
    return [
        (one.get("name"), start + project.frame(at), value)
        for one in effect.findall("property")
        if is_animated(one)
        for at, _, value in (part.partition("=") for part in one.text.split(";"))
    ]


def is_timed(element: Any) -> bool:
    """A sequence's or track's child that follows the edit, and is held against it elsewhere."""
    name = element.get("name", "")
    known = ("guides", "groups", "duration", "markers", "previewchunks")
    return element.tag in {"transition", "filter"} or name.endswith(known)


def pieces(edit: Edit, before: list[tuple[int, int, int, Any]], *, taken: bool) -> list[tuple[Any, ...]]:
    """What must be left of a playlist's entries: (start, frames, first, element before, whether whole)."""
    found = []
    for start, count, first, element in before:
        for begin, end, shift in edit.kept(taken=taken):
            a, b = max(start, begin), min(start + count, end)
            if a < b:
                found.append((a + shift, b - a, first + a - start, element, b - a == count))
    return sorted(found, key=lambda piece: piece[0])


def assert_only_edited(before: Project, after: Project, edit: Edit) -> None:
    assert_rest_is_equal(before, after)
    for (number, old), (_, new) in zip(before.playlists(), after.playlists(), strict=True):
        there = list(after.entries(new))
        known = [one for one in there if one[3].get("producer") in before.by_id]
        taken = any(
            one[3].get("producer") not in before.by_id
            for other, playlist in after.playlists()
            for one in after.entries(playlist)
            if other == number
        )
        wanted = pieces(edit, list(before.entries(old)), taken=taken)
        assert [one[:3] for one in known] == [one[:3] for one in wanted], f"track {number}"
        for (*_, now), (*_, was, whole) in zip(known, wanted, strict=True):
            if whole:
                assert text(now) == text(was)
            else:
                assert without(now, ("in", "out"), is_fade) == without(was, ("in", "out"), is_fade)
    assert_timed_things_moved(before, after, edit)


def assert_rest_is_equal(before: Project, after: Project) -> None:
    mixed = {id(one) for one in before.tracks} | {id(before.sequence), id(before.wrapper), id(before.black)}
    laid = {id(playlist) for _, playlist in before.playlists()}
    assert before.root.get("version") == after.root.get("version")
    assert text(before.root.find("profile")) == text(after.root.find("profile"))
    for name, old in before.by_id.items():
        new = after.by_id[name]
        if id(old) in laid:
            assert without(new, (), lies_there) == without(old, (), lies_there)
        elif id(old) in mixed:
            ends = ("in", "out")
            for track in (*old.findall("track"), *new.findall("track")):
                track.attrib.pop("in", None)
                track.attrib.pop("out", None)
            assert without(new, ends, is_timed) == without(old, ends, is_timed)
        elif name == "main_bin":
            assert_bin_has_more(old, new)
        else:
            assert text(new) == text(old), name
    for name in set(after.by_id) - set(before.by_id):
        assert prop(after.by_id[name], "resource") == TAKE


def assert_bin_has_more(old: Any, new: Any) -> None:
    left = [text(one) for one in new if not is_timed(one)]
    for one in old:
        if not is_timed(one):
            left.remove(text(one))
    assert all("kdenlive:folder.-1." in one or one.startswith("<entry ") for one in left)
    assert len(left) in {0, 2}


def assert_timed_things_moved(before: Project, after: Project, edit: Edit) -> None:
    for old, new in zip((before.sequence, *before.tracks), (after.sequence, *after.tracks), strict=True):
        for was, now in zip(was_timed(old), was_timed(new), strict=True):
            ends = ("in", "out")
            assert without(now, ends, is_animated) == without(was, ends, is_animated)
            own = prop(was, "internal_added") is not None
            for name in ends:
                if was.get(name) is not None:
                    assert after.frame(now.get(name)) == edit.moved(before.frame(was.get(name)))
            assert keys(after, now) == [
                (name, at if own else edit.moved(at), value) for name, at, value in keys(before, was)
            ]
    assert after.listed("guides") == [
        {**guide, "pos": edit.moved(guide["pos"])} for guide in before.listed("guides")
    ]


def was_timed(element: Any) -> list[Any]:
    return [one for one in element if one.tag in {"transition", "filter"}]


@pytest.mark.parametrize("take", [True, False], ids=["take", "removal"])
@pytest.mark.parametrize("name", SAMPLES)
def test_only_what_is_edited_changes_in_a_real_project(name: str, take: bool, tmp_path: Path) -> None:
    path = shared(name)
    edit = place_edit(path, tmp_path / path.name, take=take)
    assert_only_edited(Project(path), Project(tmp_path / path.name), edit)


@pytest.mark.parametrize("take", [True, False], ids=["take", "removal"])
def test_only_what_is_edited_changes_in_a_project_of_everything(take: bool, tmp_path: Path) -> None:
    path = rich_project(tmp_path)
    edit = place_edit(path, tmp_path / "out.kdenlive", take=take, only="clip 2")
    assert_only_edited(Project(path), Project(tmp_path / "out.kdenlive"), edit)
