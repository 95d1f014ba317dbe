"""From the source's pixels to the engine's, with nothing lost on the way that could be kept."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import BadMedia
from engine.media.decode import Sampling, every_picture, open_reel
from engine.media.probe import probe

RNG = np.random.default_rng(5)


def lossless(path: Path, width: int, height: int, *, form: str = "yuv420p", turn: int = 0) -> np.ndarray:
    """Six pictures of noise, without loss; gives back the first one's luma."""
    shape = (height, width)
    planes = [RNG.integers(16, 235, shape, dtype=np.uint8) for _ in range(6)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "0"})
        stream.width, stream.height, stream.pix_fmt = width, height, form
        if turn:
            stream.set_display_rotation(turn)
        for luma in planes:
            frame = av.VideoFrame(width, height, form)
            for plane, samples in zip(frame.planes, (luma, None, None), strict=True):
                memory = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
                memory[:] = 128
                if samples is not None:
                    memory[:height, :width] = samples
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return planes[0]


def first_picture(path: Path) -> np.ndarray:
    return next(every_picture(path)).y


def test_luma_of_eight_bits_is_four_times_itself(tmp_path: Path) -> None:
    luma = lossless(tmp_path / "a.mp4", 128, 96)
    assert np.array_equal(first_picture(tmp_path / "a.mp4"), luma.astype(np.uint16) * 4)


def test_an_odd_width_repeats_its_last_column_and_keeps_the_others(tmp_path: Path) -> None:
    luma = lossless(tmp_path / "odd.mp4", 101, 96, form="yuv444p")
    with open_reel(tmp_path / "odd.mp4", Sampling(offset=Fraction(0), rate=Fraction(25))) as reel:
        picture = reel.picture(0)
        assert (reel.format.width, reel.format.padded) == (102, True)
    assert np.array_equal(picture.y[:, :101], luma.astype(np.uint16) * 4)
    assert np.array_equal(picture.y[:, 101], picture.y[:, 100])
    assert picture.u.shape == (96, 51)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_picture_is_upright_and_loses_nothing(tmp_path: Path, turn: int) -> None:
    path = tmp_path / "turned.mp4"
    luma = lossless(path, 128, 96, turn=turn).astype(np.uint16) * 4
    shown = first_picture(path)
    # The display matrix turns counter-clockwise, as numpy does.
    assert np.array_equal(shown, np.rot90(luma, next(iter(av_rotation(path))) // 90))
    info = probe(path).video
    assert info is not None
    assert (info.height, info.width) == shown.shape


def av_rotation(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [next(container.decode(video=0)).rotation % 360]


def of_full_range(path: Path, codes: list[tuple[int, int, int]], form: str) -> None:
    """A picture a code, each of one colour, losslessly and in full range."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, form
        stream.codec_context.color_range = 2
        for code in codes:
            frame = av.VideoFrame(64, 48, form)
            for plane, value in zip(frame.planes, code, strict=True):
                np.frombuffer(plane, np.uint16 if form[-2:] == "le" else np.uint8)[:] = value
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def shown(path: Path) -> list[tuple[int, ...]]:
    return [tuple(int(plane[20, 20]) for plane in picture.planes) for picture in every_picture(path)]


@pytest.mark.parametrize(("form", "white", "grey"), [("yuv420p", 255, 128), ("yuv420p10le", 1023, 512)])
def test_full_range_becomes_limited(tmp_path: Path, form: str, white: int, grey: int) -> None:
    of_full_range(tmp_path / "full.mkv", [(0, grey, grey), (white, grey, grey), (grey, white, 1)], form)
    black, light, coloured = shown(tmp_path / "full.mkv")
    assert black == (64, 512, 512)
    assert light == (940, 512, 512)
    luma, blue, red = (
        grey / white * 876 + 64,
        512 + (white - grey) / white * 896,
        512 - (grey - 1) / white * 896,
    )
    assert coloured == (round(luma), round(blue), round(red))


@pytest.mark.parametrize(("form", "white"), [("gbrp10le", 1023), ("gbrp12le", 4095)])
def test_rgb_of_more_than_eight_bits_becomes_limited(tmp_path: Path, form: str, white: int) -> None:
    half = (white + 1) // 2
    codes = [(0, 0, 0), (white, white, white), (half, half, half), (0, 0, white)]  # green, blue, red
    of_full_range(tmp_path / "rgb.mkv", codes, form)
    black, light, grey, red = shown(tmp_path / "rgb.mkv")
    assert (black, light) == ((64, 512, 512), (940, 512, 512))
    assert grey == pytest.approx((64 + 876 * half / white, 512, 512), abs=1)
    assert red == pytest.approx((250.2, 409.3, 960), abs=1)


def test_interlaced_media_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "fields.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"x264-params": "tff=1:interlaced=1"})
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for _ in range(5):
            container.mux(stream.encode(av.VideoFrame(128, 96, "yuv420p")))
        container.mux(stream.encode(None))
    with (
        pytest.raises(BadMedia, match="progressive copy"),
        open_reel(path, Sampling(offset=Fraction(0), rate=Fraction(25))),
    ):
        pass
