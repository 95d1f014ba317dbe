"""Words of media without sound: written in by hand, or heard in a recording beside them. Pure."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

import msgspec

from bridge.errors import UsageError
from engine.protocol import TICKS_PER_SECOND, MediaInfo, Transcript, Word

_SILENT = b"\xff"


def written_in(
    text: str, media: MediaInfo, shown: tuple[Fraction, Fraction], known: Transcript | None = None
) -> Transcript:
    """The words of the text, each with as much of the media seconds `shown` as it is long to read.

    What is `known` of the media outside `shown` stays. Raises UsageError where the text has no words.
    """
    texts = text.split()
    if not texts:
        raise UsageError("no words were written in")
    start, length = shown[0], shown[1] - shown[0]
    ends = list(accumulate(len(one) + 1 for one in texts))
    whole = ends[-1] - 1
    words = tuple(
        Word(
            text=one,
            start=float(start + length * (end - 1 - len(one)) / whole),
            end=float(start + length * (end - 1) / whole),
        )
        for one, end in zip(texts, ends, strict=True)
    )
    around = known.words if known is not None else ()
    before = tuple(word for word in around if word.start + word.end < 2 * shown[0])
    behind = tuple(word for word in around if word.start + word.end >= 2 * shown[1])
    return Transcript(
        fingerprint=media.fingerprint,
        duration=media.duration,
        words=(*before, *words, *behind),
        energy=_SILENT * _ticks(media),
        source="written",
    )


def heard_beside(heard: Transcript, media: MediaInfo) -> Transcript:
    """What was heard in a recording that begins where the media do, as the media's own words."""
    ticks = _ticks(media)
    end = float(media.duration.exact)
    return msgspec.structs.replace(
        heard,
        fingerprint=media.fingerprint,
        duration=media.duration,
        words=tuple(word for word in heard.words if word.end <= end),
        energy=heard.energy[:ticks].ljust(ticks, _SILENT),
    )


def _ticks(media: MediaInfo) -> int:
    return int(media.duration.exact * TICKS_PER_SECOND)
