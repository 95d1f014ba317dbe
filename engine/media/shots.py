"""Where a clip changes shot: all its pictures are looked at, small and grey."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.media.decode import Sampling, open_reel
from engine.media.scene_cuts import Changes, cuts
from engine.protocol import FindShots, Progress, Shots


def find_shots(job: FindShots, on_progress: Callable[[Progress], None]) -> Shots:
    """Frames outside of the footage's `first` to `last` have no picture, and are not looked at.

    Raises MissingMedia, BadMedia, NoSuchStream, TruncatedMedia.
    """
    first, last = max(job.start, job.footage.first), min(job.end, job.footage.last)
    sampling = Sampling(offset=job.footage.offset.exact, rate=job.rate.exact)
    changes, begins, shown = Changes(), [], None
    with open_reel(Path(job.footage.media), sampling) as reel:
        for frame in range(first, last):
            picture = reel.shown(frame)
            if picture is not shown:  # a slower film shows one picture for several frames
                changes.see(picture)
                begins.append(frame)
                shown = picture
            on_progress(Progress(phase="look", done=frame - first + 1, total=last - first))
    return Shots(frames=tuple(begins[number] for number in cuts(changes.found)))
