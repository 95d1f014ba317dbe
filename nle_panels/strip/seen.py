"""The part of the strip that is seen, and how large: pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

LARGEST = 40.0  # ours: pixels a frame; a word then fills the panel


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`scale` pixels a frame, of `frames` frames from `left` on, `width` pixels wide."""

    frames: int
    width: int
    scale: float = 0.0
    left: float = 0.0

    @property
    def whole(self) -> float:
        """The scale at which all of it is seen."""
        return self.width / max(1, self.frames)

    @property
    def right(self) -> float:
        return self.left + self.width / self.scale

    def x_of(self, frame: float) -> float:
        return (frame - self.left) * self.scale

    def frame_at(self, x: float) -> float:
        return min(max(0.0, self.left + x / self.scale), float(self.frames))

    def zoomed(self, factor: float, x: float) -> Seen:
        """Larger by a factor, what is at `x` staying there."""
        at = self.left + x / self.scale
        scale = min(max(self.scale * factor, self.whole), max(LARGEST, self.whole))
        return replace(self, scale=scale, left=at - x / scale).held()

    def panned(self, pixels: float) -> Seen:
        return replace(self, left=self.left + pixels / self.scale).held()

    def fitted(self) -> Seen:
        return replace(self, scale=self.whole, left=0.0)

    def paged_to(self, frame: float) -> Seen:
        """A page on or back where the frame is not seen: the picture of it stands still while it plays."""
        if self.left <= frame <= self.right - 1 or self.scale <= self.whole:
            return self
        return replace(self, left=frame - self.width * 0.1 / self.scale).held()

    def over(self, frames: int, width: int) -> Seen:
        """Another strip, or another width: all of it is seen where all of it was."""
        fits = self.scale <= self.whole or self.scale == 0
        other = replace(self, frames=frames, width=max(1, width))
        return other.fitted() if fits or other.scale < other.whole else other.held()

    def held(self) -> Seen:
        return replace(self, left=min(max(0.0, self.left), max(0.0, self.frames - self.width / self.scale)))
