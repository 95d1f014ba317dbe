"""The panel's line to a real engine: jobs are followed, survive the engine, and can be cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import kill_engine
from pytestqt.qtbot import QtBot

from engine import launcher
from engine.client import Outcome
from engine.errors import JobCancelled, MissingMedia
from engine.messages import JobRecord
from engine.paths import EnginePaths
from engine.protocol import Analyse, Progress, Sleep
from nle_panels.engine_link import EngineLink, Standing


class Heard:
    """All that a link has reported."""

    def __init__(self, link: EngineLink) -> None:
        self.standings: list[Standing] = []
        self.jobs: list[JobRecord] = []
        self.progress: list[tuple[str, Progress]] = []
        self.ended: dict[int, Outcome | Exception] = {}
        link.standing.connect(self.standings.append)
        link.changed.connect(self.jobs.append)
        link.progressed.connect(lambda job, progress: self.progress.append((job, progress)))
        link.ended.connect(self._end)

    def _end(self, ticket: int, how: Outcome | Exception) -> None:
        assert ticket not in self.ended, "a job ends once"
        self.ended[ticket] = how

    @property
    def running(self) -> list[str]:
        return [job.id for job in self.jobs if job.state == "running"]


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[EnginePaths]:
    paths = EnginePaths.under(tmp_path / "home")
    yield paths
    launcher.stop(paths)


@pytest.fixture
def link(paths: EnginePaths, qapp: object) -> Iterator[EngineLink]:
    link = EngineLink(paths)
    yield link
    link.close()


@pytest.fixture
def heard(link: EngineLink) -> Heard:
    heard = Heard(link)
    link.start()
    return heard


def test_a_job_is_done_and_told_of_on_the_way(link: EngineLink, heard: Heard, qtbot: QtBot) -> None:
    ticket = link.submit(Sleep(ticks=30))
    qtbot.waitUntil(lambda: ticket in heard.ended, timeout=20_000)
    outcome = heard.ended[ticket]
    assert isinstance(outcome, Outcome)
    assert [job.state for job in heard.jobs] == ["queued", "running", "done"]
    assert heard.progress[-1][0] == outcome.job.id


def test_a_job_that_fails_ends_with_its_error(link: EngineLink, heard: Heard, qtbot: QtBot) -> None:
    ticket = link.submit(Analyse(media="/nowhere.mov"))
    qtbot.waitUntil(lambda: ticket in heard.ended, timeout=20_000)
    assert isinstance(heard.ended[ticket], MissingMedia)


def test_a_job_is_cancelled_and_the_next_one_is_done(link: EngineLink, heard: Heard, qtbot: QtBot) -> None:
    long, short = link.submit(Sleep(ticks=3000)), link.submit(Sleep(ticks=1))
    qtbot.waitUntil(lambda: bool(heard.running), timeout=20_000)
    link.cancel(heard.running[0])
    qtbot.waitUntil(lambda: short in heard.ended, timeout=20_000)
    assert isinstance(heard.ended[long], JobCancelled)
    assert isinstance(heard.ended[short], Outcome)


def test_of_jobs_that_are_withdrawn_those_that_wait_are_cancelled_and_one_that_runs_goes_on(
    link: EngineLink, heard: Heard, qtbot: QtBot
) -> None:
    runs = link.submit(Sleep(ticks=150))
    qtbot.waitUntil(lambda: bool(heard.running), timeout=20_000)
    waits = link.submit(Sleep(ticks=3000))
    link.withdraw(runs)
    link.withdraw(waits)
    qtbot.waitUntil(lambda: {runs, waits} <= heard.ended.keys(), timeout=20_000)
    assert isinstance(heard.ended[waits], JobCancelled)
    assert isinstance(heard.ended[runs], Outcome)


def test_a_job_outlives_its_engine_and_ends_once(
    link: EngineLink, heard: Heard, paths: EnginePaths, qtbot: QtBot
) -> None:
    ticket = link.submit(Sleep(ticks=200))
    qtbot.waitUntil(lambda: bool(heard.running), timeout=20_000)
    kill_engine(paths)
    qtbot.waitUntil(lambda: "gone" in [one.state for one in heard.standings], timeout=20_000)
    qtbot.waitUntil(lambda: ticket in heard.ended, timeout=40_000)
    assert isinstance(heard.ended[ticket], Outcome)
    assert [one.state for one in heard.standings] == ["starting", "up", "gone", "starting", "up"]


def test_jobs_go_on_when_the_panel_closes_and_are_there_when_it_opens(
    paths: EnginePaths, qapp: object, qtbot: QtBot
) -> None:
    first = EngineLink(paths)
    told = Heard(first)
    first.start()
    first.submit(Sleep(ticks=150, note="goes on"))
    qtbot.waitUntil(lambda: bool(told.running), timeout=20_000)
    first.close()
    again = EngineLink(paths)
    heard = Heard(again)
    again.start()
    qtbot.waitUntil(lambda: [job.state for job in heard.jobs][-1:] == ["done"], timeout=20_000)
    again.close()
    assert {job.id for job in heard.jobs} == {told.running[0]}
