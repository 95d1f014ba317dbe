"""Sound in memory: resampled, and written to a file whole or not at all.

Samples are float32 in [-1, 1], shaped [samples, channels].
"""

from __future__ import annotations

import wave
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
import numpy.typing as npt

from engine.errors import DiskFull, RenderFailed
from engine.protocol import SAMPLE_RATE
from engine.whole_file import written_beside

Samples = npt.NDArray[np.float32]

_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
_SURROUND = (6, 8)
_CHUNK = 1 << 16  # samples that go through libav at a time


def layout_of(channels: int) -> str:
    """FFmpeg's name for a layout of so many channels."""
    return _LAYOUTS.get(channels, f"{channels}c")


def frame_of(samples: Samples, rate: int, first: int = 0) -> av.AudioFrame:
    """The samples as a frame that libav understands, its time counted in samples."""
    channels = samples.shape[1]
    packed = np.ascontiguousarray(samples, dtype=np.float32).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout_of(channels))
    frame.sample_rate = rate
    frame.pts = first
    frame.time_base = Fraction(1, rate)
    return frame


def samples_of(frame: av.AudioFrame) -> Samples:
    """The samples of a packed or planar float frame, [samples, channels]."""
    data = frame.to_ndarray()
    if frame.format.is_planar:
        return np.asarray(data, dtype=np.float32).T
    return np.asarray(data, dtype=np.float32).reshape(-1, len(frame.layout.channels))


def resampling(pieces: Iterable[Samples], channels: int, rate: int, wanted: int) -> Iterator[Samples]:
    """A stream of sound at another sample rate, the first sample in place."""
    if rate == wanted:
        yield from pieces
        return
    resampler = av.AudioResampler(format="flt", layout=layout_of(channels), rate=wanted)
    reached = 0
    for piece in pieces:
        yield from map(samples_of, resampler.resample(frame_of(piece, rate, reached)))
        reached += len(piece)
    if reached:
        yield from map(samples_of, resampler.resample(None))


def resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    """The same sound at another sample rate: round(samples * wanted / rate) samples, the first in place."""
    if rate == wanted or len(samples) == 0:
        return samples
    pieces = (samples[first : first + _CHUNK] for first in range(0, len(samples), _CHUNK))
    whole = np.concatenate(list(resampling(pieces, samples.shape[1], rate, wanted)))
    return fitted(whole, round(Fraction(len(samples) * wanted, rate)))


def fitted(samples: Samples, count: int) -> Samples:
    """Exactly `count` samples: cut, or followed by silence."""
    missing = count - len(samples)
    if missing <= 0:
        return samples[:count]
    return np.concatenate([samples, np.zeros((missing, samples.shape[1]), np.float32)])


def stereo(samples: Samples) -> Samples:
    """The sound for two loudspeakers. Surround is mixed as ITU-R BS.775 has it; of other layouts, whose
    channels may be anybody's microphone, each side has the mean.
    """
    channels = samples.shape[1]
    if channels == 2 or not len(samples):
        return samples[:, :2] if channels >= 2 else np.repeat(samples, 2, axis=1)
    if channels not in _SURROUND:
        return np.repeat(samples.mean(axis=1, keepdims=True), 2, axis=1)
    mixer = av.AudioResampler(format="flt", layout="stereo", rate=SAMPLE_RATE)
    mixed = [*mixer.resample(frame_of(samples, SAMPLE_RATE)), *mixer.resample(None)]
    return fitted(np.concatenate([samples_of(frame) for frame in mixed]), len(samples))


def write_wav(path: Path, samples: Samples, rate: int, *, bits: Literal[16, 24] = 24) -> None:
    """Write PCM. The file appears whole or not at all.

    Raises DiskFull, RenderFailed.
    """
    width, full = bits // 8, 2 ** (bits - 1)
    whole = np.clip(np.rint(samples.astype(np.float64) * full), -full, full - 1).astype("<i4")
    packed = whole.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :width].tobytes()
    try:
        with written_beside(path) as beside, wave.open(str(beside), "wb") as out:
            out.setparams((samples.shape[1], width, rate, 0, "NONE", ""))
            out.writeframes(packed)
    except OSError as error:
        kind = DiskFull if error.errno in (28, 122) else RenderFailed  # ENOSPC, EDQUOT
        raise kind(f"cannot write {path}: {error.strerror or error}") from error
