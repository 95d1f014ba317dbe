"""The contact sheet: the frames around each join of an edit, step by step, for a person to look at.

`python -m engine.evaluation.sheet CUTS.json -o contact_sheet.png`. Where there is a face, and the face models
are installed, the pictures are cropped to it: what may be wrong with a join is wrong in the face.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError, RenderFailed
from engine.evaluation.cuts import Cut, CutLists, Picture, Place, Projector, places, read_cuts
from engine.face.models import find_models
from engine.face.track import track_faces
from engine.whole_file import save_whole

BEFORE, INSIDE, AFTER = 4, 10, 4  # frames shown on either side of an edited cut and in it
THUMB_WIDTH, THUMBS_IN_A_LINE = 230, 9
_CAPTION, _TITLE, _GAP = 18, 34, 4
_PAPER, _INK, _FAINT, _EDITED = (24, 24, 26), (235, 235, 235), (150, 150, 155), (242, 169, 59)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Thumb:
    """One picture of a row; an edited frame is framed in colour."""

    picture: Picture
    caption: str
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """A labelled strip of pictures."""

    title: str
    thumbs: tuple[Thumb, ...]


def contact_sheet(rows: Iterable[Row], path: Path) -> None:
    """Write the rows as one PNG, long ones over several lines. Raises RenderFailed, DiskFull."""
    strips = [strip for row in rows for strip in _strips(row)]
    if not strips:
        raise RenderFailed("there is nothing to show: no cut is marked as edited")
    width = max(strip.shape[1] for strip in strips)
    padded = [
        cv2.copyMakeBorder(strip, 0, _GAP, 0, width - strip.shape[1], cv2.BORDER_CONSTANT, value=_PAPER)
        for strip in strips
    ]
    done, png = cv2.imencode(".png", cv2.cvtColor(np.vstack(padded), cv2.COLOR_RGB2BGR))
    if not done:
        raise RenderFailed(f"the sheet of {width} pixels' width cannot be made into a PNG")
    save_whole(path, png.tobytes())


def join_rows(lists: CutLists, projector: Projector) -> Iterator[Row]:
    """Two rows for each edited cut: the timeline around it after the edit, and what was there before."""
    before, after = tuple(places(lists.before)), tuple(places(lists.after))
    for number, (first, last) in enumerate(_edited_runs(lists.after), start=1):
        cut = after[first].cut
        seconds = float(first / lists.rate.exact)
        title = f"{number}  {cut.label or Path(cut.media).name}: {last - first} frames at {seconds:.2f} s"
        yield _row(title, [after[at] for at in _around(first, last, len(after))], projector)
        start = _same_place(before, after, first)
        shown = range(max(0, start - BEFORE), min(start + INSIDE + AFTER, len(before)))
        yield _row("    before the edit", [before[at] for at in shown], projector)


def _edited_runs(cuts: tuple[Cut, ...]) -> Iterator[tuple[int, int]]:
    """(first, last) timeline frames of each edited cut."""
    at = 0
    for cut in cuts:
        if cut.edited:
            yield at, at + cut.frames
        at += cut.frames


def _around(first: int, last: int, total: int) -> list[int]:
    """The frames to show: all before and after the cut, and evenly spread ones inside it."""
    inside = np.unique(np.linspace(first, last - 1, min(INSIDE, last - first)).round().astype(int))
    frames = [*range(first - BEFORE, first), *(int(k) for k in inside), *range(last, last + AFTER)]
    return [k for k in frames if 0 <= k < total]


def _same_place(before: tuple[Place, ...], after: tuple[Place, ...], first: int) -> int:
    """Where the untouched frame that leads into the edit lay before it; else the edit's own place."""
    lead = after[first - 1] if first else None
    for place in before:
        if lead is not None and place.cut.media == lead.cut.media and place.frame == lead.frame:
            return place.at + 1
    return min(first, len(before) - 1)


def _row(title: str, shown: list[Place], projector: Projector) -> Row:
    pictures = [projector.show(place.cut.media, place.frame) for place in shown]
    rows, columns = face_crop(pictures)
    thumbs = [
        Thumb(picture=thumbnail(picture[rows, columns]), caption=str(place.at), edited=place.cut.edited)
        for place, picture in zip(shown, pictures, strict=True)
    ]
    return Row(title=title, thumbs=tuple(thumbs))


def face_crop(pictures: list[Picture]) -> tuple[slice, slice]:
    """The rows and columns that hold the face in all of the pictures, with room around; else everything."""
    models = find_models()
    same_size = len({picture.shape for picture in pictures}) == 1
    found = [face for face in track_faces(pictures, models) if face] if models and same_size else []
    if not found:
        return slice(None), slice(None)
    left, top = min(face.x for face in found), min(face.y for face in found)
    right, bottom = max(face.x + face.width for face in found), max(face.y + face.height for face in found)
    room = round(0.35 * max(right - left, bottom - top))
    return slice(max(0, top - room), bottom + room), slice(max(0, left - room), right + room)


def thumbnail(picture: Picture) -> Picture:
    height = max(1, round(picture.shape[0] * THUMB_WIDTH / picture.shape[1]))
    return np.asarray(cv2.resize(picture, (THUMB_WIDTH, height), interpolation=cv2.INTER_AREA), np.uint8)


def _strips(row: Row) -> Iterator[NDArray[np.uint8]]:
    for first in range(0, len(row.thumbs), THUMBS_IN_A_LINE):
        yield _strip(row.thumbs[first : first + THUMBS_IN_A_LINE], "" if first else row.title)


def _strip(thumbs: tuple[Thumb, ...], title: str) -> NDArray[np.uint8]:
    head = _TITLE if title else _GAP
    tall = max(thumb.picture.shape[0] for thumb in thumbs)
    wide = max(thumb.picture.shape[1] for thumb in thumbs)
    sheet = np.full((head + tall + _CAPTION, (wide + _GAP) * len(thumbs) + _GAP, 3), _PAPER, np.uint8)
    _write(sheet, title, (_GAP + 2, _TITLE - 12), 0.6, _INK)
    for index, thumb in enumerate(thumbs):
        left, height = _GAP + index * (wide + _GAP), thumb.picture.shape[0]
        sheet[head : head + height, left : left + thumb.picture.shape[1]] = thumb.picture
        if thumb.edited:
            sheet[head + height : head + height + 3, left : left + thumb.picture.shape[1]] = _EDITED
        _write(sheet, thumb.caption, (left + 2, head + tall + 15), 0.42, _EDITED if thumb.edited else _FAINT)
    return sheet


def _write(
    sheet: NDArray[np.uint8], text: str, at: tuple[int, int], size: float, ink: tuple[int, int, int]
) -> None:
    plain = text.encode("ascii", "replace").decode()  # OpenCV's letters are ASCII
    cv2.putText(sheet, plain, at, cv2.FONT_HERSHEY_SIMPLEX, size, ink, 1, cv2.LINE_AA)


def main(arguments: list[str] | None = None) -> int:
    """0 when written, 3 for a bad cut list or media, 5 when the sheet cannot be made."""
    parser = argparse.ArgumentParser(
        prog="engine.evaluation.sheet", description="A contact sheet of an edit."
    )
    parser.add_argument("cuts", type=Path, help="JSON with the picture before and after the edit, cut by cut")
    parser.add_argument("-o", "--out", type=Path, default=Path("contact_sheet.png"))
    chosen = parser.parse_args(arguments)
    try:
        lists = read_cuts(chosen.cuts)
        with Projector(lists.rate.exact) as projector:
            contact_sheet(join_rows(lists, projector), chosen.out)
    except EngineError as error:
        sys.stderr.write(f"error: {error}\n")
        return 5 if isinstance(error, RenderFailed) else 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
