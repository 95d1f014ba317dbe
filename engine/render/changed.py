"""The part of the picture in which two anchors differ: only there is anything to morph.

Behind a speaker on a stand most of the picture is still. What differs by no more than its grain is left where
it is, as one of the anchors has it or dissolving from the one into the other.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from engine.media.crop import Crop
from engine.media.picture import Picture

_CELL = 8  # pixels over which pictures are averaged before they are compared, so that grain does not count
_DIFFERENT = 8.0  # ours: of 1023, between two cells in which something has moved
_FEWEST = 4  # cells that touch: fewer are a codec's doing
_MARGIN = 6  # cells around it, for what the flow looks at and for soft edges
_WORTH_IT = 0.8  # of the picture: a larger region is no saving


def dissolved(one: Picture, other: Picture, share: float) -> Picture:
    """One picture with a share of the other; at 0 and 1 one of them itself."""
    if share in (0, 1):
        return other if share else one
    y, u, v = (
        np.asarray(cv2.addWeighted(first, 1 - share, second, share, 0), np.uint16)
        for first, second in zip(one.planes, other.planes, strict=True)
    )
    return Picture(y=y, u=u, v=v)


def changed_part(one: Picture, other: Picture) -> Crop | None:
    """Where two pictures of one size differ; None where that is most of the picture, or nowhere."""
    rows, columns = one.y.shape
    size = (max(1, columns // _CELL), max(1, rows // _CELL))
    small = [cv2.resize(picture.y, size, interpolation=cv2.INTER_AREA) for picture in (one, other)]
    cells = _without_specks((cv2.absdiff(*small) > _DIFFERENT).astype(np.uint8))
    if not cells.any():
        return None
    top, bottom = _extent(np.asarray(cells.any(axis=1)), rows / size[1])
    left, right = _extent(np.asarray(cells.any(axis=0)), columns / size[0])
    left, bottom, right = left & ~1, min(bottom, rows), min((right + 1) & ~1, columns)
    part = Crop(left=left, top=top, width=right - left, height=bottom - top)
    return part if part.width * part.height < _WORTH_IT * rows * columns else None


def _without_specks(cells: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """The cells that hang together in numbers. An edge that moved is long, but may be a single cell wide."""
    _, labels, told, _ = cv2.connectedComponentsWithStats(cells, connectivity=8)
    many = told[:, cv2.CC_STAT_AREA] >= _FEWEST
    many[0] = False  # what did not change
    return np.asarray(many[labels])


def _extent(changed: npt.NDArray[np.bool_], cell: float) -> tuple[int, int]:
    at = np.flatnonzero(changed)
    return max(0, int((at[0] - _MARGIN) * cell)), int((at[-1] + 1 + _MARGIN) * cell) + 1
