"""A small clip that the tests make themselves: a moving pattern, and eight beeps that stand for words."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from consents import CONSENT
from filmed import SAMPLES, mux_sound

from bridge import transcript
from engine.media.probe import probe
from engine.protocol import Transcript, Word

RATE = 25
SECONDS = 4
WORDS = "one two three four five six seven eight".split()


def make_media(
    path: Path,
    *,
    picture: bool = True,
    sound: bool = True,
    seconds: int = SECONDS,
    pictures: Sequence[np.ndarray] = (),
) -> Path:
    """MPEG-4 with PCM in a .mov: a bar that moves 2 pixels a frame, a beep of .4 s at each half second.

    `pictures`: instead of the bar, for each frame, all of a size.
    """
    frames = pictures or ([_pattern(number) for number in range(seconds * RATE)] if picture else [])
    with av.open(str(path), "w") as out:
        video = None
        if frames:
            height, width = frames[0].shape[:2]
            video = out.add_stream("mpeg4", rate=RATE, width=width, height=height, pix_fmt="yuv420p")
        audio = out.add_stream("pcm_s16le", rate=SAMPLES, layout="mono") if sound else None
        if video is not None:
            for number, shown in enumerate(frames):
                frame = av.VideoFrame.from_ndarray(shown, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, RATE)
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
        if audio is not None:
            mux_sound(out, audio, _beeps(seconds))
    return path


def words_of(media: Path) -> Transcript:
    """What the beeps say: a word each half second, quiet for its last tenth."""
    info = probe(media)
    words = tuple(
        Word(text=text, start=i * 0.5, end=i * 0.5 + 0.4, speaker=CONSENT.person)
        for i, text in enumerate(WORDS)
    )
    energy = bytes(([12] * 40 + [120] * 10) * len(WORDS))
    return Transcript(
        fingerprint=info.fingerprint, duration=info.duration, words=words, energy=energy, source="aligned"
    )


def make_transcript(media: Path, path: Path) -> Path:
    transcript.save(words_of(media), path)
    return path


def _pattern(number: int) -> np.ndarray:
    rows, columns = np.mgrid[0:120, 0:160]
    shade = (rows + columns // 2) % 160 + 40
    bar = ((columns - 2 * number) % 160) < 24
    return np.repeat(np.where(bar, 220, shade)[..., None], 3, axis=2).astype(np.uint8)


def _beeps(seconds: int) -> np.ndarray:
    at = np.arange(seconds * SAMPLES) / SAMPLES
    loud = (at % 0.5) < 0.4
    return (np.sin(2 * np.pi * 330 * at) * loud * 9000 + np.sin(2 * np.pi * 97 * at) * 20).astype(np.int16)
