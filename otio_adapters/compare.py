"""What was written against what was meant, item by item, as far as every format can say it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import opentimelineio as otio

from otio_adapters.errors import ReadBackMismatch, TimelineError, UnsupportedEdit
from otio_adapters.media_url import media_name, told_name
from otio_adapters.opentime import exact_frames, seconds
from otio_adapters.ripple import crossfades, length, speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing on a track; times in frames of the timeline, `offset` in seconds of the media."""

    kind: str
    start: Fraction
    frames: Fraction
    media: str = ""
    offset: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    enabled: bool = True

    def __str__(self) -> str:
        media = (
            f" of {self.media} from {float(self.offset):.4f} s at {float(self.speed):g}x"
            if self.media
            else ""
        )
        state = "" if self.enabled else ", disabled"
        return f"{self.kind} at frame {float(self.start):g} for {float(self.frames):g} frames{media}{state}"


def compare(
    meant: otio.schema.Timeline, found: otio.schema.Timeline, rate: Fraction, folder: Path | None
) -> None:
    """Raises `ReadBackMismatch` at the first difference that an editor would see.

    Compared are the tracks that hold anything, their items (gaps by what they leave between), media, source
    times, speeds, transitions, and the timeline's markers. `folder`: what relative paths
    start from; None where media is compared by name alone, because it moves into a bundle.
    """
    ours, theirs = _tracks(meant), _tracks(found)
    if [track.kind for track in ours] != [track.kind for track in theirs]:
        raise ReadBackMismatch(
            f"the timeline has {len(ours)} tracks in use, but {len(theirs)} read back: {_kinds(ours)} "
            f"became {_kinds(theirs)}"
        )
    for number, (a, b) in enumerate(zip(ours, theirs, strict=True), start=1):
        _same(
            entries(a, rate, folder), entries(b, rate, folder), rate, f"track {number} ({a.name or a.kind})"
        )
    _same(_markers(meant, rate), _markers(found, rate), rate, "the timeline's markers")


def _tracks(timeline: otio.schema.Timeline) -> list[otio.schema.Track]:
    """The tracks in use, picture before sound: formats differ in how they stack the two.

    A fade between gaps uses none: few formats know it.
    """
    found = [
        track
        for track in timeline.tracks
        if isinstance(track, otio.schema.Track)
        and any(not isinstance(item, otio.schema.Gap | otio.schema.Transition) for item in track)
    ]
    return sorted(found, key=lambda track: track.kind != otio.schema.TrackKind.Video)


def _kinds(tracks: list[otio.schema.Track]) -> str:
    return ", ".join(track.kind for track in tracks) or "nothing"


def _same(ours: tuple[Entry, ...], theirs: tuple[Entry, ...], rate: Fraction, where: str) -> None:
    for a, b in zip(ours, theirs, strict=False):
        if not _close(a, b, rate):
            raise ReadBackMismatch(f"{where}: {a} was written, but {b} reads back")
    if len(ours) != len(theirs):
        raise ReadBackMismatch(f"{where}: {len(ours)} items were written, but {len(theirs)} read back")


def _close(a: Entry, b: Entry, rate: Fraction) -> bool:
    """Equal, but for half a frame of source time, which a format that counts whole frames must round."""
    rounding = max(a.speed, Fraction(1)) / (2 * rate) + Fraction(1, 10_000)
    same = (a.kind, a.start, a.frames, a.media, a.enabled) == (b.kind, b.start, b.frames, b.media, b.enabled)
    return same and abs(a.offset - b.offset) <= rounding and abs(a.speed - b.speed) < Fraction(1, 10_000)


def entries(track: otio.schema.Track, rate: Fraction, folder: Path | None) -> tuple[Entry, ...]:
    """The track's items without its gaps, each at its place."""
    found = []
    at = Fraction(0)
    children = list(track)
    for index, item in enumerate(children):
        frames = length(item, rate)
        if isinstance(item, otio.schema.Transition):
            if not crossfades(children, index):  # a fade, which few formats know
                continue
            before, after = exact_frames(item.in_offset, rate), exact_frames(item.out_offset, rate)
            found.append(Entry(kind="transition", start=at - before, frames=before + after))
        elif not isinstance(item, otio.schema.Gap):
            found.append(_entry(item, at, frames, folder))
        at += frames
    return tuple(found)


def _entry(item: otio.core.Item, start: Fraction, frames: Fraction, folder: Path | None) -> Entry:
    url = getattr(getattr(item, "media_reference", None), "target_url", None)
    kind = "clip" if isinstance(item, otio.schema.Clip) else "nested sequence"
    if not url:
        return Entry(kind=kind, start=start, frames=frames, enabled=item.enabled)
    available = item.media_reference.available_range
    first = seconds(available.start_time) if available is not None else Fraction(0)
    return Entry(
        kind=kind,
        start=start,
        frames=frames,
        media=_file(url, folder),
        offset=seconds(item.trimmed_range().start_time) - first,
        speed=_speed(item),
        enabled=item.enabled,
    )


def _file(url: str, folder: Path | None) -> str:
    try:
        if folder is None:
            return unquote(media_name(url))
        return told_name(url, folder)
    except TimelineError:
        return url


def _speed(item: otio.core.Item) -> Fraction:
    try:
        return speed(item)
    except UnsupportedEdit:
        return Fraction(0)


def _markers(timeline: otio.schema.Timeline, rate: Fraction) -> tuple[Entry, ...]:
    spans = [marker.marked_range for marker in timeline.tracks.markers]
    starts = sorted(exact_frames(span.start_time, rate) for span in spans)
    return tuple(Entry(kind="marker", start=start, frames=Fraction(0)) for start in starts)
