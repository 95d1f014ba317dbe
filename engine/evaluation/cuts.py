"""Two versions of a timeline, cut by cut: what the sheet and the film that compare them are made from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from engine.errors import BadMedia, MissingMedia
from engine.media.conversion import frame_of
from engine.media.decode import Reel, Sampling, open_reel
from engine.media.picture import Picture as Planes
from engine.media.picture import is_bt601
from engine.protocol import Ratio, Value

Picture = NDArray[np.uint8]  # RGB, (height, width, 3)

LONGEST_LIST = 64 << 20  # bytes


class Cut(Value, frozen=True, kw_only=True):
    """`frames` frames of `media` from its frame `start`, counted at the timeline's rate from media time 0."""

    media: str
    start: int
    frames: int
    edited: bool = False
    label: str = ""


class CutLists(Value, frozen=True, kw_only=True):
    """The picture of a timeline before and after an edit."""

    rate: Ratio
    before: tuple[Cut, ...]
    after: tuple[Cut, ...]


class Place(Value, frozen=True, kw_only=True):
    """A frame of a cut: `frame` counts in the media, `at` in the timeline."""

    cut: Cut
    frame: int
    at: int


def read_cuts(path: Path) -> CutLists:
    """The lists of a JSON file. Raises MissingMedia, BadMedia."""
    try:
        if path.stat().st_size > LONGEST_LIST:
            raise BadMedia(f"{path} is no cut list: it has more than {LONGEST_LIST >> 20} MB")
        lists = msgspec.json.decode(path.read_bytes(), type=CutLists)
    except OSError as error:
        raise MissingMedia(f"the cut list {path} cannot be read: {error.strerror or error}") from error
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadMedia(f"{path} is no cut list: {error}") from error
    _check(lists, path)
    return lists


def _check(lists: CutLists, path: Path) -> None:
    if not 1 <= lists.rate.exact <= 240:
        raise BadMedia(f"{path}: the rate is {lists.rate.num}/{lists.rate.den}, not 1 to 240 frames a second")
    if not lists.before or not lists.after:
        raise BadMedia(f"{path}: there is no picture before or none after the edit, so nothing to compare")
    for cut in (*lists.before, *lists.after):
        if cut.frames <= 0:
            raise BadMedia(f"{path}: the cut {cut.label or cut.media} has {cut.frames} frames")


def places(cuts: tuple[Cut, ...]) -> Iterator[Place]:
    """Every frame of a list in the order it is played."""
    at = 0
    for cut in cuts:
        for frame in range(cut.start, cut.start + cut.frames):
            yield Place(cut=cut, frame=frame, at=at)
            at += 1


class Projector:
    """Shows frames of several media in RGB. It keeps each medium open until it is closed."""

    def __init__(self, rate: Fraction) -> None:
        self._sampling = Sampling(offset=Fraction(0), rate=rate)
        self._open = ExitStack()
        self._reels: dict[str, Reel] = {}

    def __enter__(self) -> Projector:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def show(self, media: str, frame: int) -> Picture:
        """The frame at the timeline's rate. Raises TruncatedMedia, MissingMedia, BadMedia, NoSuchStream."""
        if media not in self._reels:
            self._reels[media] = self._open.enter_context(open_reel(Path(media), self._sampling))
        reel = self._reels[media]
        return on_screen(reel.picture(frame), reel.format.matrix)


def on_screen(planes: Planes, matrix: int) -> Picture:
    """The picture as a player shows it."""
    frame = frame_of(planes)
    shown = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU601 if is_bt601(matrix, frame.height) else Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return np.asarray(shown.to_ndarray(), np.uint8)
