"""Which takes the engine is to keep, however full its cache is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.messages import LARGEST_HOLD
from nle_panels.takes.book import Shelf, TakeBook


def held(book: TakeBook, planned: Collection[str], drafts: str) -> tuple[str, ...]:
    """The ids of the jobs whose takes a clip needs, none that are rejected: first those of the shots that are
    planned, then those that an undo brings back, but for the renderer `drafts`: these are made anew at once.
    """
    shown = frozenset(planned)
    jobs = [job for key in planned for job in _jobs(book.of(key))]
    jobs += [
        job for key, shelf in book.shelves.items() if key not in shown for job in _jobs(shelf, but=drafts)
    ]
    return tuple(dict.fromkeys(jobs))[:LARGEST_HOLD]


def _jobs(shelf: Shelf, but: str = "") -> Iterator[str]:
    for version in shelf.versions:
        if version.job_id and not version.rejected and version.record.job.renderer != but:
            yield version.job_id
