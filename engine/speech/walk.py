"""The way through a file's sound, from the first word of a script to its last.

The aligner takes a minute at a time, and nobody knows which words belong to which minute. So the file is
walked: some 50 s of sound, ending in a pause, are offered the words that come next, as many as could ever
fit, and tell how many they hold; the walk goes on from the last pause that has more words after it, which is
where one can be sure. What is kept is then aligned once more by itself, for exact times.

A script may leave out much of what is said. A walk with a `spotter` allows for other words anywhere; it takes
ten times as long, and so is for scripts that do not fit otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import WordsDoNotFit
from engine.protocol import Progress
from engine.speech.aligner import FRAMES_PER_SECOND, Aligner, Heard, Rough
from engine.speech.onset import STOPS
from engine.speech.pcm import SAMPLE_RATE, Pcm

OnProgress = Callable[[Progress], None]

MOST_WORDS = 350  # seven a second, faster than anybody speaks for long
SAID = -30.0  # mean score of words that are surely said: right ones have -7 to -21, others -37 to -63

_FRAME = SAMPLE_RATE // FRAMES_PER_SECOND
_AT_ONCE = 58 * SAMPLE_RATE  # sound that is aligned in one go
_STRETCH = (35 * SAMPLE_RATE, 50 * SAMPLE_RATE)  # of more than that, so much at a time
_PAUSE = 15  # frames between words that make a good place to go on from
_UNSURE = 3  # words at the end of a stretch that may have been forced into it
_OMISSION = 100  # frames of other words that are worth telling
_HOPELESS = -100.0  # score of a word that was offered and could not be fitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A spoken word, in seconds of media time. `stops`: it begins with a stop, which is silent at first."""

    start: float
    end: float
    score: float
    stops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Every word of a script, in order, and the seconds [start, end) of speech that it leaves out."""

    words: tuple[Placed, ...]
    left_out: tuple[tuple[float, float], ...]


def mean_score(words: Sequence[Placed]) -> float:
    """The mean over all of their frames."""
    lengths = [max(word.end - word.start, 0.01) for word in words]
    return sum(word.score * length for word, length in zip(words, lengths, strict=True)) / sum(lengths)


class Walk:
    """One way through. The `spotter` has learned the words too, and both aligners the others."""

    def __init__(
        self,
        aligner: Aligner,
        sound: Pcm,
        names: tuple[str, ...],
        on_progress: OnProgress,
        spotter: Aligner | None = None,
    ) -> None:
        self._aligner = aligner
        self._spotter = spotter
        self._sound = sound
        self._names = names
        self._on_progress = on_progress
        self._at = 0  # samples walked
        self._placed: list[Placed] = []
        self._left_out: list[tuple[float, float]] = []

    def all_words(self) -> Found:
        """Every word, in order. Raises WordsDoNotFit."""
        while len(self._placed) < len(self._names):
            self._tell()
            if len(self._sound) - self._at <= _AT_ONCE:
                self._finish()
            else:
                self._step()
        self._at = len(self._sound)
        self._tell()
        return Found(words=tuple(self._placed), left_out=tuple(self._left_out))

    def _tell(self) -> None:
        done, total = (math.ceil(samples / SAMPLE_RATE) for samples in (self._at, len(self._sound)))
        self._on_progress(Progress(phase="align", done=done, total=total))

    def _finish(self) -> None:
        """The rest, which must hold all words that are left."""
        rest = self._sound[self._at :]
        names = self._names[len(self._placed) :]
        entries = self._offered(rest, names) if self._spotter else tuple(map(_unplaced, names))
        words = [entry for entry in entries if not entry.other]
        heard = self._aligner.all_of(rest, _text(entries)) if len(words) == len(names) else None
        if heard is None:
            raise WordsDoNotFit(self._complaint(len(self._aligner.beginning(rest, names[:MOST_WORDS]))))
        self._place(heard, entries)

    def _offered(self, sound: Pcm, names: tuple[str, ...]) -> tuple[Rough, ...]:
        if self._spotter:
            return self._spotter.among(sound, names[:MOST_WORDS])
        return self._aligner.beginning(sound, names[:MOST_WORDS])

    def _complaint(self, fitting: int) -> str:
        word = len(self._placed) + fitting
        return (
            f"the script is not what is said: from {self._at / SAMPLE_RATE:.1f} s on its words cannot be"
            f" fitted to the sound, {len(self._names) - word} of them are left at the end. Compare the script"
            " with the sound there"
        )

    def _step(self) -> None:
        """One stretch: as many words as are surely in it."""
        stretch = self._sound[self._at : self._at + _quiet_end(self._sound[self._at :])]
        names = self._names[len(self._placed) :]
        entries = self._offered(stretch, names)
        begun = tuple(entry for entry in entries if not entry.other)
        if begun:
            count, cut = _sure(begun, len(stretch) // _FRAME, last=len(begun) == len(names))
            kept = tuple(entry for entry in entries if entry.end <= begun[count - 1].end)
            heard = self._aligner.all_of(stretch[: cut * _FRAME], _text(kept))
            if not self._spotter or (heard and mean_score(self._in_place(heard)) >= SAID):
                self._place(heard or tuple(map(_unheard, begun[:count])), kept)
                self._at += cut * _FRAME
                return
        self._at += len(stretch)

    def _place(self, heard: tuple[Heard, ...], entries: tuple[Rough, ...]) -> None:
        self._placed += self._in_place(heard)
        offset = self._at / SAMPLE_RATE
        self._left_out += [
            (offset + start / FRAMES_PER_SECOND, offset + end / FRAMES_PER_SECOND)
            for start, end in _other_runs(entries)
            if end - start >= _OMISSION
        ]

    def _in_place(self, heard: tuple[Heard, ...]) -> list[Placed]:
        offset = self._at / SAMPLE_RATE
        return [
            Placed(
                start=offset + word.start / FRAMES_PER_SECOND,
                end=offset + word.end / FRAMES_PER_SECOND,
                score=word.score,
                stops=word.phone in STOPS,
            )
            for word in heard
        ]


def _unplaced(name: str) -> Rough:
    return Rough(name=name, start=0, end=0)


def _unheard(entry: Rough) -> Heard:
    return Heard(start=entry.start, end=entry.end, score=_HOPELESS, phone="")


def _text(entries: tuple[Rough, ...]) -> tuple[str, ...]:
    return tuple(entry.name for entry in entries)


def _other_runs(entries: tuple[Rough, ...]) -> list[tuple[int, int]]:
    """Frames [start, end) from the first to the last of other sounds that follow one another."""
    runs: list[tuple[int, int]] = []
    for before, entry in zip((None, *entries), entries, strict=False):
        if entry.other and before is not None and before.other:
            runs[-1] = runs[-1][0], entry.end
        elif entry.other:
            runs.append((entry.start, entry.end))
    return runs


def _quiet_end(sound: Pcm) -> int:
    """Where to end a stretch: the middle of the quietest 200 ms that lie late enough in it."""
    first, last = _STRETCH
    part = sound[first:last].astype(np.float64)
    frames = len(part) // _FRAME
    power = (part[: frames * _FRAME] ** 2).reshape(frames, _FRAME).mean(axis=1)
    calm = np.convolve(power, np.ones(20), mode="valid")
    return first + (int(np.argmin(calm)) + 10) * _FRAME


def _sure(begun: tuple[Rough, ...], frames: int, *, last: bool) -> tuple[int, int]:
    """How many of the words to keep, and the frame to go on from.

    `last`: they are the last of the script, and so may all be kept, unless they crowd at the end.
    """
    if len(begun) <= _UNSURE or (last and begun[-1].end < frames - 2 * _PAUSE):
        return len(begun), frames
    gaps = [
        (begun[index].start - begun[index - 1].end, index) for index in range(1, len(begun) - _UNSURE + 1)
    ]
    pauses = [index for gap, index in gaps if gap >= _PAUSE]
    index = pauses[-1] if pauses else max(gaps)[1]
    return index, (begun[index - 1].end + begun[index].start) // 2
