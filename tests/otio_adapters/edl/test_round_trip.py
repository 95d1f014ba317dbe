"""Timelines of other formats as edit lists and back: all that a list can carry comes back exactly."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from timelines import Cut, Source, timeline

from otio_adapters.compare import entries
from otio_adapters.edl.document import MAX_EVENTS
from otio_adapters.errors import UnwritableOutput
from otio_adapters.media_linker import MediaFacts, note_facts
from otio_adapters.opentime import exact_frames, rational_time, time_range, timeline_rate
from otio_adapters.read import read
from otio_adapters.ripple import gap
from otio_adapters.write import write

NTSC = Fraction(1000, 1001)
RATES = [
    (24 * NTSC, False),
    (Fraction(24), False),
    (Fraction(25), False),
    (30 * NTSC, True),
    (30 * NTSC, False),
    (Fraction(30), False),
    (Fraction(50), False),
    (60 * NTSC, True),
    (Fraction(60), False),
]
NAMES = ("a.mov", "a b%.mov", "ünder.mov", "C:\\m\\x.mxf", "#1?.mov", "x\ny.mov", " lead.mov", "no suffix")
SPEEDS = (Fraction(1), Fraction(1), Fraction(1, 2), Fraction(2), Fraction(7, 3))


@st.composite
def timelines(draw: st.DrawFn, rate: Fraction, dropped: bool) -> otio.schema.Timeline:
    """Clips, gaps and dissolves on one picture and up to four sound tracks, anywhere on the clock."""
    made = otio.schema.Timeline(draw(st.sampled_from(["cut", "", "reel 24 fps", "a\nb"])))
    made.metadata["pickup"] = {"rate": str(rate), "drop_frame": dropped}
    made.global_start_time = rational_time(draw(st.integers(0, 24 * 3600 * 24 - 1)), rate)
    for number in range(draw(st.integers(1, 5))):
        kind = otio.schema.TrackKind.Audio if number else otio.schema.TrackKind.Video
        track = otio.schema.Track(f"t{number}", kind=kind)
        for count in range(draw(st.integers(1, 4))):
            if draw(st.booleans()):
                track.append(gap(draw(st.integers(1, 50)), rate))
            elif count and draw(st.booleans()) and isinstance(track[-1], otio.schema.Clip):
                before, after = draw(st.integers(0, 10)), draw(st.integers(1, 10))
                offsets = rational_time(before, rate), rational_time(after, rate)
                track.append(otio.schema.Transition("", "SMPTE_Dissolve", *offsets))
            track.append(draw(clips(rate, dropped)))
        made.tracks.append(track)
    places = draw(st.lists(st.integers(0, 80), max_size=3))
    made.tracks.markers.extend(
        otio.schema.Marker(f"m {place}", time_range(place, 0, rate)) for place in places
    )
    return made


@st.composite
def clips(draw: st.DrawFn, rate: Fraction, dropped: bool) -> otio.schema.Clip:
    frames = draw(st.integers(30, 400))
    start = draw(st.integers(0, 20 * 3600 * 24))
    first = start + draw(st.integers(40, 90))
    name = draw(st.sampled_from(NAMES))
    reference = otio.schema.ExternalReference(name if ":" in name else f"/m/{name}")
    if draw(st.booleans()):
        facts = MediaFacts(rate=rate, start=start, frames=2_000, width=16, height=16)
        note_facts(reference, facts)
        reference.metadata["pickup"]["drop_frame"] = dropped
    elif draw(st.booleans()):
        reference = otio.schema.MissingReference()
    clip = otio.schema.Clip(draw(st.sampled_from(["", "one", "two.mov", "a\tb"])), reference)
    clip.source_range = time_range(first, frames, rate)
    factor = draw(st.sampled_from(SPEEDS))
    if factor != 1:
        clip.effects.append(otio.schema.LinearTimeWarp("warp", time_scalar=float(factor)))
    return clip


@pytest.mark.parametrize(("rate", "dropped"), RATES)
@settings(max_examples=25, derandomize=True)
@given(data=st.data())
def test_a_timeline_comes_back_as_it_was(data: st.DataObject, rate: Fraction, dropped: bool) -> None:
    """`write` compares every item with what reads back; here it is the rate, and a second writing."""
    meant = data.draw(timelines(rate, dropped))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cut.edl")
        write(meant, path)
        found = read(path)
        assert timeline_rate(found) == rate
        assert bool(found.metadata["pickup"]["drop_frame"]) == dropped
        again = Path(folder, "again.edl")
        write(found, again, origin=path)
        assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(("rate", "dropped"), RATES)
def test_source_timecode_is_exact(tmp_path: Path, rate: Fraction, dropped: bool) -> None:
    """Ten hours in, where a float of seconds would be off by frames."""
    start = 10 * 3600 * 24 + 17
    cut = Cut(name="one", media=Path("/m/a.mov"), start=50, frames=40)
    made = timeline([cut], Source(frames=500, timecode=start), rate, start=86_400)
    made.metadata["pickup"] = {"rate": str(rate), "drop_frame": dropped}
    write(made, tmp_path / "cut.edl")
    clip = read(tmp_path / "cut.edl").tracks[0][0]
    assert exact_frames(clip.source_range.start_time, rate) == start + 50
    assert exact_frames(clip.media_reference.available_range.start_time, rate) == start


def test_media_of_another_rate_keeps_its_timecode(tmp_path: Path) -> None:
    """Media at 23.976 from 01:00:00:00, cut at 25 frames a second: two seconds in is 01:00:02:00."""
    rate = Fraction(25)
    reference = otio.schema.ExternalReference("/m/a.mov", time_range(86_400, 2_400, 24 * NTSC))
    clip = otio.schema.Clip("one", reference)
    first = Fraction(86_400) / (24 * NTSC) + 2
    clip.source_range = time_range(first * rate, 50, rate)
    made = otio.schema.Timeline("mixed")
    made.metadata["pickup"] = {"rate": "25"}
    made.tracks.append(otio.schema.Track("V", children=[clip], kind="Video"))
    write(made, tmp_path / "cut.edl")
    assert "01:00:02:00 01:00:04:00" in (tmp_path / "cut.edl").read_text()


def test_a_list_from_another_format_is_laid_out_in_cmx_columns(tmp_path: Path) -> None:
    cuts = [Cut(name=f"clip {i}", media=Path("/m/a b.mov"), start=50 * i, frames=40) for i in (1, 2)]
    made = timeline(cuts, Source(frames=500, timecode=90_000), Fraction(25), marker=60, start=90_000)
    made.tracks[0].insert(
        1, otio.schema.Transition("", "SMPTE_Dissolve", rational_time(0, 25), rational_time(10, 25))
    )
    write(made, tmp_path / "cut.edl")
    assert (tmp_path / "cut.edl").read_text().splitlines() == [
        "TITLE: test",
        "FCM: NON-DROP FRAME",
        "* FRAME RATE: 25",
        "001  A_B      B     C        01:00:02:00 01:00:03:15 01:00:00:00 01:00:01:15",
        "* FROM CLIP NAME:  clip 1",
        "* SOURCE FILE: /m/a b.mov",
        "* MEDIA RANGE: 01:00:00:00 01:00:20:00",
        "002  A_B      V     C        01:00:03:15 01:00:03:15 01:00:01:15 01:00:01:15",
        "002  A_B      V     D    010 01:00:04:00 01:00:05:15 01:00:01:15 01:00:03:05",
        "* TO CLIP NAME:  clip 2",
        "* SOURCE FILE: /m/a b.mov",
        "* MEDIA RANGE: 01:00:00:00 01:00:20:00",
        "003  A_B      A     C        01:00:04:00 01:00:05:15 01:00:01:15 01:00:03:05",
        "* FROM CLIP NAME:  clip 2",
        "* SOURCE FILE: /m/a b.mov",
        "* MEDIA RANGE: 01:00:00:00 01:00:20:00",
        "* LOC: 01:00:02:10 RED     after",
    ]


def fade(frames: int) -> otio.schema.Transition:
    """As many frames before its cut as after it."""
    offset = rational_time(frames, Fraction(25))
    return otio.schema.Transition("", "SMPTE_Dissolve", offset, offset)


@pytest.mark.parametrize("silence", [0, 3])
def test_a_fade_that_begins_before_the_timeline_moves_nothing(tmp_path: Path, silence: int) -> None:
    """Where there is timecode before its start: the sound stays where it was to the picture."""
    rate = Fraction(25)
    cut = Cut(name="one", media=Path("/m/a.mov"), start=50, frames=40)
    made = timeline([cut], Source(frames=500), rate, start=90_000)
    made.tracks[0].insert(0, fade(5))
    if silence:
        made.tracks[1].insert(0, gap(silence, rate))
    write(made, tmp_path / "cut.edl")
    found = read(tmp_path / "cut.edl")
    assert found.global_start_time == made.global_start_time
    for before, after in zip(made.tracks, found.tracks, strict=True):
        assert entries(after, rate, tmp_path) == entries(before, rate, tmp_path)
    write(found, tmp_path / "again.edl", origin=tmp_path / "cut.edl")
    assert (tmp_path / "again.edl").read_bytes() == (tmp_path / "cut.edl").read_bytes()


@pytest.mark.parametrize(("silence", "at"), [(0, -5), (3, -2), (5, 0)])
def test_a_fade_that_begins_where_no_list_can_say_it_is_refused_by_name(
    tmp_path: Path, silence: int, at: int
) -> None:
    """Before timecode 00:00:00:00, or before the cut of all that plays."""
    rate = Fraction(25)
    cut = Cut(name="one", media=Path("/m/a.mov"), start=50, frames=40)
    made = timeline([cut], Source(frames=500), rate, start=90_000 if silence else 0)
    made.tracks[0].insert(0, fade(5))
    for track in made.tracks if silence else ():
        track.insert(0, gap(silence, rate))
    with pytest.raises(UnwritableOutput, match=f"the transition into 'one' begins at frame {at}, before"):
        write(made, tmp_path / "cut.edl")


def test_more_events_than_are_read_are_not_written(tmp_path: Path) -> None:
    cuts = [Cut(name="one", media=Path("/m/a.mov"), start=2 * i, frames=1) for i in range(MAX_EVENTS + 1)]
    with pytest.raises(UnwritableOutput, match="holds 8000 events, and 8001 are meant; write"):
        write(timeline(cuts, Source(frames=20_000), Fraction(25)), tmp_path / "cut.edl")


def refused(change: str) -> otio.schema.Timeline:
    """A timeline with one thing that no edit list can say."""
    rate = Fraction(100) if change == "rate" else Fraction(25)
    cut = Cut(name="one", media=Path("/m/a.mov"), start=50, frames=40)
    made = timeline([cut], Source(frames=500), rate)
    clip = made.tracks[0][0]
    if change == "layers":
        made.tracks.insert(0, made.tracks[0].deepcopy())
    elif change == "sound":
        made.tracks.extend([made.tracks[1].deepcopy() for _ in range(4)])
    elif change == "off":
        clip.enabled = False
    elif change == "muted":
        made.tracks[1].enabled = False
    elif change == "nested":
        made.tracks[0].append(otio.schema.Stack("inner", source_range=time_range(0, 5, rate)))
    elif change == "ramp":
        clip.effects.append(otio.schema.TimeEffect("ramp"))
    elif change == "between":
        made.tracks[1].insert(0, gap(Fraction(1, 2), rate))
    elif change == "day":
        clip.source_range = time_range(50, 25 * 3600 * 24 + 1, rate)
    return made


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("rate", "cannot count 100 frames a second"),
        ("layers", "one video track, and 2 are in use"),
        ("sound", "4 tracks of sound, and 5 are in use"),
        ("off", "cannot switch off clip 'one'"),
        ("muted", "cannot switch off track 'A1'"),
        ("nested", "nested sequence 'inner'"),
        ("ramp", "'one' has the speed effect 'ramp'"),
        ("between", r"between two frames, .* move it to a whole frame, or write .otio$"),
        ("day", "24 hours"),
    ],
)
def test_what_no_list_can_say_is_refused_by_name(tmp_path: Path, change: str, says: str) -> None:
    with pytest.raises(UnwritableOutput, match=says):
        write(refused(change), tmp_path / "cut.edl")
    assert not (tmp_path / "cut.edl").exists()


def test_a_number_of_events_beyond_a_thousand_has_six_digits(tmp_path: Path) -> None:
    cuts = [Cut(name="one", media=Path("/m/a.mov"), start=2 * i, frames=1) for i in range(1_001)]
    write(timeline(cuts, Source(frames=5_000), Fraction(25)), tmp_path / "cut.edl")
    assert "\n001001  A " in (tmp_path / "cut.edl").read_text()


def test_entries_of_a_patched_list_are_those_meant(tmp_path: Path) -> None:
    """The comparison that everything here rests on sees source times."""
    cut = Cut(name="one", media=Path("/m/a.mov"), start=50, frames=40)
    made = timeline([cut], Source(frames=500), Fraction(25))
    write(made, tmp_path / "cut.edl")
    assert entries(read(tmp_path / "cut.edl").tracks[0], Fraction(25), tmp_path)[0].offset == 2
