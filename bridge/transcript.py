"""Transcripts on disk, and the part of one that a clip shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import msgspec

from bridge import premiere_transcript
from bridge.errors import TranscriptMismatch
from bridge.files import read_bounded, write_whole
from engine.paths import EnginePaths
from engine.protocol import MediaInfo, Transcript, Word

MAX_BYTES = 256 * 1024 * 1024  # a day of speech is some 30 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The words [start, stop) of a transcript that a clip lets hear in full or for their larger part."""

    start: int
    stop: int

    def of(self, words: Sequence[Word]) -> tuple[Word, ...]:
        return tuple(words[self.start : self.stop])


def load(path: Path) -> Transcript:
    """The transcript in a JSON file that `pickup transcribe` wrote, an editor corrected or Premiere exported.

    Of Premiere's there are the words alone: see `premiere_transcript.measured`.
    """
    content = read_bounded(path, MAX_BYTES)
    if premiere_transcript.is_premiere(content):
        return premiere_transcript.read(content, path)
    try:
        transcript = msgspec.json.decode(content, type=Transcript)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise TranscriptMismatch(f"{path}: not a transcript of `pickup transcribe`: {error}") from error
    _check_times(transcript.words, path)
    return transcript


def save(transcript: Transcript, path: Path) -> None:
    """Write the transcript as JSON that a person can read and mend."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(transcript), indent=1) + b"\n")


def remember(transcript: Transcript) -> None:
    """Keep the transcript for later edits of the same media."""
    write_whole(_remembered(transcript.fingerprint), msgspec.json.encode(transcript))


def recall(media: MediaInfo) -> Transcript | None:
    """The transcript that was last made of this media, if any."""
    path = _remembered(media.fingerprint)
    return _load_version(path, path.stat().st_mtime_ns) if path.exists() else None


def check_belongs(transcript: Transcript, media: MediaInfo) -> None:
    """Raises TranscriptMismatch where the transcript was measured on other media."""
    if transcript.fingerprint != media.fingerprint:
        raise TranscriptMismatch(
            f"the transcript does not belong to {Path(media.path).name}: it was measured on a file with other"
            " content; run `pickup transcribe` on this one"
        )


def window(words: Sequence[Word], start: Fraction, stop: Fraction) -> Window:
    """The words whose middle lies in media seconds [start, stop)."""
    low, high = _least_float(start), _least_float(stop)  # compared in a tenth of the time, and as exactly
    inside = [i for i, word in enumerate(words) if low <= (word.start + word.end) / 2 < high]
    return Window(start=inside[0], stop=inside[-1] + 1) if inside else Window(start=0, stop=0)


def _least_float(exact: Fraction) -> float:
    """The least float that is not below: other floats lie on the same side of both."""
    near = float(exact)
    return near if Fraction(near) >= exact else math.nextafter(near, math.inf)


@lru_cache(maxsize=64)  # ours: a batch asks for each row's, of some twenty files of media
def _load_version(path: Path, _changed: int) -> Transcript:
    return load(path)


def _remembered(fingerprint: str) -> Path:
    if not fingerprint.isalnum():
        raise TranscriptMismatch(f'"{fingerprint}" is no fingerprint of media')
    return EnginePaths.default().state / "transcripts" / f"{fingerprint}.json"


def _check_times(words: Sequence[Word], path: Path) -> None:
    before = 0.0
    for number, word in enumerate(words, start=1):
        if not before <= word.start <= word.end:
            raise TranscriptMismatch(f'{path}: word {number}, "{word.text}", starts or ends out of order')
        before = word.start
