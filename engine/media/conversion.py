"""From libav's frames to `Picture`s and back.

swscale goes from the source's own format to 4:2:2 at 10 bits in one step, never by way of RGB. Eight-bit luma
comes out as four times itself, exactly; of 4:2:0 only the missing lines of chroma are interpolated. Full
range is made limited here: swscale 9 takes eight-bit white (4 x 255) for 1020 of 1023, and leaves it at 937.
RGB it makes limited itself, right for 8 bits; of more it leaves white at 943, which is set right here too.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from engine.errors import BadMedia
from engine.media.picture import BLACK, CHROMA_SPAN, GREY, PIXEL_FORMAT, WHITE, Picture, PictureFormat, Plane

# Bit-exact keeps SIMD from deciding the last bit, so that every machine decodes the same take.
_SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
_BT709, _RGB_MATRIX, _UNSAID = 1, 0, 2
_FULL_RANGE = 2
_SWSCALES_WHITE = 1020 / 1023
# For libav's transpose filter; the angle is counter-clockwise, as the display matrix has it.
_QUARTER_TURNS = {90: "cclock", -90: "clock", 270: "clock", -270: "cclock"}


class PictureConverter:
    """Makes upright `Picture`s of one stream's frames."""

    def __init__(self, first: VideoFrame, stream: VideoStream, path: Path) -> None:
        self._path = path
        self._rotation = first.rotation
        self._source = _shape(first)
        self._rgb = bool(first.format.is_rgb)
        self._full = not self._rgb and is_full_range(first)
        self._ranges = _range_tables_of(first)
        self._scaler = VideoReformatter()
        self._turner: Graph | None = None
        self.format = self._picture_format(first, stream)

    def convert(self, frame: VideoFrame) -> Picture:
        """The frame upright, 4:2:2, 10 bits, limited range. Raises BadMedia where the format changes."""
        if _shape(frame) != self._source:
            raise BadMedia(
                f"{self._path} changes its picture's size or format on the way: transcode it first"
            )
        if self._rotation % 180 == 90:
            frame = self._turned(frame)
        picture = picture_of(self._scaled(frame))
        if self._ranges is not None:
            picture = _limited(picture, *self._ranges)
        if self._rotation % 360 == 180:
            picture = Picture(y=_upside_down(picture.y), u=_upside_down(picture.u), v=_upside_down(picture.v))
        return _padded(picture) if self.format.padded else picture

    def _picture_format(self, first: VideoFrame, stream: VideoStream) -> PictureFormat:
        sideways = self._rotation % 180 == 90
        if self._rotation % 90:
            raise BadMedia(f"{self._path} is to be shown turned by {self._rotation} degrees, no quarter turn")
        width, height = (first.height, first.width) if sideways else (first.width, first.height)
        aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
        return PictureFormat(
            width=width + width % 2,
            height=height,
            padded=bool(width % 2),
            sample_aspect=1 / aspect if sideways else aspect,
            primaries=_BT709 if self._rgb else first.color_primaries,
            transfer=_BT709 if self._rgb else first.color_trc,
            matrix=_BT709 if self._rgb or first.colorspace == _RGB_MATRIX else first.colorspace,
        )

    def _scaled(self, frame: VideoFrame) -> VideoFrame:
        return self._scaler.reformat(
            frame,
            format=PIXEL_FORMAT,
            interpolation=_SCALING,
            dst_colorspace=Colorspace.ITU709 if self._rgb else None,
            src_color_range=ColorRange.JPEG if self._full or self._rgb else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG if self._full else ColorRange.MPEG,
        )

    def _turned(self, frame: VideoFrame) -> VideoFrame:
        """Turned while still in the source's own format: a turned 4:2:0 loses nothing."""
        if self._turner is None:
            self._turner = _turner(frame, _QUARTER_TURNS[self._rotation])
        self._turner.vpush(frame)
        return self._turner.vpull()


def _turner(frame: VideoFrame, direction: str) -> Graph:
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    turn = graph.add("transpose", f"dir={direction}")
    sink = graph.add("buffersink")
    source.link_to(turn)
    turn.link_to(sink)
    graph.configure()
    return graph


def is_full_range(frame: VideoFrame) -> bool:
    """Whether black is code 0, as the frame says or as its format means."""
    return frame.color_range == _FULL_RANGE or frame.format.name.startswith("yuvj")


def _full_white(frame: VideoFrame) -> int:
    """What the source's white has become at 10 bits: shifted up from 8 bits, down from more than 10."""
    bits = frame.format.components[0].bits
    return ((1 << bits) - 1) << 10 >> bits


def _range_tables_of(frame: VideoFrame) -> tuple[Plane, Plane] | None:
    """What is still to be done to the codes that swscale gives; None where they are right."""
    if frame.format.is_rgb:
        return _gain_tables() if frame.format.components[0].bits > 8 else None
    return _range_tables(_full_white(frame)) if is_full_range(frame) else None


def _gain_tables() -> tuple[Plane, Plane]:
    """Of RGB of more than 8 bits, whose full scale swscale takes for 1023 of 1020."""
    codes = np.arange(1024)
    luma = BLACK + (codes - BLACK) * _SWSCALES_WHITE
    chroma = GREY + (codes - GREY) * _SWSCALES_WHITE
    return np.rint(np.clip(luma, 0, 1023)).astype(np.uint16), np.rint(chroma).astype(np.uint16)


def _range_tables(white: int) -> tuple[Plane, Plane]:
    """For each full-range code of luma and of chroma, the limited-range one (ITU-R BT.2100, table 9)."""
    codes = np.arange(1024)
    luma = BLACK + codes * (WHITE - BLACK) / white
    chroma = GREY + (codes - GREY) * CHROMA_SPAN / white
    return np.rint(np.minimum(luma, WHITE)).astype(np.uint16), np.rint(chroma).astype(np.uint16)


def _limited(picture: Picture, luma: Plane, chroma: Plane) -> Picture:
    return Picture(y=luma[picture.y], u=chroma[picture.u], v=chroma[picture.v])


def _shape(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name


def _upside_down(plane: Plane) -> Plane:
    return np.ascontiguousarray(plane[::-1, ::-1])


def _padded(picture: Picture) -> Picture:
    """One more column of luma, the last again; the chroma of an odd width covers it already."""
    return Picture(y=np.pad(picture.y, ((0, 0), (0, 1)), mode="edge"), u=picture.u, v=picture.v)


def picture_of(frame: VideoFrame) -> Picture:
    """The frame's own memory as a picture; the planes keep the frame alive."""
    y, u, v = (_plane(frame, index) for index in range(3))
    return Picture(y=y, u=u, v=v)


def _plane(frame: VideoFrame, index: int) -> Plane:
    view = _memory(frame, index)
    view.flags.writeable = False
    return view


def _memory(frame: VideoFrame, index: int) -> Plane:
    """The plane's memory; libav pads its lines."""
    plane = frame.planes[index]
    samples: Plane = np.frombuffer(memoryview(plane), dtype=np.dtype("<u2"))
    return samples.reshape(-1, plane.line_size // 2)[: plane.height, : plane.width]


def frame_of(picture: Picture) -> VideoFrame:
    """A new frame that holds the picture's samples."""
    height, width = picture.y.shape
    frame = av.VideoFrame(width, height, PIXEL_FORMAT)
    for index, plane in enumerate(picture.planes):
        _memory(frame, index)[:] = plane
    return frame
