"""Log-mel front ends: Hann windows every 10 ms, Slaney's mel bands. Whisper's: 25 ms, decades of power."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.speech.pcm import SAMPLE_RATE

Samples = npt.NDArray[np.float32]
Bands = npt.NDArray[np.float32]
Spectra = npt.NDArray[np.complex128]

FFT = 400
HOP = 160
FRAMES_PER_SECOND = SAMPLE_RATE // HOP

_SILENCE = 1e-10  # the least power that Whisper takes the logarithm of
_AT_ONCE = 4096  # frames; Whisper's spectra of them take 13 MB
_LINEAR_HZ = 200 / 3  # Slaney's scale: so many Hz a mel up to 1 kHz, from there on 27 mels to a factor of 6.4
_KNEE_HZ = 1000.0
_KNEE_MEL = _KNEE_HZ / _LINEAR_HZ
_LOG_STEP = np.log(6.4) / 27


def log_mel(samples: Samples, frames: int, bins: int = 80) -> Bands:
    """Decades of power, [frames, bins]: log10 of each mel band, -10 for silence.

    `samples`: 16 kHz mono, full scale 1. Frame t is centred on sample 160 t; before the first sample the
    sound is mirrored, behind the last there is silence, both as Whisper has it.
    """
    before, behind = FFT // 2, max(0, (frames - 1) * HOP + FFT // 2 - len(samples))
    sound = np.concatenate((samples.astype(np.float64), np.zeros(max(behind, before + 1))))
    sound = np.concatenate((sound[before:0:-1], sound))
    weights = mel_bands(bins)
    levels = np.empty((frames, bins), np.float32)
    for first, spectra in windowed_spectra(sound, frames, FFT):
        power = (spectra.real**2 + spectra.imag**2) @ weights
        levels[first : first + len(power)] = np.log10(np.maximum(power, _SILENCE))
    return levels


def windowed_spectra(
    sound: npt.NDArray[np.floating[Any]], frames: int, fft: int
) -> Iterator[tuple[int, Spectra]]:
    """Spectra [some, fft / 2 + 1] of windows of `fft` samples, and which frame the first of them is.

    `sound`: 16 kHz mono; the window of frame t begins at its sample 160 t.
    """
    windows = np.lib.stride_tricks.sliding_window_view(sound, fft)[::HOP][:frames]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(fft) / fft)
    for first in range(0, frames, _AT_ONCE):
        yield first, np.fft.rfft(windows[first : first + _AT_ONCE] * hann, axis=1)


@lru_cache(maxsize=4)
def mel_bands(bins: int, fft: int = FFT) -> npt.NDArray[np.float64]:
    """How much each of the fft / 2 + 1 frequencies up to 8 kHz counts in a band: triangles of equal area."""
    edges = _hertz(np.linspace(0.0, _mels(SAMPLE_RATE / 2), bins + 2))
    low, peak, high = edges[:-2], edges[1:-1], edges[2:]
    frequency = np.linspace(0.0, SAMPLE_RATE / 2, fft // 2 + 1)[:, None]
    rising = (frequency - low) / (peak - low)
    falling = (high - frequency) / (high - peak)
    triangles = np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (high - low))
    return np.asarray(triangles, np.float64)


def _mels(hertz: float) -> float:
    if hertz < _KNEE_HZ:
        return hertz / _LINEAR_HZ
    return float(_KNEE_MEL + np.log(hertz / _KNEE_HZ) / _LOG_STEP)


def _hertz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    above = _KNEE_HZ * np.exp(_LOG_STEP * (mels - _KNEE_MEL))
    return np.asarray(np.where(mels < _KNEE_MEL, mels * _LINEAR_HZ, above), np.float64)
