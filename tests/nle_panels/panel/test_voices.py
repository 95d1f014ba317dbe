"""Who says the new words, chosen at the panel."""

from __future__ import annotations

from array import array
from pathlib import Path

from panel_desk import CTRL, Key, PanelDesk

from nle_panels.record.dialog import RecordDialog

SILENCE = bytes(24_000)
LINE = SILENCE + array("h", [12_000, -12_000] * 24_000).tobytes() + SILENCE


def with_new_words(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.put_caret_after("five")
    desk.type(" brand new")
    desk.until_drafted()
    takes = desk.window.takes._list
    takes.setCurrentItem(takes.topLevelItem(0))


def offered(desk: PanelDesk) -> list[tuple[str, bool]]:
    menu = desk.window.takes.voice.menu()
    menu.aboutToShow.emit()
    return [(action.text(), action.isChecked()) for action in menu.actions()]


def test_a_recording_lies_with_the_takes_and_says_the_words(desk: PanelDesk, cut: Path) -> None:
    with_new_words(desk, cut)
    assert offered(desk) == [
        ("brand new", False),
        ("Record it…", False),
        ("A file…", False),
        ("Scratch voice", True),
    ]
    desk.panel.voices.keep("brand new", LINE)
    recording = cut.parent / "takes" / "lines" / "brand_new_001.wav"
    desk.until(lambda: desk.session.ready.plan.lines[0].path == str(recording))
    desk.until_drafted()
    assert ("A file: brand_new_001.wav…", True) in offered(desk)
    (record,) = desk.session.takes.playing().values()
    assert not record.job.speech[0].scratch


def test_the_scratch_voice_is_chosen_again(desk: PanelDesk, cut: Path) -> None:
    with_new_words(desk, cut)
    desk.panel.voices.keep("brand new", LINE)
    desk.until(lambda: not desk.session.ready.plan.lines[0].scratch)
    offered(desk)
    desk.window.takes.voice.menu().actions()[-1].trigger()
    desk.until(lambda: desk.session.ready.plan.lines[0].scratch)
    desk.until_drafted()


def test_the_words_are_recorded_by_a_key(desk: PanelDesk, cut: Path) -> None:
    with_new_words(desk, cut)
    told: list[str] = []

    def answer(dialog: RecordDialog) -> None:
        told.append(dialog._words.text())
        dialog.reject()

    with desk.answering(answer):
        desk.press(Key.Key_M, CTRL)
    assert told == ["brand new"]
    assert desk.session.voices == {}


def test_without_new_words_there_is_nothing_to_record(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.do("record")
    assert desk.refusals == ["There are no new words to record."]
