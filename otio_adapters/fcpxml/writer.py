"""FCPXML out: a project's story written into the file it came from, or into an empty one.

What the file holds beside the story stays as it is. A clip that is still there keeps its element, with
effects, titles, keywords and all; its times are touched only where it has moved or been cut.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.fcpxml.clips import Clips, Shot
from otio_adapters.fcpxml.connect import Hanging, Tree
from otio_adapters.fcpxml.document import ZERO, Resources, resources_of, sequence_of, sequence_start
from otio_adapters.fcpxml.layout import cut_of, offsets_of
from otio_adapters.fcpxml.pieces import Joint, Line, Origin, Piece, lines_of, mark_of, origins_of, spine_of
from otio_adapters.fcpxml.rational import put_time, time_of
from otio_adapters.fcpxml.reader import timeline_of
from otio_adapters.fcpxml.shelf import Shelf
from otio_adapters.fcpxml.skeleton import empty_project, picture_size
from otio_adapters.fcpxml.story import Story, story_of
from otio_adapters.guard import read_xml
from otio_adapters.opentime import exact_frames, timeline_rate
from otio_adapters.ripple import gap, track_length


def fcpxml_bytes(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> bytes:
    """The timeline as FCPXML to lie at `path`; `origin` is the file that it was read from, if any.

    Raises `UnwritableOutput` where the timeline holds what FCPXML cannot be written with.
    """
    if origin is not None and any(mark_of(track) == "0/0/0" for track in timeline.tracks):
        return _patched(timeline, path, origin)
    root = empty_project(timeline)
    sequence = sequence_of(root, path)
    story = Story(rate=timeline_rate(timeline), start=sequence_start(sequence))
    project = Project(root, sequence, story, resources_of(root))
    project.fill(timeline, {}, path.parent)
    sequence.set("format", project.shelf.format(story.rate, *picture_size(timeline)))
    etree.indent(root, space="    ")
    return bytes(
        etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype="<!DOCTYPE fcpxml>") + b"\n"
    )


def _patched(timeline: otio.schema.Timeline, path: Path, origin: Path) -> bytes:
    """The original file with the changes; letter by letter as it was where there are none."""
    root = read_xml(origin).getroot()
    before = etree.tostring(root, method="c14n")
    sequence = sequence_of(root, origin)
    known = resources_of(root)
    story = story_of(sequence, known)
    read = timeline_of(sequence, story, known)
    project = Project(root, sequence, story, known)
    project.fill(timeline, origins_of(read, story), path.parent, length=_length(read, story.rate))
    if etree.tostring(root, method="c14n") == before:
        return origin.read_bytes()
    text = origin.read_text("utf-8-sig")
    head, tail = text.partition("<fcpxml")[0], text.rpartition("</fcpxml>")[2]
    return f"{head}{etree.tostring(root, encoding='unicode', with_tail=False)}{tail}".encode()


def _length(timeline: otio.schema.Timeline, rate: Fraction) -> Fraction:
    return max((track_length(track, rate) for track in timeline.tracks), default=ZERO)


class Project:
    """The sequence of a file being filled."""

    def __init__(self, root: Element, sequence: Element, story: Story, known: Resources) -> None:
        self._root = root
        self._sequence = sequence
        self._story = story
        self._known = known
        self._heads = {one.spine: one for one in reversed(story.strips.values())}
        self.shelf: Shelf

    def fill(
        self,
        timeline: otio.schema.Timeline,
        origins: dict[tuple[bool, str], Origin],
        folder: Path,
        length: Fraction = ZERO,
    ) -> None:
        """`length`: how many frames it had, for which its duration stands."""
        rate = self._story.rate
        lines = lines_of(timeline, rate, origins)
        storyline = next((line for line in lines if line.lane is None and not line.heard), Line(heard=False))
        lanes = [line for line in lines if line is not storyline]
        _cover(storyline, lanes, timeline, rate)
        pieces = [piece for line in lines for piece in line.pieces]
        sounds = [sound for piece in pieces for sound in piece.sounds]
        self.shelf = Shelf(self._root, folder, rate, [*pieces, *sounds])
        embedded = {mark: origin for (inside, mark), origin in origins.items() if inside}
        clips = Clips(self.shelf, self._known, self._story, embedded)
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
            change = (_length(timeline, rate) - length) / rate
            put_time(self._sequence, "duration", time_of(self._sequence, "duration") + change)

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
            etree.SubElement(element, "filter-video", ref=self.shelf.effect(name), name=name)
        if heard or joint.heard:
            name = "Audio Crossfade"
            etree.SubElement(element, "filter-audio", ref=self.shelf.effect(name), name=name)
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
