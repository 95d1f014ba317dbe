"""Clips with words and edits, for what draws them over time."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bridge.quiet import ClipWindow
from bridge.shots import shots_of
from engine.protocol import TICKS_PER_SECOND, Span, Word
from nle_panels.player.cut import after
from nle_panels.player.playlist import Playlist
from nle_panels.strip.axis import Axis
from nle_panels.strip.levels import levels_of
from nle_panels.strip.scene import Scene
from otio_adapters.opentime import Clock

RATE = Fraction(25)
CLOCK = Clock(rate=RATE)
WORD = 10  # frames from one word's start to the next; it is said for eight of them


def window(frames: int) -> ClipWindow:
    return ClipWindow(rate=RATE, offset=Fraction(2), frames=frames, first=0, last=frames)


def rough(frames: int, spans: Sequence[Span]) -> Playlist:
    """The edit without takes."""
    clip = window(frames)
    return after(clip, shots_of(clip, spans, bridge=2), {})


def spoken(frames: int) -> tuple[Word, ...]:
    """A word each WORD frames of the clip, every fifth one doubtful. Two seconds of media lie before it."""
    starts = (2 + at / 25 for at in range(0, frames - WORD + 1, WORD))
    return tuple(
        Word(text=f"w{number}", start=start, end=start + 8 / 25, confidence=0.2 if number % 5 == 4 else 0.9)
        for number, start in enumerate(starts)
    )


def scene(
    frames: int,
    spans: Sequence[Span],
    *,
    said: Sequence[str] = (),
    protected: tuple[tuple[int, int], ...] = (),
    clock: Clock = CLOCK,
) -> Scene:
    ticks = (2 + frames // 25 + 1) * TICKS_PER_SECOND
    energy = bytes(20 + tick % 40 for tick in range(ticks))
    return Scene(
        axis=Axis(rough(frames, spans), frames),
        window=window(frames),
        levels=levels_of(energy),
        clock=clock,
        words=spoken(frames),
        said=dict(enumerate(said)),
        protected=protected,
    )
