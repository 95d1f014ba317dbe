"""A file is there whole, or what was there before is."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from engine.errors import DiskFull, RenderFailed
from engine.whole_file import save_whole, write_whole, written_beside


def test_the_file_and_its_folder_are_there(tmp_path: Path) -> None:
    write_whole(tmp_path / "new" / "note.json", b"{}")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["note.json"]
    assert (tmp_path / "new" / "note.json").read_bytes() == b"{}"


def test_what_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    write_whole(path, b"before")

    def fail() -> None:
        with written_beside(path) as beside:
            beside.write_bytes(b"ha")
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        fail()
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("note.json", b"before")]


def test_a_full_disk_and_any_other_failure_are_errors_of_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RenderFailed, match="cannot write"):
        save_whole(tmp_path / "file" / "inside.json", b"{}")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="No space left"):
        save_whole(tmp_path / "note.json", b"{}")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
