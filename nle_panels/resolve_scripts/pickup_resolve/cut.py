"""What a timeline plays, read from its OTIO: enough to say whether two are the same."""

from __future__ import annotations

import hashlib
import json
import ntpath
from fractions import Fraction
from pathlib import Path
from typing import Any, Iterator, NamedTuple


class Entry(NamedTuple):
    """A clip on a track; `start`, `frames` and `offset` in thousandths of a frame of the timeline.

    `track` counts those of the kind that hold anything. `offset` is the source's own timecode.
    """

    kind: str
    track: int
    start: int
    frames: int
    media: str  # the file's name
    offset: int


def entries(path: Path) -> tuple[Entry, ...]:
    """Raises ValueError where it is no OTIO."""
    timeline = json.loads(path.read_text(encoding="utf-8"))
    try:
        tracks = [track for track in timeline["tracks"]["children"] if track.get("children")]
        rate = next(iter(_rates(tracks)), Fraction(25))
        found: list[Entry] = []
        for kind in ("Video", "Audio"):
            ours = [track for track in tracks if track.get("kind") == kind]
            for number, track in enumerate(ours, start=1):
                found += _track(track, kind, number, rate)
        return tuple(found)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("{} is no timeline: {!r}".format(path, error)) from error


def digest(found: tuple[Entry, ...]) -> str:
    return hashlib.sha256(repr(found).encode()).hexdigest()


def difference(meant: tuple[Entry, ...], found: tuple[Entry, ...]) -> str:
    """The first one, in words; "" for none."""
    for kind in ("Video", "Audio"):
        ours = [entry for entry in meant if entry.kind == kind]
        theirs = [entry for entry in found if entry.kind == kind]
        if len(ours) != len(theirs):
            return "{} {} clips were meant, {} are there".format(len(ours), kind.lower(), len(theirs))
        for one, other in zip(ours, theirs):
            if one != other:
                return "meant was {}, there is {}".format(_in_words(one), _in_words(other))
    return ""


def _in_words(entry: Entry) -> str:
    return "{} from {:g} at frame {:g} for {:g} frames on {} track {}".format(
        entry.media, entry.offset / 1000, entry.start / 1000, entry.frames / 1000, entry.kind, entry.track
    )


def _track(track: dict[str, Any], kind: str, number: int, rate: Fraction) -> Iterator[Entry]:
    at = Fraction(0)
    for item in track["children"]:
        if item["OTIO_SCHEMA"].startswith("Transition"):
            continue
        shown = item.get("source_range") or _reference(item)["available_range"]
        frames = _frames(shown["duration"], rate)
        if not item["OTIO_SCHEMA"].startswith("Gap"):
            offset = _frames(shown["start_time"], rate)
            yield Entry(
                kind, number, _thousandths(at), _thousandths(frames), _media(item), _thousandths(offset)
            )
        at += frames


def _media(item: dict[str, Any]) -> str:
    # Paths have another slash on Windows; and Resolve writes the same file's in more ways than one.
    return ntpath.basename(_reference(item).get("target_url") or item.get("name") or "")


def _reference(item: dict[str, Any]) -> dict[str, Any]:
    references = item.get("media_references") or {}
    return references.get(item.get("active_media_reference_key"), item.get("media_reference")) or {}


def _rates(tracks: list[dict[str, Any]]) -> Iterator[Fraction]:
    for track in tracks:
        for item in track["children"]:
            shown = item.get("source_range")
            if track.get("kind") == "Video" and shown:
                yield _exact(shown["duration"]["rate"])


def _frames(time: dict[str, Any], rate: Fraction) -> Fraction:
    return Fraction(time["value"]).limit_denominator(1_000_000) * rate / _exact(time["rate"])


def _exact(rate: float) -> Fraction:
    """23.976 and 24000/1001 are the same rate."""
    whole = round(rate)
    thousands = Fraction(whole * 1000, 1001)
    return thousands if abs(rate - thousands) < abs(rate - whole) else Fraction(rate).limit_denominator(1000)


def _thousandths(frames: Fraction) -> int:
    return round(frames * 1000)
