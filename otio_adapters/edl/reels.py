"""What an edit list calls media: reels of eight letters, and timecodes that it counts at its own rate."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import opentimelineio as otio

from otio_adapters.errors import TimelineError
from otio_adapters.media_linker import media_name
from otio_adapters.opentime import drops, exact_frames, exact_rate, from_timecode, seconds, to_timecode

AUXILIARY = "AX"  # a source without a tape
_LETTERS = 8


class Reels:
    """Names for reels: the one that a clip brings along; for a file without one, its name cut short.

    Files with like names get numbers. `taken`: the reels of the list that is patched.
    """

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken | {"AX", "BL", "GEN"}
        self._given: dict[str, str] = {}

    def of(self, clip: otio.schema.Clip) -> str:
        reference = clip.media_reference
        own = str(_noted(reference, "reel") or "")
        if re.fullmatch(r"\S[^\r\n]{0,126}", own):
            return own
        url = getattr(reference, "target_url", None)
        return self._new(str(url)) if url else AUXILIARY

    def drops(self, clip: otio.schema.Clip) -> bool:
        """Whether the media's timecode drops frame numbers."""
        return bool(_noted(clip.media_reference, "drop_frame"))

    def _new(self, url: str) -> str:
        if url not in self._given:
            try:
                name = media_name(url)
            except TimelineError:  # a URL of the web
                name = url.rpartition("/")[2]
            stem = re.sub(r"[^A-Z0-9_]", "_", name.rpartition(".")[0].upper() or name.upper())[
                :_LETTERS
            ].strip("_")
            reel, count = stem or AUXILIARY, 2
            while reel in self._taken:
                number = str(count)
                reel, count = f"{stem[: _LETTERS - len(number)]}{number}", count + 1
            self._taken.add(reel)
            self._given[url] = reel
        return self._given[url]


def _noted(reference: otio.core.MediaReference | None, key: str) -> object:
    return reference.metadata.get("pickup", {}).get(key) if reference is not None else None


def source_range(clip: otio.schema.Clip, rate: Fraction) -> tuple[int, tuple[int, int] | None]:
    """The source frame that the clip begins at, and the first and end frame of its media where it says them.

    An edit list counts every source at its own rate. Media of another rate keeps the timecode that it starts
    with, letter for letter as far as it goes, and is counted on from there in the list's frames.
    """
    start = clip.trimmed_range().start_time
    reference = clip.media_reference
    available = reference.available_range if reference is not None else None
    if available is None:
        return round(exact_frames(start, rate)), None
    own = exact_rate(available.start_time.rate)
    base = exact_frames(available.start_time, own)
    dropped = bool(_noted(reference, "drop_frame"))
    first = round(base) if own == rate else _same_code(round(base), own, rate, dropped)
    end = first + round(seconds(available.duration) * rate)
    return first + round((seconds(start) - base / own) * rate), (first, end)


def _same_code(frame: int, own: Fraction, rate: Fraction, dropped: bool) -> int:
    """The frame at `rate` that has the timecode of a frame at its own rate."""
    code = to_timecode(frame, own, drop_frame=dropped and bool(drops(own)))
    number = int(code[9:]) * math.ceil(rate) // math.ceil(own)
    for separator in ";:" if dropped else ":":
        try:
            return from_timecode(f"{code[:8]}{separator}{number:02d}", rate)
        except TimelineError:  # a number that is dropped
            continue
    return round(Fraction(frame) / own * rate)
