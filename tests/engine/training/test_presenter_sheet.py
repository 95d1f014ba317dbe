"""The sheet of presenters: as many as asked for, each another person, with mouths that do what they say."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.training import presenter_sheet
from engine.training.presenter.mouth import opening
from engine.training.presenter_sheet import SOUNDS, Look, mouth_at, mouths_of, portraits, sheet

SMALL = Look(size=(64, 64))


def run(out: Path, *arguments: str) -> int:
    return presenter_sheet.main(["--size", "64x64", *arguments, "-o", str(out)])


def test_each_presenter_on_it_is_another() -> None:
    shown = [picture.astype(float) for picture in portraits(range(6), SMALL)]
    assert len(shown) == 6
    assert all(np.abs(one - other).mean() > 8 for one, other in combinations(shown, 2))


def test_the_same_seeds_look_the_same() -> None:
    one, other = (tuple(portraits(range(3, 5), SMALL)) for _ in range(2))
    assert np.array_equal(one, other)


def test_pictures_lie_in_rows_on_paper() -> None:
    pictures = [np.full((10, 20, 3), shade, np.uint8) for shade in (10, 20, 30)]
    paper = sheet(pictures, 2)
    assert paper.shape == (4 + 2 * 14, 4 + 2 * 24, 3)
    assert (paper[4, 4, 0], paper[4, 28, 0], paper[18, 4, 0], paper[18, 28, 0]) == (10, 20, 30, 250)


@pytest.mark.parametrize("sound", [".", "m"])
def test_lips_are_shut_in_silence_and_at_an_m(sound: str) -> None:
    assert opening(mouth_at(sound)) < 0.008


def test_lips_are_open_at_an_a() -> None:
    assert opening(mouth_at("ɑː")) > 0.05


def test_an_open_mouth_shows_what_is_dark_in_it() -> None:
    shut, wide = mouths_of(0, ("m", "ɑː"), Look(size=(128, 128)))
    assert shut.shape == wide.shape
    shut_dark, wide_dark = ((mouth.max(axis=2) < 60).sum() for mouth in (shut, wide))
    assert wide_dark >= shut_dark + 20


def test_the_command_writes_a_sheet_of_so_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sheet.png"
    assert run(out, "--count", "5", "--columns", "3", "--first", "2") == 0
    assert "presenters 2 to 6" in capsys.readouterr().out
    found = cv2.imread(str(out))
    assert found is not None
    assert found.shape == (4 + 2 * 68, 4 + 3 * 68, 3)


def test_the_command_writes_a_line_of_mouths_for_each(tmp_path: Path) -> None:
    out = tmp_path / "mouths.png"
    assert run(out, "--count", "2", "--sounds") == 0
    found = cv2.imread(str(out))
    assert found is not None
    height, width = next(mouths_of(0, ("m",), SMALL)).shape[:2]
    assert found.shape == (4 + 2 * (height + 4), 4 + len(SOUNDS) * (width + 4), 3)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--count", "0"], "--count"),
        (["--count", "401"], "--count"),
        (["--first", "-1"], "--first"),
        (["--columns", "0"], "--columns"),
        (["--size", "63x64"], "even numbers"),
        (["--size", "big"], "1280x720"),
        (["--sounds", "qq"], "qq"),
    ],
)
def test_wrong_arguments_are_one_line(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(tmp_path / "sheet.png", *arguments)
    told = capsys.readouterr().err
    assert (stopped.value.code, told.count("\n")) == (2, 1)
    assert says in told
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    assert run(tmp_path / "file" / "sheet.png", "--count", "1") == 5
    assert capsys.readouterr().err.count("\n") == 1
