"""A bundle of Final Cut Pro: its file is patched, and written as .fcpxml beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from bridge.timeline_check import check
from otio_adapters.formats import patched, written_as
from otio_adapters.read import read
from otio_adapters.write import write

INFO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.11"><resources><format id="r1" frameDuration="1/25s"/>
<asset id="r2" name="a" start="0s" duration="40s" hasVideo="1"><media-rep src="./Media/a%20b.mov"/></asset>
<locator id="r3" url="Tracking/t.dat"/></resources>
<project name="p"><sequence format="r1" duration="4s"><spine>
<asset-clip ref="r2" offset="0s" name="a" duration="4s"><note>kept</note><adjust-transform position="1 2"/>
</asset-clip></spine></sequence></project></fcpxml>
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "cut.fcpxmld"
    folder.mkdir()
    (folder / "Info.fcpxml").write_text(INFO, "utf-8")
    return folder


def test_check_patches_its_file_and_all_is_kept(bundle: Path) -> None:
    result = check(bundle)
    assert (result.written, result.checked.refused, result.checked.lost) == (".fcpxml", None, ())
    assert "effects: 1 (transform 1)" in result.checked.kept


def test_what_lies_in_the_bundle_is_named_there(bundle: Path) -> None:
    out = bundle.with_name("out.fcpxml")
    write(read(bundle), out, origin=bundle)
    root = etree.parse(out).getroot()
    inside = f"file://{bundle.resolve().as_posix()}"
    assert root.find(".//media-rep").get("src") == f"{inside}/./Media/a%20b.mov"
    assert root.find(".//locator").get("url") == f"{inside}/Tracking/t.dat"
    assert root.find(".//note").text == "kept"


@pytest.mark.parametrize(
    ("origin", "suffix", "content"),
    [
        ("cut.fcpxmld", ".fcpxml", "cut.fcpxmld/Info.fcpxml"),
        ("cut.otiod", ".otio", "cut.otiod/content.otio"),
        ("cut.xml", ".xml", "cut.xml"),
    ],
)
def test_each_format_says_what_is_patched(origin: str, suffix: str, content: str) -> None:
    assert written_as(Path(origin)) == suffix
    assert patched(Path(origin), Path(f"out{suffix}")) == Path(content)
    assert patched(Path(origin), Path("out.edl")) is None


def test_what_is_only_read_is_written_as_otio() -> None:
    assert (written_as(Path("cut.aaf")), patched(Path("cut.aaf"), Path("out.otio"))) == (".otio", None)
