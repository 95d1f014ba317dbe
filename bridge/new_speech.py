"""The speech of a dub: a recording or the scratch voice, and when its words are said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import msgspec

from bridge.errors import ImpossibleEdit
from bridge.speech_source import Engine, recorded_line, scratch_words
from engine.errors import BadMedia
from engine.protocol import TICKS_PER_SECOND, Align, AlignedWords, Analyse, Analysis, Speech, Word

# ours: quieter than this many dB below the loudest, for this long, and a line pauses.
_PAUSE_BELOW, _PAUSE_TICKS = 30, 8
_SHORTEST_TICKS, _LONGEST_TICKS = 12, 40  # ours: of what passes for a word where nobody knows the words
_NEAR = 4  # a pause that is so many times as long is worth as far a way from where a line is best divided
# What the scratch voice is asked for where a language has dialects.
_VOICES = {"en": "en-us", "fr": "fr-fr", "pt": "pt-pt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is to be said. `words`: ticks [start, end) from the line's beginning, of its words or, where
    nobody knows them, of its loud stretches.
    """

    speech: Speech
    words: tuple[tuple[int, int], ...]

    @property
    def ticks(self) -> int:
        return self.speech.end - self.speech.start


def line_of(file: Path | None, script: str, language: str, engine: Engine) -> Line:
    """The recording, or the script in the scratch voice. Raises ImpossibleEdit, BadMedia."""
    if file is None:
        speech, words = scratch_words(script, engine, _VOICES.get(language, language))
        return Line(speech=speech, words=tuple(_within(word, speech) for word in words))
    speech = recorded_line(file, engine)
    return Line(speech=speech, words=_words(speech, script, language, engine))


def scene_lines(scene: Line, shares: Sequence[int]) -> tuple[Line, ...]:
    """The line of a scene divided among clips, as `shares` tell what each of them speaks of it.

    It is divided in its pauses: the longer one is, the farther it may lie from the even place. Raises
    ImpossibleEdit where it has fewer pauses than are needed.
    """
    pauses = [(left[1], right[0]) for left, right in pairwise(scene.words) if right[0] > left[1]]
    at, edges, total = 0, [0], sum(shares)
    for share in shares[:-1]:
        at += share
        ideal = scene.ticks * at // total
        open_ = [pause for pause in pauses if pause[0] > edges[-1]]
        if not open_:
            raise ImpossibleEdit(
                f"{Path(scene.speech.path).name} has too few pauses to divide it among {len(shares)} clips:"
                " give a recording for each"
            )
        start, end = max(
            open_, key=lambda pause: _NEAR * (pause[1] - pause[0]) - abs(sum(pause) // 2 - ideal)
        )
        edges.append((start + end) // 2)
    edges.append(scene.ticks)
    return tuple(_part(scene, start, end) for start, end in pairwise(edges))


def _part(scene: Line, start: int, end: int) -> Line:
    """The words between two ticks, without the silence around them."""
    words = [(a, b) for a, b in scene.words if a >= start and b <= end]
    first, last = words[0][0], words[-1][1]
    speech = msgspec.structs.replace(
        scene.speech, start=scene.speech.start + first, end=scene.speech.start + last
    )
    return replace(scene, speech=speech, words=tuple((a - first, b - first) for a, b in words))


def _words(speech: Speech, script: str, language: str, engine: Engine) -> tuple[tuple[int, int], ...]:
    """By aligning the script where that can be done, else by loudness."""
    if script.strip():
        try:
            heard = engine.run(Align(media=speech.path, script=script, language=language))
        except BadMedia:  # no aligner for the language, or another text: what is heard is known all the same
            return _stretches(speech, engine)
        assert isinstance(heard, AlignedWords)
        return tuple(_within(word, speech) for word in heard.transcript.words)
    return _stretches(speech, engine)


def _within(word: Word, speech: Speech) -> tuple[int, int]:
    ticks = (round(seconds * TICKS_PER_SECOND) - speech.start for seconds in (word.start, word.end))
    start, end = (min(max(tick, 0), speech.end - speech.start) for tick in ticks)
    return start, end


def _stretches(speech: Speech, engine: Engine) -> tuple[tuple[int, int], ...]:
    """Loud stretches between pauses; long ones end where they are quietest, which is between syllables."""
    analysis = engine.run(Analyse(media=speech.path, envelope=True))
    assert isinstance(analysis, Analysis)
    energy = analysis.energy[speech.start : speech.end]
    floor = min(energy) + _PAUSE_BELOW
    found: list[tuple[int, int]] = []
    for tick, level in enumerate(energy):
        if level > floor:
            continue
        if found and tick - found[-1][1] < _PAUSE_TICKS:
            found[-1] = found[-1][0], tick + 1
        else:
            found.append((tick, tick + 1))
    return tuple(part for start, end in found for part in _syllables(energy, start, end))


def _syllables(energy: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    if end - start <= _LONGEST_TICKS:
        yield start, end
        return
    inside = range(start + _SHORTEST_TICKS, end - _SHORTEST_TICKS)
    quietest = max(inside, key=lambda tick: (energy[tick], -tick))
    yield from _syllables(energy, start, quietest)
    yield from _syllables(energy, quietest, end)
