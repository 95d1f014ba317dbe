"""Image sequences: one name for many files, in each spelling that programs have for it.

output.[1000-1100].exr      Resolve
output.%04d.exr             Nuke, Hiero, ffmpeg; also `output.%04d.exr 1000-1100`
output.####.exr             Houdini, RV
ImageSequenceReference      OTIO
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import opentimelineio as otio

from otio_adapters.opentime import exact_rate, exact_value

_SPELLINGS = (
    re.compile(r"(?P<prefix>[^\[]*)\[(?P<first>\d{1,9})-(?P<last>\d{1,9})\](?P<suffix>\.\w+)"),
    re.compile(
        r"(?P<prefix>[^%]*)%0?(?P<padding>\d{0,2})d(?P<suffix>\.\w+)"
        r"(?: +(?P<first>\d{1,9})-(?P<last>\d{1,9}))?"
    ),
    re.compile(r"(?P<prefix>[^#]*)(?P<hashes>#+)(?P<suffix>\.\w+)"),
)
_IMAGES = re.compile(
    r"\.(exr|dpx|cin|tiff?|png|jpe?g|jp2|j2c|tga|bmp|dng|ari|sgi|hdr|webp|psd)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSequence:
    """Files `prefix` + number + `suffix`, numbers of at least `padding` digits, from `first` to `last`.

    `folder` is as the timeline writes it, "" for its own. `first` and `last` may be unknown.
    """

    folder: str
    prefix: str
    suffix: str
    padding: int = 0
    first: int | None = None
    last: int | None = None
    step: int = 1

    def __str__(self) -> str:
        if self.first is None or self.last is None:
            return f"{self.prefix}%0{self.padding}d{self.suffix}"
        return f"{self.prefix}[{self.first:0{self.padding}d}-{self.last}]{self.suffix}"

    def file_name(self, number: int) -> str:
        return f"{self.prefix}{number:0{self.padding}d}{self.suffix}"

    def number_of(self, name: str) -> int | None:
        """The number in a file's name, or None for a file that is not of the sequence."""
        digits = name[len(self.prefix) : len(name) - len(self.suffix)]
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
            return None
        return int(digits) if self.file_name(int(digits)) == name else None

    def holes(self, names: Iterable[str]) -> list[tuple[int, int]]:
        """The numbers that are not among the files, as (first, last) of each run.

        A sequence that does not say where it begins or ends does so with the files that there are.
        """
        there = sorted({number for name in names if (number := self.number_of(name)) is not None})
        first = self.first if self.first is not None else min(there, default=0)
        last = self.last if self.last is not None else max(there, default=first - self.step)
        inside = [at for at in there if first <= at <= last and (at - first) % self.step == 0]
        edges = pairwise([first - self.step, *inside, last + self.step])
        return [(a + self.step, b - self.step) for a, b in edges if b - a > self.step]


def spelled(name: str) -> ImageSequence | None:
    """The sequence that a path names, or None where it is the name of one file, as of a movie always."""
    at = max(name.rfind("/"), name.rfind("\\")) + 1
    for spelling in _SPELLINGS:
        found = spelling.fullmatch(name[at:])
        if found and _IMAGES.fullmatch(found["suffix"]):
            parts = found.groupdict()
            first, last = parts.get("first"), parts.get("last")
            width = parts.get("padding") or len(parts.get("hashes") or first or "")
            return ImageSequence(
                folder=name[:at],
                prefix=parts["prefix"],
                suffix=parts["suffix"],
                padding=int(width),
                first=int(first) if first else None,
                last=int(last) if last else None,
            )
    return None


def sequence_of(reference: otio.schema.ImageSequenceReference) -> ImageSequence:
    """OTIO's own: its folder is a URL or a path, and its length that of its available range."""
    step = max(reference.frame_step, 1)
    span = reference.available_range
    last = None
    if span is not None and span.duration.value > 0:
        own = exact_rate(reference.rate if reference.rate > 0 else span.duration.rate)  # toucan writes rate 0
        frames = round(exact_value(span.duration.value) / exact_rate(span.duration.rate) * own)
        last = reference.start_frame + max(frames - 1, 0) // step * step
    base = str(reference.target_url_base)
    return ImageSequence(
        folder=base if not base or base.endswith(("/", "\\")) else base + "/",
        prefix=str(reference.name_prefix),
        suffix=str(reference.name_suffix),
        padding=reference.frame_zero_padding,
        first=reference.start_frame,
        last=last,
        step=step,
    )
