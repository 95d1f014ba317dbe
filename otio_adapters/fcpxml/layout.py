"""A story laid out as tracks: the storyline, the lanes around it, the sound of each, lanes of sound alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import opentimelineio as otio
from lxml.etree import _Element as Element

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.fcpxml.content import Content, content_of, reference_of
from otio_adapters.fcpxml.document import ZERO, Resources
from otio_adapters.fcpxml.markers import clip_marker, shown_markers
from otio_adapters.fcpxml.rational import on_grid, time_of, where
from otio_adapters.fcpxml.sound import clock_of, spans_of
from otio_adapters.fcpxml.story import Blend, Story, Strip, Walk, content
from otio_adapters.opentime import rational_time, time_range
from otio_adapters.ripple import gap, heading, steady_speed

HOLE = "hole"  # marks a gap that no element stands for
MAX_INSIDE = 20_000  # ours: clips read out of compound clips, which may hold each other many times
_MAX_NESTING = 8

# Groups of tracks, in the order of the tracks.
PICTURE, SOUND, AUDIO = 0, 1, 2


@dataclass(slots=True, kw_only=True)
class _Lane:
    """A track that fills up. What does not fit on it any more goes to another of its kind."""

    end: Fraction = ZERO
    items: list[otio.core.Composable] = field(default_factory=list)
    # By mark, the index of the first item and its start, and the index of the last and its end.
    at: dict[str, tuple[int, Fraction, int, Fraction]] = field(default_factory=dict)


class Layout:
    """Lays out one story. `budget` is shared by all that are inside each other."""

    def __init__(self, story: Story, known: Resources, *, depth: int = 0, budget: list[int] | None = None):
        self._story = story
        self._known = known
        self._depth = depth
        self._budget = budget or [MAX_INSIDE]
        self._lanes: dict[tuple[int, int], list[_Lane]] = {}
        self._links = 0

    def tracks(self) -> list[otio.schema.Track]:
        shown = sorted(self._story.strips.values(), key=lambda strip: strip.start)
        contents = {strip.mark: content_of(strip.clip, self._known) for strip in shown}
        seen_rows = {strip.spine for strip in shown if contents[strip.mark].picture}
        for strip in shown:
            self._lay(strip, contents[strip.mark], heard=strip.spine not in seen_rows)
        found = []
        for (group, lane), lanes in sorted(self._lanes.items()):
            for count, one in enumerate(lanes):
                self._blend(one, sound=group == SOUND)
                found.append(_track(one, group, lane, count))
        return found

    def _lay(self, strip: Strip, what: Content, *, heard: bool) -> None:
        """`heard`: all of the secondary storyline that it lies on is sound."""
        link = None
        if what.picture and what.sound:
            self._links += 1
            link = self._links
        span = strip.start, strip.end
        if what.picture:
            self._put(_picture_lane(strip), strip, self._item(strip, what, strip.local), span, link)
        elif not strip.parent or not what.sound:
            lane = _audio_lane(strip) if strip.spine and heard else _picture_lane(strip)
            self._put(lane, strip, otio.schema.Gap(source_range=time_range(0, 1, self._story.rate)), span)
        if what.sound:
            clock = clock_of(strip, self._story.rate)
            embedded = what.picture or not strip.parent
            lane = (SOUND, strip.lane) if embedded else _audio_lane(strip)
            for part in spans_of(strip.clip, clock):
                item = self._item(strip, what, clock.second(part.start))
                item.enabled = item.enabled and part.on
                self._put(lane, strip, item, (part.start, part.end), link)

    def _put(
        self,
        key: tuple[int, int],
        strip: Strip,
        item: otio.core.Item,
        span: tuple[Fraction, Fraction],
        link: int | None = None,
    ) -> None:
        start, end = (on_grid(edge) for edge in span)
        if end <= 0:
            raise UnreadableTimeline(f"{where(strip.element)} ends before the timeline begins")
        hidden, start = max(-start, ZERO), max(start, ZERO)
        lanes = self._lanes.setdefault(key, [])
        lane = next((one for one in lanes if one.end <= start), None)
        if lane is None and lanes and not strip.parent and key[0] == PICTURE:
            lane, start = lanes[0], self._pushed(strip, lanes[0].end)
        if lane is None:
            lane = _Lane()
            lanes.append(lane)
        if start > lane.end:
            hole = gap(start - lane.end, self._story.rate)
            hole.metadata["pickup"] = {"xml": HOLE}
            lane.items.append(hole)
        first = item.source_range.start_time
        if hidden:
            first += rational_time(hidden * steady_speed(item) * (heading(item) or 0), self._story.rate)
        item.source_range = otio.opentime.TimeRange(first, rational_time(end - start, self._story.rate))
        item.metadata["pickup"] = {"xml": strip.mark, "line": strip.element.sourceline}
        if strip.clip.tag == "mc-clip":
            item.metadata["pickup"]["multicam"] = True
        if link is not None:
            item.metadata["pickup"]["link"] = link
        if strip.parent:
            shown = shown_markers(strip, self._story.rate) if key[0] != SOUND else ()
            item.markers.extend(clip_marker(*found, item, self._story.rate) for found in shown)
        index, begin, _, _ = lane.at.get(strip.mark, (len(lane.items), start, 0, end))
        lane.at[strip.mark] = index, begin, len(lane.items), end
        lane.items.append(item)
        lane.end = end

    def _pushed(self, strip: Strip, full: Fraction) -> Fraction:
        """Where a clip of the storyline starts that by a rounding starts before the one ahead of it ends."""
        if strip.start <= full - 1 or on_grid(strip.end) <= full:
            raise UnreadableTimeline(
                f"{where(strip.element)} starts at frame {float(strip.start):g}, where the storyline is "
                f"full up to frame {float(full):g}"
            )
        return full

    def _item(self, strip: Strip, what: Content, local: Fraction) -> otio.core.Item:
        clip, rate = strip.clip, self._story.rate
        item: otio.core.Item
        if what.nested:
            item, begin = self._compound(clip)
            start = (local - begin) * rate
        else:
            reference = reference_of(clip, what, self._known, rate)
            item = otio.schema.Clip(clip.get("name") or reference.name, reference)
            start = (strip.pace.media(local) + what.shift) * rate
        item.source_range = time_range(start, 1, rate)
        item.enabled = clip.get("enabled") != "0"
        item.effects.extend(effect.deepcopy() for effect in strip.pace.effects)
        return item

    def _compound(self, clip: Element) -> tuple[otio.schema.Stack, Fraction]:
        """What a compound, multicam or synchronized clip holds, and the second that its time begins at."""
        stack = otio.schema.Stack(clip.get("name", ""))
        spine, begin = _inside(clip, self._known)
        if spine is None or self._depth >= _MAX_NESTING or self._budget[0] <= 0:
            return stack, begin
        inner = Story(rate=self._story.rate, start=begin)
        Walk(inner, self._known).row(spine, begin=begin)
        self._budget[0] -= len(inner.strips)
        layout = Layout(inner, self._known, depth=self._depth + 1, budget=self._budget)
        stack.extend(layout.tracks())
        return stack, begin

    def _blend(self, lane: _Lane, *, sound: bool) -> None:
        """Puts the transitions between the lane's items; into sound only those that say they fade it too."""
        found = []
        for blend in self._story.blends.values():
            after, before = lane.at.get(blend.after), lane.at.get(blend.before)
            cut = cut_of(blend, self._story)
            if sound and blend.element.find("filter-audio") is None:
                continue
            if after is not None and after[1] == cut:
                found.append((after[0], cut, blend))
            elif before is not None and before[3] == cut:
                found.append((before[2] + 1, cut, blend))
        for index, cut, blend in reversed(found):
            lane.items.insert(index, _transition(blend, cut, self._story.rate))


def cut_of(blend: Blend, story: Story) -> Fraction:
    """The frame of the cut that a transition lies over, as it is read."""
    after, before = story.strips.get(blend.after), story.strips.get(blend.before)
    return on_grid(after.start if after else before.end if before else blend.start)


def offsets_of(blend: Blend, cut: Fraction) -> tuple[Fraction, Fraction]:
    """How many frames of a transition lie before its cut and after it, as they are read."""
    start, end = on_grid(blend.start), on_grid(blend.start + blend.frames)
    return max(cut - start, ZERO), max(end - cut, ZERO)


def _transition(blend: Blend, cut: Fraction, rate: Fraction) -> otio.schema.Transition:
    before, after = offsets_of(blend, cut)
    item = otio.schema.Transition(
        blend.element.get("name", ""),
        otio.schema.TransitionTypes.SMPTE_Dissolve,
        rational_time(before, rate),
        rational_time(after, rate),
    )
    item.metadata["pickup"] = {"xml": blend.mark, "line": blend.element.sourceline}
    return item


def _picture_lane(strip: Strip) -> tuple[int, int]:
    return PICTURE, 0 if not strip.parent else strip.lane or 1


def _audio_lane(strip: Strip) -> tuple[int, int]:
    """Those below come first, from the nearest down; Final Cut Pro also lets sound lie above the picture."""
    return AUDIO, -strip.lane if strip.lane < 0 else 10**6 + strip.lane if strip.lane else 1


def _track(lane: _Lane, group: int, number: int, count: int) -> otio.schema.Track:
    place = "Storyline" if not number else f"Lane {number}"
    if group == SOUND:
        place = f"Sound of {place.lower()}"
    elif group == AUDIO:
        place = f"Lane {-number if number < 10**6 else number - 10**6}"
    kind = otio.schema.TrackKind.Video if group == PICTURE else otio.schema.TrackKind.Audio
    track = otio.schema.Track(f"{place} ({count + 1})" if count else place, kind=kind)
    track.metadata["pickup"] = {"xml": f"{group}/{number}/{count}"}
    track.extend(lane.items)
    return track


def _inside(clip: Element, known: Resources) -> tuple[Element | None, Fraction]:
    """What a compound's clips lie in, and the second that its time begins at."""
    if clip.tag in {"clip", "sync-clip"}:
        found = content(clip)
        begin = min((time_of(one, "offset", ZERO) for one in found), default=ZERO)
        return (found[0] if len(found) == 1 and found[0].tag == "spine" else clip), begin
    media = known.get(clip, tag="media")
    sequence = media.find("sequence") if media is not None else None
    if sequence is not None:
        return sequence.find("spine"), time_of(sequence, "tcStart", ZERO)
    multicam = media.find("multicam") if media is not None else None
    if multicam is None:
        return None, ZERO
    shown = [one.get("angleID") for one in clip.iterfind("mc-source") if one.get("srcEnable") != "audio"]
    angles = [one for one in multicam.iterfind("mc-angle") if not shown or one.get("angleID") in shown]
    return (angles[0] if angles else None), time_of(multicam, "tcStart", ZERO)
