"""The panel in other languages: nothing is left in English, and what is filled in stands in both."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from nle_panels.look import language
from nle_panels.look.commands import command
from nle_panels.look.language import LANGUAGES, TRANSLATIONS, language_of, speak
from nle_panels.queue.view import QueueView

PACKAGE = TRANSLATIONS.parents[1]
TOOLS = Path(sys.executable).parent
TRANSLATED = [name for name in LANGUAGES if name != "en"]
MNEMONIC = re.compile(r"&(?=\w)")


def messages(path: Path) -> Iterator[tuple[str, etree._Element]]:
    """(source, translation) of each string."""
    for message in etree.parse(path).iter("message"):
        yield message.findtext("source", ""), message.find("translation")


def said(translation: etree._Element) -> list[str]:
    forms = [form.text or "" for form in translation.iter("numerusform")]
    return forms or [translation.text or ""]


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_string_of_the_panel_is_translated(name: str, tmp_path: Path) -> None:
    """Where this fails: `make strings`, translate what is unfinished in the .ts, `make strings` again."""
    kept = TRANSLATIONS / f"pickup_{name}.ts"
    copy = shutil.copy(kept, tmp_path / kept.name)
    sources = sorted(map(str, PACKAGE.rglob("*.py")))
    update = [TOOLS / "pyside6-lupdate", *sources, "-ts", copy, "-locations", "none", "-no-obsolete"]
    subprocess.run(update, check=True, capture_output=True)
    unfinished = [source for source, translation in messages(copy) if translation.get("type")]
    assert unfinished == []
    assert [source for source, _ in messages(copy)] == [source for source, _ in messages(kept)]


@pytest.mark.parametrize("name", TRANSLATED)
def test_what_is_filled_in_stands_in_the_translation_too(name: str) -> None:
    holes = re.compile(r"\{[^}]*\}|%n")
    for source, translation in messages(TRANSLATIONS / f"pickup_{name}.ts"):
        for text in said(translation):
            assert sorted(holes.findall(text)) == sorted(holes.findall(source)), source
            assert bool(MNEMONIC.search(text)) == bool(MNEMONIC.search(source)), source
            assert text.strip(), source


@pytest.mark.parametrize("name", TRANSLATED)
def test_the_compiled_file_is_of_the_translations(name: str, tmp_path: Path) -> None:
    release = [TOOLS / "pyside6-lrelease", TRANSLATIONS / f"pickup_{name}.ts", "-qm", tmp_path / "made.qm"]
    subprocess.run(release, check=True, capture_output=True)
    assert (tmp_path / "made.qm").read_bytes() == (TRANSLATIONS / f"pickup_{name}.qm").read_bytes()


def test_the_panel_speaks_german_and_qt_with_it(german: None, qtbot: QtBot) -> None:
    view, buttons = QueueView(), QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(view)
    qtbot.addWidget(buttons)
    assert view.cancel_all.text() == "Alle abbrechen"
    assert command("undo").shown == "Rückgängig"
    assert buttons.buttons()[0].text() == "Abbrechen"


def test_numbers_take_the_form_of_the_language(german: None, qapp: QApplication) -> None:
    told = [qapp.translate("FindBar", "%n found", "", n) for n in (1, 3)]
    assert told == ["1 Treffer", "3 Treffer"]


@pytest.mark.parametrize(("locale", "expected"), [("de_AT", "de"), ("en_GB", "en"), ("fr_FR", "en")])
def test_the_desktops_language_is_spoken_where_there_is_a_translation(locale: str, expected: str) -> None:
    assert language_of(QLocale(locale)) == expected


def test_the_english_strings_need_no_file(qapp: QApplication) -> None:
    assert speak(qapp, "en") == ()
    assert language.LANGUAGES[0] == "en"
