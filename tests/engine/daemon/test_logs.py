"""The engine's log: lines of JSON in a file that is turned over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine import private_files
from engine.daemon.logs import TurnedOver


def turned_over(path: Path, lines: int, kept: int = 2) -> None:
    log = TurnedOver(path, largest=100, kept=kept)
    for number in range(lines):
        log.write(f"{number:049}\n".encode())
    log.close()


def test_a_full_log_is_begun_anew_and_the_old_one_kept(tmp_path: Path) -> None:
    turned_over(tmp_path / "engine.log", 4)
    assert (tmp_path / "engine.log").read_bytes() == f"{3:049}\n".encode()
    assert (tmp_path / "engine.log.1").read_bytes().splitlines() == [f"{n:049}".encode() for n in range(3)]


def test_no_more_logs_are_kept_than_so_many(tmp_path: Path) -> None:
    turned_over(tmp_path / "engine.log", 40, kept=2)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["engine.log", "engine.log.1", "engine.log.2"]


def test_who_has_the_log_open_goes_on_in_the_new_one(tmp_path: Path) -> None:
    with private_files.append_private(tmp_path / "engine.log") as worker:
        turned_over(tmp_path / "engine.log", 4)
        worker.write(b"a worker's print\n")
    assert (tmp_path / "engine.log").read_bytes().endswith(b"a worker's print\n")
    assert b"worker" not in (tmp_path / "engine.log.1").read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by access lists, not modes")
def test_old_logs_are_as_private_as_the_new_one(tmp_path: Path) -> None:
    turned_over(tmp_path / "engine.log", 40)
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
def test_a_full_disk_loses_lines_and_nothing_else() -> None:
    log = TurnedOver(Path("/dev/full"))
    assert log.write(b"lost\n") == 5
    log.close()
