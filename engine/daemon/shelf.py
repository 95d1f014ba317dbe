"""The cache, bounded: when it is too large, what was given out longest ago goes, and never what is in use.

    <cache>/takes/<hash>/<attempt>/   takes and reels     a folder's time of change is when it was last
    <cache>/findings/<name>           findings            given out; `use` sets it
    <cache>/speech/<name>             spoken lines

What was given out within the last minutes stays, since whoever has it may still be copying it; a spoken line
stays as long as a job that says it may (`LINE_GRACE`). What is not evicted counts as well: latents of renders
that are unfinished, measures of media.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from engine import disk

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

GRACE = 10 * 60.0  # seconds
LINE_GRACE = 30 * 24 * 3600.0  # seconds; as long as jobs are kept
SPARE_DISK = 2 * 2**30  # ours: the cache shrinks rather than leave less of the disk free
LARGEST = 200 * 2**30  # ours: bytes
SHARE = 5  # ours: a fifth of the disk at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something in the cache. `used`: when it was last given out; `grace`: for how long it then stays."""

    path: Path
    size: int
    used: float
    grace: float


def usual_limit(cache: Path) -> int:
    """Bytes that the cache may have where nobody says how many."""
    return min(LARGEST, disk.total(cache) // SHARE)


def to_evict(things: Iterable[Thing], excess: int, kept: frozenset[str], now: float) -> tuple[Thing, ...]:
    """The least recently used whose sizes come to `excess` bytes; fewer where not so much may go.

    `kept`: names of folders that stay, whoever used them when.
    """
    evicted: list[Thing] = []
    for thing in sorted(things, key=lambda one: one.used):
        if excess <= 0:
            break
        if thing.path.name not in kept and thing.used + thing.grace <= now:
            evicted.append(thing)
            excess -= thing.size
    return tuple(evicted)


def use(path: Path) -> None:
    """Notes that what lies there is given out now."""
    with contextlib.suppress(OSError):
        os.utime(path)


class Shelf:
    """Measures the cache and clears it, in a thread of its own: the loop never waits for a disk."""

    def __init__(self, cache: Path, limit: int | None, *, clock: Callable[[], float] = time.time) -> None:
        """`limit`: bytes; None: `usual_limit`. `clock`: seconds since 1970, as files have them."""
        self.limit = usual_limit(cache) if limit is None else limit
        self.size = 0
        """Bytes, as last measured."""
        self._cache = cache
        self._clock = clock
        self._wanted = threading.Event()
        self._closed = False
        self._kept: frozenset[str] = frozenset()
        threading.Thread(target=self._work, daemon=True).start()

    def tidy(self, kept: frozenset[str]) -> None:
        """Soon. `kept` are the names of the folders that stay: of takes that are held, of jobs that run."""
        self._kept = kept
        self._wanted.set()

    def close(self) -> None:
        self._closed = True
        self._wanted.set()

    def tidy_now(self, kept: frozenset[str]) -> None:
        """In this thread."""
        self.size = sum(size_of(entry) for entry in _entries(self._cache))
        excess = max(self.size - self.limit, SPARE_DISK - disk.free(self._cache))
        for thing in to_evict(_things(self._cache), excess, kept, self._clock()) if excess > 0 else ():
            _remove(thing.path)
            self.size -= thing.size
            log.info("evicted", bytes=thing.size)

    def _work(self) -> None:
        while self._wanted.wait() and not self._closed:
            self._wanted.clear()
            try:
                self.tidy_now(self._kept)
            except OSError as error:  # somebody else tidies there too
                log.warning("cache_not_measured", reason=error.strerror)
            time.sleep(_PAUSE)


_PAUSE = 5.0  # seconds between two measurings, however many jobs end


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; what goes meanwhile counts nothing."""
    total = 0
    with contextlib.suppress(OSError):
        if not path.is_dir() or path.is_symlink():
            return path.lstat().st_size
        for entry in os.scandir(path):
            total += size_of(Path(entry.path))
    return total


def _entries(cache: Path) -> Iterator[Path]:
    with contextlib.suppress(FileNotFoundError):
        yield from cache.iterdir()


def _things(cache: Path) -> Iterator[Thing]:
    for pattern, grace in (("takes/*/*", GRACE), ("findings/*", GRACE), ("speech/*", LINE_GRACE)):
        for path in cache.glob(pattern):
            with contextlib.suppress(OSError):
                yield Thing(path=path, size=size_of(path), used=path.lstat().st_mtime, grace=grace)


def _remove(path: Path) -> None:
    """The thing, and the folder of its hash where it was the last in it."""
    if path.is_dir() and not path.is_symlink():
        # Under another name first: half a take must never be found under its own.
        aside = path.with_name(f".{path.name}.evicted")
        with contextlib.suppress(OSError):
            path.replace(aside)
            shutil.rmtree(aside, ignore_errors=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()
    else:
        with contextlib.suppress(OSError):
            path.unlink()
