"""How long a job still takes, by the rate of its last steps."""

from __future__ import annotations

from collections import deque

from msgspec.structs import replace

from engine.protocol import Progress

LOOKED_BACK = 30.0  # ours: seconds, so that a slow first step (weights, compiling) is soon forgotten
KNOWN_AFTER = 2.0  # ours: seconds; a rate of less is a guess


class Pace:
    """Of one attempt at a job. A phase with another total counts anew."""

    def __init__(self) -> None:
        self._total = 0
        self._steps: deque[tuple[float, int]] = deque()  # (when, done): of the last seconds

    def told(self, progress: Progress, now: float) -> Progress:
        """The progress with `seconds_left`, where the rate is known. `now`: seconds of any clock."""
        if progress.total != self._total or (self._steps and progress.done < self._steps[-1][1]):
            self._steps.clear()
            self._total = progress.total
        if not self._steps or progress.done > self._steps[-1][1]:
            self._steps.append((now, progress.done))
        while len(self._steps) > 2 and self._steps[1][0] <= now - LOOKED_BACK:
            self._steps.popleft()
        return replace(progress, seconds_left=self._seconds_left(now))

    def _seconds_left(self, now: float) -> float | None:
        if not self._steps:
            return None
        (begun, first), (latest, done) = self._steps[0], self._steps[-1]
        if done == first or latest - begun < KNOWN_AFTER:
            return None
        left = (self._total - done) * (latest - begun) / (done - first)
        return max(0.0, left - (now - latest))
