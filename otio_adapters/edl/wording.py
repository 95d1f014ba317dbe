"""The lines of an event that an edit list has not had before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

from otio_adapters.bare_name import bare_name, is_bare
from otio_adapters.edl.clock import code_like
from otio_adapters.edl.events import CUT_NOTE, OFFLINE_NOTE, RANGE_NOTE, url_in
from otio_adapters.edl.pieces import Piece
from otio_adapters.errors import TimelineError, UnwritableOutput
from otio_adapters.media_linker import absolute_name
from otio_adapters.opentime import drops

_LONGEST = 1_000  # ours: of a name; a path is longer on no system that cuts pictures


def counted(frame: int, rate: Fraction, dropped: bool) -> str:
    """A timecode whose last separator says whether it drops frame numbers."""
    dropped = dropped and bool(drops(rate))
    return code_like("00:00:00;00" if dropped else "00:00:00:00", frame, rate, dropped)


def plain_event(number: str, reel: str, field: str, effect: tuple[str, int], codes: tuple[str, ...]) -> str:
    """An event's line, in the columns that CMX laid out."""
    kind, frames = effect
    length = f"{frames:03d}" if frames else ""
    return f"{number}  {reel:<8} {field:<5} {kind:<4} {length:>3} {' '.join(codes)}"


def speed_line(piece: Piece, code: str, base: int) -> str:
    """M2: frames a second, with as many decimals as it takes to be exact to a frame in an hour."""
    assert piece.speed is not None
    value = piece.speed * base
    text = f"{float(abs(value)):05.1f}"
    if abs(Fraction(text) - abs(value)) > Fraction(1, 100_000):
        text = f"{float(abs(value)):010.6f}".rstrip("0")
    return f"M2   {piece.reel:<8}       {'-' if value < 0 else ' '}{text}                {code}"


def media_lines(
    piece: Piece, folder: Path, rate: Fraction, files: Sequence[tuple[str, str]] = ()
) -> Iterator[str]:
    """The comments that say what the piece plays. `files`: those that the list has for its source already."""
    name = one_line(piece.name) if piece.name != piece.reel else ""
    if piece.mix:
        yield f"* TO CLIP NAME:  {name or piece.reel}"
        if piece.mix.lead:
            yield f"* {CUT_NOTE}: {piece.mix.lead:03d}"
    elif name:
        yield f"* FROM CLIP NAME:  {name}"
    if files:
        yield from (f"* {key}: {value}" for key, value in files)
    elif piece.url and url_in(name) != piece.url:
        yield f"* SOURCE FILE: {_file_text(piece.url, folder)}"
    if not piece.url and url_in(name):
        yield f"* {OFFLINE_NOTE}: {name}"
    if piece.available:
        first, end = (counted(frame, rate, piece.dropped) for frame in piece.available)
        yield f"* {RANGE_NOTE}: {first} {end}"


def one_line(text: str) -> str:
    """The text as a comment can hold it."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()[:_LONGEST].strip()


def _file_text(url: str, folder: Path) -> str:
    """The file as a comment can name it: as it is, or as a URL where its name has odd spaces or signs."""
    try:
        whole = absolute_name(url, folder)
    except TimelineError:  # a URL of the web
        whole = url
    for text in (bare_name(url) if is_bare(url) else url, whole):
        if one_line(text) == text and _names(text, whole, folder):
            return text
    quoted = f"file://{'' if whole.startswith('/') else '/'}{quote(whole)}"
    if len(quoted) > _LONGEST or not _names(quoted, whole, folder):
        raise UnwritableOutput(f"an edit list cannot name the file {url[:80]!r}; give it a plainer name")
    return quoted


def _names(text: str, whole: str, folder: Path) -> bool:
    url = url_in(text)
    try:
        return bool(url) and absolute_name(url, folder) == whole
    except TimelineError:
        return url == whole
