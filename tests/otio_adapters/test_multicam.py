"""Multicam clips: the angle in use is read, an edit of it refused by name; all else goes on around them.

FCPXML has them as <mc-clip>, Premiere and Final Cut Pro 7 as <multiclip> of a clip item, AAF as a selector.
OTIO has none: Resolve and Premiere write the angle in use, or several references of one clip.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from shared_media import shared
from timelines import Cut, Source, clip, timeline

from otio_adapters.clip_place import find_clip
from otio_adapters.errors import UnsupportedEdit
from otio_adapters.placement import Ripple
from otio_adapters.read import read
from otio_adapters.takes import place_takes
from otio_adapters.write import write

R = Fraction(25)
_RATE = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
_ANGLES = "".join(
    f"<angle><activevideoangle>{active}</activevideoangle><clip id='c{name}'><name>{name}</name><media>"
    f"<video><track><clipitem id='a{name}'><name>{name}</name>{_RATE}<start>0</start><end>200</end><in>0</in>"
    f"<out>200</out><file id='f{name}'><pathurl>file://localhost/media/{name}.mov</pathurl></file></clipitem>"
    "</track></video></media></clip></angle>"
    for name, active in (("left", "FALSE"), ("right", "TRUE"))
)
XMEML = f"""<xmeml version="4"><sequence id="s"><name>cut</name><duration>140</duration>{_RATE}
<media><video><track><clipitem id="m"><name>stage</name><duration>200</duration>{_RATE}
<start>0</start><end>100</end><in>20</in><out>120</out>
<multiclip id="mc"><name>stage</name><collapsed>FALSE</collapsed>{_ANGLES}
</multiclip></clipitem>
<clipitem id="plain"><name>plain</name><duration>200</duration>{_RATE}<start>100</start><end>140</end>
<in>0</in><out>40</out><file id="p"><pathurl>file://localhost/media/p.mov</pathurl>{_RATE}<duration>200</duration>
</file></clipitem></track></video></media></sequence></xmeml>
"""
FCPXML = """<fcpxml version="1.10"><resources><format id="f" frameDuration="1/25s"/>
<asset id="a" start="0s" duration="60s" hasVideo="1" src="file:///media/a.mov"/>
<media id="m"><multicam format="f" tcStart="0s">
<mc-angle angleID="left"><asset-clip ref="a" name="left" duration="9s"/></mc-angle>
<mc-angle angleID="right"><asset-clip ref="a" name="right" start="10s" duration="9s"/></mc-angle>
</multicam></media></resources><project name="cut"><sequence format="f" tcStart="0s"><spine>
<mc-clip ref="m" name="stage" offset="0s" start="1s" duration="4s">
<mc-source angleID="right" srcEnable="all"/></mc-clip>
<asset-clip ref="a" name="plain" offset="4s" start="30s" duration="8/5s"/>
</spine></sequence></project></fcpxml>
"""
FILES = pytest.mark.parametrize(("suffix", "text"), [(".xml", XMEML), (".fcpxml", FCPXML)])


def source(folder: Path, suffix: str, text: str) -> Path:
    path = folder / f"cut{suffix}"
    path.write_text(text, "utf-8")
    return path


@FILES
def test_a_multicam_clip_is_refused_by_name_with_its_line(suffix: str, text: str, tmp_path: Path) -> None:
    made = read(source(tmp_path, suffix, text))
    said = r"'stage' on line \d+ is a multicam clip; flatten it to the angle in use"
    with pytest.raises(UnsupportedEdit, match=said):
        find_clip(made, "stage")


def test_the_clip_of_the_angle_in_use_is_refused_with_the_clip_it_is_in(tmp_path: Path) -> None:
    made = read(source(tmp_path, ".fcpxml", FCPXML))
    with pytest.raises(UnsupportedEdit, match=r"clip 'right' is in the multicam clip 'stage' on line 7"):
        find_clip(made, "right")


@FILES
def test_a_clip_beside_a_multicam_clip_is_edited_and_the_angles_stay(
    suffix: str, text: str, tmp_path: Path
) -> None:
    path, out = source(tmp_path, suffix, text), tmp_path / f"out{suffix}"
    made = read(path)
    write(
        place_takes(made, find_clip(made, "plain"), (), trims=[Ripple(at=110, removed=5)]).timeline,
        out,
        origin=path,
    )
    written = out.read_text("utf-8")
    for angle in ("left", "right"):
        assert written.count(f'"{angle}"') + written.count(f"<name>{angle}</name>") == (
            text.count(f'"{angle}"') + text.count(f"<name>{angle}</name>")
        )


@FILES
def test_time_that_goes_amid_a_multicam_clip_cuts_it_in_two(suffix: str, text: str, tmp_path: Path) -> None:
    path, out = source(tmp_path, suffix, text), tmp_path / f"out{suffix}"
    made = read(path)
    cut = Ripple(at=50, removed=5)
    under = Cut(name="under", media=Path("/media/u.mov"), start=0, frames=60)
    lower = otio.schema.Track("V0", kind="Video", children=[clip(under, Source(frames=200), R)])
    made.tracks.insert(0, lower)
    with_lower = tmp_path / f"lower{suffix}"
    write(made, with_lower, origin=path)
    again = read(with_lower)
    write(place_takes(again, find_clip(again, "under"), (), trims=[cut]).timeline, out, origin=with_lower)
    after = read(out)
    found = [item for track in after.tracks for item in track if item.name == "stage"]
    assert [int(item.source_range.duration.value) for item in found] == [50, 45]
    assert all(item.metadata["pickup"]["multicam"] for item in found)


def test_several_references_of_a_clip_are_angles_of_which_the_active_one_is_edited() -> None:
    cut = Cut(name="stage", media=Path("/media/left.mov"), start=0, frames=40)
    made = timeline([cut], Source(frames=200), R)
    (stage,) = made.tracks[0]
    right = otio.schema.ExternalReference("/media/right.mov", stage.media_reference.available_range)
    stage.set_media_references({"left": stage.media_reference.deepcopy(), "right": right}, "right")
    report = place_takes(made, find_clip(made, "stage"), (), trims=[Ripple(at=10, removed=5)])
    pieces = report.timeline.tracks[0]
    assert [piece.media_reference.target_url for piece in pieces] == ["/media/right.mov"] * 2
    assert [sorted(piece.media_references()) for piece in pieces] == [["left", "right"]] * 2


def test_a_real_multicam_project_is_refused_by_name() -> None:
    made = read(shared("timelines/fcpxml/swift-fcpxml__MulticamMarkers.fcpxml"))
    with pytest.raises(UnsupportedEdit, match="'MC' on line 127 is a multicam clip"):
        find_clip(made, "MC")
