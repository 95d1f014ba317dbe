"""What is written, read by the public adapter of OpenTimelineIO, which knows nothing of ours.

It has faults of its own: it drops empty tracks, takes the channels of Premiere's exploded tracks for one,
reads no speed, and refuses generators.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from one_edit import place_edit
from shared_media import SHARED, shared
from timelines import Cut, Source, timeline
from xmeml_project import rich_xmeml

from otio_adapters.opentime import exact_frames, timeline_rate
from otio_adapters.read import read
from otio_adapters.ripple import placed
from otio_adapters.write import write

pytestmark = pytest.mark.skipif(
    "fcp_xml" not in otio.adapters.available_adapter_names(),
    reason="needs otio-fcp-adapter, of the extra dev",
)
SAMPLES = sorted(str(path.relative_to(SHARED)) for path in (SHARED / "timelines" / "xmeml").glob("*.xml"))
NO_TIMELINE = {"otio-fcp-adapter__premiere_example_filter.xml"}  # a filter alone
RATES = [Fraction(base * 1000, 1001) for base in (24, 30, 60)] + [Fraction(base) for base in (24, 25, 30, 50)]


def tracks(made: otio.schema.Timeline, rate: Fraction, sped: set[Fraction]) -> set[tuple[Any, ...]]:
    """Of each track in use: kind, place, length and first frame of the source of its items.

    Left out are those that lie where one with a speed does.
    """
    found = set()
    for track in made.tracks:
        items = [_told(at, item, rate) for at, item in placed(track, rate) if at not in sped]
        found.add((track.kind, *filter(None, items)))
    return {track for track in found if len(track) > 1}


def _told(at: Fraction, item: Any, rate: Fraction) -> tuple[Any, ...] | None:
    if isinstance(item, otio.schema.Transition):
        return "transition", at, *(exact_frames(one, rate) for one in (item.in_offset, item.out_offset))
    if isinstance(item, otio.schema.Gap):
        return None
    shown = item.trimmed_range()
    first = round(exact_frames(shown.start_time, rate))
    return type(item).__name__, at, exact_frames(shown.duration, rate), first


def assert_read_alike(path: Path) -> None:
    ours = read(path)
    theirs = otio.adapters.read_from_file(str(path), adapter_name="fcp_xml")
    rate = timeline_rate(ours)
    sped = {at for track in ours.tracks for at, item in placed(track, rate) if is_sped(item)}
    assert tracks(theirs, rate, sped) == tracks(ours, rate, sped)
    assert theirs.name == ours.name


def is_sped(item: Any) -> bool:
    effects = getattr(item, "effects", ())
    return any(isinstance(effect, otio.schema.TimeEffect) for effect in effects)


@pytest.mark.parametrize("take", [True, False], ids=["take", "removal"])
@pytest.mark.parametrize("name", [name for name in SAMPLES if Path(name).name not in NO_TIMELINE])
def test_an_edited_file_is_read_alike(name: str, take: bool, tmp_path: Path) -> None:
    path = shared(name)
    place_edit(path, tmp_path / path.name, take=take)
    assert_read_alike(tmp_path / path.name)


def test_an_edit_in_a_file_of_everything_is_read_alike(tmp_path: Path) -> None:
    path = rich_xmeml(tmp_path)
    text = path.read_text("utf-8")
    start, end = text.index("<generatoritem"), text.index("</generatoritem>") + len("</generatoritem>")
    alone = text.index('<sequence id="second">'), text.index("</children></bin>")
    path.write_text(text[:start] + text[end : alone[0]] + text[alone[1] :], "utf-8")
    place_edit(path, tmp_path / "out.xml", take=True, only="clip 2")
    assert_read_alike(tmp_path / "out.xml")


@pytest.mark.parametrize("rate", RATES)
def test_a_new_file_is_read_alike_at_every_rate(rate: Fraction, tmp_path: Path) -> None:
    cuts = [Cut(name=f"clip {i}", media=Path("/media/a b.mov"), start=50 * i, frames=40) for i in (1, 2, 3)]
    made = timeline(cuts, Source(frames=500, timecode=1000), rate, start=86_400)
    write(made, tmp_path / "cut.xml")
    assert_read_alike(tmp_path / "cut.xml")
    theirs = otio.adapters.read_from_file(str(tmp_path / "cut.xml"), adapter_name="fcp_xml")
    assert round(theirs.global_start_time.value) == 86_400
