"""Still pictures: a matte, or the picture that a film begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from engine.errors import BadMedia, MissingMedia
from engine.media.container import still_format
from engine.media.rgb import Rgb
from engine.media_roots import open_file


def is_still(path: Path) -> bool:
    """Whether the file begins as a still picture does. Raises MissingMedia, BadMedia."""
    with open_file(path) as file:
        return still_format(file, path) is not None


def read_still(path: Path) -> Rgb:
    """The picture, upright, without its transparency; of any depth. Raises MissingMedia, BadMedia."""
    try:
        with open_file(path) as file:
            data = np.frombuffer(file.read(), np.uint8)
    except OSError as error:
        raise MissingMedia(f"{path} cannot be read: {error.strerror}") from error
    decoded: Any
    try:
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH) if data.size else None
    except cv2.error:  # more pixels than OpenCV cares to decode
        decoded = None
    if decoded is None or decoded.dtype not in (np.uint8, np.uint16):
        raise BadMedia(f"{path} cannot be read as a still picture: save it as PNG or JPEG")
    # Contiguous, not a view turned about: OpenCV takes no negative strides.
    return np.ascontiguousarray(decoded[..., ::-1], np.float32) / np.float32(np.iinfo(decoded.dtype).max)
