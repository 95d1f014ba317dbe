"""Credentials beside a film, `take.c2pa` for `take.mov`: they outlive what takes them out of the film."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

SUFFIX = ".c2pa"
LARGEST = 64 * 1024 * 1024  # ours: bytes; a take's has some 5 KB, an export's those of its takes
_MOST = 10_000  # ours: files that are looked at


def beside(film: Path) -> Path:
    """Where the film's sidecar lies."""
    return film.with_suffix(SUFFIX)


def of_take(identity: str, takes: Path) -> Iterator[Path]:
    """Those in the engine's own folder of takes, of jobs whose hash begins with `identity`."""
    yield from sorted(takes.glob(f"{identity}*/*/*{SUFFIX}"))


def candidates(film: Path) -> Iterator[Path]:
    """Sidecars that may be the film's, whatever it is called now: of its name first.

    Then all that lie in its folder, in a folder of takes there, and in one beside its own.
    """
    own = beside(film)
    if own.is_file():
        yield own
    folder = film.absolute().parent
    count = 0
    for place in (folder, folder / "takes", folder.parent / "takes"):
        for found in sorted(place.glob(f"*{SUFFIX}")):
            if found != own.absolute() and found.is_file() and count < _MOST:
                count += 1
                yield found
