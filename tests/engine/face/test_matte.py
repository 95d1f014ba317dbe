"""Mattes: still or moving, of the picture's size or of its shape."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.errors import BadMedia, MissingMedia, TruncatedMedia
from engine.face.matte import MatteMasks, matte_masks
from engine.media.decode import Sampling
from engine.protocol import Matte

HEIGHT, WIDTH = 96, 128
SIZE = (HEIGHT, WIDTH)
AT_25 = Sampling(offset=Fraction(0), rate=Fraction(25))


def masks(path: Path, frames: tuple[int, ...] = (0, 1, 2), size: tuple[int, int] = SIZE) -> MatteMasks:
    return matte_masks(Matte(path=str(path), fingerprint=""), AT_25, frames, size)


def still(path: Path, levels: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, levels)[1].tobytes())
    return path


def drawn(height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """White but for its left half and its top quarter."""
    levels = np.zeros((height, width), np.uint8)
    levels[height // 4 :, width // 2 :] = 255
    return levels


def filmed(path: Path, frames: int, width: int = WIDTH, height: int = HEIGHT) -> Path:
    """Losslessly: in frame k the columns from 8 k to 8 k + 8 are white."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "gray"
        for number in range(frames):
            levels = np.zeros((height, width), np.uint8)
            levels[:, 8 * number : 8 * number + 8] = 255
            container.mux(stream.encode(av.VideoFrame.from_ndarray(levels, format="gray")))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_a_still_matte_is_in_every_frame(tmp_path: Path, suffix: str) -> None:
    found = masks(still(tmp_path / f"matte{suffix}", drawn()))
    assert len(found.packed) == 3
    assert all(np.array_equal(found.at(frame), drawn() > 0) for frame in range(3))


@pytest.mark.parametrize(("depth", "half"), [(np.uint8, 128), (np.uint16, 32768)])
def test_half_white_is_white(tmp_path: Path, depth: type, half: int) -> None:
    levels = np.full(SIZE, half - 1, depth)
    levels[0, 0] = half
    assert np.argwhere(masks(still(tmp_path / "matte.png", levels)).at(0)).tolist() == [[0, 0]]


def test_transparency_does_not_count(tmp_path: Path) -> None:
    levels = np.zeros((*SIZE, 4), np.uint8)
    levels[10, 20, :3] = 255
    assert np.argwhere(masks(still(tmp_path / "matte.png", levels)).at(0)).tolist() == [[10, 20]]


def test_a_smaller_matte_of_the_same_shape_is_scaled(tmp_path: Path) -> None:
    found = masks(still(tmp_path / "matte.png", drawn(48, 64))).at(0)
    assert np.array_equal(found, drawn() > 0)


@pytest.mark.parametrize("shape", [(96, 96), (128, 96), (54, 96)])
def test_a_matte_of_another_shape_is_refused(tmp_path: Path, shape: tuple[int, int]) -> None:
    path = still(tmp_path / "matte.png", drawn(*shape))
    with pytest.raises(BadMedia, match=f"is {shape[1]}x{shape[0]} and the picture 128x96"):
        masks(path)


def test_a_picture_of_odd_width_has_the_mattes_last_column_twice(tmp_path: Path) -> None:
    levels = np.zeros((9, 11), np.uint8)
    levels[:, 10] = 255
    found = masks(still(tmp_path / "matte.png", levels), size=(9, 12)).at(0)
    assert found[0].tolist() == [False] * 10 + [True] * 2


def test_a_film_is_sampled_at_the_frames_asked_for(tmp_path: Path) -> None:
    found = masks(filmed(tmp_path / "matte.mkv", 8), (6, 2, 2, 7))
    firsts = [int(np.flatnonzero(found.at(frame)[0])[0]) for frame in range(4)]
    assert firsts == [48, 16, 16, 56]


def test_a_film_without_white_has_empty_masks(tmp_path: Path) -> None:
    found = masks(filmed(tmp_path / "matte.mkv", 20), (17, 18))
    assert not any(found.at(frame).any() for frame in range(2))


def test_a_film_that_is_too_short_is_refused(tmp_path: Path) -> None:
    path = filmed(tmp_path / "matte.mkv", 3)
    with pytest.raises(TruncatedMedia, match=r"matte\.mkv ends"):
        masks(path, (0, 5))


def test_a_film_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = filmed(tmp_path / "matte.mkv", 3, width=96)
    with pytest.raises(BadMedia, match="96x96 and the picture 128x96"):
        masks(path)


def test_a_matte_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match=r"none\.png"):
        masks(tmp_path / "none.png")


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n and then nothing", b"nothing"])
def test_a_matte_that_is_no_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "matte.png"
    path.write_bytes(data)
    with pytest.raises(BadMedia, match=r"matte\.png"):
        masks(path)
