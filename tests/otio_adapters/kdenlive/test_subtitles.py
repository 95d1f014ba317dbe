"""Subtitles lie in files beside a project: no edit moves them, and each edit says so before it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kdenlive_project import made, older_project, rich_project, two_sequences
from lxml import etree

from bridge.timeline_check import check
from otio_adapters.kdenlive.document import Document, put
from otio_adapters.read import read
from otio_adapters.translation import losses_between

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nthere --> you\n"
ASS = (
    "[Script Info]\n\n[Events]\nFormat: Layer, Start\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Hi\n"
)


def lost(path: Path, sequence: str = "", suffix: str = ".kdenlive") -> tuple[str, ...]:
    found = losses_between(read(path, sequence), path, path.with_name(f"out{suffix}"))
    return tuple(line for line in found if "subtitles" in line)


NOT_MOVED = "they are not moved; import them into the new project, and move those after the edit"


def test_the_file_beside_an_older_project_is_said_with_its_count(tmp_path: Path) -> None:
    path = rich_project(tmp_path)
    older_project(path)
    assert lost(path) == ()
    (tmp_path / "cut.kdenlive.srt").write_text(SRT, "utf-8")
    assert lost(path) == (f"2 subtitles in cut.kdenlive.srt: {NOT_MOVED}",)


def test_the_files_that_a_sequence_lists_are_said_each(tmp_path: Path) -> None:
    path = two_sequences(tmp_path)
    document = Document(etree.parse(path), tmp_path, "{second}")
    files = [{"name": "English", "id": 0, "file": "en.ass"}, {"name": "Deutsch", "id": 1, "file": "gone.ass"}]
    put(document.sequence, "kdenlive:sequenceproperties.subtitlesList", json.dumps(files))
    document.tree.write(str(path), encoding="utf-8", xml_declaration=True)
    (tmp_path / "en.ass").write_text(ASS, "utf-8")
    assert lost(path, "second") == (
        f"1 subtitles in en.ass: {NOT_MOVED}",
        f"subtitles in gone.ass: {NOT_MOVED}",
    )
    assert lost(path, "first") == ()


@pytest.mark.parametrize("service", ["avfilter.subtitles", "avfilter.ass"])
def test_a_filter_of_subtitles_whose_file_is_gone_is_said(service: str, tmp_path: Path) -> None:
    path = rich_project(tmp_path)
    document = Document(etree.parse(path), tmp_path)
    shown = made("filter", {"id": "s"}, mlt_service=service, internal_added="237")
    put(shown, "av.filename", "/elsewhere/1671265183813.srt")
    document.sequence.append(shown)
    document.tree.write(str(path), encoding="utf-8", xml_declaration=True)
    assert lost(path) == (f"subtitles in 1671265183813.srt: {NOT_MOVED}",)


def test_another_format_keeps_none_of_them(tmp_path: Path) -> None:
    path = rich_project(tmp_path)
    (tmp_path / "cut.kdenlive.srt").write_text(SRT, "utf-8")
    assert lost(path, suffix=".otio") == ("2 subtitles in cut.kdenlive.srt: only .kdenlive keeps them",)


def test_a_check_tells_of_them(tmp_path: Path) -> None:
    path = two_sequences(tmp_path)
    (tmp_path / "cut.kdenlive.srt").write_text(SRT, "utf-8")
    result = check(path)
    assert result.checked.lost == result.told == (f"2 subtitles in cut.kdenlive.srt: {NOT_MOVED}",)
