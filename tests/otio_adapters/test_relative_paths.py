"""Media that a project names from its own folder, where the project is written to another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from bridge.timeline_check import check
from otio_adapters.media_url import same_file
from otio_adapters.read import read
from otio_adapters.write import write

_RATE = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
XMEML = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE xmeml>
<xmeml version="5"><sequence id="s"><name>s</name><duration>100</duration>{_RATE}<media><video><track>
<clipitem id="c1"><name>a</name><duration>100</duration>{_RATE}<start>0</start><end>100</end><in>0</in>
<out>100</out><file id="f1"><name>a</name><pathurl>URL</pathurl>{_RATE}<duration>100</duration>
<media><video><samplecharacteristics><width>640</width><codec>kept</codec></samplecharacteristics></video>
</media></file></clipitem></track></video></media></sequence></xmeml>
"""
FCPXML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.11"><resources><format id="r1" frameDuration="1/25s"/>
<asset id="r2" name="a" start="0s" duration="4s" hasVideo="1" customLUTOverride="kept"><media-rep src="URL"/>
</asset></resources><project name="p"><sequence format="r1" duration="4s"><spine>
<asset-clip ref="r2" offset="0s" name="a" duration="4s"/></spine></sequence></project></fcpxml>
"""


def source(folder: Path, suffix: str, url: str) -> Path:
    path = folder / f"cut{suffix}"
    path.write_text({".xml": XMEML, ".fcpxml": FCPXML}[suffix].replace("URL", url), "utf-8")
    return path


def named(path: Path) -> list[str]:
    root = etree.parse(path).getroot()
    return [one.text or "" for one in root.iter("pathurl")] + [
        one.get("src") for one in root.iter("media-rep")
    ]


@pytest.mark.parametrize("suffix", [".xml", ".fcpxml"])
@pytest.mark.parametrize("url", ["media/a.mov", "media/a%20b.mov", "media/a b.mov", "../ä.mov"])
def test_the_clip_keeps_its_file_and_all_that_the_project_says_of_it(
    tmp_path: Path, suffix: str, url: str
) -> None:
    answer = check(source(tmp_path, suffix, url)).checked
    assert (answer.refused, answer.lost) == (None, ())


@pytest.mark.parametrize(("suffix", "start"), [(".xml", "file://localhost/"), (".fcpxml", "file:///")])
def test_the_file_is_named_by_a_whole_url_there_and_as_it_was_in_the_same_folder(
    tmp_path: Path, suffix: str, start: str
) -> None:
    path = source(tmp_path, suffix, "media/a.mov")
    (tmp_path / "elsewhere").mkdir()
    for folder in (tmp_path, tmp_path / "elsewhere"):
        write(read(path), folder / f"out{suffix}", origin=path)
    assert named(tmp_path / f"out{suffix}") == ["media/a.mov"]
    (elsewhere,) = named(tmp_path / "elsewhere" / f"out{suffix}")
    assert elsewhere.startswith(start)
    assert same_file(elsewhere, str(tmp_path / "media" / "a.mov"))


@pytest.mark.parametrize("suffix", [".xml", ".fcpxml"])
@pytest.mark.parametrize("url", ["http://nas/a.mov", "file:///m/a.mov", "C:\\m\\a.mov"])
def test_whole_urls_stay_as_they_are(tmp_path: Path, suffix: str, url: str) -> None:
    path = source(tmp_path, suffix, url)
    (tmp_path / "elsewhere").mkdir()
    write(read(path), tmp_path / "elsewhere" / f"out{suffix}", origin=path)
    assert named(tmp_path / "elsewhere" / f"out{suffix}") == [url]
