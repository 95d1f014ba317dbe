"""A panel that speaks German."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from nle_panels.look.language import speak


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    spoken = speak(qapp, "de")
    yield
    for translator in spoken:
        qapp.removeTranslator(translator)
    QLocale.setDefault(before)
