"""The small speech encoder's training: what the drawn presenter's mouth does, heard from the speech alone.

No picture is drawn for it: a line is spoken, its sounds move a mouth, and the encoder learns to tell how.

T log-mel frames at 100 Hz, U feature frames at 50 Hz, B batch, A channels, P parts of a mouth.
"""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.media.sound import resampled
from engine.model.small_hearing import HearingConfig, SmallHearing
from engine.protocol import SAMPLE_RATE
from engine.speech.features import LogMelFeatures
from engine.speech.pcm import SAMPLE_RATE as HEARING
from engine.speech.scratch import speak_with_phonemes
from engine.training.clips import Split, spoken_line
from engine.training.presenter.articulation import articulate
from engine.training.presenter.mouth import Mouth, opening

_QUIET = 0.4  # seconds before and after a line
_FINE = Fraction(100)  # mouths are worked out at log-mel's rate, and every other one is taken
_ON_OPENING = 3.0  # ours: how much more the opening counts than any other part


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lesson:
    """A line: `mel_TA`, and what the mouth does, `mouth_UP`: its parts, and last how open it is."""

    mel_TA: NDArray[np.float16]
    mouth_UP: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingTraining:
    """`lessons` are heard; each step's batch is cut out of them, `seconds` long."""

    seed: int = 21
    lessons: int = 4000
    steps: int = 2500
    batch: int = 32
    seconds: float = 1.6
    rate: float = 2e-3
    decay: float = 0.02
    warmup: int = 50


def lesson(seed: int, split: Split, index: int) -> Lesson:
    """One of them, by its number. Raises MissingModel where the scratch voice is not installed."""
    chance = np.random.default_rng([seed, index, 0xEA])
    voice, text = spoken_line(chance, split)
    said = speak_with_phonemes(text, voice)
    seconds = len(said.samples) / said.sample_rate + 2 * _QUIET
    frames = math.ceil(seconds * 50) * 2
    sound = _recorded(said.samples, round(frames * HEARING / _FINE), chance)
    sounds = [_Later(ipa=one.ipa, start=one.start + _QUIET, end=one.end + _QUIET) for one in said.phonemes]
    mouths = articulate(sounds, frames, _FINE)[::2]
    mel = LogMelFeatures().features(sound).values[:frames, 0]
    return Lesson(mel_TA=mel.astype(np.float16), mouth_UP=np.stack([_parts(mouth) for mouth in mouths]))


def lessons(seed: int, split: Split, count: int, workers: int = 0) -> list[Lesson]:
    """In their order, the same for any number of workers; 0 makes them here."""
    make = partial(lesson, seed, split)
    if workers <= 0:
        return [make(index) for index in range(count)]
    # Spawned: forked children of a process that runs torch may hang.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(make, range(count), chunksize=16))


def train_hearing(
    heard: Sequence[Lesson],
    settings: HearingTraining,
    config: HearingConfig | None = None,
    *,
    watch: Callable[[int, float], None] = lambda _, __: None,
) -> SmallHearing:
    """From nothing. `watch` is told each step and its loss: of the variance, how much is not explained."""
    torch.manual_seed(settings.seed)
    hearing = SmallHearing(config or HearingConfig()).train()
    scale = _Scale.of(heard)
    optimizer = torch.optim.AdamW(hearing.parameters(), lr=settings.rate, weight_decay=settings.decay)
    for step in range(settings.steps):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * _pace(step, settings)
        mel_BTA, mouth_BUP = _batch(heard, settings, step)
        missed = (hearing.mouths(mel_BTA) - scale(mouth_BUP)) ** 2
        loss = (missed.mean(dim=(0, 1)) * scale.weight_P).sum() / scale.weight_P.sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(hearing.parameters(), 1.0)
        optimizer.step()
        watch(step + 1, float(loss.detach()))
    return _standardised(hearing.eval().requires_grad_(False), heard)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Later:
    """A sound, `_QUIET` later."""

    ipa: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scale:
    """Each part of a mouth as deviations from its mean."""

    mean_P: Tensor
    deviation_P: Tensor

    @classmethod
    def of(cls, heard: Sequence[Lesson]) -> _Scale:
        all_MP = torch.from_numpy(np.concatenate([one.mouth_UP for one in heard]))
        return cls(mean_P=all_MP.mean(dim=0), deviation_P=all_MP.std(dim=0).clamp(min=1e-6))

    @property
    def weight_P(self) -> Tensor:
        weight_P = torch.ones(len(self.mean_P))
        weight_P[-1] = _ON_OPENING
        return weight_P

    def __call__(self, mouth_BUP: Tensor) -> Tensor:
        return (mouth_BUP - self.mean_P) / self.deviation_P


def _recorded(speech: NDArray[np.float32], total: int, chance: np.random.Generator) -> NDArray[np.float32]:
    """At 16 kHz, in a room of some noise, at some loudness; of some microphone's colour."""
    sound = (10 ** float(chance.uniform(-4.3, -2.3)) * chance.standard_normal(total)).astype(np.float32)
    low = resampled(speech[:, None], SAMPLE_RATE, HEARING)[:, 0]
    loud = float(chance.uniform(0.15, 0.98)) / max(float(np.abs(low).max()), 1e-6)
    tilt = float(chance.uniform(-0.4, 0.4))
    low = (low + tilt * np.concatenate([[0], low[:-1]])).astype(np.float32)
    first = round(_QUIET * HEARING)
    room = sound[first : first + len(low)]
    room += low[: len(room)] * np.float32(loud)
    return sound


def _parts(mouth: Mouth) -> NDArray[np.float32]:
    return np.array([*(getattr(mouth, part.name) for part in fields(mouth)), opening(mouth)], np.float32)


def _batch(heard: Sequence[Lesson], settings: HearingTraining, step: int) -> tuple[Tensor, Tensor]:
    chance = np.random.default_rng([settings.seed, step, 0xBA])
    length = round(settings.seconds * 50)
    mels, mouths = [], []
    for index in chance.integers(len(heard), size=settings.batch):
        one = heard[int(index)]
        first = int(chance.integers(max(1, len(one.mouth_UP) - length)))
        mels.append(_cut(one.mel_TA, 2 * first, 2 * length).astype(np.float32))
        mouths.append(_cut(one.mouth_UP, first, length))
    return torch.from_numpy(np.stack(mels)), torch.from_numpy(np.stack(mouths))


def _cut(values: NDArray[np.floating], first: int, length: int) -> NDArray[np.floating]:
    part = values[first : first + length]
    return np.pad(part, ((0, length - len(part)), (0, 0)), mode="edge")


def _pace(step: int, settings: HearingTraining) -> float:
    """Of the learning rate: rising at first, then half a cosine down to nothing."""
    falling = 0.5 + 0.5 * math.cos(math.pi * step / settings.steps)
    return min(1.0, (step + 1) / settings.warmup) * falling


@torch.no_grad()
def _standardised(hearing: SmallHearing, heard: Sequence[Lesson]) -> SmallHearing:
    some = [torch.from_numpy(one.mel_TA.astype(np.float32)) for one in heard[:: max(1, len(heard) // 200)]]
    raw_MA = torch.cat([hearing.raw(mel[None])[0] for mel in some])
    hearing.mean_A.copy_(raw_MA.mean(dim=0))
    hearing.deviation_A.copy_(raw_MA.std(dim=0).clamp(min=1e-3))
    return hearing
