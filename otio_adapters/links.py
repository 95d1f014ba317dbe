"""Link groups: which items on several tracks move as one.

OTIO has no such notion, so each program keeps its own number in the clip's metadata. Ours is `pickup.link`;
the readers of project XML set it, and Resolve's and Premiere's are read and kept up in place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import opentimelineio as otio

from otio_adapters.opentime import exact_frames, seconds

Frames = Fraction | int

_KEYS = (("pickup", "link"), ("Resolve_OTIO", "Link Group ID"), ("PremierePro_OTIO", "LinkID"))
_DIGITS = 16  # ours: a longer number is no count of groups
_MOST = 10**_DIGITS


def link_of(item: otio.core.Composable) -> int | None:
    """The number of the item's link group, or None."""
    metadata = item.metadata
    for namespace, key in _KEYS:
        try:  # asking OTIO's dictionaries first takes longer than what they say
            value = metadata[namespace][key]
        except (KeyError, IndexError, TypeError):
            continue
        if type(value) is int and abs(value) < _MOST:  # which True is not
            return value
        if isinstance(value, str) and value.isdecimal() and len(value) < _DIGITS:  # as Premiere writes it
            return int(value)
        if isinstance(value, float) and abs(value) < _MOST:
            return int(value)
    return None


def set_link(item: otio.core.Composable, link: int) -> None:
    """Puts the item into another group, under the key of the program it is from; else under ours."""
    found = [(space, key) for space, key in _KEYS if key in item.metadata.get(space, {})]
    for namespace, key in found or _KEYS[:1]:
        if namespace not in item.metadata:
            item.metadata[namespace] = {}
        written = isinstance(item.metadata[namespace].get(key), str)
        item.metadata[namespace][key] = str(link) if written else link


class LinkNumbers:
    """Hands out new group numbers for split items: the same one to all that were linked before the split.

    `tracks`: the items of each, whose numbers are in use. `takes`: the frames [start, end) that takes
    replace. What a clip has left behind a take is one group on all tracks, though only the take's own are cut
    at its end.
    """

    def __init__(
        self, tracks: Sequence[Sequence[otio.core.Composable]], takes: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._tracks = tracks
        self._takes = takes
        self._next = 0
        self._given: dict[tuple[int, object], int] = {}

    def split(self, item: otio.core.Composable, start: Frames, end: Frames) -> None:
        """For what is cut off a clip and lay at [start, end) of the timeline before any change."""
        self.join(item, self._part(start, end))

    def join(self, item: otio.core.Composable, part: object) -> None:
        """Gives `item` the group of `part` of its old group."""
        old = link_of(item)
        if old is None:
            return
        if not self._next:
            found = [link_of(item) for items in self._tracks for item in items]
            self._next = max((link for link in found if link is not None), default=0) + 1
        if (old, part) not in self._given:
            self._given[old, part] = self._next
            self._next += 1
        set_link(item, self._given[old, part])

    def _part(self, start: Frames, end: Frames) -> object:
        for first, last in self._takes:
            if first <= start <= last:
                inside = start < last and end <= last
                return ("take" if inside else "after", first, last)
        return start


def groups(timeline: otio.schema.Timeline) -> Iterator[tuple[tuple[int, int], ...]]:
    """The link groups of two items or more, as (track, index) pairs in the timeline's order."""
    found: dict[int, list[tuple[int, int]]] = {}
    for t, track in enumerate(timeline.tracks):
        for i, item in enumerate(track):
            link = link_of(item)
            if link is not None:
                found.setdefault(link, []).append((t, i))
    return (tuple(places) for places in found.values() if len(places) > 1)


def linked_sets(timeline: otio.schema.Timeline, rate: Fraction) -> tuple[tuple[tuple[int, int], ...], ...]:
    """What to write as linked: the groups; in a timeline that knows none, picture and sound cut alike."""
    found = tuple(groups(timeline))
    if found or any(link_of(item) is not None for track in timeline.tracks for item in track):
        return found
    alike: dict[tuple[object, ...], list[tuple[int, int]]] = {}
    for t, track in enumerate(timeline.tracks):
        at = Fraction(0)
        for i, item in enumerate(track):
            if not isinstance(item, otio.core.Item):
                continue
            shown = item.trimmed_range()
            url = getattr(getattr(item, "media_reference", None), "target_url", None)
            if url:
                key = (url, at, seconds(shown.start_time), seconds(shown.duration))
                alike.setdefault(key, []).append((t, i))
            at += exact_frames(shown.duration, rate)
    return tuple(tuple(places) for places in alike.values() if len({t for t, _ in places}) > 1)
