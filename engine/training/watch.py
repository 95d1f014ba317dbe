"""What one sees of a training while it runs: a bar on stderr, plain lines where that is no terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from engine.training.trainer import OnStep, Progress, unwatched

EVERY = 30.0  # seconds between two plain lines

Say = Callable[[str], None]


def say(line: str) -> None:
    """A line for a person."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


class Lines:
    """A line now and then, and of the first and the last step: for logs and pipes."""

    def __init__(self, say: Say, clock: Callable[[], float] = time.monotonic) -> None:
        self._say, self._clock = say, clock
        self._told: float | None = None

    def __call__(self, progress: Progress) -> None:
        last = progress.standing.step == progress.steps
        if self._told is None or last or self._clock() - self._told >= EVERY:
            self._told = self._clock()
            self._say(str(progress))


@contextmanager
def watched(*, quietly: bool = False) -> Iterator[tuple[OnStep, Say]]:
    """What to tell of each step, and how to say a line beside the bar. One process of a team says it all."""
    if quietly:
        yield unwatched, lambda _: None
        return
    if not sys.stderr.isatty():
        yield Lines(say), say
        return
    console = Console(stderr=True)
    columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn()
    with Bar(*columns, console=console) as bar:
        task = bar.add_task("", total=None)

        def told(progress: Progress) -> None:
            bar.update(
                task, total=progress.steps, completed=progress.standing.step, description=in_short(progress)
            )

        yield told, lambda line: console.print(line, markup=False, highlight=False)


def in_short(progress: Progress) -> str:
    """For the bar, which says the step itself."""
    skipped = f", {progress.standing.skipped} skipped" if progress.standing.skipped else ""
    return (
        f"loss {progress.total:.4f}{skipped}, {progress.samples_per_second:.2f} samples/s,"
        f" {progress.waiting:.1%} waiting, MFU {progress.utilisation:.0%}"
    )
