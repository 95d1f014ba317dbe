"""Relative paths made whole, where a timeline is written to another folder than it was read from."""

from __future__ import annotations

import contextlib
from pathlib import Path

import opentimelineio as otio

from otio_adapters.bare_name import is_bare
from otio_adapters.errors import MissingMedia
from otio_adapters.media_linker import at_its_place, home
from otio_adapters.media_url import absolute_name, local_name
from otio_adapters.native.archive import CONTENT, ZIPPED, unpack_all


def leaves(origin: Path, path: Path) -> bool:
    """Whether the relative paths would name other files there. A bundle takes its own along."""
    both_zipped = _is_zipped(origin) and _is_zipped(path)
    return not both_zipped and home(origin).resolve() != home(path).resolve()


def whole_name(url: str, folder: Path) -> str:
    """The whole path that a relative one names from `folder`; any other URL as it is."""
    try:
        whole = absolute_name(url, folder)
    except MissingMedia:  # a URL of the web
        return url
    return url if is_bare(url) or whole == local_name(url) else whole


def anchored(timeline: otio.schema.Timeline, origin: Path, unpack_to: Path | None) -> otio.schema.Timeline:
    """The timeline with its relative paths made whole, and the media that lay in a bundle taken out of it."""
    folder = home(origin)
    if _is_zipped(origin):
        folder = unpack_to or folder
        unpack_all(origin, folder)
    moved = timeline.deepcopy()
    for clip in moved.find_clips():
        for reference in clip.media_references().values():
            for key in ("target_url", "target_url_base"):
                url = getattr(reference, key, None)
                if url:
                    setattr(reference, key, _in_bundle(url, folder, origin) or whole_name(url, folder))
    return moved


def _in_bundle(url: str, folder: Path, origin: Path) -> str:
    """Where the file that lay in a bundle is now; "" for any other."""
    if _is_zipped(origin) and not is_bare(url):
        with contextlib.suppress(MissingMedia):
            found = at_its_place(url, folder / CONTENT)
            return str(found) if found is not None else ""
    return ""


def _is_zipped(path: Path) -> bool:
    return path.suffix.lower() == ZIPPED
