"""The mark found again: in takes, in what the web gets of them, in a film that they are a part of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pytest
from moving_portrait import RATE, SIZE, as_h264, swaying
from shared_media import shared

from engine.media.composite import Mask
from engine.media.encode import TakeFormat, write_take
from engine.media.picture import Picture, PictureFormat
from engine.watermark.marking import Watermark
from engine.watermark.reading import Mark, joined, marks_in, marks_of

FRAMES = 192


def lips() -> Mask:
    """100 by 60 pixels."""
    mask = np.zeros(SIZE[::-1], np.bool_)
    mask[130:190, 110:210] = True
    return mask


def marked(pictures: Iterable[Picture], identity: str = "1a2b3c4d") -> Iterator[Picture]:
    mark, mask = Watermark(identity), lips()
    return (mark.on(picture, frame, mask) for frame, picture in enumerate(pictures))


@pytest.fixture(scope="module")
def footage() -> tuple[Picture, ...]:
    return tuple(swaying(FRAMES))


@pytest.fixture(scope="module")
def take(footage: tuple[Picture, ...]) -> tuple[Picture, ...]:
    return tuple(marked(footage))


def as_prores(pictures: tuple[Picture, ...], path: Path) -> Path:
    width, height = SIZE
    form = TakeFormat(
        picture=PictureFormat(width=width, height=height), rate=RATE, frames=len(pictures), channels=0
    )
    write_take(path, form, pictures, None)
    return path


def test_it_is_read_in_two_and_a_half_seconds_of_a_take(take: tuple[Picture, ...], tmp_path: Path) -> None:
    film = as_prores(take[:64], tmp_path / "take.mov")
    assert marks_in(film) == (Mark(identity="1a2b3c4d", first=0, last=64),)


def test_it_is_read_in_what_the_web_gets(take: tuple[Picture, ...], tmp_path: Path) -> None:
    film = as_h264(take, tmp_path / "take.mp4")
    assert [mark.identity for mark in marks_in(film)] == ["1a2b3c4d"]


def test_it_is_read_where_the_take_is_a_part_of_a_film(
    footage: tuple[Picture, ...], take: tuple[Picture, ...]
) -> None:
    """Which begins at no frame of the mark's cycle, and shows the take from its seventh frame on."""
    film = chain(footage[:69], take[7:140], footage[140:])
    (mark,) = marks_of_film(film)
    assert mark.identity == "1a2b3c4d"
    assert mark.first >= 64
    assert mark.last <= 256


def test_each_of_several_takes_is_read(footage: tuple[Picture, ...]) -> None:
    film = chain(marked(footage[:128]), marked(footage[:128], "00c0ffee"))
    found = [(mark.identity, mark.first, mark.last) for mark in marks_of_film(film)]
    assert found == [("1a2b3c4d", 0, 128), ("00c0ffee", 128, 256)]


def test_footage_that_nobody_marked_has_none(footage: tuple[Picture, ...], tmp_path: Path) -> None:
    assert marks_in(as_h264(footage, tmp_path / "film.mp4")) == ()


def test_a_picture_that_stands_still_has_none(footage: tuple[Picture, ...]) -> None:
    assert marks_of_film([footage[0]] * 70) == ()


def test_what_only_flickers_has_none() -> None:
    dark, light = (Picture(y=np.full((96, 96), code, np.uint16), u=GREY, v=GREY) for code in (100, 900))
    assert marks_of_film([dark, dark, light, light] * 30) == ()


GREY = np.full((96, 48), 512, np.uint16)


@pytest.mark.parametrize("frames", [0, 1, 7, 17, 63, 65])
def test_films_of_any_length_are_looked_through(take: tuple[Picture, ...], frames: int) -> None:
    assert {mark.identity for mark in marks_of_film(take[:frames])} <= {"1a2b3c4d"}


@pytest.mark.parametrize("shape", [(2, 2), (40, 1000), (47, 49)])
def test_pictures_too_small_for_it_have_none(shape: tuple[int, int]) -> None:
    grain = np.random.default_rng(1)
    planes = (grain.integers(64, 940, shape, np.uint16) for _ in range(70))
    assert list(marks_of(planes)) == []


def test_a_camera_that_stands_still_before_one_thing_that_moves_is_no_trouble() -> None:
    """Sums that run from what moves into what does not end a little below nothing."""
    grain = np.random.default_rng(3)
    still = grain.integers(64, 940, (480, 640), np.uint16)
    planes = [still.copy() for _ in range(20)]
    for number, plane in enumerate(planes):
        plane[100:300, 8 * number : 8 * number + 100] = 940
    assert list(marks_of(planes)) == []


def test_noise_has_none() -> None:
    """Two minutes of it, all of it new in each frame: what is most like the mark."""
    grain = np.random.default_rng(2)
    planes = (grain.integers(64, 940, (144, 256), np.uint16) for _ in range(3000))
    assert list(marks_of(planes)) == []


def test_a_span_whose_part_was_read_says_nothing_new() -> None:
    spans = [Mark(identity="1a2b3c4d", first=first, last=last) for first, last in ((64, 128), (0, 256))]
    assert joined(spans) == (Mark(identity="1a2b3c4d", first=64, last=128),)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "speaker_458_15s.mp4",
        "interview_700_22fps_6s.mp4",
        "gestures_700_30fps_6s.mp4",
        "silent_576x768_22s.mp4",
        "noface_timecode_720p_42s.mp4",
        "kitchen_portrait_hevc_20s.mp4",
    ],
)
def test_real_footage_that_nobody_marked_has_none(name: str) -> None:
    assert marks_in(shared(f"media/{name}")) == ()


def test_real_lips_are_read_in_what_the_web_gets(tmp_path: Path) -> None:
    """100 by 60 pixels, ten seconds."""
    from engine.media.decode import every_picture

    mark, mask = Watermark("1a2b3c4d"), np.zeros((458, 458), np.bool_)
    mask[260:320, 180:280] = True
    pictures = islice(every_picture(shared("media/speaker_458_15s.mp4")), 250)
    film = as_h264((mark.on(picture, n, mask) for n, picture in enumerate(pictures)), tmp_path / "web.mp4")
    assert [found.identity for found in marks_in(film)] == ["1a2b3c4d"]


def marks_of_film(pictures: Iterable[Picture]) -> tuple[Mark, ...]:
    return joined(marks_of(picture.y for picture in pictures))
