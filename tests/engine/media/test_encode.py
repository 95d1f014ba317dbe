"""Takes written: near to what went in, whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from shared_media import shared

from engine.errors import BadMedia, DiskFull, RenderFailed
from engine.evaluation.fidelity import luma_of, psnr
from engine.media import encode
from engine.media.decode import Sampling, every_picture, open_reel
from engine.media.encode import TakeFormat, write_take
from engine.media.picture import Picture, PictureFormat

RATE = Fraction(25)


def form(frames: int, channels: int = 0) -> TakeFormat:
    return TakeFormat(picture=PictureFormat(width=64, height=48), rate=RATE, frames=frames, channels=channels)


def grey(count: int) -> Iterator[Picture]:
    for number in range(count):
        chroma = np.full((48, 32), 512, np.uint16)
        yield Picture(y=np.full((48, 64), 100 + number, np.uint16), u=chroma, v=chroma)


@pytest.mark.parametrize(
    "name", ["speaker_458_15s.mp4", "gestures_700_30fps_6s.mp4", "kitchen_portrait_hevc_20s.mp4"]
)
def test_what_is_not_touched_comes_out_of_prores_within_42_db(tmp_path: Path, name: str) -> None:
    source = list(islice(every_picture(shared(f"media/{name}")), 8))
    height, width = source[0].y.shape
    wanted = TakeFormat(picture=PictureFormat(width=width, height=height), rate=RATE, frames=8, channels=0)
    write_take(tmp_path / "take.mov", wanted, source, None)
    for before, after in zip(source, every_picture(tmp_path / "take.mov"), strict=True):
        assert psnr(luma_of(before), luma_of(after)) > 42


def test_a_small_take_is_read_back_with_the_colours_it_was_written_with(tmp_path: Path) -> None:
    """A picture that says nothing is taken for BT.601 where it has few lines."""
    tagged = PictureFormat(width=64, height=48, primaries=1, transfer=1, matrix=1)
    write_take(
        tmp_path / "take.mov", TakeFormat(picture=tagged, rate=RATE, frames=2, channels=0), grey(2), None
    )
    with open_reel(tmp_path / "take.mov", Sampling(offset=Fraction(0), rate=RATE)) as reel:
        read = reel.format
    assert (read.primaries, read.transfer, read.matrix) == (1, 1, 1)


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, DiskFull), (errno.EIO, RenderFailed)])
def test_a_write_that_fails_is_named_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[Exception]
) -> None:
    def full(_: object) -> None:
        raise OSError(code, "no")

    monkeypatch.setattr(encode, "_sync", full)
    with pytest.raises(kind, match=r"take\.mov"):
        write_take(tmp_path / "take.mov", form(3), grey(3), None)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_while_libav_writes_is_named_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise av.FFmpegError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(av, "open", full)
    with pytest.raises(DiskFull):
        write_take(tmp_path / "take.mov", form(3), grey(3), None)


@pytest.mark.parametrize("given", [2, 4])
def test_too_few_or_too_many_pictures_are_refused(tmp_path: Path, given: int) -> None:
    with pytest.raises(RenderFailed, match="the 3 of the take"):
        write_take(tmp_path / "take.mov", form(3), grey(given), None)
    assert list(tmp_path.iterdir()) == []


def test_sound_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match="samples"):
        write_take(tmp_path / "take.mov", form(3, channels=2), grey(3), np.zeros((100, 2), np.float32))


def test_an_error_in_the_pictures_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> Iterator[Picture]:
        yield from grey(2)
        raise BadMedia("the source ended")

    with pytest.raises(BadMedia, match="the source ended"):
        write_take(tmp_path / "take.mov", form(3), broken(), None)
    assert list(tmp_path.iterdir()) == []
