"""The takes' view: what it shows of edits, and what it asks for."""

from __future__ import annotations

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from bridge.versions import TakeRecord
from engine.protocol import EditPlan, Footage, Keep, Ratio, Render, Take
from nle_panels.takes.book import Shelf, Version
from nle_panels.takes.entries import Entry
from nle_panels.takes.view import TakesView

JOB = Render(
    footage=Footage(media="/a/clip.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=100),
    plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=10), Keep(start=15, end=25))),
    bridge=5,
)
TAKE = Take(
    path="/takes/take.mov",
    frames=20,
    rate=Ratio(num=25),
    source_range=(0, 20),
    timecode=0,
    drop_frame=False,
    width=64,
    height=64,
    channels=2,
    sha256="",
    content_sha256="",
    renderer="draft",
    renderer_version="1",
    seed=0,
    lip_sync="none",
)


def entry(key: str, start: int, *lines: str) -> Entry:
    return Entry(key=key, start=start, title=key, change=3, shelf=Shelf(), lines=lines)


@pytest.fixture
def view(qtbot: QtBot) -> TakesView:
    view = TakesView(str)
    qtbot.addWidget(view)
    view.show_entries([entry("a", 40), entry("b", 90, "on Monday")])
    return view


def test_an_edit_that_is_clicked_twice_is_looped(view: TakesView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.looped) as told:
        view._list.itemDoubleClicked.emit(view._list.topLevelItem(1), 0)
    assert told.args == [90]


def test_new_words_can_be_said_by_somebody_where_there_are_some(view: TakesView) -> None:
    view._list.setCurrentItem(view._list.topLevelItem(0))
    assert not view.voice.isEnabled()
    view._list.setCurrentItem(view._list.topLevelItem(1))
    assert view.voice.isEnabled()
    assert view.lines() == ("on Monday",)


def titles(view: TakesView) -> list[str]:
    return [view._list.topLevelItem(row).text(0) for row in range(view._list.topLevelItemCount())]


def test_edits_come_and_go_where_they_are(view: TakesView) -> None:
    for starts in ((40, 70, 90), (90,), (), (20, 30), (20, 25, 30), (25, 30, 40), (40,)):
        view.show_entries([entry("x", start) for start in starts])
        assert titles(view) == [f"{start}  x" for start in starts]


def test_the_row_of_an_edit_that_did_not_change_is_the_same_one(view: TakesView) -> None:
    row = view._list.topLevelItem(1)
    view.show_entries([entry("a", 40), entry("new", 60), entry("b", 90, "on Monday")])
    assert view._list.topLevelItem(2) is row


def test_thousands_of_edits_are_listed_in_turns(view: TakesView, qtbot: QtBot) -> None:
    many = [entry(str(number), 10 * number) for number in range(2000)]
    view.show_entries(many)
    assert len(titles(view)) < 100
    qtbot.waitUntil(lambda: len(titles(view)) == 2000)
    assert titles(view)[1234] == "12340  1234"


def test_what_is_selected_is_so_though_the_list_is_not_all_there_yet(view: TakesView) -> None:
    view._list.setCurrentItem(view._list.topLevelItem(1))
    many = [entry(str(number), 100 + number) for number in range(1000)]
    view.show_entries([*many, entry("b", 2000, "on Monday")])
    view.show_entries([*many[1:], entry("b", 2000, "on Monday")])
    assert view.current() == ("b", None)
    assert view.lines() == ("on Monday",)


def test_of_an_edit_that_is_gone_nothing_is_selected(view: TakesView) -> None:
    view._list.setCurrentItem(view._list.topLevelItem(1))
    view.show_entries([entry("a", 40), entry("c", 60)])
    assert view.current() is None


def test_an_edit_that_has_become_another_shot_stays_selected(view: TakesView) -> None:
    view._list.setCurrentItem(view._list.topLevelItem(1))
    view.show_entries([entry("a", 40), entry("said by another", 90, "on Monday")])
    assert view.current() == ("said by another", None)
    view.show_entries([entry("new", 20), entry("said by another", 70, "on Monday")])
    assert view.current() == ("said by another", None)


def test_a_take_that_is_marked_for_want_of_consent_says_so(view: TakesView) -> None:
    take = msgspec.structs.replace(TAKE, marked=True)
    record = TakeRecord(job_hash="h", media="clip.mov", job=JOB, take=take)
    shelf = Shelf(versions=(Version(number=1, record=record),), chosen=1)
    view.show_entries([Entry(key="a", start=40, title="a", change=3, shelf=shelf, lines=("on Monday",))])
    assert "marked: no consent on record" in view._list.topLevelItem(0).child(0).text(0)
