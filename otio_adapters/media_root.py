"""The folder that moved media is looked for in: files by their names, sizes and lengths."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote

import opentimelineio as otio

from otio_adapters.errors import MissingMedia
from otio_adapters.media_url import local_name, media_name
from otio_adapters.opentime import exact_rate, seconds

Lasts = Callable[[Path], Fraction | None]
"""How many seconds a media file lasts, from somebody who opens it; None for a file that is no media."""

Names = dict[str, list[Path]]
"""The files under a media root, by their names; macOS and Linux write one letter in two ways."""

_SEARCH_LIMIT = 200_000  # files looked at under a media root, before the search is given up
_RIVALS = 8  # ours: files of one name that are opened to compare their lengths


def by_name(media_root: Path) -> Names:
    found: Names = {}
    for path in _files(media_root):
        found.setdefault(_composed(path.name), []).append(path)
    return found


def holds(names: Names, url: str) -> bool:
    """Whether any file has the name that the URL ends with."""
    return any(name in names for name in _names(media_name(url)))


def relinked(url: str, reference: otio.core.MediaReference, names: Names, lasts: Lasts | None) -> Path | None:
    """The file of that name, or None. Raises `MissingMedia` where two fit equally well."""
    wanted = PureWindowsPath(local_name(url)).parts
    rivals = [path for name in _names(wanted[-1]) for path in names.get(name, ())] if wanted else []
    rivals = _of_same_size(rivals, reference)
    rivals = _of_same_length(rivals, reference, lasts) if lasts is not None else rivals
    ranked = sorted(
        ((_agreement(path.parts, wanted), path) for path in rivals), key=lambda pair: (-pair[0], str(pair[1]))
    )
    if len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
        both = f"{ranked[0][1]} and {ranked[1][1]}"
        raise MissingMedia(f"both {both} could be {wanted[-1]!r}; give a narrower --media-root")
    return ranked[0][1] if ranked else None


def _of_same_size(rivals: list[Path], reference: otio.core.MediaReference) -> list[Path]:
    size = reference.metadata.get("pickup", {}).get("media", {}).get("size", 0)
    same = [path for path in rivals if path.stat().st_size == size] if len(rivals) > 1 else []
    return same or rivals


def _of_same_length(rivals: list[Path], reference: otio.core.MediaReference, lasts: Lasts) -> list[Path]:
    """Those that last as long as the timeline says, to within a frame; all of them where none does."""
    span = reference.available_range
    if span is None or not 1 < len(rivals) <= _RIVALS:
        return rivals
    length, frame = seconds(span.duration), 1 / exact_rate(span.duration.rate)
    found = [(path, lasts(path)) for path in rivals]
    return [path for path, long in found if long is not None and abs(long - length) <= frame] or rivals


def _names(name: str) -> set[str]:
    """As it stands, and as it may be percent-encoded."""
    return {_composed(name), _composed(unquote(name))}


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _is_media(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _files(root: Path) -> Iterator[Path]:
    seen = 0
    for folder, _folders, names in os.walk(root):
        for name in names:
            seen += 1
            if seen > _SEARCH_LIMIT:
                raise MissingMedia(f"{root} holds over {_SEARCH_LIMIT} files; give a narrower --media-root")
            path = Path(folder, name)
            if _is_media(path):
                yield path.absolute()


def _agreement(found: tuple[str, ...], wanted: tuple[str, ...]) -> int:
    """How many trailing parts two paths share."""
    count = 0
    for here, there in zip(reversed(found), reversed(wanted), strict=False):
        if here != there:
            break
        count += 1
    return count
