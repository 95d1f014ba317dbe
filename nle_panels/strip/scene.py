"""What the strip shows of a clip and its edit: a value that is drawn."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.quiet import ClipWindow
from engine.protocol import TICKS_PER_SECOND, Word
from nle_panels.strip.axis import Axis, Kind, Stretch
from nle_panels.strip.levels import Levels
from otio_adapters.opentime import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWord:
    """A word at strip frames [start, stop). `number`: which of the transcript's; None for a new one."""

    text: str
    start: float
    stop: float
    kind: Kind
    number: int | None = None
    doubtful: bool = False


DOUBTFUL = 0.5  # ours: confidence below which a recogniser's word is marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`words` are the whole transcript's, in media seconds. `said`: the text of new words by their speech.

    `protected`: clip frames [start, end) whose lips are left alone. `clock`: what frames of the edit are
    called.
    """

    axis: Axis
    window: ClipWindow
    levels: Levels
    words: Sequence[Word] = ()
    said: Mapping[int, str]
    protected: tuple[tuple[int, int], ...] = ()
    clock: Clock

    def tick_at(self, clip: float) -> float:
        """The tick of the media's loudness at a place of the clip."""
        return (float(self.window.offset) + clip / float(self.window.rate)) * TICKS_PER_SECOND

    def words_between(self, left: float, right: float) -> Iterator[ShownWord]:
        """The words that lie, in part at least, within strip frames [left, right)."""
        for stretch in self._stretches(left, right):
            if stretch.speech is not None:
                text = self.said.get(stretch.speech, "")
                yield ShownWord(text=text, start=stretch.start, stop=stretch.stop, kind=stretch.kind)
            else:
                yield from self._spoken(stretch, left, right)

    def word_at(self, frame: float) -> ShownWord | None:
        """The word that is said at a place of the strip."""
        return next(
            (word for word in self.words_between(frame, frame + 1) if word.start <= frame < word.stop), None
        )

    def _stretches(self, left: float, right: float) -> Iterator[Stretch]:
        for stretch in self.axis.stretches[self.axis.number_at(left) :]:
            if stretch.start >= right:
                return
            yield stretch

    def _spoken(self, stretch: Stretch, left: float, right: float) -> Iterator[ShownWord]:
        """The words whose middle lies in the stretch, as far as the footage goes on beside it."""
        assert stretch.clip is not None
        start, end = stretch.clip
        first = max(start, start + (left - stretch.start) * stretch.pace)
        last = min(end, start + (right - stretch.start) * stretch.pace)
        low, high = self.axis.goes_on(stretch)
        rate, offset = float(self.window.rate), float(self.window.offset)
        for number in range(self._first_after(offset + first / rate), len(self.words)):
            word = self.words[number]
            begins, ends = self._clip_of(word.start), self._clip_of(word.end)
            if begins >= last:
                return
            if start <= (begins + ends) / 2 < end and ends > first:
                yield ShownWord(
                    text=word.text,
                    start=max(low, stretch.start + (begins - start) / stretch.pace),
                    stop=min(high, stretch.start + (ends - start) / stretch.pace),
                    kind=stretch.kind,
                    number=number,
                    doubtful=word.confidence is not None and word.confidence < DOUBTFUL,
                )

    def _first_after(self, seconds: float) -> int:
        """The first word that may still be heard then: words seldom last three seconds."""
        return bisect_left(self.words, seconds - 3, key=lambda word: word.start)

    def _clip_of(self, seconds: float) -> float:
        return (seconds - float(self.window.offset)) * float(self.window.rate)
