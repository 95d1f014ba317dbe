"""The pictures of a take before anything is made anew: drawn as often as somebody looks at them.

A renderer looks several times, for faces, to encode, and to finish. Pictures of minutes of film do not fit
into memory; a few kinds of decoding more cost little beside the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from engine.media.decode import Reel
from engine.media.picture import Picture
from engine.render.course import Course
from engine.render.drawing import Drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """The draft's frames: kept ones as they are, cuts morphed, new words over the speaker's own footage.

    `footage`: the clip frames [first, last) that the reel has. Use it within `flow.opencv_in_one_thread`.
    """

    course: Course
    reel: Reel
    footage: tuple[int, int]
    rate: Fraction

    @property
    def frames(self) -> int:
        return len(self.course.positions)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.reel.format.height, self.reel.format.width

    def pictures(self) -> Iterator[Picture]:
        """All of them, in turn. Raises TruncatedMedia, BadMedia."""
        with Drawing(self.course, self.reel, self.footage, self.rate) as drawing:
            yield from drawing.pictures()

    def source(self, first: int, frames: int) -> Iterator[Picture]:
        """Clip frames from `first` on, as the media has them; its first and last are repeated beyond it."""
        low, high = self.footage
        return (self.reel.picture(min(max(frame, low), high - 1)) for frame in range(first, first + frames))
