"""Where a clip's media is, and where in the media the clip begins."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote

import opentimelineio as otio

from otio_adapters.errors import MissingMedia
from otio_adapters.image_sequence import ImageSequence, sequence_of, spelled
from otio_adapters.media_root import Lasts, Names, by_name, holds, relinked
from otio_adapters.media_url import absolute_name, local_name, media_name
from otio_adapters.native import archive
from otio_adapters.opentime import from_timecode, seconds, time_range

__all__ = [
    "MediaFacts",
    "absolute_name",
    "at_its_place",
    "check",
    "find",
    "home",
    "is_inside",
    "local_name",
    "media_name",
    "media_offset",
    "missing",
    "note_facts",
    "resolve",
    "target",
]

_LISTED = 20  # ours: missing files that one message names


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What somebody who opened a media file knows of it. `start` and `frames` are frames at `rate`.

    `size` is in bytes, 0 where it is not known.
    """

    rate: Fraction
    start: int
    frames: int
    width: int = 0
    height: int = 0
    channels: int = 0
    sample_rate: int = 48_000
    size: int = 0


def note_facts(reference: otio.core.MediaReference, facts: MediaFacts) -> None:
    """Leaves the facts with the reference, for the writers: they never open media themselves."""
    if reference.available_range is None:
        reference.available_range = time_range(facts.start, facts.frames, facts.rate)
    if "pickup" not in reference.metadata:
        reference.metadata["pickup"] = {}
    reference.metadata["pickup"]["media"] = {
        "width": facts.width,
        "height": facts.height,
        "channels": facts.channels,
        "sample_rate": facts.sample_rate,
        **({"size": facts.size} if facts.size else {}),
    }


def home(timeline_path: Path) -> Path:
    """The folder that a timeline's relative paths start from: its own, or that of a bundle's content."""
    suffix = timeline_path.suffix.lower()
    if suffix == archive.ZIPPED:
        return archive.unpacked_folder(timeline_path)
    return timeline_path if suffix in {archive.FOLDER, ".fcpxmld"} else timeline_path.parent


def target(clip: otio.schema.Clip) -> str:
    """The active reference's URL or path, as written there. Raises `MissingMedia` where it has none."""
    reference = clip.media_reference
    if isinstance(reference, otio.schema.ImageSequenceReference):
        raise _is_sequence(clip, sequence_of(reference))
    if not isinstance(reference, otio.schema.ExternalReference) or not reference.target_url:
        raise MissingMedia(f"clip {clip.name!r} has no media file: it is offline, a title or a generator")
    return str(reference.target_url)


def resolve(
    clip: otio.schema.Clip, timeline_path: Path, media_root: Path | None = None, lasts: Lasts | None = None
) -> Path:
    """The file that the clip plays.

    A relative path is taken from the timeline's folder. With `media_root`, a file that is not where the
    timeline says is looked for under that folder by its name alone, so that a hostile name leads nowhere
    else. Of several the one of the size, then of the length, that the timeline notes; then the one whose
    folders agree best. Raises `MissingMedia`.
    """
    url = target(clip)
    found = at_its_place(url, timeline_path)
    if found is not None:
        return found
    sequence = spelled(local_name(url))
    if sequence is not None:
        raise _is_sequence(clip, sequence)
    if media_root is None:
        raise MissingMedia(
            f"the media of clip {clip.name!r} is not at {local_name(url)}; if it moved, give the folder it is"
            " in with --media-root FOLDER"
        )
    moved = relinked(url, clip.media_reference, by_name(media_root), lasts)
    if moved is None:
        raise MissingMedia(
            f"clip {clip.name!r} plays {media_name(url)!r}, which is not under {media_root} either"
        )
    return moved


def at_its_place(url: str, timeline_path: Path) -> Path | None:
    """The file where the timeline says it is, taken out of the bundle that it may lie in; None for none."""
    for name in _spellings(local_name(url)):
        path = home(timeline_path) / name
        if _is_media(path):
            return path.resolve()
        if name in _bundled(timeline_path):
            return archive.unpack(timeline_path, name, home(timeline_path)).resolve()
    return None


def is_inside(bundled: Mapping[str, int], url: str) -> bool:
    """Whether the URL names one of a bundle's files."""
    return any(name in bundled for name in _spellings(local_name(url)))


def find(
    timeline: otio.schema.Timeline,
    clip: otio.schema.Clip,
    timeline_path: Path,
    media_root: Path | None = None,
    lasts: Lasts | None = None,
) -> Path:
    """As `resolve`; where that fails, all else of the timeline that is missing is named along with it."""
    try:
        return resolve(clip, timeline_path, media_root, lasts)
    except MissingMedia as error:
        own = missing([clip], timeline_path, media_root)
        others = [one for one in missing(timeline.find_clips(), timeline_path, media_root) if one not in own]
        if not others:
            raise
        raise MissingMedia(f"{error}. Also missing ({len(others)}): {_listed(others)}") from error


def check(clips: Iterable[otio.schema.Clip], timeline_path: Path, media_root: Path | None = None) -> None:
    """Raises `MissingMedia` with the names of all files that are not there."""
    gone = missing(clips, timeline_path, media_root)
    if gone:
        hint = (
            f"nor are they under {media_root}" if media_root else "give their folder with --media-root FOLDER"
        )
        raise MissingMedia(f"media files are missing ({len(gone)}): {_listed(gone)}; {hint}")


def missing(
    clips: Iterable[otio.schema.Clip], timeline_path: Path, media_root: Path | None = None
) -> tuple[str, ...]:
    """The media that the clips play and that is not there, each once, in the clips' order.

    Of an image sequence it says which numbers are not there. Titles and generators play no media.
    """
    moved = by_name(media_root) if media_root is not None else {}
    gone: dict[str, None] = {}
    seen = set()
    for clip in clips:
        reference = clip.media_reference
        name = _written(reference)
        if not name or name in seen:
            continue
        seen.add(name)
        if isinstance(reference, otio.schema.ImageSequenceReference):
            fault = _holes(sequence_of(reference), timeline_path, moved)
        else:
            fault = _fault(name, timeline_path, moved)
        if fault:
            gone[fault] = None
    return tuple(gone)


def media_offset(clip: otio.schema.Clip, rate: Fraction, start_timecode: str | None = None) -> Fraction:
    """The second of the media, from its first frame, at which the clip begins; exact.

    That is where its source range starts, less where its available range starts. Where the timeline does
    not say the latter, or says a range that the source start lies beyond, `start_timecode` (the media's own,
    counted at the media's `rate`) is taken off instead, if the source start does not lie before it.
    """
    start = seconds(clip.trimmed_range().start_time)
    available = clip.media_reference.available_range if clip.media_reference else None
    first = seconds(available.start_time) if available is not None else Fraction(0)
    if available is not None and first <= start < first + seconds(available.duration):
        return start - first
    if start_timecode is not None:
        stamped = Fraction(from_timecode(start_timecode, rate)) / rate
        if start >= stamped:
            return start - stamped
    return start - first


def _is_sequence(clip: otio.schema.Clip, sequence: ImageSequence) -> MissingMedia:
    return MissingMedia(
        f"clip {clip.name!r} plays the image sequence {sequence}, which has no sound to edit by; make a movie"
        " file of it first"
    )


def _written(reference: otio.core.MediaReference | None) -> str:
    """What the reference names, as it is written; empty for one that names nothing on disk."""
    if isinstance(reference, otio.schema.ImageSequenceReference):
        sequence = sequence_of(reference)
        return f"{sequence.folder}{sequence}"
    return str(getattr(reference, "target_url", None) or "")


def _fault(url: str, timeline_path: Path, moved: Names) -> str:
    """Why the media of that URL is missing; empty where it is there."""
    try:
        if _is_there(url, timeline_path) or holds(moved, url):
            return ""
        sequence = spelled(local_name(url))
        return _holes(sequence, timeline_path, moved) if sequence is not None else local_name(url)
    except MissingMedia as error:
        return str(error)


def _holes(sequence: ImageSequence, timeline_path: Path, moved: Names) -> str:
    """Which of the sequence's files are neither in its folder nor among the moved ones; empty for none."""
    try:
        folder = home(timeline_path) / local_name(sequence.folder)
        names = {entry.name for entry in os.scandir(folder)}
    except (OSError, ValueError):
        names = set()
    holes = sequence.holes(names | moved.keys())
    if not holes and any(sequence.number_of(name) is not None for name in (*names, *moved)):
        return ""
    runs = ", ".join(f"{a}-{b}" if b > a else str(a) for a, b in holes[:3])
    more = f" and {len(holes) - 3} more runs" if len(holes) > 3 else ""
    return f"{sequence.folder}{sequence}" + (f" (frames {runs}{more})" if holes else "")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def _is_there(url: str, timeline_path: Path) -> bool:
    return is_inside(_bundled(timeline_path), url) or any(
        _is_media(home(timeline_path) / name) for name in _spellings(local_name(url))
    )


def _bundled(timeline_path: Path) -> Mapping[str, int]:
    zipped = timeline_path.suffix.lower() == archive.ZIPPED and timeline_path.exists()
    return archive.members(timeline_path) if zipped else {}


def _spellings(name: str) -> Iterator[str]:
    """As it stands first: a file may really be called `100%25.mov`."""
    yield name
    if "%" in name:
        yield unquote(name)
    if "\\" in name and not PureWindowsPath(name).drive:
        yield str(PurePosixPath(*PureWindowsPath(name).parts))
    if not name.isascii():
        yield from (unicodedata.normalize(form, unquote(name)) for form in ("NFC", "NFD"))


def _is_media(path: Path) -> bool:
    """A regular file: no folder, device or pipe."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
