"""What an engine takes in, and what it leaves on the disk, has an end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from engine_process import until
from msgspec.structs import replace
from tiny import make_media

from engine import launcher
from engine.client import EngineClient
from engine.daemon import job_book
from engine.daemon.event_log import EventLog
from engine.daemon.handed_in import HandedIn
from engine.daemon.job_book import JobBook
from engine.daemon.job_store import JobStore
from engine.errors import QueueFull
from engine.media.fingerprint import fingerprint
from engine.messages import Accepted, Submit
from engine.paths import EnginePaths
from engine.protocol import EditPlan, Footage, Keep, Ratio, Render, Sleep, Take


@pytest.fixture
def book(tmp_path: Path) -> JobBook:
    events = EventLog("run", 1, lambda _: None, lambda _: None)
    return JobBook(JobStore(tmp_path / "jobs.sqlite"), events, lambda _: None)


def handed_in(client: str, number: int) -> HandedIn:
    submit = Submit(job=Sleep(note=str(number)))
    return HandedIn(submit=submit, client=client, hash=f"{client}{number}", weights=None)


def kinds(answers: tuple[object, ...]) -> list[type]:
    return [type(answer) for answer in answers]


def test_a_client_may_have_only_so_many_jobs_waiting(book: JobBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_book, "MOST_OF_CLIENT", 3)
    answers = book.keep_all([handed_in("farm", number) for number in range(4)], 0)
    assert kinds(answers) == [Accepted] * 3 + [QueueFull]
    assert kinds(book.keep_all([handed_in("panel", 0)], 0)) == [Accepted]


def test_there_is_room_again_when_a_job_has_ended(book: JobBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_book, "MOST_OF_CLIENT", 1)
    (first,) = book.keep_all([handed_in("farm", 0)], 0)
    assert isinstance(first, Accepted)
    book.begin(first.job.id, "cpu", 1)
    assert kinds(book.keep_all([handed_in("farm", 1)], 2)) == [Accepted]


def test_all_clients_together_have_only_so_many(book: JobBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_book, "MOST_QUEUED", 2)
    answers = book.keep_all([handed_in(name, 0) for name in ("a", "b", "c")], 0)
    assert kinds(answers) == [Accepted, Accepted, QueueFull]


def test_paused_jobs_count(book: JobBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_book, "MOST_QUEUED", 1)
    (first,) = book.keep_all([handed_in("a", 0)], 0)
    assert isinstance(first, Accepted)
    book.put_back(first.job.id, paused=True)
    assert kinds(book.keep_all([handed_in("b", 0)], 0)) == [QueueFull]


# ---- the cache, by a real engine


def take_of(media: Path, seed: int) -> Render:
    footage = Footage(
        media=str(media), fingerprint=fingerprint(media), offset=Ratio(num=0), first=0, last=100
    )
    plan = EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=10), Keep(start=20, end=30)))
    return Render(footage=footage, plan=plan, bridge=2, seed=seed)


def made(engine: EngineClient, job: Render) -> tuple[str, Take]:
    outcome = engine.complete(job)
    assert isinstance(outcome.result, Take)
    return outcome.job.id, outcome.result


@pytest.fixture
def small_cache(paths: EnginePaths, monkeypatch: pytest.MonkeyPatch) -> EnginePaths:
    """Of an engine whose cache may have next to nothing."""
    monkeypatch.setenv("PICKUP_CACHE_GIB", "0.000001")
    return paths


def old(take: Take) -> None:
    """As if it had been given out an hour ago."""
    folder = Path(take.path).parent
    os.utime(folder, (folder.stat().st_mtime - 3600,) * 2)


def test_the_oldest_take_goes_and_one_that_is_held_stays(small_cache: EnginePaths, tmp_path: Path) -> None:
    media = make_media(tmp_path / "clip.mov")
    with launcher.ensure_running(small_cache) as engine:
        held_id, held = made(engine, take_of(media, 1))
        engine.hold("cut.otio", (held_id,))
        _, other = made(engine, take_of(media, 2))
        old(held)
        old(other)
        made(engine, take_of(media, 3))
        until(lambda: not Path(other.path).exists(), 15)
        assert Path(held.path).exists()


def test_an_evicted_take_is_rendered_again_with_the_same_content(
    small_cache: EnginePaths, tmp_path: Path
) -> None:
    media = make_media(tmp_path / "clip.mov")
    with launcher.ensure_running(small_cache) as engine:
        _, first = made(engine, take_of(media, 1))
        old(first)
        made(engine, take_of(media, 2))
        until(lambda: not Path(first.path).exists(), 15)
        _, again = made(engine, take_of(media, 1))
    assert again.content_sha256 == first.content_sha256
    theirs = {"path": "", "sha256": "", "provenance": ""}  # each signature is another one
    assert replace(again, **theirs) == replace(first, **theirs)


def test_the_status_says_how_much_the_cache_has(small_cache: EnginePaths, tmp_path: Path) -> None:
    media = make_media(tmp_path / "clip.mov")
    with launcher.ensure_running(small_cache) as engine:
        made(engine, take_of(media, 1))
        until(lambda: engine.status().cache_bytes > 10_000, 15)
        assert engine.status().cache_limit == 1073
