"""A track's items as a Kdenlive track plays them: on two playlists, with what a mix needs on either side."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio

from otio_adapters.errors import MissingMedia, UnwritableOutput
from otio_adapters.media_linker import local_name
from otio_adapters.opentime import exact_frames, seconds
from otio_adapters.ripple import crossfades, length, steady_speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """An item on playlist 0 or 1: frames [start, end) of the track, from frame `first` of its producer.

    `was`: the frame of the original entry's producer that lay there, which is another where the media is new.
    """

    item: otio.core.Item
    index: int  # in its OTIO track
    mark: str  # the entry of the original project that it comes from, or ""
    playlist: int
    start: int
    end: int
    first: int
    was: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A transition between two laid items, over frames [start, end); `after` of them follow the cut."""

    item: otio.schema.Transition
    start: int
    end: int
    after: int
    reverse: bool  # the incoming clip lies on playlist 0


def lay(track: otio.schema.Track, rate: Fraction) -> tuple[tuple[Laid, ...], tuple[Mix, ...]]:
    """The track's clips and mixes in frames. Raises `UnwritableOutput` for what Kdenlive cannot play."""
    laid: list[Laid] = []
    mixes: list[Mix] = []
    at = Fraction(0)
    children = list(track)
    for index, item in enumerate(children):
        if isinstance(item, otio.schema.Transition):
            continue
        before, after = _lead(children, index - 1, rate), _lead(children, index + 1, rate)
        shown = length(item, rate)
        if not isinstance(item, otio.schema.Gap) and shown:
            playlist = _playlist(item, laid, mixed=bool(before))
            lead, tail = (before[1] if before else 0), (after[2] if after else 0)
            start, end = round(at), round(at + shown)
            first = _first(item, rate, lead)
            laid.append(
                Laid(
                    item=item,
                    index=index,
                    mark=mark_of(item),
                    playlist=playlist,
                    start=start - lead,
                    end=end + tail,
                    first=first,
                    was=_replaced(item, rate, lead, first),
                )
            )
            if before:
                mixes.append(_mix(before, start, reverse=playlist == 0))
        at += shown
    return tuple(laid), tuple(mixes)


def mark_of(item: otio.core.Composable) -> str:
    return str(item.metadata.get("pickup", {}).get("xml", ""))


def plays(item: otio.core.Item) -> tuple[str, Fraction]:
    """The path of the item's file and how fast it plays it; no path for what plays no file."""
    url = getattr(getattr(item, "media_reference", None), "target_url", None) or ""
    try:
        return local_name(url), steady_speed(item)
    except MissingMedia:
        return url, steady_speed(item)


def _lead(
    children: list[otio.core.Composable], index: int, rate: Fraction
) -> tuple[otio.schema.Transition, int, int] | None:
    """The mix at that index, with its frames before and after the cut."""
    if not 0 <= index < len(children) or not isinstance(children[index], otio.schema.Transition):
        return None
    if not crossfades(children, index):
        return None
    mix = children[index]
    return mix, round(exact_frames(mix.in_offset, rate)), round(exact_frames(mix.out_offset, rate))


def _mix(lead: tuple[otio.schema.Transition, int, int], cut: int, *, reverse: bool) -> Mix:
    item, before, after = lead
    return Mix(item=item, start=cut - before, end=cut + after, after=after, reverse=reverse)


def _playlist(item: otio.core.Item, laid: list[Laid], *, mixed: bool) -> int:
    last = laid[-1].playlist if laid else 0
    if mixed:
        return 1 - last
    return int(item.metadata.get("pickup", {}).get("playlist", last))


def _first(item: otio.core.Item, rate: Fraction, lead: int) -> int:
    """The producer's frame that is first seen: MLT counts from the media's start, and in warped frames."""
    start = seconds(item.trimmed_range().start_time)
    reference = getattr(item, "media_reference", None)
    if reference is not None and reference.available_range is not None:
        start -= seconds(reference.available_range.start_time)
    first = round(start * rate / steady_speed(item)) - lead
    if first < 0:
        raise UnwritableOutput(
            f"clip {item.name!r} starts {-first} frames before its media does, where the transition before "
            "it begins; Kdenlive cannot play that"
        )
    return first


def _replaced(item: otio.core.Item, rate: Fraction, lead: int, first: int) -> int:
    source = item.metadata.get("pickup", {}).get("source_range")
    return round(exact_frames(source.start_time, rate)) - lead if source else first
