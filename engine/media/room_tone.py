"""Room tone: what the room sounds like while nobody speaks, as long as one needs it.

It is laid from grains of the clip's own pauses, in an order that chance decides and with every other one
played backwards, so that no ear finds the loop; a seed makes it the same each time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.media.sound import Samples
from engine.protocol import SAMPLE_RATE, TICKS_PER_SECOND

_TICK = SAMPLE_RATE // TICKS_PER_SECOND
_DIGITAL_SILENCE = 2.0**-32  # mean square: a bit of 16 that flickers now and then
_SHORTEST = 8  # ticks: a pause shorter than this still holds the words around it
_ENOUGH = 50  # ticks of pauses that give a tone without a pattern
_ABOVE_FLOOR = (6.0, 9.0, 12.0)  # dB over the quietest ticks that still count as pause
_UNDER_SPEECH = 15.0  # dB that a pause lies under the loud ticks; else the clip has none
_FADE = SAMPLE_RATE // 33
_GRAIN = (SAMPLE_RATE // 8, SAMPLE_RATE * 2 // 5)
_EVEN_OUT = 1.41  # grains are brought to one level, by 3 dB at most


def pauses(window: Samples) -> tuple[tuple[int, int], ...]:
    """Where nobody speaks in `window` [samples, channels] at 48 kHz, as sample ranges.

    The ranges keep clear of digital silence; there are none where the clip has nothing else in its pauses.
    """
    level = _levels(window)
    heard = np.isfinite(level)
    if not heard.any():
        return ()
    around = np.pad(level, 1, mode="edge")
    calm = np.maximum(np.maximum(around[:-2], around[1:-1]), around[2:])
    floor = float(np.quantile(calm[heard], 0.05))
    inside = heard[np.argmax(heard) : len(heard) - np.argmax(heard[::-1])]
    if not inside.all() and floor > float(np.quantile(level[heard], 0.9)) - _UNDER_SPEECH:
        return ()  # gated sound: its pauses are empty, and what is left is speech
    found: tuple[tuple[int, int], ...] = ()
    for above in _ABOVE_FLOOR:
        found = _runs(heard & (calm <= floor + above))
        if sum(end - start for start, end in found) >= _ENOUGH:
            break
    if not found:
        best = _quietest(level, heard)
        found = (best,) if best else ()
    return tuple((start * _TICK, end * _TICK) for start, end in found)


def lay_tone(window: Samples, count: int, seed: int) -> Samples:
    """`count` samples of the room tone of `window`; silence where its pauses are silence themselves."""
    grains = [window[start:end] for start, end in pauses(window)]
    tone = np.zeros((count + 2 * _GRAIN[1], window.shape[1]), np.float32)
    if not grains:
        return tone[:count]
    chance = np.random.default_rng(seed)
    lengths = np.array([len(grain) for grain in grains], np.float64)
    level = float(np.median([_rms(grain) for grain in grains]))
    at, backwards = 0, False
    while at < count + _FADE:
        grain = _cut(grains[int(chance.choice(len(grains), p=lengths / lengths.sum()))], chance)
        fade = min(_FADE, len(grain) // 2)
        grain = grain[::-1] if backwards else grain
        gain = np.clip(level / max(_rms(grain), 1e-9), 1 / _EVEN_OUT, _EVEN_OUT)
        tone[at : at + len(grain)] += grain * (np.float32(gain) * _shape(len(grain), fade))[:, None]
        at += len(grain) - fade
        backwards = not backwards
    return tone[_FADE : _FADE + count]  # the first fade has nothing under it


def _cut(pause: Samples, chance: np.random.Generator) -> Samples:
    """A grain of the pause: where and how long is left to chance."""
    length = int(chance.integers(min(_GRAIN[0], len(pause)), min(_GRAIN[1], len(pause)) + 1))
    start = int(chance.integers(0, len(pause) - length + 1))
    return pause[start : start + length]


def _shape(count: int, fade: int) -> npt.NDArray[np.float32]:
    """Equal-power edges: grains of noise have nothing to do with one another."""
    shape = np.ones(count, np.float32)
    rise = np.sin((np.arange(fade) + 0.5) / fade * np.pi / 2).astype(np.float32)
    shape[:fade] = rise
    shape[count - fade :] = rise[::-1]
    return shape


def _levels(window: Samples) -> npt.NDArray[np.float64]:
    """The level of each whole tick in dB; minus infinity where it is digital silence."""
    whole = len(window) // _TICK
    ticks = window[: whole * _TICK].astype(np.float64).reshape(whole, -1)
    power = (ticks**2).mean(axis=1)
    level = np.full(whole, -np.inf)
    np.log10(power, out=level, where=power > _DIGITAL_SILENCE)
    return np.where(np.isfinite(level), 10 * level, -np.inf)


def _runs(calm: npt.NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], calm, [False]]).astype(np.int8)))
    pairs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return tuple((start, end) for start, end in pairs if end - start >= _SHORTEST)


def _quietest(level: npt.NDArray[np.float64], heard: npt.NDArray[np.bool_]) -> tuple[int, int] | None:
    """The quietest stretch of 200 ms, where speech leaves no pause."""
    length = 20
    if len(level) < length:
        return None
    ticks = np.where(heard, 10 ** (level / 10), np.inf)
    power = np.lib.stride_tricks.sliding_window_view(ticks, length).mean(axis=1)
    start = int(np.argmin(power))
    return (start, start + length) if np.isfinite(power[start]) else None


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))
