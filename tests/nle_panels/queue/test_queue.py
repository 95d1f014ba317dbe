"""The queue as an editor sees it: a row a job, its progress, and what can be done about it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.messages import Fault, JobRecord
from engine.protocol import Progress
from nle_panels.queue.lines import BESIDE, KEPT, Lines
from nle_panels.queue.view import QueueView


def job(number: int = 1, state: str = "running", **fields: object) -> JobRecord:
    record = JobRecord(id=str(number), kind="render", hash="h", state="queued", submitted=0)
    return msgspec.structs.replace(record, state=state, **fields)


@pytest.fixture
def view(qtbot: QtBot) -> QueueView:
    view = QueueView()
    qtbot.addWidget(view)
    view.show()
    return view


def row(view: QueueView, number: int = 1) -> object:
    return view._rows[str(number)]


def shown(view: QueueView) -> list[str]:
    """Which jobs have a row, from the top."""
    numbers = {row: number for number, row in view._rows.items()}
    placed = [view._column.itemAt(place).widget() for place in range(view._column.count())]
    return [numbers[widget] for widget in placed if widget in numbers]


def test_the_time_left_is_at_the_pace_so_far() -> None:
    lines = Lines().changed(job(), 100.0).progressed("1", Progress(phase="frames", done=25, total=100))
    assert lines.lines["1"].seconds_left(110.0) == 30
    assert Lines().changed(job(), 100.0).lines["1"].seconds_left(110.0) is None


def test_what_the_engine_does_for_itself_is_not_listed() -> None:
    assert Lines().changed(job(kind="proxy"), 0.0).lines == {}


def test_jobs_that_ended_long_ago_leave_the_list() -> None:
    lines = Lines()
    for number in range(KEPT + 5):
        lines = lines.changed(job(number, "done"), 0.0)
    assert list(lines.lines) == [str(number) for number in range(5, KEPT + 5)]


def test_of_hundreds_that_wait_the_first_and_the_last_have_rows(view: QueueView) -> None:
    view.change(job(0))
    view.show_lines()
    for number in range(1, 301):
        view.change(job(number, "queued"))
        view.show_lines()
    first, last = range(BESIDE + 1), range(301 - BESIDE, 301)
    assert shown(view) == [str(number) for number in [*reversed(last), *reversed(first)]]
    assert view._more.text().startswith(f"{300 - 2 * BESIDE} ")
    assert view._more.isVisible()


def test_what_begins_has_a_row_and_keeps_its_place(view: QueueView) -> None:
    for number in range(100):
        view.change(job(number, "queued"))
        view.show_lines()
    view.change(job(50))
    view.show_lines()
    assert shown(view)[BESIDE] == "50"
    view.change(job(99, "failed"))
    view.show_lines()
    assert shown(view)[0] == "99"
    assert len(shown(view)) == 2 * BESIDE + 2


def test_a_failed_job_says_what_to_do_and_is_tried_again(view: QueueView, qtbot: QtBot) -> None:
    view.name(job(), "00:00:01:00 · draft")
    view.show_lines()
    view.change(job(state="failed", fault=Fault(name="DiskFull", message="no room: free 2 GB")))
    view.show_lines()
    assert row(view)._state.text() == "no room: free 2 GB"
    with qtbot.waitSignal(view.retried) as told:
        row(view).retry.click()
    assert told.args == ["1"]


def test_a_job_of_another_program_cannot_be_tried_again_here(view: QueueView) -> None:
    view.change(job(state="failed"))
    view.show_lines()
    assert not row(view).retry.isVisible()


def test_a_running_job_is_cancelled(view: QueueView, qtbot: QtBot) -> None:
    view.change(job())
    view.show_lines()
    with qtbot.waitSignal(view.cancelled) as told:
        row(view).cancel.click()
    assert told.args == ["1"]
    assert not view.cancel_all.isVisible()


def test_all_that_run_or_wait_are_cancelled_at_once(view: QueueView) -> None:
    for number, state in enumerate(("done", "running", "queued"), start=1):
        view.change(job(number, state))
        view.show_lines()
    cancelled: list[str] = []
    view.cancelled.connect(cancelled.append)
    view.cancel_all.click()
    assert cancelled == ["3", "2"]


def test_the_picture_of_a_render_is_seen_while_it_runs(view: QueueView, tmp_path: Path) -> None:
    path = tmp_path / "preview.jpg"
    picture = QImage(160, 90, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    picture.save(str(path))
    view.change(job())
    view.show_lines()
    view.progress("1", Progress(phase="denoising", done=3, total=25, preview=str(path)))
    view.show_lines()
    assert row(view)._picture.pixmap().height() == 54
    view.change(job(state="done"))
    view.show_lines()
    assert not row(view)._picture.isVisible()


def test_a_picture_that_is_gone_already_is_no_trouble(view: QueueView, tmp_path: Path) -> None:
    view.change(job())
    view.show_lines()
    view.progress("1", Progress(phase="denoising", done=3, total=25, preview=str(tmp_path / "gone.jpg")))
    view.show_lines()
    assert not row(view)._picture.isVisible()


def test_renders_that_the_engine_has_not_got_yet_are_counted_and_are_not_begun_either(
    view: QueueView, qtbot: QtBot
) -> None:
    view.change(job())
    view.show_lines()
    view.set_left(4000)
    assert view._more.text().startswith("4000 ")
    with qtbot.waitSignal(view.all_cancelled):
        view.cancel_all.click()
