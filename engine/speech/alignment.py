"""When each word of a script is said: forced alignment of a whole media file, of any length."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from engine.errors import BadMedia, WordsDoNotFit
from engine.protocol import TICKS_PER_SECOND, Progress, Ratio, Transcript, Word
from engine.speech.aligner import SPOTTING_BEAM, Aligner
from engine.speech.envelope import energy_of
from engine.speech.onset import after_pause, floor_of
from engine.speech.pcm import SAMPLE_RATE, Pcm, mono_sound, with_hiss
from engine.speech.script import Token, tokens_of
from engine.speech.walk import MOST_WORDS, SAID, Found, OnProgress, Placed, Walk, mean_score

_WRONG_SCRIPT = -45.0  # mean score of the words (see `walk.SAID`)
_DOUBTFUL_SCRIPT = -36.0
_HALF_SURE, _STEEPNESS = -45.0, 8.0  # score of confidence 1/2, and how fast it changes
_DOUBTFUL = 0.3  # confidence under which a word is named in a warning
_NAMED = 12  # words, or stretches, in a warning
_FASTEST = 12  # words a second: nobody speaks as fast
_FEW = 0.08  # of the words; up to three in forty of those that are said are doubtful
_UNEXPLAINED = 1.0  # seconds of sound, more than which there is a reason for
_LOUDEST, _LOUD_WITHIN = 20, 20  # a tick is loud that is within 20 dB of the loudest twentieth
_LONGEST_WORD, _LONGEST_LETTER = 0.2, 0.12  # seconds: generous
_CLEARLY = 2.0  # a score that is so much better is the better one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Request:
    """What is looked for, and where. The `aligner` has learned the `words`, by the `names`."""

    aligner: Aligner
    sound: Pcm
    energy: bytes
    words: tuple[str, ...]
    names: tuple[str, ...]
    language: str
    on_progress: OnProgress

    @property
    def is_english(self) -> bool:
        return _is_english(self.language)

    def walk(self, spotter: Aligner | None = None) -> Walk:
        return Walk(self.aligner, self.sound, self.names, self.on_progress, spotter)


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
    in_order = tuple(word for token in tokens for word in token.words)
    names = aligner.learn(in_order, language)
    said = tuple(name for name in names if name is not None)
    if not said:
        raise BadMedia("the script has no words in it: give the words that are said")
    sound = with_hiss(mono_sound(path))
    _refuse_too_many(len(said), path, len(sound) / SAMPLE_RATE)
    energy = energy_of(path)
    found = _found(
        _Request(
            aligner=aligner,
            sound=sound,
            energy=energy,
            words=in_order,
            names=said,
            language=language,
            on_progress=on_progress or _nobody,
        )
    )
    spoken = iter(_settled(found.words, energy))
    placed = tuple(None if name is None else next(spoken) for name in names)
    words = _words(tokens, placed)
    return Transcript(
        fingerprint=fingerprint,
        duration=Ratio.of(duration),
        words=words,
        energy=energy,
        source="aligned",
        language=language,
        warnings=_judged(path, words, placed, language) + _omissions(found),
    )


def _refuse_too_many(words: int, path: Path, seconds: float) -> None:
    """What surely does not fit need not be looked for."""
    if words > MOST_WORDS + seconds * _FASTEST:
        raise WordsDoNotFit(
            f"the script has {words} words and {path} only {seconds:.1f} s of sound:"
            " give the words of this file alone"
        )


def _found(request: _Request) -> Found:
    """Where the words are said; other words may stand between them where it clearly goes better so.

    Not in other languages: every word scores badly there, and a loop of English phones well.
    """
    try:
        plain = request.walk().all_words()
    except WordsDoNotFit:
        patient = _among_others(request)
        if patient is None or mean_score(patient.words) < SAID:
            raise
        return patient
    if _fits(plain) or _unexplained(plain, request) < _UNEXPLAINED:
        return plain
    patient = _among_others(request)
    enough = max(SAID, mean_score(plain.words) + _CLEARLY)
    return plain if patient is None or mean_score(patient.words) < enough else patient


def _unexplained(found: Found, request: _Request) -> float:
    """Seconds of loud sound outside the words, which are taken to be no longer than words can be.

    At most .5 s in 6 to 36 s of speech whose script is whole, 1.7 s and more where 3 s and more are left out.
    """
    energy = request.energy
    loud = sorted(energy)[len(energy) // _LOUDEST] + _LOUD_WITHIN
    told = bytearray(len(energy))
    for word, name in zip(found.words, request.names, strict=True):
        end = min(word.end, word.start + _LONGEST_WORD + _LONGEST_LETTER * len(name))
        for tick in range(int(word.start * TICKS_PER_SECOND), min(int(end * TICKS_PER_SECOND), len(told))):
            told[tick] = 1
    unheard = sum(level <= loud and not heard for level, heard in zip(energy, told, strict=True))
    return unheard / TICKS_PER_SECOND


def _among_others(request: _Request) -> Found | None:
    if not request.is_english:
        return None
    spotter = Aligner(beam=SPOTTING_BEAM)
    spotter.learn(request.words, request.language)  # in the same order, and so by the same names
    for one in (request.aligner, spotter):
        one.learn_others()
    try:
        return request.walk(spotter).all_words()
    except WordsDoNotFit:
        return None


def _is_english(language: str) -> bool:
    return language.partition("-")[0] == "en"


def _fits(found: Found) -> bool:
    """Whether the words are sure enough; a misspoken word here and there is no reason to look further."""
    doubtful = sum(_confidence(word.score) < _DOUBTFUL for word in found.words)
    return mean_score(found.words) >= SAID and doubtful <= _FEW * len(found.words)


def _omissions(found: Found) -> tuple[str, ...]:
    if not found.left_out:
        return ()
    named = _the_first([f"{start:.1f} to {end:.1f} s" for start, end in found.left_out])
    return (f"the script leaves out what is said from {named}",)


def _the_first(places: Sequence[str]) -> str:
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return ", ".join(places[:_NAMED]) + more


def _nobody(progress: Progress) -> None:
    """Where nobody asked for progress."""


def _settled(words: tuple[Placed, ...], energy: bytes) -> tuple[Placed, ...]:
    """The words without the short pauses that they began with."""
    floor = floor_of(energy)
    return tuple(
        word if word.stops else replace(word, start=after_pause(word.start, word.end, energy, floor))
        for word in words
    )


def _words(tokens: tuple[Token, ...], placed: tuple[Placed | None, ...]) -> tuple[Word, ...]:
    """One word a token; such as are not said take the time between their neighbours."""
    spans: list[Placed | None] = []
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


def _together(said: list[Placed]) -> Placed:
    return Placed(start=said[0].start, end=said[-1].end, score=mean_score(said), stops=said[0].stops)


def _confidence(score: float) -> float:
    return 1 / (1 + math.exp(-(score - _HALF_SURE) / _STEEPNESS))


def _judged(
    path: Path, words: tuple[Word, ...], placed: tuple[Placed | None, ...], language: str
) -> tuple[str, ...]:
    """What to warn of."""
    if not _is_english(language):
        return (
            f"there is no acoustic model for {language!r} here: its sounds were taken for the nearest English"
            " ones, and the times are approximate",
        )
    score = mean_score([word for word in placed if word is not None])
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
        named = _the_first([f"{word.text!r} at {word.start:.2f} s" for word in doubtful])
        warnings.append(f"these words may not be what is said there: {named}")
    return tuple(warnings)
