"""Where a clip's media is, and where in the media the clip begins."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote, urlsplit

import opentimelineio as otio

from otio_adapters.errors import MissingMedia
from otio_adapters.opentime import from_timecode, seconds, time_range

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_SEARCH_LIMIT = 200_000  # files looked at under a media root, before the search is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What somebody who opened a media file knows of it. `start` and `frames` are frames at `rate`."""

    rate: Fraction
    start: int
    frames: int
    width: int = 0
    height: int = 0
    channels: int = 0
    sample_rate: int = 48_000


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
    }


def target(clip: otio.schema.Clip) -> str:
    """The active reference's URL or path, as written there. Raises `MissingMedia` where it has none."""
    reference = clip.media_reference
    if isinstance(reference, otio.schema.ImageSequenceReference):
        raise MissingMedia(f"clip {clip.name!r} plays an image sequence; make a movie file of it first")
    if not isinstance(reference, otio.schema.ExternalReference) or not reference.target_url:
        raise MissingMedia(f"clip {clip.name!r} has no media file: it is offline, a title or a generator")
    return str(reference.target_url)


def media_name(url: str) -> str:
    """The file name at the end of a URL or path of any system."""
    return PureWindowsPath(local_name(url)).name


def local_name(url: str) -> str:
    """The path that a `file:` URL names, or the path itself. Raises `MissingMedia` for any other URL.

    `file:///C:/a.mov` and `file://localhost/C:/a.mov` are `C:/a.mov`; `file://nas/share/a.mov` is a UNC path.
    """
    if "\0" in url:
        raise MissingMedia(f"{url!r} is no file name")
    if _DRIVE.match(url) or not _SCHEME.match(url):
        return url
    if not url.lower().startswith("file:"):
        raise MissingMedia(f"{url} is not a file on this machine; copy it here and relink with --media-root")
    # Some programs leave # and ? bare in their file URLs, where they are part of the name.
    parts = urlsplit(url.replace("#", "%23").replace("?", "%3F"))
    path = unquote(parts.path)
    host = parts.netloc
    if re.fullmatch(r"[A-Za-z]:", host):  # file://C:/a.mov, which Premiere writes on Windows
        return host + path
    if host and host.lower() != "localhost":
        return f"//{host}{path}"
    return path[1:] if _DRIVE.match(path[1:]) else path


def absolute_name(url: str, folder: Path) -> str:
    """The path that a URL names, from `folder` where it is relative. Raises `MissingMedia` as above."""
    name = local_name(url)
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).is_absolute():
        return name
    return (folder.resolve() / name).as_posix()


def resolve(clip: otio.schema.Clip, timeline_path: Path, media_root: Path | None = None) -> Path:
    """The file that the clip plays.

    A relative path is taken from the timeline's folder. With `media_root`, a file that is not where the
    timeline says is looked for under that folder by its name alone, so that a hostile name leads nowhere
    else; of several the one whose folders agree best. Raises `MissingMedia`.
    """
    url = target(clip)
    for name in _spellings(local_name(url)):
        path = timeline_path.parent / name
        if _is_media(path):
            return path.resolve()
    if media_root is not None:
        found = relink(url, media_root)
        if found is not None:
            return found
        raise MissingMedia(
            f"clip {clip.name!r} plays {media_name(url)!r}, which is not under {media_root} either"
        )
    raise MissingMedia(
        f"the media of clip {clip.name!r} is not at {local_name(url)}; if it moved, give the folder it is in "
        "with --media-root FOLDER"
    )


def relink(url: str, media_root: Path) -> Path | None:
    """The file of that name under `media_root`, or None. Raises `MissingMedia` where two fit equally well."""
    wanted = PureWindowsPath(local_name(url)).parts
    names = {unquote(wanted[-1]), wanted[-1]} if wanted else set()
    ranked = sorted(
        ((_agreement(path.parts, wanted), path) for path in _files(media_root) if path.name in names),
        key=lambda pair: (-pair[0], str(pair[1])),
    )
    if len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
        rivals = f"{ranked[0][1]} and {ranked[1][1]}"
        raise MissingMedia(f"both {rivals} could be {wanted[-1]!r}; give a narrower --media-root")
    return ranked[0][1] if ranked else None


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


def _spellings(name: str) -> Iterator[str]:
    """As it stands first: a file may really be called `100%25.mov`."""
    yield name
    if "%" in name:
        yield unquote(name)
    if "\\" in name and not _DRIVE.match(name):
        yield str(PurePosixPath(*PureWindowsPath(name).parts))


def _is_media(path: Path) -> bool:
    """A regular file: no folder, device or pipe."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _files(root: Path) -> Iterator[Path]:
    seen = 0
    for folder, _folders, names in os.walk(root):
        for name in names:
            seen += 1
            if seen > _SEARCH_LIMIT:
                raise MissingMedia(f"{root} holds over {_SEARCH_LIMIT} files; give a narrower --media-root")
            path = Path(folder, name)
            if _is_media(path) and not path.is_symlink():
                yield path.absolute()


def _agreement(found: tuple[str, ...], wanted: tuple[str, ...]) -> int:
    """How many trailing parts two paths share."""
    count = 0
    for here, there in zip(reversed(found), reversed(wanted), strict=False):
        if here != there:
            break
        count += 1
    return count
