"""Training clips: a few seconds of a drawn presenter's head and voice, and all that is known of them.

A clip follows from its plan and its number alone, whatever was drawn before it. Clips are cut out of
recordings, several out of each: one person says one line, and need be painted only once.

N video frames, H W pixels, C RGB.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.media.sound import Samples, resampled
from engine.protocol import SAMPLE_RATE, Word
from engine.speech.pcm import SAMPLE_RATE as HEARING
from engine.speech.scratch import SpokenSound, Voice, speak_with_phonemes
from engine.training.presenter.articulation import articulate
from engine.training.presenter.canvas import floats
from engine.training.presenter.figure import Figure, Framing
from engine.training.presenter.identity import Identity, identity
from engine.training.presenter.motion import Pose, poses
from engine.training.presenter.mouth import Mouth, opening
from engine.training.presenter.sculpt import MOUTH_HALF_WIDTH
from engine.training.sentences import LANGUAGES, line
from engine.training.synthetic import SpokenPhoneme

Split = Literal["train", "held_out", "held_out_voices"]
Frames_NHWC = NDArray[np.uint8]
Boxes = NDArray[np.int32]  # [N, 4]: left, top, width, height

# Frames of sound before a clip's first and behind its last: the model hears 0.2 s to either side (W = 10 at
# 50 features a second).
HEARD_AROUND = 5

_SPLITS: tuple[Split, ...] = ("train", "held_out", "held_out_voices")
_SILENT_BEFORE, _SILENT_AFTER = 0.5, 0.7  # seconds
# espeak-ng's variants of a voice; they sound alike in every language. Not those with breath (f2, f3, f5): its
# noise is another each time that espeak-ng 1.52 starts.
_VOICES = {"f": ("f1", "f4", "anika", "linda", "steph"), "m": ("m1", "m2", "m4", "m7", "m8")}
_HELD_OUT_VOICES = {"f": ("belinda", "aunty"), "m": ("m3", "m6")}
_PITCHES = {"f": (42, 76), "m": (26, 60)}  # of a voice of which there is no picture
# ours: 25 cm of the figure, a face of 18 cm with its hair: at 128 pixels a wide open mouth is 15 high.
_VISIBLE, _MIDDLE = 25.0, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPlan:
    """What clips to draw. `each`: how many are cut out of one recording."""

    seed: int
    split: Split = "train"
    frames: int = 33
    size: int = 128
    rate: Fraction = Fraction(25)
    each: int = 3
    languages: tuple[str, ...] = LANGUAGES

    def __post_init__(self) -> None:
        if self.size % 2 or self.size < 64:
            raise ValueError(f"{self.size} pixels cannot be drawn: an even number from 64 on")
        if self.frames < 1 or self.each < 1 or self.seed < 0:
            raise ValueError("a plan has a seed from 0 on, at least one frame, and one clip a recording")
        if unknown := set(self.languages) - set(LANGUAGES):
            raise ValueError(f"there are no words of {', '.join(sorted(unknown))}: {', '.join(LANGUAGES)}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingClip:
    """`samples`: 16 kHz mono, `HEARD_AROUND` frames longer than the picture at each end. Words and phonemes
    are those that sound in the picture, in seconds from its first frame on; the first may start before it.

    `opening` [N] is as in `FaceBox`; `lower_face` and `mouth` lie within the picture. `who`, `framing` and
    `poses` are what it takes to draw the clip once more.
    """

    index: int
    person: int  # the seed of the identity
    voice: str
    text: str
    rate: Fraction
    frames: Frames_NHWC
    samples: NDArray[np.float32]
    words: tuple[Word, ...]
    phonemes: tuple[SpokenPhoneme, ...]
    opening: NDArray[np.float32]
    lower_face: Boxes
    mouth: Boxes
    who: Identity
    framing: Framing
    poses: tuple[Pose, ...]

    def figure(self) -> Figure:
        """The presenter of the clip."""
        height, width = self.frames.shape[1:3]
        return Figure(self.who, width, height, self.framing)


def draw(plan: ClipPlan, index: int) -> TrainingClip:
    """One clip of a plan. Raises MissingModel where the scratch voice is not installed."""
    recording = _record(plan, index // plan.each)
    first = recording.starts[index % plan.each]
    span = slice(first, first + plan.frames)
    moves, mouths = recording.moves[span], recording.mouths[span]
    figure = recording.figure
    frames = [figure.picture(p, m, first + k) for k, (p, m) in enumerate(zip(moves, mouths, strict=True))]
    begin = first / float(plan.rate)
    end = begin + plan.frames / float(plan.rate)
    spoken = recording.spoken
    return TrainingClip(
        index=index,
        person=recording.person,
        voice=recording.voice.language,
        text=recording.text,
        rate=plan.rate,
        frames=np.stack(frames),
        samples=_heard(recording.sound, first, plan),
        words=tuple(
            Word(text=word.text, start=start, end=stop)
            for word in spoken.words
            for start, stop in _within(word.start, word.end, begin, end)
        ),
        phonemes=tuple(
            SpokenPhoneme(ipa=sound.ipa, start=start, end=stop)
            for sound in spoken.phonemes
            for start, stop in _within(sound.start, sound.end, begin, end)
        ),
        opening=np.array([opening(mouth) for mouth in mouths], np.float32),
        lower_face=_boxes(figure, moves, _lower_face(recording.who), plan.size),
        mouth=_boxes(figure, moves, _mouth(recording.who), plan.size),
        who=recording.who,
        framing=recording.framing,
        poses=moves,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Recording:
    """One person saying one line, not yet drawn; `starts`: the first frame of each clip that is cut of it."""

    person: int
    who: Identity
    voice: Voice
    text: str
    framing: Framing
    figure: Figure
    spoken: SpokenSound
    sound: NDArray[np.float32]
    mouths: tuple[Mouth, ...]
    moves: tuple[Pose, ...]
    starts: tuple[int, ...]


@lru_cache(maxsize=2)
def _record(plan: ClipPlan, group: int) -> _Recording:
    chance = np.random.default_rng([plan.seed, _SPLITS.index(plan.split), group])
    held_out = plan.split != "train"
    # An identity is of one side only: even seeds are for training, odd ones for measuring.
    person = 2 * int(chance.integers(2**30)) + held_out
    who = _filmed(identity(person), chance)
    language = plan.languages[int(chance.integers(len(plan.languages)))]
    voice, text = _voice(plan, who, language, chance), line(chance, language, held_out=held_out)
    spoken = speak_with_phonemes(text, voice)
    seconds = _SILENT_BEFORE + len(spoken.samples) / spoken.sample_rate + _SILENT_AFTER
    total = max(math.ceil(seconds * plan.rate), plan.frames)
    spoken = _placed(spoken)
    framing = _framing(plan.size, chance)
    stresses = tuple(sound.start for sound in spoken.phonemes if "ˈ" in sound.ipa)
    return _Recording(
        person=person,
        who=who,
        voice=voice,
        text=text,
        framing=framing,
        figure=Figure(who, plan.size, plan.size, framing),
        spoken=spoken,
        sound=_sound(spoken, total, plan.rate, chance),
        mouths=articulate(spoken.phonemes, total, plan.rate, float(chance.uniform(0.85, 1.15))),
        moves=poses(int(chance.integers(2**31)), total, plan.rate, stresses),
        starts=_starts(total - plan.frames, plan.each, chance),
    )


def _voice(plan: ClipPlan, who: Identity, language: str, chance: np.random.Generator) -> Voice:
    """A voice that suits the person, as the identity's own does, at some speed and pitch."""
    kind = who.voice.rpartition("+")[2][0]
    variants = (_HELD_OUT_VOICES if plan.split == "held_out_voices" else _VOICES)[kind]
    return Voice(
        language=f"{language}+{variants[int(chance.integers(len(variants)))]}",
        words_per_minute=int(chance.integers(140, 196)),
        pitch=who.pitch + int(chance.integers(-8, 9)),
    )


def spoken_line(chance: np.random.Generator, split: Split) -> tuple[Voice, str]:
    """Somebody says something, of whom there is no picture: what only hears is trained on this."""
    language = LANGUAGES[int(chance.integers(len(LANGUAGES)))]
    variants = _HELD_OUT_VOICES if split == "held_out_voices" else _VOICES
    kind = "fm"[int(chance.integers(2))]
    voice = Voice(
        language=f"{language}+{variants[kind][int(chance.integers(len(variants[kind])))]}",
        words_per_minute=int(chance.integers(135, 201)),
        pitch=int(chance.integers(*_PITCHES[kind])),
    )
    return voice, line(chance, language, held_out=split != "train")


def _filmed(who: Identity, chance: np.random.Generator) -> Identity:
    """A head that is cropped out of a larger picture and made smaller has lost some of its grain."""
    return replace(who, camera=replace(who.camera, grain=who.camera.grain * float(chance.uniform(0.2, 1))))


def _framing(size: int, chance: np.random.Generator) -> Framing:
    """The head, a little nearer or farther and off the middle, as a crop around a face has it."""
    return Framing(
        scale=size / (_VISIBLE * float(chance.uniform(0.92, 1.1))),
        x=float(chance.uniform(-0.8, 0.8)),
        y=_MIDDLE + float(chance.uniform(-0.8, 0.8)),
    )


def _placed(spoken: SpokenSound) -> SpokenSound:
    """The line, its times in seconds of the recording."""
    return replace(
        spoken,
        words=tuple(
            Word(text=word.text, start=word.start + _SILENT_BEFORE, end=word.end + _SILENT_BEFORE)
            for word in spoken.words
        ),
        phonemes=tuple(
            replace(sound, start=sound.start + _SILENT_BEFORE, end=sound.end + _SILENT_BEFORE)
            for sound in spoken.phonemes
        ),
    )


def _sound(
    spoken: SpokenSound, frames: int, rate: Fraction, chance: np.random.Generator
) -> NDArray[np.float32]:
    """The recording's sound at 16 kHz, `HEARD_AROUND` frames of the quiet room longer at each end."""
    total, first = (round(count * HEARING / rate) for count in (frames + 2 * HEARD_AROUND, HEARD_AROUND))
    room = 10 ** float(chance.uniform(-4, -2.5))
    sound = (room * chance.standard_normal(total)).astype(np.float32)
    speech: Samples = resampled(spoken.samples[:, None], SAMPLE_RATE, HEARING)[:, 0]
    loud = float(chance.uniform(0.3, 0.95)) / max(float(np.abs(speech).max()), 1e-6)
    first += round(_SILENT_BEFORE * HEARING)
    room_left = sound[first : first + len(speech)]
    room_left += speech[: len(room_left)] * np.float32(loud)
    return sound


def _heard(sound: NDArray[np.float32], first: int, plan: ClipPlan) -> NDArray[np.float32]:
    """Frame 0 of the recording is heard `HEARD_AROUND` frames into its sound."""
    length = round((plan.frames + 2 * HEARD_AROUND) * HEARING / plan.rate)
    begin = round(first * HEARING / plan.rate)
    missing = max(0, begin + length - len(sound))
    return np.pad(sound, (0, missing))[begin : begin + length]


def _starts(spare: int, count: int, chance: np.random.Generator) -> tuple[int, ...]:
    """Spread over the recording, so that clips share as little as may be."""
    return tuple(int((k + chance.random()) * (spare + 1) / count) for k in range(count))


def _within(start: float, end: float, begin: float, stop: float) -> Sequence[tuple[float, float]]:
    """The times counted from `begin`; nothing of what does not sound in between."""
    if end <= begin or start >= stop:
        return ()
    return ((round(start - begin, 4), round(end - begin, 4)),)


def _mouth(who: Identity) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in cm: lips and what they do, from the nose's shadow to the lower lip."""
    half = MOUTH_HALF_WIDTH * who.shape.mouth_width + 0.7
    return -half, -2.6, half, -7.0


def _lower_face(who: Identity) -> tuple[float, float, float, float]:
    """From the nose's base down to the chin of the fallen jaw."""
    return -6.2 * who.shape.jaw, -1.6, 6.2 * who.shape.jaw, -10.8 - who.shape.chin


def _boxes(
    figure: Figure, moves: Sequence[Pose], area: tuple[float, float, float, float], size: int
) -> Boxes:
    """What encloses the area in each frame, within the picture."""
    left, top, right, bottom = area
    middle = (left + right) / 2
    edge = floats([(x, y) for x in (left, middle, right) for y in (top, (top + bottom) / 2, bottom)])
    seen = np.stack([figure.seen(edge, pose) for pose in moves])
    low = np.clip(np.floor(seen.min(axis=1)), 0, size - 1).astype(np.int32)
    high = np.clip(np.ceil(seen.max(axis=1)) + 1, low + 1, size).astype(np.int32)
    return np.concatenate([low, high - low], axis=1).astype(np.int32)
