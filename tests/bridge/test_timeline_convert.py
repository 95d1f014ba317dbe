"""`pickup timeline convert`: another format, with what it does not hold said first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.errors import UsageError
from bridge.timeline_commands import timeline_app
from bridge.timeline_convert import convert
from otio_adapters.read import read

DATA = Path(__file__).parents[1] / "data" / "otio_adapters"


def test_each_loss_is_said_before_anything_is_written(tmp_path: Path) -> None:
    out = tmp_path / "cut.kdenlive"
    warned: list[str] = []
    there: list[bool] = []

    def warn(line: str) -> None:
        warned.append(line)
        there.append(out.exists())

    made = convert(DATA / "revised.otio", out, warn)
    assert [f"warning: lost in .kdenlive: {loss}" for loss in made.losses] == warned
    assert warned
    assert not any(there)
    assert len(read(out).find_clips()) == len(read(DATA / "revised.otio").find_clips())


def test_a_script_gets_the_losses(tmp_path: Path) -> None:
    arguments = ["convert", str(DATA / "revised.otio"), str(tmp_path / "cut.kdenlive"), "--json"]
    done = CliRunner().invoke(timeline_app, arguments)
    answer = json.loads(done.stdout)
    assert list(answer) == ["file", "out", "format", "losses"]
    assert any("start timecode" in loss for loss in answer["losses"])


def test_effects_that_only_the_old_format_keeps_are_said(tmp_path: Path) -> None:
    project = tmp_path / "cut.xml"
    blur = "<filter><effect><name>Blur</name><effectid>blur</effectid></effect></filter>"
    text = (DATA / "revised.xml").read_text("utf-8").replace("</clipitem>", f"{blur}</clipitem>", 1)
    project.write_text(text, "utf-8")
    made = convert(project, tmp_path / "cut.kdenlive", lambda _: None)
    assert "1 effects (Blur): only .xml keeps them" in made.losses


def test_the_same_format_loses_nothing(tmp_path: Path) -> None:
    assert convert(DATA / "revised.xml", tmp_path / "cut.xml", lambda _: None).losses == ()


def test_a_timeline_never_takes_its_own_place(tmp_path: Path) -> None:
    project = tmp_path / "cut.xml"
    project.write_bytes((DATA / "revised.xml").read_bytes())
    with pytest.raises(UsageError, match="is the timeline that is read"):
        convert(project, project, lambda _: None)


def test_a_format_that_is_not_written_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not written"):
        convert(DATA / "revised.xml", tmp_path / "cut.aaf", lambda _: None)
