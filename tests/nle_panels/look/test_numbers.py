"""Numbers in the language that the panel speaks."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox
from pytestqt.qtbot import QtBot

from nle_panels.document.tokens import Pause
from nle_panels.look.numbers import decimal, signed
from nle_panels.transcript.lines import shown_text


def test_a_minus_is_as_wide_as_a_plus() -> None:
    assert [signed(count) for count in (3, -3)] == ["+3", "\N{MINUS SIGN}3"]


def test_in_german_there_is_a_comma_in_texts_and_in_boxes(german: None, qtbot: QtBot) -> None:
    box = QDoubleSpinBox(decimals=1)
    qtbot.addWidget(box)
    box.setValue(0.3)
    assert (decimal(0.34), box.text()) == ("0,3", "0,3")


def test_a_pause_is_told_in_german(german: None) -> None:
    told = shown_text(Pause(after=0, ticks=123, kept=41))
    assert told.replace("\N{NO-BREAK SPACE}", " ") == "[0,4 von 1,2 s]"
