"""The contact sheet shows the frames around each edited cut, before and after, each with its number."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_faces import installed_models, portrait
from grey_film import RATE, make_film, number_of

from engine.errors import RenderFailed
from engine.evaluation import sheet
from engine.evaluation.cuts import Cut, CutLists, Projector
from engine.evaluation.sheet import Row, Thumb, contact_sheet, join_rows
from engine.protocol import Ratio


def removal(film: Path, take: Path) -> CutLists:
    """Frames 10 to 19 of a film of 30 taken out, and the frames around the cut replaced by a take of 6."""
    name = str(film)
    return CutLists(
        rate=Ratio.of(RATE),
        before=(Cut(media=name, start=0, frames=30),),
        after=(
            Cut(media=name, start=0, frames=7),
            Cut(media=str(take), start=2, frames=6, edited=True, label="take v001"),
            Cut(media=name, start=23, frames=7),
        ),
    )


@pytest.fixture
def lists(tmp_path: Path) -> CutLists:
    return removal(make_film(tmp_path / "film.mov"), make_film(tmp_path / "take.mov"))


def rows_of(lists: CutLists) -> list[Row]:
    with Projector(RATE) as projector:
        return list(join_rows(lists, projector))


def test_the_row_after_the_edit_steps_through_both_joins(lists: CutLists) -> None:
    after, _ = rows_of(lists)
    assert [thumb.caption for thumb in after.thumbs] == [str(k) for k in range(3, 17)]
    assert [number_of(thumb.picture) for thumb in after.thumbs] == [
        3,
        4,
        5,
        6,
        2,
        3,
        4,
        5,
        6,
        7,
        23,
        24,
        25,
        26,
    ]
    assert [thumb.edited for thumb in after.thumbs] == [False] * 4 + [True] * 6 + [False] * 4


def test_the_row_before_the_edit_begins_at_the_same_source_frame(lists: CutLists) -> None:
    _, before = rows_of(lists)
    assert [number_of(thumb.picture) for thumb in before.thumbs] == list(range(3, 21))


def test_the_title_names_the_take_its_length_and_its_place(lists: CutLists) -> None:
    assert rows_of(lists)[0].title == "1  take v001: 6 frames at 0.28 s"


def test_an_edit_at_the_very_start_shows_what_there_is(tmp_path: Path) -> None:
    film = str(make_film(tmp_path / "film.mov"))
    whole = Cut(media=film, start=0, frames=30)
    start = (Cut(media=film, start=5, frames=3, edited=True), Cut(media=film, start=8, frames=2))
    after, before = rows_of(CutLists(rate=Ratio.of(RATE), before=(whole,), after=start))
    assert [number_of(thumb.picture) for thumb in after.thumbs] == [5, 6, 7, 8, 9]
    assert number_of(before.thumbs[0].picture) == 0


def test_a_long_take_is_shown_at_even_steps_with_both_its_ends(tmp_path: Path) -> None:
    film = str(make_film(tmp_path / "film.mov", frames=40))
    take = Cut(media=film, start=0, frames=40, edited=True)
    after, _ = rows_of(CutLists(rate=Ratio.of(RATE), before=(take,), after=(take,)))
    shown = [int(thumb.caption) for thumb in after.thumbs]
    assert (shown[0], shown[-1], len(shown)) == (0, 39, sheet.INSIDE)


def test_faces_are_shown_large() -> None:
    installed_models()
    picture = portrait(size=(640, 360))
    rows, columns = sheet.face_crop([picture, picture])
    assert picture[rows, columns].shape[1] < 320


def test_the_sheet_is_a_png_that_holds_the_thumbs(tmp_path: Path) -> None:
    red = Thumb(picture=np.full((30, 40, 3), (200, 20, 20), np.uint8), caption="7", edited=True)
    contact_sheet([Row(title="a row", thumbs=(red,) * 3)], tmp_path / "sheet.png")
    found = cv2.imread(str(tmp_path / "sheet.png"))
    assert found is not None
    assert (found == (20, 20, 200)).all(axis=-1).sum() == 3 * 30 * 40


def test_a_row_of_many_is_laid_over_several_lines(tmp_path: Path) -> None:
    thumb = Thumb(picture=np.zeros((30, 40, 3), np.uint8), caption="")
    for count, name in ((sheet.THUMBS_IN_A_LINE, "one.png"), (sheet.THUMBS_IN_A_LINE + 1, "two.png")):
        contact_sheet([Row(title="t", thumbs=(thumb,) * count)], tmp_path / name)
    one, two = cv2.imread(str(tmp_path / "one.png")), cv2.imread(str(tmp_path / "two.png"))
    assert one is not None
    assert two is not None
    assert two.shape[0] > 1.5 * one.shape[0]
    assert two.shape[1] == one.shape[1]


def test_there_is_no_sheet_without_an_edit(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match="no cut is marked as edited"):
        contact_sheet([], tmp_path / "sheet.png")
    assert list(tmp_path.iterdir()) == []


def test_the_command_tells_a_missing_film_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = {"media": str(tmp_path / "gone.mov"), "start": 0, "frames": 2, "edited": True, "label": ""}
    cuts = tmp_path / "cuts.json"
    cuts.write_text(json.dumps({"rate": [25, 1], "before": [cut], "after": [cut]}))
    code = sheet.main([str(cuts), "-o", str(tmp_path / "sheet.png")])
    message = capsys.readouterr().err
    assert code == 3
    assert "gone.mov" in message
    assert message.count("\n") == 1
    assert not (tmp_path / "sheet.png").exists()
