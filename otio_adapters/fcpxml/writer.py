"""FCPXML out: a project's story written into the file it came from, or into an empty one.

What the file holds beside the story stays as it is. A clip that is still there keeps its element, with
effects, titles, keywords and all; its times are touched only where it has moved or been cut.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.anchor import leaves, whole_name
from otio_adapters.errors import UnwritableOutput
from otio_adapters.fcpxml.clips import Clips, Shot
from otio_adapters.fcpxml.connect import Hanging, Tree
from otio_adapters.fcpxml.document import (
    ZERO,
    Resources,
    project_of,
    resources_of,
    sequence_of,
    sequence_start,
)
from otio_adapters.fcpxml.layout import cut_of, offsets_of
from otio_adapters.fcpxml.lines import Line, lines_of, spine_of
from otio_adapters.fcpxml.pieces import Joint, Origin, Piece, mark_of, origins_of
from otio_adapters.fcpxml.rational import put_time, time_of
from otio_adapters.fcpxml.reader import timeline_of
from otio_adapters.fcpxml.shelf import Shelf
from otio_adapters.fcpxml.skeleton import empty_project, empty_sequence, picture_size
from otio_adapters.fcpxml.story import Story, story_of
from otio_adapters.guard import read_xml
from otio_adapters.media_url import file_url
from otio_adapters.opentime import exact_frames, timeline_rate
from otio_adapters.ripple import gap, track_length
from otio_adapters.sequences import check_alone, index_of

_MAX_NESTING = 8


def fcpxml_bytes(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> bytes:
    """The timeline as FCPXML to lie at `path`; `origin` is the file that it was read from, if any.

    Raises `UnwritableOutput` where the timeline holds what FCPXML cannot be written with.
    """
    if origin is not None and any(mark_of(track) == "0/0/0" for track in timeline.tracks):
        return _patched(timeline, path, origin)
    check_alone(timeline, origin)
    root = empty_project(timeline)
    sequence = sequence_of(project_of(root, path)[1], path)
    story = Story(rate=timeline_rate(timeline), start=sequence_start(sequence))
    shelf = Shelf(root, path.parent, story.rate, timeline)
    sequence.set("format", shelf.format(story.rate, *picture_size(timeline)))
    Project(sequence, story, resources_of(root), shelf).fill(timeline)
    etree.indent(root, space="    ")
    return bytes(
        etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype="<!DOCTYPE fcpxml>") + b"\n"
    )


def _patched(timeline: otio.schema.Timeline, path: Path, origin: Path) -> bytes:
    """The original file with the changes; letter by letter as it was where there are none."""
    root = read_xml(origin).getroot()
    before = _content(root)
    if leaves(origin, path):
        _anchor(root, origin.parent)
    sequence = sequence_of(project_of(root, origin, f"#{index_of(timeline) + 1}")[1], origin)
    known = resources_of(root)
    story = story_of(sequence, known)
    read = timeline_of(sequence, story, known)
    shelf = Shelf(root, path.parent, story.rate, timeline)
    Project(sequence, story, known, shelf).fill(timeline, origins_of(read, story), _length(read, story.rate))
    if _content(root) == before:
        return origin.read_bytes()
    text = origin.read_text("utf-8-sig")
    head, tail = text.partition("<fcpxml")[0], text.rpartition("</fcpxml>")[2]
    return f"{head}{etree.tostring(root, encoding='unicode', with_tail=False)}{tail}".encode()


def _anchor(root: Element, folder: Path) -> None:
    """Makes the relative URLs of resources whole: of media, and of what a bundle has beside its file."""
    for one in root.iterfind("resources//*"):
        for name in ("src", "url"):
            url = one.get(name, "").strip()
            if url and whole_name(url, folder) != url:
                one.set(name, f"{file_url(folder.resolve().as_posix())}/{url}")


def _content(root: Element) -> bytes:
    """What the file says, whatever space is between its elements."""
    return re.sub(rb">\s+<", b"><", etree.tostring(root, method="c14n"))


def _length(timeline: otio.schema.Timeline, rate: Fraction) -> Fraction:
    return max((track_length(track, rate) for track in timeline.tracks), default=ZERO)


class Project:
    """The sequence of a file being filled."""

    def __init__(
        self, sequence: Element, story: Story, known: Resources, shelf: Shelf, *, depth: int = 0
    ) -> None:
        self._sequence = sequence
        self._story = story
        self._known = known
        self._shelf = shelf
        self._depth = depth
        self._heads = {one.spine: one for one in reversed(story.strips.values())}
        self._apart = False

    def fill(
        self,
        timeline: otio.schema.Timeline,
        origins: Mapping[tuple[bool, str], Origin] = MappingProxyType({}),
        length: Fraction = ZERO,
    ) -> None:
        """`length`: how many frames it had, for which its duration stands."""
        rate = self._story.rate
        lines = lines_of(timeline, rate, origins)
        storyline = next((line for line in lines if line.lane is None and not line.heard), Line(heard=False))
        lanes = [line for line in lines if line is not storyline]
        _cover(storyline, lanes, timeline, rate)
        heard = (piece for line in lanes if line.heard for piece in line.pieces)
        self._apart = any(isinstance(piece.item, otio.schema.Stack) for piece in heard)
        embedded = {mark: origin for (inside, mark), origin in origins.items() if inside}
        clips = Clips(self._shelf, self._known, self._story, embedded, self._compound)
        main = [clips.shot(piece) for piece in storyline.pieces]
        shots = {piece: clips.shot(piece) for line in lanes for piece in line.pieces}
        tree = Tree(self._story, main, shots.values())
        for hanging in self._hanging(lanes, shots):
            tree.hang(hanging)
        tree.mark(timeline.tracks.markers)
        for shot in shots.values():
            tree.mark_clip(shot)
        for shot in (*main, *shots.values()):
            tree.settle(shot)
        spine = self._sequence.find("spine")
        assert spine is not None
        self._row(spine, main, storyline.joints, (ZERO, self._story.start))
        if self._sequence.get("duration") is not None:
            ends = [piece.end for piece in storyline.pieces[-1:]]
            change = (max([_length(timeline, rate), *ends]) - length) / rate
            put_time(self._sequence, "duration", time_of(self._sequence, "duration") + change)

    def _compound(self, piece: Piece) -> Element:
        """A clip of a nested sequence; a part of it, where the sound of such is on tracks of its own."""
        effect = next((one for one in piece.item.effects if isinstance(one, otio.schema.TimeEffect)), None)
        name = piece.item.name
        if effect is not None or self._depth >= _MAX_NESTING:
            why = f"has the speed effect {effect.name!r}" if effect is not None else "is nested too deep"
            raise UnwritableOutput(f"the nested sequence {name!r} {why}; flatten it first, or write .otio")
        if not all(isinstance(one, otio.schema.Track) for one in piece.item):
            raise UnwritableOutput(f"the nested sequence {name!r} holds clips on no track; write .otio")
        inner = otio.schema.Timeline(name)
        inner.tracks = piece.item.deepcopy()
        media = self._shelf.compound(name)
        sequence = empty_sequence(media, self._sequence.get("format", ""))
        story = Story(rate=self._story.rate, start=ZERO)
        Project(sequence, story, self._known, self._shelf, depth=self._depth + 1).fill(inner)
        clip = etree.Element("ref-clip", ref=media.get("id", ""), name=name)
        if piece.heard or self._apart:
            clip.set("srcEnable", "audio" if piece.heard else "video")
        return clip

    def _hanging(self, lanes: list[Line], shots: dict[Piece, Shot]) -> Iterator[Hanging]:
        """The connected clips and secondary storylines."""
        rows: dict[str, list[Shot]] = {}
        joints: dict[str, dict[str, Joint]] = {}
        for line in lanes:
            for count, joint in enumerate(line.joints):
                joints.setdefault(spine_of(joint), {})[joint.mark or f"{id(line)} {count}"] = joint
            for piece in line.pieces:
                shot = shots[piece]
                if piece.spine:
                    rows.setdefault(piece.spine, []).append(shot)
                    continue
                strip = piece.origin.strip if piece.origin else None
                _set_lane(shot.element, piece)
                mark, parent = (strip.mark, strip.parent) if strip else ("", "")
                yield Hanging(element=shot.element, start=shot.start, mark=mark, parent=parent)
        for spine, found in rows.items():
            found.sort(key=lambda shot: shot.piece.start)
            yield self._secondary(spine, found, list(joints.get(spine, {}).values()))

    def _secondary(self, spine: str, shots: list[Shot], joints: list[Joint]) -> Hanging:
        """A secondary storyline. It starts as far ahead of its first clip as it did, if that is uncut."""
        first = shots[0]
        row, origin = self._story.rows.get(spine), first.piece.kept
        base, parent = first.start, origin.strip.parent if origin else ""
        element = etree.Element("spine") if row is None else copy.deepcopy(row.element)
        _set_lane(element, first.piece)
        if row is not None:
            parent = row.parent
            head = self._heads[spine]
            if origin is not None and origin.strip is head and first.local == head.local:
                base += row.start - head.start
        self._row(element, shots, joints, (base, ZERO))
        return Hanging(element=element, start=base, mark=spine if row else "", parent=parent)

    def _row(
        self, spine: Element, shots: list[Shot], joints: list[Joint], begin: tuple[Fraction, Fraction]
    ) -> None:
        """Fills a spine, whose frame and second `begin` are the same moment."""
        base, second = begin
        rate = self._story.rate
        ahead = {joint.after: joint for joint in joints if joint.after is not None}
        behind = {joint.before: joint for joint in joints if joint.after is None}
        made: list[Element] = []
        at = base
        for shot in shots:
            if shot.piece in ahead:
                made.append(self._joint(ahead[shot.piece], begin))
            said = shot.element.get("offset") is not None or shot.piece.origin is None
            if said or shot.start != at:
                put_time(shot.element, "offset", second + (shot.start - base) / rate)
            if shot.element.get("lane") != "0":  # which says the same as none
                shot.element.attrib.pop("lane", None)
            at = shot.end
            made.append(shot.element)
            if shot.piece in behind:
                made.append(self._joint(behind[shot.piece], begin))
        self._put(spine, made)

    def _put(self, spine: Element, made: list[Element]) -> None:
        """Puts the elements into the spine, with the space between them as it was."""
        between, last = spine.text, spine[-1].tail if len(spine) else None
        spine[:] = made
        for one in spine:
            one.tail = between
        if len(spine):
            spine[-1].tail = last

    def _joint(self, joint: Joint, begin: tuple[Fraction, Fraction]) -> Element:
        base, second = begin
        rate = self._story.rate
        before, after = (exact_frames(time, rate) for time in (joint.item.in_offset, joint.item.out_offset))
        blend = self._story.blends.get(joint.mark)
        start, frames = max(joint.cut - before, base), before + after
        if blend is None:
            element = self._new_joint(joint)
            put_time(element, "duration", (joint.cut + after - start) / rate)
        else:
            element = copy.deepcopy(blend.element)
            cut = cut_of(blend, self._story)
            if (before, after) == offsets_of(blend, cut):
                start = joint.cut + blend.start - cut
            else:
                put_time(element, "duration", frames / rate)
        if blend is None or element.get("offset") is not None:
            put_time(element, "offset", second + (start - base) / rate)
        return element

    def _new_joint(self, joint: Joint) -> Element:
        sides = [side for side in (joint.before, joint.after) if side is not None]
        heard = all(side.heard for side in sides)
        name = "Audio Crossfade" if heard else "Cross Dissolve"
        element = etree.Element("transition", name=name, offset="", duration="")
        if not heard:
            etree.SubElement(element, "filter-video", ref=self._shelf.effect(name), name=name)
        if heard or joint.heard:
            name = "Audio Crossfade"
            etree.SubElement(element, "filter-audio", ref=self._shelf.effect(name), name=name)
        return element


def _set_lane(element: Element, piece: Piece) -> None:
    """Puts a connected element into its piece's lane; one that says none of its own is in the nearest."""
    strip = piece.origin.strip if piece.origin else None
    nearest = -1 if piece.heard else 1
    if strip is None or not strip.parent or (strip.lane or nearest) != piece.lane:
        element.set("lane", str(piece.lane))


def _cover(storyline: Line, lanes: list[Line], timeline: otio.schema.Timeline, rate: Fraction) -> None:
    """Makes the storyline long enough for all that hangs on it, by a gap at its end."""
    end = storyline.pieces[-1].end if storyline.pieces else ZERO
    free = [piece for line in lanes for piece in line.pieces if piece.origin is None or not storyline.pieces]
    marked = [exact_frames(marker.marked_range.start_time, rate) for marker in timeline.tracks.markers]
    wanted = max([end, *(piece.end for piece in free if piece.start >= end), *(at + 1 for at in marked)])
    if wanted > end:
        frames = -(-(wanted - end) // 1)
        item = gap(frames, rate)
        filler = Piece(item=item, start=end, frames=Fraction(frames), heard=False, origin=None)
        storyline.pieces.append(filler)
