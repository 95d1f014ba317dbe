"""Speech as the video model hears it: feature frames of a whole sound, and each video frame's window of them.

Shapes: T feature frames, L layers, A channels, N video frames, K window length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from engine.errors import BadMedia, MissingModel
from engine.speech.log_mel import FRAMES_PER_SECOND, HOP, Samples, log_mel

if TYPE_CHECKING:
    from transformers.models.whisper.modeling_whisper import WhisperEncoder

Values = npt.NDArray[np.float32]

_MELS = 80
# ours: fixed, so that a door that slams does not change how the words before it look. Speech that peaks at
# full scale reaches +2 decades, and Whisper keeps 8 decades under the loudest: that is -6 to +2, or -1 to 1.
_FLOOR, _CENTRE, _SPREAD = -6.0, -2.0, 4.0
_DECADES = 8.0  # what Whisper keeps under the loudest
# ours: Whisper's windows overlap by a third; a tenth at their edges, which lacks context, is not used, and
# what is left of the overlap is cross-faded (4 s of 30).
_STEP, _EDGE = Fraction(2, 3), Fraction(1, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """`values` [T, L, A] float32 at `rate` Hz; frame k is what is heard around k / rate seconds."""

    values: Values
    rate: Fraction


class FeatureExtractor(Protocol):
    """Turns sound into features of a fixed rate and shape."""

    @property
    def rate(self) -> Fraction:
        """Feature frames a second."""
        ...

    @property
    def layers(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def features(self, samples: Samples) -> Features:
        """Of 16 kHz mono sound, full scale 1, a whole file at once. Raises BadMedia (no sound)."""
        ...


class LogMelFeatures:
    """Whisper's log-mel, 80 bands at 100 Hz, from about -1 (silence) to 1 (loud): needs no weights."""

    rate = Fraction(FRAMES_PER_SECOND)
    layers = 1
    channels = _MELS

    def features(self, samples: Samples) -> Features:
        levels = log_mel(samples, _frames(samples, HOP), _MELS)
        values = (np.maximum(levels, _FLOOR) - _CENTRE) / _SPREAD
        return Features(values=values[:, None, :].astype(np.float32), rate=self.rate)


class WhisperFeatures:
    """The output of every block of Whisper's encoder, 50 a second: 12 layers for "small".

    The encoder hears 30 s at a time. Its windows overlap and are cross-faded, and the log-mel is scaled by
    the loudest of the whole sound, as Whisper's own transcription of long files does, so that nothing jumps
    where one window ends. Sound of up to 30 s gives exactly what Whisper gives.
    """

    def __init__(self, encoder: WhisperEncoder) -> None:
        self._encoder = encoder.requires_grad_(False)
        self._window = int(encoder.config.max_source_positions)
        self._stride = int(encoder.conv1.stride[0]) * int(encoder.conv2.stride[0])
        self.rate = Fraction(FRAMES_PER_SECOND, self._stride)
        self.layers = int(encoder.config.encoder_layers)
        self.channels = int(encoder.config.d_model)

    def features(self, samples: Samples) -> Features:
        count = _frames(samples, HOP * self._stride)
        values = np.empty((count, self.layers, self.channels), np.float32)
        edge = int(self._window * _EDGE)
        fade = self._window - int(self._window * _STEP) - 2 * edge
        weights = (np.arange(1, fade + 1, dtype=np.float32) / np.float32(fade + 1))[:, None, None]
        for first, heard in self._windows(samples, count):
            if first == 0:
                values[: self._window] = heard[:count]
                continue
            settled = first + edge + fade
            mixed = values[settled - fade : settled]
            mixed += (heard[edge : edge + fade][: len(mixed)] - mixed) * weights[: len(mixed)]
            rest = values[settled : first + self._window]
            rest[:] = heard[edge + fade :][: len(rest)]
        return Features(values=values, rate=self.rate)

    def _windows(self, samples: Samples, count: int) -> Iterator[tuple[int, Values]]:
        """Each window's first feature frame, and its features [window, L, A]."""
        step = int(self._window * _STEP)
        starts = range(0, max(1, count - (self._window - step)), step)
        bands = int(self._encoder.config.num_mel_bins)
        levels = log_mel(samples, (starts[-1] + self._window) * self._stride, bands)
        mel = (np.maximum(levels, levels.max() - _DECADES) + 4.0) / 4.0  # Whisper's own scale
        for first in starts:
            yield first, self._encode(mel[first * self._stride :][: self._window * self._stride])

    def _encode(self, mel: Values) -> Values:
        """[window * stride, bands] -> [window, L, A]."""
        import torch  # noqa: PLC0415  an extra

        weight = self._encoder.conv1.weight
        heard = torch.from_numpy(mel.T[None].copy()).to(weight.device, weight.dtype)
        with torch.inference_mode():
            blocks = self._encoder(heard, output_hidden_states=True).hidden_states[1:]  # 0: embedding
            return np.asarray(torch.stack(blocks, dim=2)[0].float().cpu().numpy(), np.float32)


def load_whisper(folder: Path, device: str = "cpu") -> WhisperFeatures:
    """Whisper's encoder. Nothing is fetched.

    Raises MissingModel (no transformers, no such weights, only pickled ones).
    """
    try:
        from transformers import WhisperModel  # noqa: PLC0415  an extra
    except ImportError as error:
        raise MissingModel("Whisper's features need transformers: pip install transformers torch") from error
    try:
        whisper = WhisperModel.from_pretrained(folder, use_safetensors=True, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:  # not there, not Whisper's, another shape
        raise MissingModel(
            f"there are no weights of Whisper in {folder}: get them with `pickup models pull whisper-small`,"
            f" or copy config.json and model.safetensors there ({str(error).splitlines()[0]})"
        ) from error
    return WhisperFeatures(whisper.get_encoder().to(device))


def windows(features: Features, frame_rate: Fraction, first_frame: int, frames: int, length: int) -> Values:
    """What each video frame hears, [N, K, L, A] (Eq 3): `length` features around it, interpolated.

    u_n = i f_a / f_v + (n - (K - 1) / 2) for frame i, k = floor(u), a = u - k, and (1 - a) c[k] + a c[k + 1].
    k and a are exact: where u is a whole number, that feature itself is taken. Before the first feature and
    behind the last, these two are repeated. `first_frame` may be negative.
    """
    values, step = features.values, features.rate / frame_rate
    unit = 2 * step.denominator  # u is counted in units of 1 / unit
    frame = np.arange(first_frame, first_frame + frames, dtype=np.int64)[:, None] * (2 * step.numerator)
    place = (2 * np.arange(length, dtype=np.int64) - (length - 1))[None, :] * step.denominator
    whole, part = np.divmod(frame + place, unit)
    low, high = (np.clip(index, 0, len(values) - 1) for index in (whole, whole + 1))
    share = (part / unit).astype(np.float32)[..., None, None]
    mixed = (1 - share) * values[low] + share * values[high]
    exact = (part == 0) | (low == high)
    mixed[exact] = values[low[exact]]  # the feature itself, to the bit
    return np.asarray(mixed, np.float32)


def _frames(samples: Samples, hop: int) -> int:
    """How many feature frames the sound has: one for each hop begun."""
    if not len(samples):
        raise BadMedia("there is no sound in the speech: give a line that says something")
    return -(-len(samples) // hop)
