"""Where the playhead is, how fast it goes, and what is marked: pure, frame by frame.

Keys are those that NLEs agree on: J and L play backwards and forwards and faster when pressed again, K stops,
I marks the first frame and O the last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

FASTEST = 4  # times normal speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """`frame` of `frames`; `speed` in times normal, 0 when paused. Ranges are frames [start, stop).

    `mark_in`, `mark_out`: the first frame that is marked and the one after the last. `loop`: what is played
    round and round.
    """

    frames: int
    frame: int = 0
    speed: int = 0
    mark_in: int | None = None
    mark_out: int | None = None
    loop: tuple[int, int] | None = None

    @property
    def playing(self) -> bool:
        return self.speed != 0

    @property
    def marked(self) -> tuple[int, int] | None:
        """From in to out; a mark alone reaches to the clip's end."""
        if self.mark_in is None and self.mark_out is None:
            return None
        return self.mark_in or 0, self.frames if self.mark_out is None else self.mark_out

    @property
    def bounds(self) -> tuple[int, int]:
        """What is played."""
        return self.loop or (0, self.frames)

    def at(self, frame: int) -> Deck:
        return replace(self, frame=min(max(0, frame), max(0, self.frames - 1)))

    def stepped(self, frames: int) -> Deck:
        """Stopped, and so many frames on."""
        return replace(self, speed=0).at(self.frame + frames)

    def stopped(self) -> Deck:
        return replace(self, speed=0)

    def toggled(self) -> Deck:
        return self.stopped() if self.playing else self._played(1)

    def shuttled(self, direction: int) -> Deck:
        """L (1) or J (-1): that way at normal speed, or twice as fast as it goes that way already."""
        if self.speed * direction <= 0:
            return self._played(direction)
        return replace(self, speed=direction * min(FASTEST, 2 * abs(self.speed)))

    def _played(self, speed: int) -> Deck:
        """From where it is; from the other end where there is nothing left to play."""
        start, stop = self.bounds
        if not self.frames:
            return self
        if speed > 0 and not start <= self.frame < stop - 1:
            return replace(self, speed=speed, frame=start)
        if speed < 0 and not start < self.frame < stop:
            return replace(self, speed=speed, frame=stop - 1)
        return replace(self, speed=speed)

    def reached(self, frame: int) -> Deck:
        """Playing has come to a frame: past the last it stops, unless it loops."""
        moved = self.at(frame)
        ended = frame >= self.frames if self.speed > 0 else frame <= 0
        return moved.stopped() if ended and self.loop is None else moved

    def marked_in(self) -> Deck:
        out = self.mark_out if self.mark_out is not None and self.mark_out > self.frame else None
        return replace(self, mark_in=self.frame, mark_out=out)

    def marked_out(self) -> Deck:
        """The frame that is seen is the last one."""
        start = self.mark_in if self.mark_in is not None and self.mark_in <= self.frame else None
        return replace(self, mark_in=start, mark_out=self.frame + 1)

    def unmarked(self) -> Deck:
        return replace(self, mark_in=None, mark_out=None)

    def looping(self, start: int, stop: int, handles: int = 0) -> Deck:
        """Play frames [start, stop) and `handles` on either side round and round."""
        first, last = max(0, start - handles), min(self.frames, stop + handles)
        if last - first < 2:
            return self
        return replace(self, loop=(first, last), frame=first, speed=1)

    def unlooped(self) -> Deck:
        return replace(self, loop=None)

    def over(self, frames: int, frame: int) -> Deck:
        """Another edit of the clip: at `frame` of it, marks and loop kept where they still lie in it."""
        kept = self.loop if self.loop and self.loop[1] <= frames else None
        start = None if self.mark_in is None or self.mark_in >= frames else self.mark_in
        out = None if self.mark_out is None or self.mark_out > frames else self.mark_out
        return replace(self, frames=frames, loop=kept, mark_in=start, mark_out=out).at(frame)
