"""What an edit changes on a timeline, as an editor reads it: track by track, in timecode. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from bridge.timeline_show import ItemView, MarkerView, TimelineView, TrackView


class TrackDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A track that changes, and a line for each thing that does."""

    track: str
    lines: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What changes. Durations in frames; `untouched`: the tracks on which nothing does."""

    before: int
    after: int
    tracks: tuple[TrackDifference, ...]
    markers: tuple[str, ...]
    untouched: tuple[str, ...]

    def as_text(self) -> str:
        lines = [f"{one.track}: {line}" for one in self.tracks for line in one.lines]
        lines += self.markers
        if self.untouched:
            lines.append(f"untouched: {', '.join(self.untouched)}")
        lines.append(f"length: {self.before} -> {self.after} frames ({self.after - self.before:+d})")
        return "\n".join(lines)


def difference(before: TimelineView, after: TimelineView) -> Difference:
    """`after` is `before`, edited: tracks that were added lie where they lie, in between or above."""
    olds = {track.name: track for track in before.tracks}
    changed: list[TrackDifference] = []
    untouched: list[str] = []
    for track in after.tracks:
        old = olds.get(track.name)
        lines = tuple(_lines(old, track, after) if old else _new(track, after))
        if lines:
            changed.append(TrackDifference(track=track.name, lines=lines))
        else:
            untouched.append(track.name)
    return Difference(
        before=before.duration,
        after=after.duration,
        tracks=tuple(changed),
        markers=tuple(_markers(before.markers, after.markers)),
        untouched=tuple(untouched),
    )


def _new(track: TrackView, timeline: TimelineView) -> Iterator[str]:
    yield "a new track"
    for item in track.items:
        yield f"+ {_named(item)}, {_frames(item.frames)}, at {timeline.timecode(item.start)}"


def _lines(before: TrackView, after: TrackView, timeline: TimelineView) -> Iterator[str]:
    olds, news = _by_clip(before.items), _by_clip(after.items)
    for clip, pieces in news.items():
        if clip not in olds:
            for item in pieces:
                yield f"+ {_named(item)}, {_frames(item.frames)}, at {timeline.timecode(item.start)}"
        elif _lengths(olds[clip]) != _lengths(pieces):
            yield _recut(olds[clip], pieces, timeline)
    for clip, pieces in olds.items():
        if clip not in news:
            yield f"− {_named(pieces[0])}, {_frames(sum(item.frames for item in pieces))}"
    for by, count in sorted(_moved(olds, news).items()):
        way = "later" if by > 0 else "earlier"
        yield f"{count} item{'s' * (count > 1)} behind it: {_frames(abs(by))} {way}"


def _by_clip(items: Sequence[ItemView]) -> Mapping[tuple[str, str, str], list[ItemView]]:
    """The pieces of each clip, in order."""
    found: dict[tuple[str, str, str], list[ItemView]] = defaultdict(list)
    for item in items:
        found[item.kind, item.name, item.media].append(item)
    return found


def _lengths(pieces: Sequence[ItemView]) -> Counter[tuple[str, float]]:
    return Counter((item.source, item.frames) for item in pieces)


def _recut(olds: Sequence[ItemView], news: Sequence[ItemView], timeline: TimelineView) -> str:
    """Of a clip only the pieces that are not as they were are told."""
    same = _lengths(olds) & _lengths(news)
    old, new = _others(olds, same), _others(news, same)
    had, has = sum(item.frames for item in old), sum(item.frames for item in new)
    at = timeline.timecode((new or news)[0].start)
    if len(new) > max(1, len(old)):
        parts = " + ".join(_frames(item.frames) for item in new)
        return f"{_named(olds[0])} at {at}: {_frames(had)} become {parts}"
    return f"{_named(olds[0])} at {at}: {_frames(had)} become {_frames(has)}"


def _others(pieces: Sequence[ItemView], same: Counter[tuple[str, float]]) -> list[ItemView]:
    left = Counter(same)
    found = []
    for item in pieces:
        if left[item.source, item.frames]:
            left[item.source, item.frames] -= 1
        else:
            found.append(item)
    return found


def _moved(
    olds: Mapping[tuple[str, str, str], Sequence[ItemView]],
    news: Mapping[tuple[str, str, str], Sequence[ItemView]],
) -> Counter[float]:
    """How many items lie elsewhere than before and are otherwise as they were, by the frames they moved."""
    moved: Counter[float] = Counter()
    for clip, pieces in news.items():
        was: dict[tuple[str, float], list[float]] = defaultdict(list)
        for item in olds.get(clip, ()):
            was[item.source, item.frames].append(item.start)
        for item in pieces:
            if starts := was[item.source, item.frames]:
                by = item.start - starts.pop(0)
                moved.update([by] if by else [])
    return moved


def _markers(before: Sequence[MarkerView], after: Sequence[MarkerView]) -> Iterator[str]:
    """Of markers in their order only those that moved."""
    by = Counter(new.start - old.start for old, new in zip(before, after, strict=False) if new != old)
    for frames, count in sorted(by.items()):
        if frames:
            way = "later" if frames > 0 else "earlier"
            yield f"{count} marker{'s' * (count > 1)}: {_frames(abs(frames))} {way}"
    if len(after) < len(before):
        yield f"{len(before) - len(after)} markers go with what they mark"


def _named(item: ItemView) -> str:
    return f'"{item.name}"' if item.kind == "clip" else f'{item.kind} "{item.name}"'


def _frames(count: float) -> str:
    return f"{count:g} frame{'s' * (count != 1)}"
