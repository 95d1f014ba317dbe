"""The soak: what it would call lost, done twice or half; and a short one."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.evaluation.soak import Plan, in_words, soak
from engine.evaluation.soak_check import Kept, begun, done_twice, half_files, lost
from engine.evaluation.soak_client import Told
from engine.paths import EnginePaths

DONE = Kept(id="7", hash="h", state="done", ended=5_000, folder="7.a.1")
ACCEPTED = Told(at=1_000, what="accepted", job="7", hash="h")
CANCELLING = replace(ACCEPTED, what="cancelling")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ((ACCEPTED,), DONE),
        ((ACCEPTED, replace(ACCEPTED, what="done")), DONE),
        ((ACCEPTED, CANCELLING), replace(DONE, state="cancelled")),
        ((ACCEPTED, CANCELLING), DONE),  # it was too late
        ((ACCEPTED,), replace(DONE, state="failed", fault="WorkerLost")),  # killed, and killed again
    ],
)
def test_a_job_that_ended_as_was_told_is_not_lost(told: tuple[Told, ...], kept: Kept) -> None:
    assert list(lost(told, {"7": kept})) == []


@pytest.mark.parametrize(
    ("told", "kept", "why"),
    [
        ((ACCEPTED,), replace(DONE, id="8"), "is not kept"),
        ((ACCEPTED,), replace(DONE, hash="other"), "is another one"),
        ((ACCEPTED,), replace(DONE, state="queued", ended=None), "never ended"),
        ((ACCEPTED,), replace(DONE, state="cancelled"), "nobody asked for it"),
        ((ACCEPTED,), replace(DONE, state="failed", fault="RenderFailed"), "RenderFailed"),
        (
            (ACCEPTED, replace(ACCEPTED, what="done")),
            replace(DONE, state="failed", fault="WorkerLost"),
            "kept as failed",
        ),
    ],
)
def test_a_job_that_did_not_is(told: tuple[Told, ...], kept: Kept, why: str) -> None:
    (trouble,) = lost(told, {kept.id: kept})
    assert why in trouble


def test_a_job_that_a_worker_began_after_it_was_done_was_done_twice() -> None:
    assert list(done_twice([DONE], {"7": (1_000, 4_999)})) == []
    assert list(done_twice([DONE], {"7": (1_000, 5_200)})) == ["job 7 was begun 200 ms after it was done"]


def test_a_jobs_beginnings_are_read_from_its_log(tmp_path: Path) -> None:
    log = tmp_path / "7.log"
    log.write_text(
        '{"at":"1970-01-01T00:00:01.250000Z","event":"running","attempt":1}\n'
        "a worker's print\n"
        '{"at":"1970-01-01T00:00:02Z","event":"done"}\n'
    )
    assert begun(log) == (1_250,)


def test_half_files_and_folders_that_are_no_jobs_are_found(tmp_path: Path) -> None:
    paths = EnginePaths.under(tmp_path)
    for folder in ("7.a.1", "8.a.1"):
        (paths.takes / "hash" / folder).mkdir(parents=True)
    (paths.takes / "hash" / "7.a.1" / ".take.mov.1f.part").write_bytes(b"half")
    assert [trouble.split(" ")[0] for trouble in half_files(paths, {"7.a.1"})] == [
        "takes/hash/7.a.1/.take.mov.1f.part",
        "takes/hash/8.a.1",
    ]


@pytest.mark.slow
def test_a_minute_of_kills_loses_nothing(tmp_path: Path) -> None:
    soaked = soak(tmp_path, Plan(minutes=1))
    assert soaked.verdict is not None
    assert soaked.verdict.troubles == ()
    assert set(soaked.kills) == {"engine", "worker", "client"}
    assert "| lost, or ended otherwise than told | 0 | 0 |" in in_words(soaked)
