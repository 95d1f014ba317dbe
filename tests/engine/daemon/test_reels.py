"""Proxy jobs: made once for the same content, refused by name, and gone without a trace when cancelled."""

from __future__ import annotations

import os
import time
from fractions import Fraction
from pathlib import Path

import pytest
from engine_process import kill_engine, until
from msgspec.structs import replace
from numbered_film import numbered_film

from engine import launcher
from engine.client import EngineClient
from engine.daemon import tasks
from engine.daemon.worker_wire import Assignment
from engine.errors import BadMedia, DiskFull, JobCancelled
from engine.media.fingerprint import fingerprint
from engine.paths import EnginePaths
from engine.protocol import Footage, Proxy, Ratio, Reel
from engine.render import needs


def proxy(media: Path, frames: int = 12) -> Proxy:
    shot = Footage(
        media=str(media), fingerprint=fingerprint(media), offset=Ratio(num=0), first=0, last=frames
    )
    return Proxy(footage=shot, rate=Ratio(num=25), start=0, end=frames)


def made(job: Proxy, folder: Path, number: int = 1) -> tasks.Performed:
    given = Assignment(
        id=str(number),
        job=job,
        folder=str(folder / "cache" / f"job_{number}"),
        cache=str(folder / "cache"),
        unfinished="",
        log="",
    )
    return tasks.perform(given, lambda _: None)


@pytest.fixture
def job(tmp_path: Path) -> Proxy:
    return proxy(numbered_film(tmp_path / "a.mov", 12))


def test_a_reel_made_once_is_known(job: Proxy, tmp_path: Path) -> None:
    first, again = made(job, tmp_path), made(job, tmp_path, 2)
    assert (first.cached, again.cached) == (False, True)
    assert again.result == first.result
    assert not (tmp_path / "job_2").exists()


def test_the_same_content_elsewhere_is_known(job: Proxy, tmp_path: Path) -> None:
    first = made(job, tmp_path)
    Path(job.footage.media).rename(tmp_path / "b.mov")
    moved = replace(job, footage=replace(job.footage, media=str(tmp_path / "b.mov"), timecode=90_000))
    again = made(moved, tmp_path, 2)
    assert (again.result, again.cached) == (first.result, True)


@pytest.mark.parametrize(
    "change", [{"end": 11}, {"height": 90}, {"rate": Ratio(num=24)}], ids=lambda change: next(iter(change))
)
def test_another_stretch_size_or_rate_is_another_reel(
    job: Proxy, tmp_path: Path, change: dict[str, object]
) -> None:
    first = made(job, tmp_path).result
    other = made(replace(job, **change), tmp_path, 2)
    assert not other.cached
    assert other.result != first


def test_a_reel_whose_files_are_gone_is_made_again(job: Proxy, tmp_path: Path) -> None:
    first = made(job, tmp_path).result
    assert isinstance(first, Reel)
    content = Path(first.path).read_bytes()
    Path(first.path).unlink()
    again = made(job, tmp_path, 2)
    assert not again.cached
    assert isinstance(again.result, Reel)
    assert Path(again.result.path).read_bytes() == content


def test_media_that_changed_are_refused(job: Proxy, tmp_path: Path) -> None:
    made(job, tmp_path)
    numbered_film(Path(job.footage.media), 14)
    with pytest.raises(BadMedia, match="has changed"):
        made(job, tmp_path, 2)


def test_a_reel_is_had_through_the_engine_and_the_second_time_at_once(
    job: Proxy, engine: EngineClient, paths: EnginePaths
) -> None:
    first, again = engine.complete(job), engine.complete(job)
    assert (first.job.kind, first.job.cached, again.job.cached) == ("proxy", False, True)
    assert again.result == first.result
    assert isinstance(first.result, Reel)
    assert paths.cache in Path(first.result.path).parents
    assert first.result.frames == 12


def test_a_reel_outlives_its_engine_and_what_a_killed_job_showed_does_not(
    job: Proxy, engine: EngineClient, paths: EnginePaths
) -> None:
    first = engine.complete(job)
    preview = paths.takes / "0a1b" / "9.c2d3e4.1" / "preview_0001.jpg"
    preview.parent.mkdir(parents=True)
    preview.touch()
    kill_engine(paths)
    with launcher.ensure_running(paths) as following:
        assert not preview.exists()
        again = following.complete(job)
    assert again.job.cached
    assert again.result == first.result


def test_a_cancelled_reel_ends_within_a_second_and_leaves_nothing(
    tmp_path: Path, engine: EngineClient, paths: EnginePaths
) -> None:
    long = proxy(numbered_film(tmp_path / "long.mov", 600, rate=Fraction(25)), 600)
    job_id = engine.submit(replace(long, rate=Ratio(num=100), end=2400)).job.id
    until(lambda: engine.job(job_id).progress is not None, patience=60)
    begun = time.monotonic()
    engine.cancel(job_id)
    assert time.monotonic() - begun < 1
    with pytest.raises(JobCancelled):
        engine.wait(job_id)
    until(lambda: not [path for path in paths.takes.rglob("*") if path.is_file()], patience=1)
    assert not list((paths.cache / "findings").glob("*"))


def test_a_reel_that_is_given_out_again_is_the_last_to_be_evicted(job: Proxy, tmp_path: Path) -> None:
    made(job, tmp_path)
    folder = tmp_path / "cache" / "job_1"
    os.utime(folder, (1_000_000, 1_000_000))
    made(job, tmp_path, 2)
    assert time.time() - folder.stat().st_mtime < 60


def test_a_reel_that_the_disk_does_not_hold_is_refused_by_name(
    job: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "SPARE_DISK", 2**60)  # as if all of it had to be left free
    with pytest.raises(DiskFull):
        made(job, tmp_path)
    assert not (tmp_path / "cache" / "job_1").exists()
