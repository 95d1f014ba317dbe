"""How loud a media file is over time, in one byte for each 10 ms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.media.audio_decode import sound_file, whole_sound
from engine.media.sound import Samples
from engine.protocol import TICKS_PER_SECOND

_SILENT = 255


def energy_of(path: Path) -> bytes:
    """One byte a tick from media time 0 on: its level in dB below full scale, 0 loud to 255 silent.

    The level is the RMS over the tick and all channels. The file is decoded in a stream, and little more
    than the answer is kept in memory. Raises NoSuchStream (no sound), MissingMedia, BadMedia, TruncatedMedia.
    """
    sound = sound_file(path)
    answer = bytearray()
    rest = np.zeros((0, sound.channels), np.float32)
    reached = 0  # samples that are told about
    for piece in whole_sound(sound):
        rest = np.concatenate([rest, piece])
        whole = (reached + len(rest)) * TICKS_PER_SECOND // sound.rate
        edges = _edges(len(answer), whole, sound.rate) - reached
        answer += _levels(rest, edges)
        rest = rest[edges[-1] :]
        reached += int(edges[-1])
    if len(rest):
        answer += _levels(rest, np.array([0, len(rest)]))
    return bytes(answer)


def _edges(first: int, last: int, rate: int) -> npt.NDArray[np.int64]:
    """Where ticks first..last begin, in samples: a tick is not a whole number of them at every rate."""
    return -(-np.arange(first, last + 1) * rate // TICKS_PER_SECOND)


def _levels(samples: Samples, edges: npt.NDArray[np.int64]) -> bytes:
    if len(edges) < 2:
        return b""
    power = (samples[: edges[-1]].astype(np.float64) ** 2).mean(axis=1)
    mean = np.add.reduceat(power, edges[:-1]) / np.diff(edges)
    level = np.full(len(mean), float(_SILENT))
    np.log10(mean, out=level, where=mean > 0)
    level[mean > 0] *= -10
    return bytes(np.clip(np.rint(level), 0, _SILENT).astype(np.uint8))
