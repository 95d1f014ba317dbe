"""A clip that nothing can be heard in: the panel says so, and words come from elsewhere."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from panel_desk import PATIENCE, Key, PanelDesk
from PySide6.QtWidgets import QCommandLinkButton, QFileDialog, QInputDialog
from timelines import Cut, Source, timeline
from tiny import RATE, WORDS, make_media

from engine.errors import WordsDoNotFit
from engine.media.probe import probe
from engine.paths import EnginePaths
from engine.protocol import Keep
from nle_panels.work import Chosen
from otio_adapters.write import write

SCRIPT = " ".join(WORDS)


@pytest.fixture
def mute(desk: PanelDesk, home: Path, cut: Path, tmp_path: Path) -> PanelDesk:
    """Opened, a timeline of two clips of four seconds of silent film; `clip.mov` says eight words."""
    media = make_media(tmp_path / "mute.mov", sound=False)
    pieces = [Cut(name=name, media=media, start=at, frames=50) for name, at in (("first", 0), ("second", 50))]
    write(timeline(pieces, Source(frames=100), Fraction(RATE)), tmp_path / "mute.otio")
    written = EnginePaths.under(home).state / "transcripts" / f"{probe(media).fingerprint}.json"
    written.unlink(missing_ok=True)  # by the test before, whose film was the same
    with desk.qtbot.waitSignal(desk.session.clip_opened, timeout=PATIENCE):
        desk.panel.open(Chosen(timeline=tmp_path / "mute.otio", clip="first"))
    desk.until_idle()
    return desk


def choose(desk: PanelDesk, name: str) -> None:
    page = desk.window.pages.currentWidget()
    next(one for one in page.findChildren(QCommandLinkButton) if one.text() == name).click()


def test_it_says_so_and_has_the_keyboard(mute: PanelDesk) -> None:
    page = mute.window.mute
    assert mute.window.pages.currentWidget() is page
    assert page.title.text() == "This clip has no sound"
    assert "mute.mov" in page.told.text()
    assert mute.banner == ""


def test_the_words_of_the_clip_before_are_not_its_own(mute: PanelDesk, cut: Path) -> None:
    timeline_of_mute = mute.session.opened.chosen.timeline
    mute.open(cut)
    with mute.qtbot.waitSignal(mute.session.clip_opened, timeout=PATIENCE):
        mute.panel.open(Chosen(timeline=timeline_of_mute, clip="first"))
    assert mute.session.said is mute.session.history is None


def test_words_that_are_written_in_are_edited_like_all_others(
    mute: PanelDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QInputDialog, "getMultiLineText", lambda *_: ("one two three four", True))
    with mute.qtbot.waitSignal(mute.session.words_changed, timeout=PATIENCE):
        choose(mute, "Write what is said…")
    assert mute.words() == "one two three four"
    mute.select("two")
    mute.press(Key.Key_Delete)
    mute.until_drafted()
    kept = [span for shot in mute.session.ready.plan.shots for span in shot.plan.spans]
    assert all(isinstance(span, Keep) for span in kept)
    assert mute.session.ready.plan.change < 0


def test_a_second_clip_of_the_film_has_no_words_yet(mute: PanelDesk) -> None:
    with mute.qtbot.waitSignal(mute.session.words_changed, timeout=PATIENCE):
        mute.session.write_in("one two")
    with mute.qtbot.waitSignal(mute.session.clip_opened, timeout=PATIENCE):
        mute.panel.open(Chosen(timeline=mute.session.opened.chosen.timeline, clip="second"))
    assert mute.window.pages.currentWidget() is mute.window.mute
    with mute.qtbot.waitSignal(mute.session.words_changed, timeout=PATIENCE):
        mute.session.write_in("three four")
    assert mute.words() == "three four"
    assert [word.text for word in mute.session.said.words] == ["one", "two", "three", "four"]


def test_words_come_from_a_text_file(
    mute: PanelDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "said.txt").write_text("one two")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "said.txt"), ""))
    with mute.qtbot.waitSignal(mute.session.words_changed, timeout=PATIENCE):
        choose(mute, "Take the words from a text file…")
    assert mute.words() == "one two"


def test_another_recording_is_listened_to_in_its_place(
    mute: PanelDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "clip.mov"), ""))
    choose(mute, "Listen to another recording…")
    assert mute.window.listen.title.text() == "Nobody has listened to clip.mov yet"
    (tmp_path / "script.txt").write_text(SCRIPT)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "script.txt"), ""))
    with mute.qtbot.waitSignal(mute.session.failed, timeout=PATIENCE):
        choose(mute, "I have the script…")
        assert mute.window.listen.title.text() == "Listening…"
    assert mute.window.listen.title.text() == "Nobody has listened to clip.mov yet"
    (trouble,) = mute.troubles
    mute.troubles.clear()
    assert isinstance(trouble, WordsDoNotFit)  # to beeps; in the clip itself there is no sound to fit them to
