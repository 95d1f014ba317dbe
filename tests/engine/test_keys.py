"""A user's keys are made once, however many engines start at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from engine.keys import load_or_make_key
from engine.private_files import write_private_once


def test_of_many_that_make_a_key_at_once_all_have_the_same(tmp_path: Path) -> None:
    many = 16
    start = threading.Barrier(many)

    def make(number: int) -> str:
        start.wait()
        return load_or_make_key(tmp_path / "keys" / f"{number % 2}.json").secret

    with ThreadPoolExecutor(many) as pool:
        secrets = list(pool.map(make, range(many)))
    assert len(set(secrets)) == 2
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["0.json", "1.json"]


def test_a_private_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "private" / "file"
    assert [write_private_once(path, text) for text in (b"first", b"second")] == [True, False]
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["file"]
