"""Files are opened by their own names, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import BadMedia, MissingMedia
from engine.media.container import open_media


def opened(path: Path) -> None:
    with open_media(path):
        pass


def test_links_that_lead_in_a_circle_are_missing_media(tmp_path: Path) -> None:
    one, other = tmp_path / "one.mov", tmp_path / "other.mov"
    one.symlink_to(other)
    other.symlink_to(one)
    with pytest.raises(MissingMedia, match=r"one\.mov"):
        opened(one)


def test_a_folder_is_not_media(tmp_path: Path) -> None:
    with pytest.raises(BadMedia, match="not a file"):
        opened(tmp_path)


def test_a_name_that_no_file_can_have_is_missing_media(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia):
        opened(tmp_path / "nul\0.mov")
