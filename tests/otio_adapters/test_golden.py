"""The written formats, letter by letter: a change of what programs are given is made knowingly.

The golden files lie in tests/data. To change one: delete it, run the test once, which writes it and fails,
and read the difference before it is committed.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from timelines import Cut, Source, timeline

from otio_adapters.media_linker import MediaFacts, note_facts
from otio_adapters.opentime import rational_time
from otio_adapters.takes import Placement, Ripple, find_clip, place_takes
from otio_adapters.write import write

GOLDENS = Path(__file__).parents[1] / "data" / "otio_adapters"
R = Fraction(30000, 1001)
TEN_HOURS = 1_078_920


def revised() -> otio.schema.Timeline:
    """Drop-frame, media from ten hours on, a take, a dissolve, a gap, a marker and a bed that was split."""
    cuts = [Cut(name=f"clip {i}", media=Path("/media/a b.mov"), start=50 * i, frames=40) for i in (1, 2, 3)]
    bed = Cut(name="music", media=Path("/media/music.wav"), start=0, frames=120)
    made = timeline(
        cuts,
        Source(frames=500, timecode=TEN_HOURS),
        R,
        bed=(bed, Source(frames=900)),
        marker=90,
        start=107_892,
    )
    made.metadata["pickup"] = {"rate": str(R), "drop_frame": True}
    for track in made.tracks:
        for clip in track:
            clip.media_reference.target_url = clip.media_reference.target_url.replace("\\", "/")
            facts = MediaFacts(rate=R, start=TEN_HOURS, frames=500, width=1280, height=720, channels=2)
            note_facts(clip.media_reference, facts)
            clip.media_reference.metadata["pickup"]["drop_frame"] = True
    mix = otio.schema.Transition("Mix", "SMPTE_Dissolve", rational_time(6, R), rational_time(6, R))
    made.tracks[0].insert(1, mix)
    take = Placement(
        start=56,
        length=8,
        media=Path("/takes/take_v001.mov"),
        name="take_v001",
        facts=MediaFacts(rate=R, start=TEN_HOURS + 112, frames=20, width=1280, height=720, channels=2),
        source_range=(4, 12),
        ripples=(Ripple(at=60, added=4),),
        drop_frame=True,
    )
    return place_takes(made, find_clip(made, "clip 2"), [take]).timeline


@pytest.mark.parametrize("name", ["revised.kdenlive", "revised.xml", "revised.fcpxml", "revised.otio"])
def test_the_format_is_written_as_agreed(tmp_path: Path, name: str) -> None:
    write(revised(), tmp_path / name)
    text = (tmp_path / name).read_text("utf-8").replace(tmp_path.resolve().as_posix(), "@FOLDER@")
    golden = GOLDENS / name
    if not golden.exists():
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, "utf-8", newline="\n")
        pytest.fail(f"{golden} was not there and has been written: read it, then run again")
    assert text == golden.read_text("utf-8")
