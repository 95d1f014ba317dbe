"""The film that shows an edit: before on the left, after on the right, with the edited sound.

`python -m engine.evaluation.before_after CUTS.json -o before_after.mp4` writes AV1 and AAC. Edited frames
wear a bar; a strip below shows where in the timeline they lie. The side that ends first is held, dimmed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from engine.errors import EngineError, NoSuchStream, RenderFailed
from engine.evaluation.cuts import Cut, CutLists, Picture, Place, Projector, places, read_cuts
from engine.media.audio_decode import sound_file
from engine.media.sound import Samples
from engine.protocol import SAMPLE_RATE
from engine.whole_file import not_written

PANEL_WIDTH = 640
_HEADER, _FOOTER, _BAR = 36, 22, 6
_PAPER, _INK, _FAINT, _EDITED = (24, 24, 26), (235, 235, 235), (95, 95, 100), (242, 169, 59)
# Low delay: SVT-AV1's faster presets otherwise mix frames across a cut, which a film of cuts must not show.
_AV1 = {"preset": "10", "crf": "26", "svtav1-params": "pred-struct=1"}
_AAC_BITS = 160_000
_AAC_SAMPLES = 1024


def write_film(lists: CutLists, path: Path) -> None:
    """Write the film. Raises what reading the media raises, RenderFailed, DiskFull."""
    beside = path.with_name(f".{path.stem}.{os.getpid()}.part.mp4")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A projector for each side: one alone would seek to and fro in the media that both sides show.
        with Projector(lists.rate.exact) as left, Projector(lists.rate.exact) as right:
            encode_film(beside, lists.rate.exact, _pictures(lists, (left, right)), edited_sound(lists))
        beside.replace(path)
    except OSError as error:  # libav's own errors are of this kind too
        raise not_written(path, error) from error
    finally:
        beside.unlink(missing_ok=True)


# ---------------------------------------------------------------------------------------- picture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Side:
    """One half of the picture: its name, where it begins, how long it lasts and which frames are edited."""

    name: str
    left: int
    edited: NDArray[np.bool_]


def _side(name: str, left: int, cuts: tuple[Cut, ...]) -> _Side:
    return _Side(
        name=name, left=left, edited=np.repeat([cut.edited for cut in cuts], [cut.frames for cut in cuts])
    )


def _pictures(lists: CutLists, projectors: tuple[Projector, Projector]) -> Iterator[Picture]:
    first = lists.after[0]
    height = _panel_height(projectors[1].show(first.media, first.start))
    sides = (_side("before", 0, lists.before), _side("after", PANEL_WIDTH, lists.after))
    blank = _blank(sides, height)
    held = [np.zeros((height, PANEL_WIDTH, 3), np.uint8)] * 2
    for now, shown in enumerate(zip_longest(places(lists.before), places(lists.after))):
        out = blank.copy()
        for index, (side, place) in enumerate(zip(sides, shown, strict=True)):
            if place is not None:
                held[index] = _panel(projectors[index].show(place.cut.media, place.frame), height)
            _draw_side(out, side, held[index], place, now)
        yield out


def _panel_height(picture: Picture) -> int:
    """Of a picture as wide as a panel, even, and not so tall that the film fits no screen."""
    height, width = picture.shape[:2]
    return min(960, 2 * int(height * PANEL_WIDTH / width / 2 + 0.5))


def _panel(picture: Picture, height: int) -> Picture:
    """The whole picture, as large as fits, in the middle of a panel."""
    scale = min(PANEL_WIDTH / picture.shape[1], height / picture.shape[0])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    panel = np.zeros((height, PANEL_WIDTH, 3), np.uint8)
    top, left = (height - size[1]) // 2, (PANEL_WIDTH - size[0]) // 2
    panel[top : top + size[1], left : left + size[0]] = cv2.resize(
        picture, size, interpolation=cv2.INTER_AREA
    )
    return panel


def _blank(sides: tuple[_Side, ...], height: int) -> Picture:
    """What all frames share: the names, and the strips with the edited stretches."""
    out = np.full((_HEADER + height + _BAR + _FOOTER, PANEL_WIDTH * 2, 3), _PAPER, np.uint8)
    longest = max(len(side.edited) for side in sides)
    for side in sides:
        cv2.putText(out, side.name, (side.left + 12, 25), cv2.FONT_HERSHEY_SIMPLEX, 0.7, _INK, 1, cv2.LINE_AA)
        strip = out[-_FOOTER + 8 : -_FOOTER + 12, side.left + 12 : side.left + PANEL_WIDTH - 12]
        frame_of = np.arange(strip.shape[1]) * longest // strip.shape[1]
        there = frame_of < len(side.edited)
        strip[:, there] = _FAINT
        strip[:, there & side.edited[np.minimum(frame_of, len(side.edited) - 1)]] = _EDITED
    return out


def _draw_side(out: Picture, side: _Side, picture: Picture, place: Place | None, now: int) -> None:
    height = picture.shape[0]
    area = out[_HEADER : _HEADER + height, side.left : side.left + PANEL_WIDTH]
    if place is None:
        area[:] = picture // 3
        return
    area[:] = picture
    if place.cut.edited:
        out[_HEADER + height : _HEADER + height + _BAR, side.left : side.left + PANEL_WIDTH] = _EDITED
    label = place.cut.label.encode("ascii", "replace").decode()[:40]  # OpenCV's letters are ASCII
    ink = _EDITED if place.cut.edited else _FAINT
    cv2.putText(out, label, (side.left + 120, 25), cv2.FONT_HERSHEY_SIMPLEX, 0.55, ink, 1, cv2.LINE_AA)
    longest = PANEL_WIDTH - 24
    total = max(len(side.edited), now + 1)
    head = side.left + 12 + now * longest // total
    out[-_FOOTER + 4 : -_FOOTER + 16, head : head + 2] = _INK


# ---------------------------------------------------------------------------------------- sound


def edited_sound(lists: CutLists) -> Samples:
    """[samples, 2] at 48 kHz: the sound of the timeline after the edit, then silence to the film's end."""
    rate = lists.rate.exact
    total = max(sum(cut.frames for cut in cuts) for cuts in (lists.before, lists.after))
    sound = np.zeros((_sample(total, rate), 2), np.float32)
    at = 0
    for cut in lists.after:
        begin, end = _sample(at, rate), _sample(at + cut.frames, rate)
        first = _sample(cut.start, rate)
        try:
            heard = sound_file(Path(cut.media)).read(first, first + end - begin)
        except NoSuchStream:
            heard = np.zeros((end - begin, 1), np.float32)
        sound[begin:end] = heard[:, :2] if heard.shape[1] >= 2 else heard[:, :1]
        at += cut.frames
    return sound


def _sample(frame: int, rate: Fraction) -> int:
    return round(frame * SAMPLE_RATE / rate)


# ---------------------------------------------------------------------------------------- file


def encode_film(path: Path, rate: Fraction, pictures: Iterator[Picture], sound: Samples) -> None:
    first = next(pictures)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libsvtav1", rate=rate, options=_AV1)
        video.height, video.width = first.shape[:2]
        video.pix_fmt = "yuv420p"
        audio = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        audio.bit_rate = _AAC_BITS
        heard = 0
        for number, picture in enumerate(_chain(first, pictures)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(video.encode(frame))
            until = _sample(number + 1, rate)
            while heard < min(until, len(sound)):
                container.mux(audio.encode(_piece(sound, heard)))
                heard += _AAC_SAMPLES
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def _chain(first: Picture, rest: Iterator[Picture]) -> Iterator[Picture]:
    yield first
    yield from rest


def _piece(sound: Samples, begin: int) -> AudioFrame:
    piece = sound[begin : begin + _AAC_SAMPLES]
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(piece.T), format="fltp", layout="stereo")
    frame.sample_rate = SAMPLE_RATE
    frame.pts, frame.time_base = begin, Fraction(1, SAMPLE_RATE)
    return frame


def main(arguments: list[str] | None = None) -> int:
    """0 when written, 3 for a bad cut list or media, 5 when the film cannot be made."""
    parser = argparse.ArgumentParser(prog="engine.evaluation.before_after", description="A film of an edit.")
    parser.add_argument("cuts", type=Path, help="JSON with the picture before and after the edit, cut by cut")
    parser.add_argument("-o", "--out", type=Path, default=Path("before_after.mp4"))
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder says errors only
    try:
        write_film(read_cuts(chosen.cuts), chosen.out)
    except EngineError as error:
        sys.stderr.write(f"error: {error}\n")
        return 5 if isinstance(error, RenderFailed) else 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
