"""What the mouth does for each sound: IPA phonemes with their times in, one mouth shape a frame out.

Each phoneme has a target shape, and says for each part of the mouth how much it insists on it: an "m" insists
on shut lips and takes its jaw from its neighbours, an "ah" insists on the jaw. Every target spreads over its
phoneme and a little beyond, and the shape at a time is their mean weighted by insistence. This is the
dominance model of Cohen and Massaro (Modeling coarticulation in synthetic visual speech, 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.mouth import Mouth

PARTS = tuple(field.name for field in fields(Mouth))
_AHEAD, _BEHIND = 0.085, 0.075  # seconds that a phoneme reaches before its start and after its end


class Sounded(Protocol):
    """A phoneme with its times in seconds."""

    @property
    def ipa(self) -> str: ...
    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The mouth a phoneme aims for, and how much it insists on it, 0..1.

    `on_lips` is about what shuts the lips, `insists` about all else.
    """

    mouth: Mouth
    insists: float = 0.6
    on_lips: float = 0.0


REST = Target(mouth=Mouth(jaw=0.02, press=0.12), insists=0.4, on_lips=0.1)


def _vowel(jaw: float, spread: float, upper: float = 0.15, lower: float = 0.25) -> Target:
    return Target(mouth=Mouth(jaw=jaw, spread=spread, upper=upper, lower=lower), insists=0.85)


def _consonant(
    jaw: float, spread: float = 0.0, *, tongue: float = 0.0, lower: float = 0.25, insists: float = 0.45
) -> Target:
    return Target(
        mouth=Mouth(jaw=jaw, spread=spread, upper=0.12, lower=lower, tongue=tongue), insists=insists
    )


_SHUT = Target(mouth=Mouth(jaw=0.08, press=1.0), insists=0.35, on_lips=1.0)
_TUCKED = Target(mouth=Mouth(jaw=0.16, tuck=1.0, upper=0.25), insists=0.5, on_lips=0.9)
_TARGETS: tuple[tuple[str, Target], ...] = (
    ("p b m", _SHUT),
    ("f v", _TUCKED),
    ("w ʍ", Target(mouth=Mouth(jaw=0.16, spread=-0.95), insists=0.8)),
    ("θ ð", _consonant(0.26, 0.1, tongue=1.0, insists=0.6)),
    ("t d n ɾ", _consonant(0.2, 0.1, tongue=0.9)),
    ("l ɫ", _consonant(0.3, 0.1, tongue=1.0)),
    ("s z", _consonant(0.10, 0.35, lower=0.45, insists=0.7)),
    ("ʃ ʒ tʃ dʒ", Target(mouth=Mouth(jaw=0.14, spread=-0.6, upper=0.4, lower=0.6), insists=0.75)),
    ("ɹ r ɻ", Target(mouth=Mouth(jaw=0.2, spread=-0.45, upper=0.15, lower=0.3), insists=0.6)),
    ("ɕ ʑ ç", _consonant(0.14, 0.3, lower=0.4, insists=0.6)),
    ("ɲ ʎ", _consonant(0.22, 0.3, tongue=0.8)),
    ("β ɸ", Target(mouth=Mouth(jaw=0.1, press=0.6), insists=0.35, on_lips=0.7)),
    ("ʁ ʀ χ ɣ", _consonant(0.3, 0.0, insists=0.35)),
    ("k ɡ g ŋ x", _consonant(0.28, 0.0, tongue=0.4)),
    ("j ʲ ʝ", _consonant(0.2, 0.45, insists=0.55)),
    ("h ʔ", _consonant(0.3, insists=0.15)),
    ("i iː ɪ ᵻ", _vowel(0.24, 0.65, 0.2, 0.35)),
    ("e eɪ ɛ", _vowel(0.42, 0.5, 0.2, 0.3)),
    ("æ a aɪ", _vowel(0.66, 0.35, 0.2, 0.35)),
    ("ɑ ɑː ɑːɹ ʌ aʊ ɐ", _vowel(0.68, 0.0)),
    ("ɔ ɔː ɔːɹ ɒ oːɹ ɔɪ", _vowel(0.58, -0.5)),
    ("o oʊ oː", _vowel(0.42, -0.75, 0.1, 0.1)),
    ("y yː ʏ ø øː œ ɶ ʉ", _vowel(0.3, -0.8, 0.15, 0.2)),
    ("ɯ ɨ ɤ", _vowel(0.26, 0.2)),
    ("u uː ʊ", _vowel(0.22, -0.95, 0.05, 0.05)),
    ("ə ɚ ɜː ɜ əl", _vowel(0.36, 0.0)),
)
# The second half of a diphthong.
_GLIDES: tuple[tuple[str, Target], ...] = (
    ("aɪ eɪ ɔɪ", _vowel(0.26, 0.5, 0.2, 0.3)),
    ("aʊ oʊ", _vowel(0.24, -0.85, 0.05, 0.05)),
    ("ɑːɹ ɔːɹ oːɹ ɪɹ ɛɹ ʊɹ", _vowel(0.28, -0.4)),
)


def _lookup(table: tuple[tuple[str, Target], ...]) -> dict[str, Target]:
    return {name: target for names, target in table for name in names.split()}


_BY_NAME, _GLIDE_BY_NAME = _lookup(_TARGETS), _lookup(_GLIDES)
KNOWN_SOUNDS = tuple(_BY_NAME)


def targets(ipa: str) -> tuple[Target, ...]:
    """The shapes that a phoneme goes through; an unknown one is taken by its first known letter."""
    name = ipa.strip("ˈˌː̩ ").replace("ˈ", "").replace("ˌ", "")
    plain = name.rstrip("ː")
    first = _BY_NAME.get(name) or _BY_NAME.get(plain)
    if first is None:
        first = next((_BY_NAME[letter] for letter in name if letter in _BY_NAME), REST)
    glide = _GLIDE_BY_NAME.get(name) or _GLIDE_BY_NAME.get(plain)
    return (first,) if glide is None else (first, glide)


def articulate(
    phonemes: Sequence[Sounded], frames: int, rate: Fraction, vigour: float = 1.0
) -> tuple[Mouth, ...]:
    """The mouth at the middle of each frame. `vigour` opens the jaw more or less than is usual."""
    time = ((np.arange(frames) + 0.5) / float(rate)).astype(np.float64)
    wanted = np.zeros((len(PARTS), frames))
    weight = np.full((len(PARTS), frames), 1e-3)
    for target, start, end in _aims(phonemes, frames / float(rate)):
        reach = _reach(time, start, end)
        for index, part in enumerate(PARTS):
            # Lips that must meet do so at once, and let go at once.
            on_lips = part in ("press", "tuck")
            share = (0.25 + target.on_lips) * reach**2.2 if on_lips else target.insists * reach
            wanted[index] += share * getattr(target.mouth, part)
            weight[index] += share
    shape = _settled(wanted / weight, float(rate))
    shape[PARTS.index("jaw")] *= vigour
    return tuple(Mouth(**{part: float(shape[i, k]) for i, part in enumerate(PARTS)}) for k in range(frames))


def _aims(phonemes: Sequence[Sounded], duration: float) -> list[tuple[Target, float, float]]:
    """Each target with its times; silences, the ends included, aim at rest."""
    aims: list[tuple[Target, float, float]] = []
    last = 0.0
    for sound in phonemes:
        if sound.start - last > 0.06:
            aims.append((REST, last + 0.04, sound.start))
        parts = targets(sound.ipa)
        step = (sound.end - sound.start) / len(parts)
        aims += [
            (target, sound.start + i * step, sound.start + (i + 1) * step) for i, target in enumerate(parts)
        ]
        last = max(last, sound.end)
    aims.append((REST, min(last + 0.06, duration), duration + 1.0))
    return aims


def _reach(time: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """1 in the middle of the sound, falling to 0 some way beyond it."""
    middle, half = (start + end) / 2, max((end - start) / 2, 0.015)
    side = np.where(time < middle, half + _AHEAD, half + _BEHIND)
    return np.asarray(np.exp(-2.2 * ((time - middle) / side) ** 2), np.float64)


def _settled(shape: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    """Smoothed over about 25 ms: flesh does not jump."""
    reach = 0.025 * rate
    if reach < 0.35:
        return shape
    offsets = np.arange(-3, 4)
    kernel = np.exp(-0.5 * (offsets / reach) ** 2)
    padded = np.pad(shape, ((0, 0), (3, 3)), mode="edge")
    return np.stack([np.convolve(row, kernel / kernel.sum(), mode="valid") for row in padded])
