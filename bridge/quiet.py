"""Where sound may be cut: the quietest 10 ms near the edges of words. Pure.

Ticks are 10 ms of media time; frames are clip frames (see `engine.protocol`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bridge.errors import ImpossibleEdit
from engine.protocol import TICKS_PER_SECOND, Span, Word

# ours: how far from a word's edge a cut may fall. A recogniser's edges are late by up to a syllable, an
# aligner's right to 10 or 20 ms; 80 ms reaches the quiet between two words without reaching the next vowel.
REACH_TICKS = 8
# ours: a cut may shave at most this part of a word that stays.
SHAVE = Fraction(1, 4)
_SILENT = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipWindow:
    """The clip on its media. `offset`: media seconds of clip frame 0; [first, last): frames with picture."""

    rate: Fraction
    offset: Fraction
    frames: int
    first: int
    last: int

    def frame_at(self, seconds: Fraction) -> int:
        """The frame boundary nearest to a media time."""
        return round((seconds - self.offset) * self.rate)

    def seconds_at(self, frame: int) -> Fraction:
        return self.offset + Fraction(frame) / self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What is said in the clip's window, with the media's loudness over time (as in `Transcript`)."""

    words: tuple[Word, ...]
    energy: bytes
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Source frames [left, right) give way to `spans`; the sound cuts at these media seconds.

    `spans`: several `Add`s, one other span, or nothing. `said`: the ticks that each `Add`'s line takes.
    """

    left: int
    right: int
    sound_left: Fraction
    sound_right: Fraction
    spans: tuple[Span, ...] = ()
    said: tuple[int, ...] = ()


class Quiet:
    """The quiet places around the words [i, j) that are taken out, or between which new ones are put."""

    def __init__(self, window: ClipWindow, spoken: Spoken, i: int, j: int) -> None:
        self.window, self.energy, words = window, spoken.energy, spoken.words
        self.opening, self.close = window.seconds_at(0), window.seconds_at(window.frames)
        self.before = words[i - 1] if i else _edge_of_clip(self.opening)
        self.after = words[j] if j < len(words) else _edge_of_clip(self.close)
        self.out = (words[i], words[j - 1]) if i < j else (self.after, self.before)
        self.at_head, self.at_tail = i == 0, j == len(words)

    def removal(self) -> Cut:
        """A whole number of frames goes, between the two places that are quietest taken together.

        Of the pauses before and after the words the longer one stays, the other goes with them: the end
        of a sentence keeps its rest, the middle of one gets no hole.
        """
        pause_before = self.out[0].start - self.before.end
        pause_after = self.after.start - self.out[1].end
        keeps_before = pause_before >= pause_after
        lefts = self._near(self.out[0].start if keeps_before else self.before.end, self._left_bounds())
        rights = self._near(self.after.start if keeps_before else self.out[1].end, self._right_bounds())
        if self.at_head:
            lefts = [self.opening]
        if self.at_tail:
            return self._tail_removal(lefts)
        left, count = min(
            ((left, count) for left in lefts for count in self._counts(left, rights)),
            key=lambda cut: (self._loudness(cut[0]) + self._loudness(self._after(*cut)), cut),
        )
        frame = self.window.frame_at(left)
        if count < 1:
            raise ImpossibleEdit(
                f'"{self.out[0].text}" is shorter than half a frame: there is nothing to take out'
            )
        return Cut(left=frame, right=frame + count, sound_left=left, sound_right=self._after(left, count))

    def shortened(self, kept: int) -> Cut | None:
        """So many ticks stay of the pause here, about half of them on either side of the cut.

        None where that takes out no whole frame.
        """
        start, end = _tick(self.before.end), _tick(self.after.start)
        count = self._frames_between(start + Fraction(kept, TICKS_PER_SECOND), end)
        if count < 1:
            return None
        last = end - self._after(Fraction(0), count)
        if self.at_head:
            left = self.opening
        elif self.at_tail:
            left = self._after(self.close, -count)
        else:
            left = min(
                self._near(float(start + last) / 2, (float(start), float(last))),
                key=lambda left: (self._loudness(left) + self._loudness(self._after(left, count)), left),
            )
        frame = self.window.frame_at(left)
        return Cut(left=frame, right=frame + count, sound_left=left, sound_right=self._after(left, count))

    def room_for_words(self) -> tuple[Fraction, Fraction]:
        """Where the sound leaves the source for new words, and where it comes back."""
        if self.out[0] is self.after:  # an insertion: one place, in the middle of the pause if there is one
            if self.at_head or self.at_tail:
                edge = self.opening if self.at_head else self.close
                return edge, edge
            middle = (self.before.end + self.after.start) / 2
            place = min(
                self._near(middle, (self._left_bounds()[0], self._right_bounds()[1])), key=self._loudness
            )
            return place, place
        left = min(self._near(self.out[0].start, self._left_bounds()), key=self._loudness)
        right = min(self._near(self.out[1].end, self._right_bounds()), key=self._loudness)
        if self.at_head:
            left = max(left, self.opening)
        if self.at_tail:
            right = min(right, self.close)
        return left, max(left, right)

    def _tail_removal(self, lefts: Sequence[Fraction]) -> Cut:
        left = min(lefts, key=self._loudness)
        frame, end = self.window.frame_at(left), self.window.frames
        return Cut(left=frame, right=end, sound_left=self.window.seconds_at(frame), sound_right=left)

    def _left_bounds(self) -> tuple[float, float]:
        """A cut at the left may shave the end of the word that stays, and reach into the one that goes."""
        return self.before.end - _shave(self.before), max(
            self.out[0].start + _shave(self.out[0]), self.before.end
        )

    def _right_bounds(self) -> tuple[float, float]:
        out = self.out[1]
        return min(out.end - _shave(out), self.after.start), self.after.start + _shave(self.after)

    def _near(self, edge: float, bounds: tuple[float, float]) -> list[Fraction]:
        """Middles of the ticks within reach of a word's edge, inside the clip."""
        low = max(edge - REACH_TICKS / TICKS_PER_SECOND, bounds[0], float(self.opening))
        high = min(edge + REACH_TICKS / TICKS_PER_SECOND, bounds[1], float(self.close))
        first, last = math.floor(low * TICKS_PER_SECOND), math.ceil(high * TICKS_PER_SECOND)
        return [Fraction(2 * tick + 1, 2 * TICKS_PER_SECOND) for tick in range(first, max(last, first + 1))]

    def _counts(self, left: Fraction, rights: Sequence[Fraction]) -> range:
        """How many frames a cut may take that ends at one of these places, first to last."""
        return range(self._frames_between(left, rights[0]), self._frames_between(left, rights[-1]) + 1)

    def _frames_between(self, left: Fraction, right: Fraction) -> int:
        return round((right - left) * self.window.rate)

    def _after(self, left: Fraction, count: int) -> Fraction:
        return left + Fraction(count) / self.window.rate

    def _loudness(self, seconds: Fraction) -> int:
        tick = math.floor(seconds * TICKS_PER_SECOND)
        return _SILENT - self.energy[tick] if 0 <= tick < len(self.energy) else 0


def _edge_of_clip(seconds: Fraction) -> Word:
    return Word(text="", start=float(seconds), end=float(seconds))


def _tick(seconds: float) -> Fraction:
    """The nearest one: floats never decide a frame."""
    return Fraction(round(seconds * TICKS_PER_SECOND), TICKS_PER_SECOND)


def _shave(word: Word) -> float:
    return (word.end - word.start) * float(SHAVE)
