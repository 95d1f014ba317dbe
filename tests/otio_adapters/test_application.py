"""Which program made a file, told from signs that the file itself has."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from otio_adapters.application import application

DATA = Path(__file__).parents[1] / "data" / "otio_adapters"


@pytest.mark.parametrize(
    ("name", "text", "program"),
    [
        (
            "cut.kdenlive",
            '<property name="kdenlive:docproperties.kdenliveversion">26.08.2</property>',
            "Kdenlive 26.08.2",
        ),
        ("cut.otio", '{"metadata": {"kdenlive": {"version": "26.08.2"}}}', "Kdenlive 26.08.2"),
        ("cut.otio", '{"metadata": {"Resolve_OTIO": {}}}', "DaVinci Resolve"),
        ("cut.otio", '{"metadata": {"PremierePro_OTIO": {}}}', "Adobe Premiere Pro"),
        ("cut.xml", "<appname>Final Cut Pro</appname><pproTicksIn>0</pproTicksIn>", "Adobe Premiere Pro"),
        ("cut.xml", "<appname>Final Cut Pro</appname>", "Final Cut Pro"),
        ("cut.xml", "<sequence><name>Timeline 1 (Resolve)</name>", "DaVinci Resolve"),
        ("cut.fcpxml", '<library location="file:///Movies/My.fcpbundle/">', "Final Cut Pro"),
        ("cut.fcpxml", '<asset-clip offset="3600/1s"/>', "DaVinci Resolve"),
        ("cut.edl", "TITLE: cut\n* Exported by: Some Editor 3\n", "Some Editor 3"),
    ],
)
def test_a_program_is_known_by_its_signs(tmp_path: Path, name: str, text: str, program: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert application(tmp_path / name) == program


def test_a_hostile_comment_takes_no_time(tmp_path: Path) -> None:
    (tmp_path / "cut.edl").write_text("* Exported by" + (" " * 40_000 + "x") * 2)
    begun = time.process_time()
    assert application(tmp_path / "cut.edl").startswith("x")
    assert time.process_time() - begun < 1


def test_a_file_that_does_not_say_is_of_no_program() -> None:
    assert application(DATA / "revised.otio") == ""


def test_a_file_that_is_not_there_is_of_no_program(tmp_path: Path) -> None:
    assert [application(tmp_path / name) for name in ("a.xml", "a.aaf", "a.png", "a.otioz")] == [""] * 4
