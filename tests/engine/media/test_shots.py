"""Changes of shot are found where they are, in clip frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from tiny import RATE, make_media

from engine.media.fingerprint import fingerprint
from engine.media.shots import find_shots
from engine.protocol import FindShots, Footage, Ratio

RNG = np.random.default_rng(1)
# Large patches: what an encoder keeps as it is from one picture to the next.
SETS = [np.kron(RNG.integers(0, 255, (6, 10, 3), np.uint8), np.ones((16, 16, 1), np.uint8)) for _ in range(3)]


def film(path: Path, *lengths: int) -> Path:
    """Shots of so many frames, each of another set."""
    pictures = [SETS[number % 3] for number, length in enumerate(lengths) for _ in range(length)]
    return make_media(path, pictures=pictures, sound=False)


def look(media: Path, end: int, offset: Fraction = Fraction(0), rate: int = RATE) -> FindShots:
    footage = Footage(
        media=str(media), fingerprint=fingerprint(media), offset=Ratio.of(offset), first=0, last=end
    )
    return FindShots(footage=footage, rate=Ratio(num=rate), start=0, end=end)


def found(job: FindShots) -> tuple[int, ...]:
    return find_shots(job, lambda _: None).frames


def test_each_change_of_shot_is_told_by_its_first_frame(tmp_path: Path) -> None:
    assert found(look(film(tmp_path / "a.mov", 20, 30, 25), 75)) == (20, 50)


def test_a_film_of_one_shot_has_none(tmp_path: Path) -> None:
    assert found(look(film(tmp_path / "a.mov", 60), 60)) == ()


def test_frames_count_from_the_clips_own_first(tmp_path: Path) -> None:
    media = film(tmp_path / "a.mov", 20, 55)
    assert found(look(media, 60, offset=Fraction(10, RATE))) == (10,)


def test_a_clip_of_twice_the_rate_counts_its_own_frames(tmp_path: Path) -> None:
    assert found(look(film(tmp_path / "a.mov", 20, 30), 98, rate=2 * RATE)) == (40,)


def test_only_frames_that_have_a_picture_are_looked_at(tmp_path: Path) -> None:
    job = look(film(tmp_path / "a.mov", 20, 30), 48)
    assert found(replace(job, start=-20, end=400)) == (20,)
