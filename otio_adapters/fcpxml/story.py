"""The story of a sequence, flat: what lies where, on its storyline and connected to that.

A child of a spine lies at its `offset` in the spine's time. A connected clip is inside the clip that it is
connected to, at an `offset` in that clip's own time. A spine too can be connected: a secondary storyline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from lxml.etree import _Element as Element

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.fcpxml.document import STORY, ZERO, Resources, sequence_rate, sequence_start
from otio_adapters.fcpxml.pace import Pace, pace_of
from otio_adapters.fcpxml.rational import time_of, where

MAX_CONNECTED = 16  # ours: connected clips within each other; Final Cut Pro connects to storylines alone
_OWN_CONTENT = frozenset({"clip", "sync-clip"})  # their children without a lane are what they play


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A story element. Places are exact frames of the sequence, counted from its first."""

    mark: str
    element: Element
    clip: Element  # what plays: an audition's first pick, else the element
    start: Fraction
    frames: Fraction
    local: Fraction  # the clip's own time at its start, in seconds
    pace: Pace
    lane: int  # 0 on the storyline
    parent: str  # the mark of what it is connected to; "" on the storyline
    spine: str = ""  # the mark of its secondary storyline, if it is on one

    @property
    def end(self) -> Fraction:
        return self.start + self.frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """A transition, which lies over its neighbours. `before` and `after` are their marks; "" for none."""

    mark: str
    element: Element
    start: Fraction
    frames: Fraction
    before: str
    after: str
    lane: int
    spine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A secondary storyline: its element, where it starts, and what it is connected to."""

    mark: str
    element: Element
    start: Fraction
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A sequence's strips in the order of the file; `start` is the second that its time begins at."""

    rate: Fraction
    start: Fraction
    strips: dict[str, Strip] = field(default_factory=dict)
    blends: dict[str, Blend] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)


def story_of(sequence: Element, known: Resources) -> Story:
    rate = sequence_rate(sequence, known)
    story = Story(rate=rate, start=sequence_start(sequence))
    spine = sequence.find("spine")
    assert spine is not None
    Walk(story, known).row(spine, begin=story.start)
    return story


class Walk:
    """A walk through one sequence, or through what a compound clip holds."""

    def __init__(self, story: Story, known: Resources) -> None:
        self._story = story
        self._known = known

    def row(
        self,
        spine: Element,
        *,
        begin: Fraction = ZERO,
        base: Fraction = ZERO,
        lane: int = 0,
        parent: str = "",
        mark: str = "",
        depth: int = 0,
    ) -> None:
        """The children of a spine whose own second `begin` is at frame `base`, one after the other."""
        at = base
        last, waiting = "", list[Element]()
        for child in spine:
            if child.tag == "transition":
                waiting.append(child)
            elif child.tag in STORY and not (spine.tag in _OWN_CONTENT and _lane(child)):
                place = base + (time_of(child, "offset", begin + (at - base) / self._story.rate) - begin) * (
                    self._story.rate
                )
                if place <= base - 1:
                    raise UnreadableTimeline(f"{where(child)} begins before the storyline that it is in")
                strip = self._strip(child, place, lane=lane, parent=parent, spine=mark)
                self._blends(waiting, (base, begin), last, strip)
                last, waiting, at = strip.mark, [], strip.end
                self._connected(strip, depth)
        self._blends(waiting, (base, begin), last, None, lane=lane, mark=mark)

    def _strip(self, element: Element, start: Fraction, *, lane: int, parent: str, spine: str) -> Strip:
        clip = (
            next((one for one in element if one.tag in STORY), None) if element.tag == "audition" else element
        )
        if clip is None:
            raise UnreadableTimeline(f"{where(element)} holds no clip")
        frames = self._duration(clip) * self._story.rate
        if frames <= 0:
            raise UnreadableTimeline(f"{where(element)} has a duration of {clip.get('duration')!r}")
        strip = Strip(
            mark=str(len(self._story.strips)),
            element=element,
            clip=clip,
            start=start,
            frames=frames,
            local=local_start(clip, self._known),
            pace=pace_of(clip, self._story.rate),
            lane=lane,
            parent=parent,
            spine=spine,
        )
        self._story.strips[strip.mark] = strip
        return strip

    def _duration(self, clip: Element) -> Fraction:
        """An asset clip that does not say plays its asset whole."""
        asset = self._known.get(clip, tag="asset")
        whole = time_of(asset, "duration", ZERO) if asset is not None and clip.tag == "asset-clip" else None
        return time_of(clip, "duration", whole)

    def _blends(
        self,
        waiting: list[Element],
        spine: tuple[Fraction, Fraction],
        last: str,
        following: Strip | None,
        *,
        lane: int = 0,
        mark: str = "",
    ) -> None:
        """Notes transitions between two strips; one without an offset is centred on the cut."""
        base, begin = spine
        rate = self._story.rate
        if len(waiting) > 1:
            raise UnreadableTimeline(f"{where(waiting[1])} follows another transition, with no clip between")
        for element in waiting:
            frames = time_of(element, "duration") * rate
            if frames < 0:
                raise UnreadableTimeline(f"{where(element)} has a duration below nothing")
            cut = following.start if following else self._story.strips[last].end if last else base
            centred = begin + (cut - frames / 2 - base) / rate
            blend = Blend(
                mark=f"t{len(self._story.blends)}",
                element=element,
                start=base + (time_of(element, "offset", centred) - begin) * rate,
                frames=frames,
                before=last,
                after=following.mark if following else "",
                lane=following.lane if following else lane,
                spine=following.spine if following else mark,
            )
            self._story.blends[blend.mark] = blend

    def _connected(self, strip: Strip, depth: int) -> None:
        for child in connected(strip.clip):
            if depth >= MAX_CONNECTED:
                raise UnreadableTimeline(f"{where(child)} is connected {depth} deep, which is refused")
            offset = time_of(child, "offset", strip.local)
            start = strip.start + (offset - strip.local) / strip.pace.local * self._story.rate
            if child.tag == "spine":
                row = Row(mark=f"s{len(self._story.rows)}", element=child, start=start, parent=strip.mark)
                self._story.rows[row.mark] = row
                self.row(
                    child, base=start, lane=_lane(child), parent=strip.mark, mark=row.mark, depth=depth + 1
                )
            else:
                inner = self._strip(child, start, lane=_lane(child), parent=strip.mark, spine="")
                self._connected(inner, depth + 1)


def connected(clip: Element) -> Iterator[Element]:
    """What is connected to a clip, in the order of the file."""
    for child in clip:
        if (child.tag in STORY or child.tag == "spine") and (clip.tag not in _OWN_CONTENT or _lane(child)):
            yield child


def content(clip: Element) -> list[Element]:
    """What a <clip> or <sync-clip> plays."""
    return [child for child in clip if (child.tag in STORY or child.tag == "spine") and not _lane(child)]


def _lane(element: Element) -> int:
    text = element.get("lane", "0").strip()
    if not text.lstrip("-").isdecimal() or len(text) > 6:
        raise UnreadableTimeline(f"{where(element)} is in lane {text!r}, which is no number")
    return int(text)


def local_start(clip: Element, known: Resources) -> Fraction:
    """The clip's own time where it starts. Unsaid it is 0, or where its media starts if that is later."""
    text = clip.get("start")
    if text is not None:
        return time_of(clip, "start")
    asset = known.get(clip, tag="asset")
    if asset is None or clip.find("timeMap") is not None:
        return ZERO
    first = time_of(asset, "start", ZERO)
    return first if first + time_of(asset, "duration", ZERO) > 0 and first > 0 else ZERO
