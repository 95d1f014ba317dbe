"""Small pictures for people to look at, as JPEGs.

Files say nothing of their colours, so that every reader takes them as JFIF has it: BT.601, full range.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Bgr = NDArray[np.uint8]  # [height, width, 3]: blue, green, red, as OpenCV wants it

_QUALITY = (cv2.IMWRITE_JPEG_QUALITY, 85)  # ours: half the bytes of 95, and no blocks that are seen


def jpeg(picture: Bgr) -> bytes:
    """The picture's file. The same picture gives the same bytes."""
    _, data = cv2.imencode(".jpg", picture, _QUALITY)
    return data.tobytes()
