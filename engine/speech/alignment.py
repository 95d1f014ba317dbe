"""When each word of a script is said: forced alignment of a whole media file, of any length.

The aligner takes a minute at a time, and nobody knows which words belong to which minute. So the file is
walked: some 50 s of sound, ending in a pause, are offered the words that come next, as many as could ever
fit, and tell how many they hold; the walk goes on from the last pause that has more words after it, which is
where one can be sure. What is kept is then aligned once more by itself, for exact times.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from engine.errors import BadMedia, WordsDoNotFit
from engine.protocol import Progress, Ratio, Transcript, Word
from engine.speech.aligner import FRAMES_PER_SECOND, Aligner, Heard
from engine.speech.envelope import energy_of
from engine.speech.onset import STOPS, after_pause, floor_of
from engine.speech.pcm import SAMPLE_RATE, Pcm, mono_sound, with_hiss
from engine.speech.script import Token, tokens_of

OnProgress = Callable[[Progress], None]

_FRAME = SAMPLE_RATE // FRAMES_PER_SECOND
_AT_ONCE = 58 * SAMPLE_RATE  # sound that is aligned in one go
_STRETCH = (35 * SAMPLE_RATE, 50 * SAMPLE_RATE)  # of more than that, so much at a time
_MOST_WORDS = 350  # seven a second, faster than anybody speaks for long
_PAUSE = 15  # frames between words that make a good place to go on from
_UNSURE = 3  # words at the end of a stretch that may have been forced into it
_WRONG_SCRIPT = -45.0  # mean score of the words: right ones have -7 to -21, other people's -37 to -63
_DOUBTFUL_SCRIPT = -36.0
_HALF_SURE, _STEEPNESS = -45.0, 8.0  # score of confidence 1/2, and how fast it changes
_DOUBTFUL = 0.3  # confidence under which a word is named in a warning
_NAMED = 12  # words in a warning


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A spoken word, in seconds of media time. `stops`: it begins with a stop, which is silent at first."""

    start: float
    end: float
    score: float
    stops: bool


def align(
    path: Path,
    script: str,
    *,
    language: str = "en",
    fingerprint: str,
    duration: Fraction,
    on_progress: OnProgress | None = None,
) -> Transcript:
    """When each token of `script` is said in the media; `duration` in seconds, both as `MediaInfo` has them.

    A word's confidence is 1 / (1 + exp(-(score + 45) / 8)), the score being the mean log likelihood of its
    10 ms frames; tokens that nobody says, such as a dash, have none and lie between their neighbours.

    Raises WordsDoNotFit, BadMedia (empty script; see also `sound_file`), MissingModel, NoSuchStream.
    """
    tokens = tokens_of(script)
    aligner = Aligner()
    names = aligner.learn(tuple(word for token in tokens for word in token.words), language)
    said = tuple(name for name in names if name is not None)
    if not said:
        raise BadMedia("the script has no words in it: give the words that are said")
    sound = with_hiss(mono_sound(path))
    if len(said) > _MOST_WORDS + len(sound) / SAMPLE_RATE * 12:
        raise WordsDoNotFit(
            f"the script has {len(said)} words and {path} only {len(sound) / SAMPLE_RATE:.1f} s of sound:"
            " give the words of this file alone"
        )
    energy = energy_of(path)
    walk = _Walk(aligner, sound, said, on_progress or _nobody)
    spoken = iter(_settled(walk.all_words(), energy))
    placed = tuple(None if name is None else next(spoken) for name in names)
    words = _words(tokens, placed)
    return Transcript(
        fingerprint=fingerprint,
        duration=Ratio.of(duration),
        words=words,
        energy=energy,
        source="aligned",
        language=language,
        warnings=_judged(path, words, placed, language),
    )


def _nobody(progress: Progress) -> None:
    """Where nobody asked for progress."""


class _Walk:
    """The way through a file, from its first word to its last."""

    def __init__(self, aligner: Aligner, sound: Pcm, names: tuple[str, ...], on_progress: OnProgress) -> None:
        self._aligner = aligner
        self._sound = sound
        self._names = names
        self._on_progress = on_progress
        self._at = 0  # samples walked
        self._placed: list[_Placed] = []

    def all_words(self) -> tuple[_Placed, ...]:
        """Every word, in order. Raises WordsDoNotFit."""
        while len(self._placed) < len(self._names):
            self._tell()
            if len(self._sound) - self._at <= _AT_ONCE:
                self._finish()
            else:
                self._step()
        self._at = len(self._sound)
        self._tell()
        return tuple(self._placed)

    def _tell(self) -> None:
        done, total = (math.ceil(samples / SAMPLE_RATE) for samples in (self._at, len(self._sound)))
        self._on_progress(Progress(phase="align", done=done, total=total))

    def _finish(self) -> None:
        """The rest, which must hold all words that are left."""
        rest = self._sound[self._at :]
        names = self._names[len(self._placed) :]
        heard = self._aligner.all_of(rest, names)
        if heard is None:
            raise WordsDoNotFit(self._complaint(len(self._aligner.beginning(rest, names[:_MOST_WORDS]))))
        self._place(heard)

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
        names = self._names[len(self._placed) :][:_MOST_WORDS]
        begun = self._aligner.beginning(stretch, names)
        if not begun:
            self._at += len(stretch)
            return
        last = len(self._placed) + len(begun) == len(self._names)
        count, cut = _sure(begun, len(stretch) // _FRAME, last=last)
        heard = self._aligner.all_of(stretch[: cut * _FRAME], names[:count])
        rough = tuple(Heard(start=start, end=end, score=-100.0, phone="") for start, end in begun[:count])
        self._place(heard or rough)
        self._at += cut * _FRAME

    def _place(self, heard: tuple[Heard, ...]) -> None:
        offset = self._at / SAMPLE_RATE
        self._placed += [
            _Placed(
                start=offset + word.start / FRAMES_PER_SECOND,
                end=offset + word.end / FRAMES_PER_SECOND,
                score=word.score,
                stops=word.phone in STOPS,
            )
            for word in heard
        ]


def _quiet_end(sound: Pcm) -> int:
    """Where to end a stretch: the middle of the quietest 200 ms that lie late enough in it."""
    first, last = _STRETCH
    part = sound[first:last].astype(np.float64)
    frames = len(part) // _FRAME
    power = (part[: frames * _FRAME] ** 2).reshape(frames, _FRAME).mean(axis=1)
    calm = np.convolve(power, np.ones(20), mode="valid")
    return first + (int(np.argmin(calm)) + 10) * _FRAME


def _sure(begun: tuple[tuple[int, int], ...], frames: int, *, last: bool) -> tuple[int, int]:
    """How many of the words to keep, and the frame to go on from.

    `last`: they are the last of the script, and so may all be kept, unless they crowd at the end.
    """
    if len(begun) <= _UNSURE or (last and begun[-1][1] < frames - 2 * _PAUSE):
        return len(begun), frames
    gaps = [(begun[index][0] - begun[index - 1][1], index) for index in range(1, len(begun) - _UNSURE + 1)]
    pauses = [index for gap, index in gaps if gap >= _PAUSE]
    index = pauses[-1] if pauses else max(gaps)[1]
    return index, (begun[index - 1][1] + begun[index][0]) // 2


def _settled(words: tuple[_Placed, ...], energy: bytes) -> tuple[_Placed, ...]:
    """The words without the short pauses that they began with."""
    floor = floor_of(energy)
    return tuple(
        word if word.stops else replace(word, start=after_pause(word.start, word.end, energy, floor))
        for word in words
    )


def _words(tokens: tuple[Token, ...], placed: tuple[_Placed | None, ...]) -> tuple[Word, ...]:
    """One word a token; such as are not said take the time between their neighbours."""
    spans: list[_Placed | None] = []
    at = 0
    for token in tokens:
        said = [word for word in placed[at : at + len(token.words)] if word is not None]
        at += len(token.words)
        spans.append(_together(said) if said else None)
    words, reached = [], 0.0
    for index, (token, span) in enumerate(zip(tokens, spans, strict=True)):
        if span is None:
            following = next((later.start for later in spans[index:] if later is not None), reached)
            words.append(Word(text=token.text, start=reached, end=max(reached, following)))
            reached = max(reached, following)
        else:
            words.append(
                Word(text=token.text, start=span.start, end=span.end, confidence=_confidence(span.score))
            )
            reached = span.end
    return tuple(words)


def _together(said: list[_Placed]) -> _Placed:
    return _Placed(start=said[0].start, end=said[-1].end, score=_mean_score(said), stops=said[0].stops)


def _mean_score(words: list[_Placed]) -> float:
    """The mean over all of their frames."""
    lengths = [max(word.end - word.start, 0.01) for word in words]
    return sum(word.score * length for word, length in zip(words, lengths, strict=True)) / sum(lengths)


def _confidence(score: float) -> float:
    return 1 / (1 + math.exp(-(score - _HALF_SURE) / _STEEPNESS))


def _judged(
    path: Path, words: tuple[Word, ...], placed: tuple[_Placed | None, ...], language: str
) -> tuple[str, ...]:
    """What to warn of."""
    if language.partition("-")[0] != "en":
        return (
            f"there is no acoustic model for {language!r} here: its sounds were taken for the nearest English"
            " ones, and the times are approximate",
        )
    score = _mean_score([word for word in placed if word is not None])
    if score < _WRONG_SCRIPT:
        return (
            f"the script is not what is said in {path.name}: hardly a word fits the sound, and the times are"
            " those of a best guess. Give the script of this file, or its --language where it is not English",
        )
    warnings = []
    if score < _DOUBTFUL_SCRIPT:
        warnings.append("the script fits the sound badly in many places: check it against what is said")
    doubtful = [word for word in words if word.confidence is not None and word.confidence < _DOUBTFUL]
    if doubtful:
        named = ", ".join(f"{word.text!r} at {word.start:.2f} s" for word in doubtful[:_NAMED])
        more = f" and {len(doubtful) - _NAMED} more" if len(doubtful) > _NAMED else ""
        warnings.append(f"these words may not be what is said there: {named}{more}")
    return tuple(warnings)
