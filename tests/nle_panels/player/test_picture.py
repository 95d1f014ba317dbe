"""The picture as it is painted, compared and drawn on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from engine.protocol import Box, FaceBox
from nle_panels.look.palette import DARK, LIGHT
from nle_panels.player.picture import BLINK, Comparison, Picture

RED, BLUE = "#c00000", "#0000c0"


def plain(colour: str) -> QImage:
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


@pytest.fixture
def picture(qtbot: QtBot) -> Picture:
    made = Picture(DARK)
    qtbot.addWidget(made)
    made.resize(320, 180)
    made.set_source_size(1920, 1080)
    made.show_frames(plain(RED), plain(BLUE))
    return made


def seen(picture: Picture, x: int, y: int = 120) -> str:
    return picture.grab().toImage().pixelColor(x, y).name()


def drag(qtbot: QtBot, picture: Picture, start: tuple[int, int], end: tuple[int, int]) -> None:
    layer = picture.region
    qtbot.mousePress(layer, Qt.MouseButton.LeftButton, pos=QPoint(*start))
    qtbot.mouseMove(layer, QPoint(*end))
    qtbot.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=QPoint(*end))


def test_the_edit_is_seen_or_the_original(picture: Picture) -> None:
    assert seen(picture, 60) == RED
    picture.set_comparison(Comparison.BEFORE)
    assert seen(picture, 60) == BLUE


def test_wiped_the_original_is_on_the_left(picture: Picture) -> None:
    picture.set_comparison(Comparison.WIPE)
    assert [seen(picture, 60), seen(picture, 260)] == [BLUE, RED]


def test_the_divider_is_dragged(picture: Picture, qtbot: QtBot) -> None:
    picture.set_comparison(Comparison.WIPE)
    qtbot.mousePress(picture, Qt.MouseButton.LeftButton, pos=QPoint(160, 90))
    qtbot.mouseMove(picture, QPoint(40, 90))
    qtbot.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=QPoint(40, 90))
    qtbot.mouseMove(picture, QPoint(300, 90))
    assert picture.divider == 40 / 320
    assert [seen(picture, 20), seen(picture, 60)] == [BLUE, RED]


def test_the_divider_is_moved_by_keys(picture: Picture, qtbot: QtBot) -> None:
    picture.set_comparison(Comparison.WIPE)
    qtbot.keyClick(picture, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert picture.divider == pytest.approx(0.48)


def test_side_by_side_both_are_whole(picture: Picture) -> None:
    picture.set_comparison(Comparison.SIDE)
    image = picture.grab().toImage()
    assert [image.pixelColor(x, 90).name() for x in (5, 150, 170, 315)] == [BLUE, BLUE, RED, RED]


def test_blinking_shows_them_in_turn_and_slowly_enough(picture: Picture, qtbot: QtBot) -> None:
    assert BLINK >= 334  # at most three flashes a second
    picture.set_comparison(Comparison.BLINK)
    assert seen(picture, 60) == RED
    qtbot.waitUntil(lambda: seen(picture, 60) == BLUE)
    qtbot.waitUntil(lambda: seen(picture, 60) == RED)


def test_another_shape_of_picture_is_not_stretched(picture: Picture) -> None:
    picture.set_source_size(1080, 1080)
    assert seen(picture, 20) == DARK.surround
    assert seen(picture, 100) == RED


def test_without_a_picture_it_says_what_to_do(picture: Picture) -> None:
    blank = picture.grab().toImage()
    picture.show_frames(None)
    picture.set_message("No clip is open", "Open a timeline.")
    assert picture.accessibleDescription() == "No clip is open Open a timeline."
    assert picture.grab().toImage() != blank


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_marks_are_read_on_any_picture(picture: Picture, palette: object) -> None:
    picture.set_colours(palette)  # type: ignore[arg-type]
    before = picture.grab().toImage()
    picture.set_marks(("draft", "scratch voice"))
    marked = picture.grab().toImage()
    rows = {y for x in range(320) for y in range(180) if before.pixel(x, y) != marked.pixel(x, y)}
    assert rows
    assert min(rows) > 140  # small, and out of the face's way


def changed(before: QImage, after: QImage) -> set[int]:
    """The columns in which two pictures differ."""
    return {x for x in range(320) for y in range(180) if before.pixel(x, y) != after.pixel(x, y)}


def test_marks_are_the_edits_not_the_originals(picture: Picture) -> None:
    picture.set_comparison(Comparison.WIPE)
    before = picture.grab().toImage()
    picture.set_marks(("draft",))
    assert min(changed(before, picture.grab().toImage())) > 160
    picture.set_comparison(Comparison.BEFORE)
    marked = picture.grab().toImage()
    picture.set_marks(())
    assert not changed(marked, picture.grab().toImage())


def test_the_face_is_bracketed_where_it_is(picture: Picture) -> None:
    before = picture.grab().toImage()
    picture.set_face(FaceBox(x=600, y=300, width=600, height=600, opening=0.1))
    after = picture.grab().toImage()
    columns = changed(before, after)
    assert (min(columns), max(columns)) == pytest.approx((100, 200), abs=3)
    assert after.pixelColor(150, 100) == before.pixelColor(150, 100)


# --------------------------------------------------------------------------------------- the region


def test_a_box_is_drawn_in_pixels_of_the_source(picture: Picture, qtbot: QtBot) -> None:
    picture.region.set_drawing(True)
    with qtbot.waitSignal(picture.region.box_changed):
        drag(qtbot, picture, (100, 50), (200, 100))
    assert picture.region.box == Box(x=600, y=300, width=600, height=300)


def test_a_box_is_moved_and_resized(picture: Picture, qtbot: QtBot) -> None:
    picture.region.set_drawing(True)
    picture.region.set_box(Box(x=600, y=300, width=600, height=300))
    drag(qtbot, picture, (150, 75), (160, 80))
    assert picture.region.box == Box(x=660, y=330, width=600, height=300)
    drag(qtbot, picture, (210, 105), (220, 110))
    assert picture.region.box == Box(x=660, y=330, width=660, height=330)


def test_a_box_is_made_and_moved_by_keys(picture: Picture, qtbot: QtBot) -> None:
    layer = picture.region
    layer.set_drawing(True)
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(layer, Qt.Key.Key_Right, alt)
    assert layer.box == Box(x=720, y=405, width=480, height=270)
    qtbot.keyClick(layer, Qt.Key.Key_Right, alt)
    qtbot.keyClick(layer, Qt.Key.Key_Down, alt | Qt.KeyboardModifier.ShiftModifier)
    assert layer.box == Box(x=739, y=405, width=480, height=289)


def test_without_drawing_the_mouse_reaches_the_picture(picture: Picture) -> None:
    assert picture.childAt(QPoint(100, 50)) is None
    picture.region.set_drawing(True)
    assert picture.childAt(QPoint(100, 50)) is picture.region
