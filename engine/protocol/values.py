"""What the wire's values are made of: exact numbers, what is said in media, and what media are."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, dataclass_transform

import msgspec

PROTOCOL_VERSION = 3
SAMPLE_RATE = 48_000
TICKS_PER_SECOND = 100


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen value of the wire."""


class Ratio(Value, array_like=True):
    """An exact number: frames per second, or seconds."""

    num: int
    den: int = 1

    def __post_init__(self) -> None:
        if self.den <= 0:
            raise ValueError(f"the denominator is {self.den}, not above zero")

    @property
    def exact(self) -> Fraction:
        return Fraction(self.num, self.den)

    @classmethod
    def of(cls, value: Fraction | int) -> Ratio:
        value = Fraction(value)
        return cls(num=value.numerator, den=value.denominator)


# ---------------------------------------------------------------------------------------- transcript


class Word(Value):
    """One spoken word, in seconds from the start of the media (not of the clip, not of its timecode)."""

    text: str
    start: float
    end: float
    confidence: float | None = None  # 0..1, or None where nobody measured
    speaker: str | None = None


class Transcript(Value):
    """The words of a whole media file, whatever part of it a clip shows.

    `energy` has one byte for each 10 ms tick: the level in dB below full scale, 0 (loud) to 255 (silent).
    Planning reads it to find the quietest place near a word's edge, and so stays pure.
    """

    fingerprint: str  # of the media that these words were measured on
    duration: Ratio  # seconds
    words: tuple[Word, ...]
    energy: bytes
    source: Literal["aligned", "recognised", "written"]
    language: str = "en"
    warnings: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------- media


class MediaInfo(Value):
    """What a media file is. `duration` is in seconds, of the longest stream."""

    path: str
    fingerprint: str
    duration: Ratio
    video: VideoInfo | None
    audio: AudioInfo | None


class VideoInfo(Value):
    width: int  # upright, after the rotation the file asks for
    height: int
    rate: Ratio  # the average; media may be of variable rate
    variable_rate: bool
    start_timecode: str | None  # as the file says it, "10:00:00:00" or "01:00:00;00"
    codec: str


class AudioInfo(Value):
    channels: int
    sample_rate: int
    codec: str


class Analysis(Value, tag="analysis"):
    """A media file looked at; `energy` as in `Transcript`, empty where it was not asked for."""

    info: MediaInfo
    energy: bytes = b""
