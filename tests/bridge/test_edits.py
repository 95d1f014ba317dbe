"""What asked-for edits mean for the words that a clip shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.edits import Insert, Remove, Revise, changes_of
from bridge.errors import BridgeError, ImpossibleEdit, PhraseError
from bridge.revision import Change
from bridge.transcript import Window
from engine.protocol import Word

MEDIA = tuple(
    Word(text=text, start=float(i), end=i + 0.9)
    for i, text in enumerate("the cat sat on the mat and the dog sat by the door".split())
)
SHOWN = Window(start=3, stop=9)  # on the mat and the dog


def revised(tmp_path: Path, text: str) -> Revise:
    path = tmp_path / "revised.txt"
    path.write_text(text, encoding="utf-8")
    return Revise(path=path)


def test_changes_count_the_words_that_the_clip_shows() -> None:
    assert changes_of(Remove(phrase="and"), MEDIA, SHOWN) == (Change(start=3, stop=4),)


def test_words_outside_the_clip_are_not_found() -> None:
    with pytest.raises(PhraseError, match="not said in this clip"):
        changes_of(Insert(text="big", after="door"), MEDIA, SHOWN)


def test_a_revised_text_of_the_clip(tmp_path: Path) -> None:
    edit = revised(tmp_path, "on the red mat and the dog")
    assert changes_of(edit, MEDIA, SHOWN) == (Change(start=2, stop=2, words=("red",)),)


def test_a_revised_text_of_the_whole_media(tmp_path: Path) -> None:
    edit = revised(tmp_path, "the cat sat on the red mat and the dog sat by the door")
    assert changes_of(edit, MEDIA, SHOWN) == (Change(start=2, stop=2, words=("red",)),)


def test_a_revised_text_that_changes_what_the_clip_does_not_show_is_refused(tmp_path: Path) -> None:
    edit = revised(tmp_path, "the cat sat on the mat and the dog sat by the window")
    with pytest.raises(ImpossibleEdit, match='changes "door", which this clip does not show'):
        changes_of(edit, MEDIA, SHOWN)


def test_an_empty_revised_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImpossibleEdit, match="empty"):
        changes_of(revised(tmp_path, " \n"), MEDIA, SHOWN)


def test_a_revised_text_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "revised.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BridgeError, match="not a text file in UTF-8"):
        changes_of(Revise(path=path), MEDIA, SHOWN)
