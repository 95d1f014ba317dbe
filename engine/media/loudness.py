"""How loud speech is: K-weighted, as in ITU-R BS.1770-4, over the stretches where somebody speaks.

The measure differs from FFmpeg's `ebur128` in one thing: its blocks last 100 ms, not 400, because an inserted
word may be shorter than that. Both sides of a comparison are measured alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.media.sound import Samples
from engine.protocol import SAMPLE_RATE

_BLOCK, _HOP = SAMPLE_RATE // 10, SAMPLE_RATE // 20
_SILENCE = -70.0  # LUFS: no speech is as quiet
_GATE = -10.0  # LU under the mean: pauses are
_OFFSET = -0.691
_SURROUND = {6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41), 8: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41, 1.41, 1.41)}

# The two filters of BS.1770-4, for 48 kHz, as (numerator, denominator).
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechLevel:
    """The loudness of the speech in LUFS, and each channel's share of it (amplitude, 1 for the loudest)."""

    loudness: float
    channels: tuple[float, ...]


def speech_level(samples: Samples) -> SpeechLevel | None:
    """The level of the speech in `samples` [samples, channels] at 48 kHz; None where there is none."""
    if not len(samples):
        return None
    power = _blocks(_weighted(samples))
    weights = np.array(_SURROUND.get(samples.shape[1], (1.0,) * samples.shape[1]))
    total = power @ weights
    active = total > _power(_SILENCE)
    if not active.any():
        return None
    active &= total > total[active].mean() * 10 ** (_GATE / 10)
    each = power[active].mean(axis=0)
    return SpeechLevel(
        loudness=_OFFSET + 10 * float(np.log10(total[active].mean())),
        channels=tuple(float(share) for share in np.sqrt(each / each.max())),
    )


def _power(loudness: float) -> float:
    return float(10 ** ((loudness - _OFFSET) / 10))


def _weighted(samples: Samples) -> npt.NDArray[np.float64]:
    """K-weighted, by the filters' magnitude: their phase has no part in loudness."""
    size = 1 << (len(samples) + SAMPLE_RATE // 10 - 1).bit_length()
    turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    gain = np.ones(len(turn))
    for numerator, denominator in (_SHELF, _HIGH_PASS):
        gain *= np.abs(np.polyval(numerator[::-1], turn) / np.polyval(denominator[::-1], turn))
    spectrum = np.fft.rfft(samples.astype(np.float64), size, axis=0)
    weighted: npt.NDArray[np.float64] = np.fft.irfft(spectrum * gain[:, None], size, axis=0)
    return weighted[: len(samples)]


def _blocks(weighted: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Mean square of each block, [blocks, channels]; sound shorter than a block is one."""
    block = min(_BLOCK, len(weighted))
    summed: npt.NDArray[np.float64] = np.cumsum(np.vstack([np.zeros(weighted.shape[1]), weighted**2]), axis=0)
    starts = np.arange(0, len(weighted) - block + 1, _HOP)
    power: npt.NDArray[np.float64] = (summed[starts + block] - summed[starts]) / block
    return np.maximum(power, 0.0, out=power)
