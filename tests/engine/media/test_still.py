"""A still picture as a film of one frame."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import BadMedia, TruncatedMedia
from engine.media.decode import Sampling, open_reel
from engine.media.probe import probe
from engine.media.rgb import ColourMatrix, rgb_of

AT_25 = Sampling(offset=Fraction(0), rate=Fraction(25))


def still(path: Path) -> np.ndarray:
    """A smooth picture in RGB."""
    rows, columns = np.mgrid[0:64, 0:96]
    levels = np.stack([rows * 3, columns * 2, rows + columns], axis=2).astype(np.uint8)
    cv2.imwrite(str(path), levels[..., ::-1])
    return levels / 255


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_a_still_picture_is_footage_of_one_frame(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"portrait{suffix}"
    rgb = still(path)
    info = probe(path)
    assert info.video is not None
    assert (info.video.width, info.video.height, info.audio) == (96, 64, None)
    with open_reel(path, AT_25) as reel:
        shown = rgb_of(reel.picture(0), ColourMatrix.of(reel.format))
        with pytest.raises(TruncatedMedia):
            reel.picture(1)
    assert np.abs(shown - rgb).max() < 0.06


def test_a_photograph_taken_sideways_is_upright(tmp_path: Path) -> None:
    """As cameras and telephones write it: EXIF orientation 6, to be turned clockwise."""
    half = np.zeros((64, 96, 3), np.uint8)
    half[:, :48] = 255
    data = cv2.imencode(".jpg", half)[1].tobytes()
    tiff = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x112, 3, 1, 6, 0)
    exif = b"Exif\0\0" + tiff
    path = tmp_path / "portrait.jpg"
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:])
    with open_reel(path, AT_25) as reel:
        luma = reel.picture(0).y
    assert luma.shape == (96, 64)
    assert (luma[:40].min() > 900, luma[-40:].max() < 100) == (True, True)


def test_a_still_under_a_wrong_name_is_known_by_how_it_begins(tmp_path: Path) -> None:
    still(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.mov")
    assert probe(tmp_path / "a.mov").video is not None


def test_what_only_begins_as_a_still_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    with pytest.raises(BadMedia):
        probe(tmp_path / "a.png")
