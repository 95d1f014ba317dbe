"""Premiere's own transcript of a clip's media, as its Text panel and `Transcript.exportToJSON` write it.

Segments of one speaker, words in seconds from the start of the media. Adobe's format does not say which media
that is, nor how loud: a transcript read here has no fingerprint and no energy until `measured` gives it both.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from bridge.errors import TranscriptMismatch
from engine.protocol import Analysis, Ratio, Transcript, Word

_Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e6)]  # ours: eleven days, longer than any media

# ours: seconds by which the last word may outlast its media, times being Premiere's estimates.
_LATE = 1.0

_UNKNOWN = "??-??"


class _Word(msgspec.Struct, frozen=True):
    text: str
    start: _Seconds
    duration: _Seconds
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    type: Literal["word", "punctuation"] = "word"


class _Segment(msgspec.Struct, frozen=True):
    words: tuple[_Word, ...]
    speaker: str = ""


class _Speaker(msgspec.Struct, frozen=True):
    id: str
    name: str


class _Document(msgspec.Struct, frozen=True):
    segments: tuple[_Segment, ...]
    speakers: tuple[_Speaker, ...] = ()
    language: str = _UNKNOWN


class _Sign(msgspec.Struct, frozen=True):
    segments: list[msgspec.Raw]


def is_premiere(content: bytes) -> bool:
    """Whether this is a transcript of Premiere's, whatever may be wrong in it."""
    try:
        msgspec.json.decode(content, type=_Sign)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return False
    return True


def read(content: bytes, path: Path) -> Transcript:
    """The words in the order they are said, punctuation with the word it follows.

    `path` is for the message. Raises TranscriptMismatch.
    """
    try:
        document = msgspec.json.decode(content, type=_Document)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise TranscriptMismatch(f"{path}: not a transcript of Premiere's: {error}") from error
    names = {speaker.id: speaker.name for speaker in document.speakers}
    said = [word for part in document.segments for word in _said(part, names.get(part.speaker))]
    if not said:
        raise TranscriptMismatch(f"{path}: no words in it; transcribe the clip in Premiere's Text panel")
    unknown = document.language == _UNKNOWN
    return Transcript(
        fingerprint="",
        duration=Ratio(num=0),
        words=tuple(sorted(said, key=lambda word: word.start)),  # speakers interrupt one another
        energy=b"",
        source="recognised",
        language="en" if unknown else document.language.partition("-")[0],
        warnings=("Premiere did not know the language: taken as English",) if unknown else (),
    )


def measured(transcript: Transcript, analysis: Analysis) -> Transcript:
    """The transcript as that of the media analysed. Raises TranscriptMismatch where it outlasts it."""
    end, info = max(word.end for word in transcript.words), analysis.info
    if end > info.duration.exact + _LATE:
        raise TranscriptMismatch(
            f"the transcript does not belong to {Path(info.path).name}: its last word ends at {end:.1f} s,"
            f" the media at {float(info.duration.exact):.1f} s; export this clip's transcript from Premiere"
        )
    return msgspec.structs.replace(
        transcript, fingerprint=info.fingerprint, duration=info.duration, energy=analysis.energy
    )


def _said(segment: _Segment, speaker: str | None) -> list[Word]:
    said: list[Word] = []
    for word in sorted(segment.words, key=lambda word: word.start):
        if word.type == "word":
            said += _parts(word, speaker)
        elif said:
            said[-1] = msgspec.structs.replace(said[-1], text=said[-1].text + "".join(word.text.split()))
    return said


def _parts(word: _Word, speaker: str | None) -> Iterator[Word]:
    """Premiere may call "10 000" one word; with us a space ends a word, and its parts share the time."""
    texts = word.text.split()
    for number, text in enumerate(texts):
        yield Word(
            text=text,
            start=word.start + word.duration * number / len(texts),
            end=word.start + word.duration * (number + 1) / len(texts),
            confidence=word.confidence,
            speaker=speaker,
        )
