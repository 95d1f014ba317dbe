"""A new line among the clip's own: on the channels that carry the dialogue, and as loud as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.media.audio_decode import sound_file
from engine.media.loudness import SpeechLevel, speech_level
from engine.media.sound import Samples
from engine.protocol import SAMPLE_RATE, TICKS_PER_SECOND, Speech

_FADE = SAMPLE_RATE // 200  # at either end of the line
_GAIN = (10 ** (-36 / 20), 10 ** (36 / 20))  # beyond it the measure is wrong, not the recording
_CEILING = 10 ** (-1 / 20)  # 1 dB under full scale
_REACH = SAMPLE_RATE // 200  # how far ahead the limiter looks, and how slowly it lets go
_NO_PART = 0.1  # a channel 20 dB under the loudest has no part in the dialogue
_ALIKE = 0.7  # channels within 3 dB are meant to be equal


def line_beside(speech: Speech, clip: SpeechLevel | None, channels: int) -> Samples:
    """The line [samples, channels] at 48 kHz, matched to the clip's speech where that is known.

    Raises MissingMedia, BadMedia, NoSuchStream, TruncatedMedia.
    """
    tick = SAMPLE_RATE // TICKS_PER_SECOND
    recorded = sound_file(Path(speech.path)).read(speech.start * tick, speech.end * tick)
    shares = np.array(clip.channels if clip else (1.0,) * channels)
    shares[shares > _ALIKE] = 1.0
    shares[shares < _NO_PART] = 0.0
    line = np.asarray(recorded.mean(axis=1, keepdims=True) * shares, np.float32)
    for _ in range(2):  # the second time makes up for what the limiter took
        own = speech_level(line)
        if clip is not None and own is not None:
            line = line * np.float32(np.clip(10 ** ((clip.loudness - own.loudness) / 20), *_GAIN))
        line = limited(line)
    return line


def limited(sound: Samples) -> Samples:
    """Held under the ceiling by a gain that looks ahead and comes and goes within 10 ms."""
    peak = np.abs(sound).max(axis=1, initial=0.0)
    if peak.max(initial=0.0) <= _CEILING:
        return sound
    gain = np.minimum(1.0, _CEILING / np.maximum(peak, 1e-9))
    padded = np.pad(gain, 2 * _REACH, constant_values=1.0)
    held = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH + 1).min(axis=1)
    window = np.hanning(2 * _REACH + 3)[1:-1]
    smooth = np.convolve(held, window / window.sum(), mode="valid")
    return np.asarray(sound * smooth[:, None], np.float32)


def soft_ended(line: Samples) -> Samples:
    """The line with a fade of 5 ms at either end, so that it does not click."""
    fade = min(_FADE, len(line) // 2)
    rise = (np.sin((np.arange(fade) + 0.5) / max(1, fade) * np.pi / 2) ** 2).astype(np.float32)[:, None]
    line = line.copy()
    line[:fade] *= rise
    line[len(line) - fade :] *= rise[::-1]
    return line
