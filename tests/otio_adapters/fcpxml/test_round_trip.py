"""Any timeline written as FCPXML reads back as the same."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otio_adapters.compare import compare
from otio_adapters.fcpxml.reader import read_fcpxml
from otio_adapters.fcpxml.writer import fcpxml_bytes
from otio_adapters.opentime import rational_time, time_range
from otio_adapters.read import read
from otio_adapters.write import losses, write

RATES = [Fraction(n) for n in (24, 25, 30, 50, 60)] + [Fraction(n * 1000, 1001) for n in (24, 30, 60)]
MEDIA = ["/media/a b%.mov", "/media/ü#2.mov", "C:\\clips\\c.mov", "//nas/share/d.mov"]


@st.composite
def clips(draw: st.DrawFn, rate: Fraction) -> otio.schema.Clip:
    """A clip of a file that starts at an hour, now and then retimed, disabled or offline."""
    url = draw(st.sampled_from(MEDIA))
    hour = 3600 * round(rate)
    first, frames = hour + draw(st.integers(0, 200)), draw(st.integers(12, 90))
    reference = otio.schema.ExternalReference(url, time_range(hour, 400, rate))
    missing = otio.schema.MissingReference()
    clip = otio.schema.Clip(
        draw(st.sampled_from(["one", "two & a half", "drei"])),
        missing if draw(st.integers(0, 7)) == 0 else reference,
        time_range(first, frames, rate),
    )
    clip.enabled = draw(st.integers(0, 5)) != 0
    speed = draw(st.sampled_from([1, 1, 1, 1, 2, 0.5, 1.25]))
    if speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp("speed", time_scalar=float(speed)))
    return clip


@st.composite
def compounds(draw: st.DrawFn, rate: Fraction) -> otio.schema.Stack:
    inner = [otio.schema.Track(kind=kind, children=[draw(clips(rate))]) for kind in ("Video", "Audio")]
    frames = time_range(draw(st.integers(0, 9)), draw(st.integers(3, 9)), rate)
    return otio.schema.Stack("compound", inner, source_range=frames)


@st.composite
def tracks(draw: st.DrawFn, rate: Fraction, kind: str) -> otio.schema.Track:
    track = otio.schema.Track(kind=kind)
    for _ in range(draw(st.integers(0, 5))):
        if draw(st.integers(0, 3)) == 0:
            track.append(otio.schema.Gap(source_range=time_range(0, draw(st.integers(1, 40)), rate)))
        elif len(track) and isinstance(track[-1], otio.schema.Clip) and draw(st.booleans()):
            sides = [
                rational_time(draw(st.integers(0, 5)), rate),
                rational_time(draw(st.integers(1, 5)), rate),
            ]
            track.append(otio.schema.Transition("Mix", "SMPTE_Dissolve", *sides))
            track.append(draw(clips(rate)))
            continue
        track.append(draw(compounds(rate) if draw(st.integers(0, 9)) == 0 else clips(rate)))
    return track


@st.composite
def timelines(draw: st.DrawFn) -> otio.schema.Timeline:
    rate = draw(st.sampled_from(RATES))
    timeline = otio.schema.Timeline("any")
    timeline.metadata["pickup"] = {"rate": str(rate), "drop_frame": rate.denominator == 1001}
    timeline.global_start_time = rational_time(draw(st.sampled_from([0, 3600 * round(rate), 107_892])), rate)
    video = [draw(tracks(rate, "Video")) for _ in range(draw(st.integers(0, 3)))]
    sound = [one.deepcopy() for one in video if draw(st.booleans())]
    for one in sound:
        one.kind = "Audio"
        plain = [i for i, item in enumerate(one) if isinstance(item, otio.schema.Clip)]
        for index in plain if len(plain) == len(one) and draw(st.booleans()) else ():
            if draw(st.booleans()):
                one[index] = otio.schema.Gap(source_range=one[index].source_range)
    sound += [draw(tracks(rate, "Audio")) for _ in range(draw(st.integers(0, 2)))]
    timeline.tracks.extend([*video, *sound])
    for at in draw(st.lists(st.integers(0, 300), max_size=4)):
        timeline.tracks.markers.append(otio.schema.Marker("m", time_range(at, 1, rate)))
    return timeline


@pytest.fixture(scope="module")
def folder() -> Path:
    return Path(tempfile.mkdtemp())


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(timelines())
def test_any_timeline_comes_back(folder: Path, timeline: otio.schema.Timeline) -> None:
    path = folder / "cut.fcpxml"
    path.write_bytes(fcpxml_bytes(timeline, path, None))
    found = read_fcpxml(path)
    rate = Fraction(timeline.metadata["pickup"]["rate"])
    compare(timeline, found, rate, folder)
    assert found.metadata["pickup"] == timeline.metadata["pickup"]
    assert found.global_start_time == timeline.global_start_time
    assert fcpxml_bytes(found, path, path) == path.read_bytes()


def test_a_nested_sequence_is_a_compound_clip_with_all_it_holds(tmp_path: Path) -> None:
    rate = Fraction(25)
    inner = otio.schema.Track(
        kind="Video", children=[otio.schema.Clip("in", source_range=time_range(0, 9, rate))]
    )
    made = otio.schema.Timeline("t", global_start_time=rational_time(0, rate))
    stack = otio.schema.Stack("scene", [inner], source_range=time_range(2, 5, rate))
    made.tracks.append(otio.schema.Track(kind="Video", children=[stack]))
    path = tmp_path / "cut.fcpxml"
    path.write_bytes(fcpxml_bytes(made, path, None))
    found = read_fcpxml(path).tracks
    assert found[0][0].source_range == time_range(2, 5, rate)
    assert [item.name for item in found[0][0][0]] == ["in"]


@pytest.mark.parametrize("suffix", [".fcpxml", ".kdenlive"])
def test_a_fade_between_gaps_is_told_of_and_its_track_is_none_in_use(tmp_path: Path, suffix: str) -> None:
    rate = Fraction(25)
    nothing = [otio.schema.Gap(source_range=time_range(0, 25, rate)) for _ in range(2)]
    sides = (rational_time(5, rate), rational_time(5, rate))
    fade = otio.schema.Transition("Fade", "SMPTE_Dissolve", *sides)
    made = otio.schema.Timeline("t", global_start_time=rational_time(0, rate))
    shown = otio.schema.Clip("a", otio.schema.ExternalReference("/a.mov"), time_range(0, 50, rate))
    made.tracks.append(otio.schema.Track("V", kind="Video", children=[shown]))
    made.tracks.append(otio.schema.Track("A", kind="Audio", children=[nothing[0], fade, nothing[1]]))
    out = tmp_path / f"cut{suffix}"
    write(made, out)
    (told,) = losses(made, out)
    assert told.startswith(f"the fade 'Fade' on track 'A': {suffix} ")
    found = read(out)
    assert [len(track) for track in found.tracks if len(track)] == [1]
