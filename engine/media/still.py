"""Still pictures: a matte, or the picture that a film begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from engine.errors import BadMedia, MissingMedia
from engine.media.container import local_file
from engine.media.rgb import Rgb

# PNG, JPEG, TIFF of either byte order, BMP, and RIFF, of which WebP is one kind and AVI another.
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM")
_RIFF, _WEBP = b"RIFF", b"WEBP"


def is_still(path: Path) -> bool:
    """Whether the file begins as a still picture does. Raises MissingMedia, BadMedia."""
    begin = _read(path, 12)
    return begin.startswith(_SIGNATURES) or (begin[:4] == _RIFF and begin[8:] == _WEBP)


def read_still(path: Path) -> Rgb:
    """The picture, upright, without its transparency; of any depth. Raises MissingMedia, BadMedia."""
    data = np.frombuffer(_read(path), np.uint8)
    decoded: Any
    try:
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH) if data.size else None
    except cv2.error:  # more pixels than OpenCV cares to decode
        decoded = None
    if decoded is None or decoded.dtype not in (np.uint8, np.uint16):
        raise BadMedia(f"{path} cannot be read as a still picture: save it as PNG or JPEG")
    # Contiguous, not a view turned about: OpenCV takes no negative strides.
    return np.ascontiguousarray(decoded[..., ::-1], np.float32) / np.float32(np.iinfo(decoded.dtype).max)


def _read(path: Path, size: int = -1) -> bytes:
    try:
        with local_file(path).open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise MissingMedia(f"{path} cannot be opened: {error.strerror}") from error
