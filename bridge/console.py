"""What a person sees: one progress bar and plain lines on stderr; with --json, one object on stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from engine.protocol import Progress

if TYPE_CHECKING:
    from bridge.rendering import OnProgress


def say(line: str) -> None:
    """A line for a person."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def agreed(question: str) -> bool:
    """What a person at the terminal says to it; where nobody is there, no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    say(f"{question} [y/N]")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def answer(value: Any, *, as_json: bool, text: str) -> None:
    """The command's result: one JSON object for a script, or text for a person."""
    sys.stdout.write((msgspec.json.encode(value).decode() if as_json else text) + "\n")
    sys.stdout.flush()


@contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """A bar on stderr that names what is being done; plain lines where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console  # noqa: PLC0415  # half of the start-up time of `pickup --help`
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, left="")

        def told(phase: str, progress: Progress | None) -> None:
            if progress is None:
                bar.update(task, description=phase, total=None, completed=0, left="")
            else:
                left = left_in_words(progress)
                bar.update(task, description=phase, total=progress.total, completed=progress.done, left=left)

        yield told


def left_in_words(progress: Progress) -> str:
    """As "42 s left"; empty while the engine does not know."""
    return "" if progress.seconds_left is None else f"{lasting(progress.seconds_left)} left"


def lasting(seconds: float) -> str:
    """As in "4.2 s", "3 min 20 s", "5 h 12 min", "3 d 4 h"."""
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if not hours:
        return f"{minutes} min {int(seconds % 60)} s"
    return f"{days} d {hours % 24} h" if days else f"{hours} h {minutes % 60} min"


class _Lines:
    """Says each new phase once: for logs and pipes."""

    def __init__(self) -> None:
        self._phase = ""

    def __call__(self, phase: str, progress: Progress | None) -> None:
        del progress
        if phase != self._phase:
            self._phase = phase
            say(phase)
