"""Sound as speech models want it: 16 kHz, mono, 16 bits, a whole file at once (115 MB for an hour)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.media.audio_decode import sound_file, whole_sound
from engine.media.sound import resampling

SAMPLE_RATE = 16_000
FULL_SCALE = 32767

Pcm = npt.NDArray[np.int16]

_HISS = -50.0  # dB
_BLOCK = 1 << 20
_FRAME = SAMPLE_RATE // 100


def mono_sound(path: Path) -> Pcm:
    """All of the file's sound from media time 0 on. Raises NoSuchStream, BadMedia, MissingMedia."""
    sound = sound_file(path)
    mixed = (piece.mean(axis=1, keepdims=True) for piece in whole_sound(sound))
    pieces = [_whole_numbers(piece[:, 0]) for piece in resampling(mixed, 1, sound.rate, SAMPLE_RATE)]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


def with_hiss(sound: Pcm) -> Pcm:
    """The sound with a hiss 50 dB under the loudest of it; the same each time.

    An acoustic model knows no digital silence: beside it even clear speech scores badly (a synthetic voice
    -39 a frame, and -27 with the hiss). Recordings have more noise of their own, and score the same.
    """
    chance = np.random.default_rng(0)
    level = _loud(sound) * 10 ** (_HISS / 20)
    hissing = np.empty_like(sound)
    for first in range(0, len(sound), _BLOCK):
        block = sound[first : first + _BLOCK]
        noise = chance.standard_normal(len(block)) * level
        hissing[first : first + _BLOCK] = _whole_numbers((block + noise) / FULL_SCALE)
    return hissing


def _whole_numbers(samples: npt.NDArray[np.floating[Any]]) -> Pcm:
    scaled = np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE)
    return np.asarray(scaled, np.int16)


def _loud(sound: Pcm) -> float:
    """The RMS that one frame in twenty exceeds."""
    power = [
        (block[: len(block) // _FRAME * _FRAME].astype(np.float64).reshape(-1, _FRAME) ** 2).mean(axis=1)
        for block in (sound[first : first + _BLOCK] for first in range(0, len(sound), _BLOCK))
    ]
    frames = np.concatenate([*power, np.zeros(1)])
    return float(np.sqrt(np.quantile(frames, 0.95)))
