"""Kdenlive projects that name what is not there, or count what their times cannot tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.kdenlive.document import Document
from otio_adapters.read import read

REVISED = Path(__file__).parents[2] / "data" / "otio_adapters" / "revised.kdenlive"


@pytest.fixture
def project() -> Document:
    return Document(etree.parse(REVISED), REVISED.parent)


def saved(project: Document, folder: Path) -> Path:
    project.tree.write(str(folder / "cut.kdenlive"), encoding="utf-8")
    return folder / "cut.kdenlive"


def test_a_project_that_opens_no_sequence_is_refused(project: Document, tmp_path: Path) -> None:
    assert project.wrapper is not None
    project.wrapper.find("track").set("producer", "main_bin")
    with pytest.raises(UnreadableTimeline, match="opens 'main_bin', which is no sequence"):
        read(saved(project, tmp_path))


def test_an_open_sequence_without_a_number_of_its_own_is_read_as_it_was(
    project: Document, tmp_path: Path
) -> None:
    for found in project.open.findall("property"):
        if found.get("name") == "kdenlive:uuid":
            project.open.remove(found)
    assert read(saved(project, tmp_path)).is_equivalent_to(read(REVISED))


def test_more_frames_than_milliseconds_tell_apart_are_refused(project: Document, tmp_path: Path) -> None:
    project.root.find("profile").set("frame_rate_num", "25000")
    project.root.find("profile").set("frame_rate_den", "1")
    with pytest.raises(UnreadableTimeline, match="25000 frames a second, and its times tell 500 apart"):
        read(saved(project, tmp_path))


def test_a_project_of_the_first_kdenlive_is_refused_by_its_version_and_line(
    project: Document, tmp_path: Path
) -> None:
    """Its guides and groups lie where no edit would move them."""
    etree.SubElement(project.root, "kdenlivedoc", version="0.88", kdenliveversion="0.9.6")
    path = saved(project, tmp_path)
    with pytest.raises(
        UnreadableTimeline, match=r"<kdenlivedoc> in line \d+: the project is of Kdenlive 0.9.6"
    ):
        read(path)
