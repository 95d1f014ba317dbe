"""The elements of clips: copies of the original file's with new times, those playing a take, and new ones."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypedDict

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.fcpxml.content import content_of
from otio_adapters.fcpxml.document import STORY, ZERO, Resources
from otio_adapters.fcpxml.markers import MARKERS
from otio_adapters.fcpxml.pieces import Origin, Piece
from otio_adapters.fcpxml.player import Player, want
from otio_adapters.fcpxml.rational import put_time, seconds_of, time_text
from otio_adapters.fcpxml.shelf import Shelf
from otio_adapters.fcpxml.sound import Clock, Span, switch
from otio_adapters.fcpxml.story import Story, connected
from otio_adapters.opentime import seconds

_MEDIA = frozenset({"asset-clip", "video", "audio"})  # what names an asset itself
_LOCAL_TIMES = {  # attributes in the clip's own time, which move with what it plays
    "keyframe": "time",
    "keyword": "start",
    "rating": "start",
    "analysis-marker": "start",
    "mute": "start",
    "audio-channel-source": "start",
    "audio-role-source": "start",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """A piece's element. `start` and `end` are exact frames; `local` is the clip's own second at the start.

    `clip` is what plays in the element: an audition's first pick. `again`: its strip has been used before.
    `slots` are the marks of its children that are placed anew: what is connected to it, and markers.
    """

    piece: Piece
    element: Element
    clip: Element
    start: Fraction
    end: Fraction
    local: Fraction
    pace: Fraction = Fraction(1)
    again: bool = False
    slots: dict[Element, str] = field(default_factory=dict)

    def second(self, frame: Fraction, rate: Fraction) -> Fraction:
        """The clip's own time at a frame of the sequence."""
        return self.local + (frame - self.start) / rate * self.pace


class Copy(TypedDict):
    """What a shot takes over from its strip."""

    element: Element
    clip: Element
    again: bool
    slots: dict[Element, str]


class Clips:
    """Makes the shots of a sequence.

    `embedded`: the origins of sound that was in its picture; `compound` makes the clip of a nested sequence.
    """

    def __init__(
        self,
        shelf: Shelf,
        known: Resources,
        story: Story,
        embedded: dict[str, Origin],
        compound: Callable[[Piece], Element],
    ) -> None:
        self._shelf = shelf
        self._player = Player(shelf, story.rate)
        self._known = known
        self._rate = story.rate
        self._embedded = embedded
        self._compound = compound
        self._marks = marks_of(story)
        self._used: set[str] = set()

    def shot(self, piece: Piece) -> Shot:
        made = self._made(piece)
        if piece.sounds and piece.item.enabled:  # a clip that is off is silent
            clock = Clock(
                span=Span(start=made.start, end=made.end), local=made.local, pace=made.pace, rate=self._rate
            )
            wanted = [Span(start=one.start, end=one.end, on=bool(one.item.enabled)) for one in piece.sounds]
            switch(made.clip, clock, wanted)
        return made

    def _made(self, piece: Piece) -> Shot:
        if piece.kept is not None:
            return self._cut(piece, piece.kept)
        if piece.origin is not None and piece.url:
            strip = piece.origin.strip
            if content_of(strip.clip, self._known).asset is not None:
                return self._play(piece, piece.origin)
        return self._new(piece)

    def _copy(self, origin: Origin) -> Copy:
        strip = origin.strip
        element = copy.deepcopy(strip.element)
        element.tail = None
        clip = next(one for one in element if one.tag in STORY) if element.tag == "audition" else element
        slots = {}
        for count, (old, new) in enumerate(zip(strip.clip, clip, strict=True)):
            if old in self._marks:
                slots[new] = self._marks[old]
            elif old.tag in MARKERS:
                slots[new] = f"{strip.mark}/{count}"
        again = strip.mark in self._used
        self._used.add(strip.mark)
        if again:
            self._rename(element)
        return Copy(element=element, clip=clip, again=again, slots=slots)

    def _rename(self, element: Element) -> None:
        """Ids, which titles and trackers have inside, are for one element alone."""
        renamed = {}
        for one in element.iter():
            if isinstance(one.tag, str) and one.get("id"):
                renamed[one.get("id")] = self._shelf.new_id("ts" if one.tag == "text-style-def" else "id")
        for one in element.iter() if renamed else ():
            for name in ("id", "ref", "tracking"):
                if isinstance(one.tag, str) and one.get(name) in renamed:
                    one.set(name, renamed[one.get(name)])

    def _cut(self, piece: Piece, origin: Origin) -> Shot:
        """Edges that were not cut keep their exact place, between frames or not."""
        strip = origin.strip
        made = self._copy(origin)
        clip = made["clip"]
        skipped = piece.skipped(self._rate)
        start, end, local = piece.start, piece.end, strip.local
        if skipped:
            at = origin.start + skipped - strip.start
            local += at / self._rate * strip.pace.local
            put_time(clip, "start", local)
        else:
            start += strip.start - origin.start
        if skipped + piece.frames == origin.frames:
            end += strip.end - origin.start - origin.frames
        if end - start != strip.frames:
            put_time(clip, "duration", (end - start) / self._rate)
        if piece.item.enabled != origin.item.enabled:
            clip.set("enabled", "1" if piece.item.enabled else "0")
        shot = Shot(piece=piece, start=start, end=end, local=local, pace=strip.pace.local, **made)
        self._hear(shot, origin)
        return shot

    def _hear(self, shot: Shot, origin: Origin) -> None:
        """The sound inside a picture: none any more, as long as that, or split from it at its ends."""
        heard, sounds = self._embedded.get(origin.strip.mark), shot.piece.sounds
        if heard is None:
            return
        if not sounds:
            shot.clip.set("srcEnable", "video")
            return
        start, frames = sounds[0].start, sounds[-1].end - sounds[0].start
        if (start, frames) != (shot.piece.start, shot.piece.frames):
            if sounds[0].skipped(self._rate) or "audioStart" not in shot.clip.attrib:
                put_time(shot.clip, "audioStart", shot.second(start, self._rate))
            if frames != heard.frames:
                put_time(shot.clip, "audioDuration", frames / self._rate)
        elif (heard.start, heard.frames) != (origin.start, origin.frames):
            shot.clip.attrib.pop("audioStart", None)
            shot.clip.attrib.pop("audioDuration", None)

    def _play(self, piece: Piece, origin: Origin) -> Shot:
        """A copy that plays a take: effects stay, what was conformed or retimed is not any more."""
        made = self._copy(origin)
        clip = made["clip"]
        for tag in ("timeMap", "conform-rate"):
            for found in clip.findall(tag):
                clip.remove(found)
        for name in ("audioStart", "audioDuration", "tcStart"):
            clip.attrib.pop(name, None)
        asset, local = self._player.media(piece)
        if clip.tag == "clip":
            self._player.fill(clip, piece, asset)
        else:
            clip.set("ref", asset.get("id", ""))
            want(clip, asset, piece)
        clip.set("name", piece.item.name)
        self._player.dress(clip, piece, asset, ("format", "tcFormat"))
        put_time(clip, "start", local)
        put_time(clip, "duration", piece.frames / self._rate)
        self._shift(clip, piece, origin, local)
        return Shot(piece=piece, start=piece.start, end=piece.end, local=local, **made)

    def _shift(self, clip: Element, piece: Piece, origin: Origin, local: Fraction) -> None:
        """Keyframes and keywords are in the clip's own time, which is another file's now."""
        replaced = piece.item.metadata.get("pickup", {}).get("source_range")
        if not isinstance(replaced, otio.opentime.TimeRange):
            return
        strip = origin.strip
        before = strip.local + piece.skipped(self._rate, replaced.start_time) / self._rate * strip.pace.local
        apart = {one for child in connected(clip) for one in child.iter()}
        for one in clip.iter(*_LOCAL_TIMES):
            name = _LOCAL_TIMES[one.tag]
            time = seconds_of(one.get(name, "")) if one not in apart else None
            if time is not None:
                put_time(one, name, time + local - before)

    def _new(self, piece: Piece) -> Shot:
        local = ZERO
        if piece.idle:
            clip = etree.Element("gap", name="Gap")
        elif not isinstance(piece.item, otio.schema.Clip):
            clip, local = self._compound(piece), seconds(piece.item.trimmed_range().start_time)
        elif piece.url:
            clip, local = self._player.clip(piece)
        elif piece.heard:
            asset = self._shelf.silence(piece.item.name)
            clip = etree.Element("asset-clip", ref=asset.get("id", ""), name=piece.item.name)
        else:
            clip = etree.Element("video", ref=self._shelf.effect("Placeholder"), name=piece.item.name)
        if local:
            clip.set("start", time_text(local))
        clip.set("duration", time_text(piece.frames / self._rate))
        if not piece.item.enabled:
            clip.set("enabled", "0")
        return Shot(piece=piece, element=clip, clip=clip, start=piece.start, end=piece.end, local=local)


def marks_of(story: Story) -> dict[Element, str]:
    """The marks of a story's elements: strips, transitions and secondary storylines."""
    marks = {strip.element: strip.mark for strip in story.strips.values()}
    marks.update((blend.element, blend.mark) for blend in story.blends.values())
    marks.update((row.element, row.mark) for row in story.rows.values())
    return marks
