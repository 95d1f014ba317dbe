"""The phases of a diffusion render as one bar, in thousandths: it never goes back.

Denoising is most of the work.
"""

from __future__ import annotations

from engine.protocol import Progress
from engine.render.preview import Previews
from engine.render.renderer import OnProgress

# Nothing tells how far a model is loaded: it takes no room, and minutes where it is read for the first time.
_PHASES = {
    "look": (0, 50),
    "load": (50, 0),
    "encode": (50, 50),
    "denoise": (100, 750),
    "decode": (850, 150),
}
_WHOLE = 1000


class Phases:
    """Of one render, told to `on_progress`."""

    def __init__(self, on_progress: OnProgress, previews: Previews) -> None:
        self.previews = previews
        self._on_progress = on_progress
        self._reached = 0
        self._resumed = ""

    def resumed(self, done: int, total: int) -> None:
        """The bar is where it stood, and says so until it moves on: the film is looked at again before."""
        self._reached = _at("denoise", done, total)
        self._resumed = f"resumed at step {done} of {total}"
        self._tell(self._resumed)

    def phase(self, name: str, done: int, total: int) -> None:
        at = _at(name, done, total)
        if at > self._reached:
            self._reached, self._resumed = at, ""
        self._tell(self._resumed or name)

    def _tell(self, phase: str) -> None:
        self._on_progress(
            Progress(phase=phase, done=self._reached, total=_WHOLE, preview=self.previews.latest)
        )


def _at(name: str, done: int, total: int) -> int:
    begin, share = _PHASES[name]
    return begin + share * done // max(total, 1)
