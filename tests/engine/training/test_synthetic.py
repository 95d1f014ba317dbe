"""A drawn clip: the same from the same seed, true to its own account, and written whole."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from drawn_faces import installed_models

from engine.errors import BadMedia
from engine.face.track import track_faces
from engine.training import synthetic
from engine.training.synthetic import ClipSpec, ClipTruth, DrawnClip, draw_clip, write_clip

TEXT = "Hello, mama."


def spec(**changes: object) -> ClipSpec:
    return dataclasses.replace(ClipSpec(seed=3, text=TEXT, width=160, height=120), **changes)


@pytest.fixture(scope="module")
def clip() -> DrawnClip:
    return draw_clip(spec())


def test_the_same_seed_gives_the_same_clip() -> None:
    one, other = draw_clip(spec()), draw_clip(spec())
    assert one.truth == other.truth
    assert np.array_equal(one.sound, other.sound)
    for a, b, _ in zip(one.pictures, other.pictures, range(3), strict=False):
        assert np.array_equal(a, b)


def test_another_seed_gives_another_presenter() -> None:
    one, other = draw_clip(spec()), draw_clip(spec(seed=4))
    assert not np.array_equal(next(one.pictures), next(other.pictures))


def test_the_sound_is_as_long_as_the_picture_to_the_sample() -> None:
    rate = Fraction(30000, 1001)
    clip = draw_clip(spec(rate=rate))
    assert len(clip.sound) == round(clip.truth.frames * 48_000 / rate)


def test_the_words_are_those_of_the_text_in_their_order(clip: DrawnClip) -> None:
    words = clip.truth.words
    assert [word.text for word in words] == TEXT.split()
    assert all(a.end <= b.start for a, b in pairwise(words))


def test_there_is_a_pause_at_the_comma(clip: DrawnClip) -> None:
    first, second = clip.truth.words
    assert second.start - first.end > 0.1


def test_the_voice_is_heard_when_the_truth_says_so(clip: DrawnClip) -> None:
    first = clip.truth.words[0]
    start, end = round(first.start * 48_000), round(first.end * 48_000)
    spoken, before = clip.sound[start:end], clip.sound[: start - 2400]
    assert np.sqrt((spoken**2).mean()) > 20 * np.sqrt((before**2).mean())


def test_the_lips_are_shut_at_an_m_and_open_at_a_vowel(clip: DrawnClip) -> None:
    rate, opening = clip.truth.rate.exact, clip.truth.opening

    def middle(ipa: str) -> float:
        sound = next(p for p in clip.truth.phonemes if ipa in p.ipa)
        return opening[int((sound.start + sound.end) / 2 * rate)]

    assert middle("m") < 0.008
    assert middle("ɑː") > 0.03


def test_the_truth_has_one_opening_for_each_picture(clip: DrawnClip) -> None:
    assert len(clip.truth.opening) == clip.truth.frames == sum(1 for _ in draw_clip(spec()).pictures)


@pytest.mark.parametrize("size", [(64, 64), (128, 128), (90, 160), (320, 180)])
def test_any_size_is_drawn(size: tuple[int, int]) -> None:
    picture = next(draw_clip(spec(width=size[0], height=size[1])).pictures)
    assert picture.shape == (size[1], size[0], 3)
    assert picture.std() > 20


@pytest.mark.parametrize(
    "change", [{"width": 161}, {"height": 32}, {"rate": Fraction(0)}, {"rate": Fraction(500)}]
)
def test_a_size_or_rate_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        spec(**change)


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(BadMedia):
        draw_clip(spec(text="..."))


def test_the_files_hold_what_was_drawn(tmp_path: Path) -> None:
    clip = draw_clip(spec())
    write_clip(clip, tmp_path, "anna")

    truth = msgspec.json.decode((tmp_path / "anna.json").read_bytes(), type=ClipTruth)
    with av.open(str(tmp_path / "anna.mov")) as movie:
        frames = sum(1 for _ in movie.decode(video=0))
        codec = movie.streams.video[0].codec_context.name
    assert truth == clip.truth
    assert frames == truth.frames
    assert codec == "prores"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["anna.json", "anna.mov", "anna.wav"]


def test_the_command_writes_a_clip_and_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = synthetic.main(["--seed", "3", "--text", "Hi.", "--size", "64x64", "-o", str(tmp_path)])
    assert code == 0
    assert "presenter_3.mov" in capsys.readouterr().out
    assert (tmp_path / "presenter_3.mov").exists()


def test_the_command_refuses_an_empty_line_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = synthetic.main(["--text", "", "--size", "64x64", "-o", str(tmp_path)])
    message = capsys.readouterr().err
    assert (code, message.count("\n")) == (3, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_sample_clip_is_tracked_as_real_footage_is() -> None:
    clip = draw_clip(ClipSpec(seed=7, text="Hello, and welcome. This feature rocks."))
    faces = track_faces(clip.pictures, installed_models())
    measured = [(face.opening, true) for face, true in zip(faces, clip.truth.opening, strict=True) if face]
    assert len(measured) >= 0.99 * clip.truth.frames
    assert np.corrcoef(np.array(measured).T)[0, 1] >= 0.8
