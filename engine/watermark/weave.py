"""Where in the pictures each bit of the mark lies: a pattern of cells, as noise to the eye, known to all.

    cells     squares of 4 pixels, from the picture's corner on; the pattern repeats every 64 of them
    patterns  8, each for two frames, in turn: a cycle of 16 frames
    roles     of the cells of each pattern a sixth says nothing, and is there to be found by: the pilots; each
              of the others carries one of the bits

Letters: K patterns, R and C rows and columns of cells, P frames of a cycle.
"""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
import numpy.typing as npt

from engine.watermark.code import BITS, Floats

CELL = 4  # pixels; ours: of 2 to 8 what H.264 leaves most of, while ProRes would carry finer ones better
HOLD = 2  # frames; ours: as good as 1, and better than 4 to 16, in H.264
PATTERNS = 8
CYCLE = PATTERNS * HOLD
TILE = 64  # cells
PILOT = -1  # the role of what is there to be found by
_PILOTS = 43  # of 256; ours: found and read at about the same strength
_KEY = b"pickup watermark v1"  # no secret: who has this program reads the mark, and could write one


@cache
def signs_KRC() -> Floats:
    """+1 or -1 of each cell of a tile."""
    return np.where(_drawn()[0] & 1, 1, -1).astype(np.float32)


@cache
def roles_KRC() -> npt.NDArray[np.int64]:
    """Which bit each cell of a tile carries, or `PILOT`."""
    drawn = _drawn()[1].astype(np.int64)
    return np.where(drawn < _PILOTS, PILOT, drawn % BITS)


def _drawn() -> npt.NDArray[np.uint8]:
    count = 2 * PATTERNS * TILE * TILE
    drawn = np.frombuffer(hashlib.shake_256(_KEY).digest(count), np.uint8)
    return drawn.reshape(2, PATTERNS, TILE, TILE)
