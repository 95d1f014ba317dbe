"""A private file of one value is read, or it is said why not: loose, damaged, or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.keys import KeyPair, new_key
from engine.private_files import LARGEST_FILE, Damaged, Loose, read_private, write_private

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has access lists instead")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_private(tmp_path / "private" / "numbers.json", b"[1, 2]")
    return tmp_path / "private" / "numbers.json"


def test_what_was_kept_is_read(file: Path) -> None:
    assert read_private(file, tuple[int, ...]) == (1, 2)


@posix
def test_a_file_that_others_may_read_is_loose(file: Path) -> None:
    file.chmod(0o640)
    with pytest.raises(Loose, match=f"others may read {file}"):
        read_private(file, tuple[int, ...])


@posix
def test_a_folder_that_others_may_enter_is_loose_where_it_counts(file: Path) -> None:
    file.parent.chmod(0o750)
    with pytest.raises(Loose, match=f"chmod 700 {file.parent}"):
        read_private(file, tuple[int, ...])
    assert read_private(file, tuple[int, ...], folder=False) == (1, 2)


@posix
def test_a_link_is_loose(file: Path) -> None:
    link = file.with_name("link.json")
    link.symlink_to(file)
    with pytest.raises(Loose, match="is a link"):
        read_private(link, tuple[int, ...])


@pytest.mark.parametrize(
    "content",
    [b"", b"[1, 2", b'{"a": 1}', b'"\xff"', b"[" * 50_000, b"[" + b"1," * LARGEST_FILE + b"1]"],
    ids=["empty", "cut off", "another value", "no UTF-8", "nested", "too large"],
)
def test_what_is_no_such_value_is_damaged(file: Path, content: bytes) -> None:
    write_private(file, content)
    with pytest.raises(Damaged):
        read_private(file, tuple[int, ...])


def test_a_value_that_makes_no_sense_is_damaged(file: Path) -> None:
    write_private(file, f'{{"public": "{new_key().public}", "secret": "{new_key().secret}"}}'.encode())
    with pytest.raises(Damaged, match="another key than the secret one"):
        read_private(file, KeyPair)


def test_what_is_not_there_is_the_systems_to_tell(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_private(file.with_name("none.json"), tuple[int, ...])
