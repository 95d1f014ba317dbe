"""AAF files: those of real programs, and those that are none."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from shared_media import SHARED, shared

from otio_adapters.aaf import reader
from otio_adapters.application import application
from otio_adapters.clip_place import ClipPlace
from otio_adapters.errors import (
    TimelineError,
    UnreadableTimeline,
    UnsupportedEdit,
    UnsupportedFormat,
    UnwritableOutput,
)
from otio_adapters.loss import losses
from otio_adapters.media_linker import MediaFacts
from otio_adapters.opentime import timeline_rate
from otio_adapters.read import read
from otio_adapters.ripple import length, placed
from otio_adapters.takes import Placement, Ripple, place_takes
from otio_adapters.write import write

pytest.importorskip("otio_aaf_adapter", reason="needs the extra: pip install 'pickup-editor[aaf]'")
pytest.importorskip("aaf2")

SAMPLES = sorted(path.name for path in (SHARED / "timelines" / "aaf").glob("*"))
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sample(name: str) -> Path:
    return shared(f"timelines/aaf/{name}")


def refusal(do: Callable[[], object]) -> str:
    """What is said where it is refused; nothing where it is done."""
    try:
        do()
    except TimelineError as error:
        return str(error)
    return ""


def longest_first(timeline: otio.schema.Timeline) -> list[ClipPlace]:
    """The clips, picture before sound."""
    rate = timeline_rate(timeline)
    found = [
        ClipPlace(name=item.name, track=t, index=i, at=at, length=length(item, rate), rate=rate)
        for t, track in enumerate(timeline.tracks)
        for i, (at, item) in enumerate(placed(track, rate))
        if isinstance(item, otio.schema.Clip)
    ]
    sound = otio.schema.TrackKind.Audio
    return sorted(found, key=lambda place: (timeline.tracks[place.track].kind == sound, -place.length))


def edits(timeline: otio.schema.Timeline, change: int) -> Iterator[otio.schema.Timeline]:
    """The timeline with a take in the middle of its longest clip, the take `change` frames longer."""
    for place in longest_first(timeline):
        start = int(place.at + (place.length - 10) / 2)
        take = Placement(
            start=start,
            length=10,
            media=Path("/takes/a b%.mov"),
            name="take_v001",
            facts=MediaFacts(rate=place.rate, start=1000, frames=60, width=640, height=360, channels=2),
            source_range=(4, 10 + change),
            ripples=(Ripple(at=start + 2, removed=max(0, -change), added=max(0, change)),),
        )
        try:
            yield place_takes(timeline, place, [take]).timeline
        except (UnsupportedEdit, ValueError):
            continue


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_takes_an_edit_and_is_written_as_otio_and_xml(name: str, tmp_path: Path) -> None:
    """`write` compares all items with what reads back; others may refuse what they cannot say, by name."""
    timeline = read(sample(name))
    done = 0
    for change in (5, -5):
        edited = next(edits(timeline, change), None)
        if edited is None:
            continue
        write(edited, tmp_path / "out.otio")
        done += 1
        for suffix in (".xml", ".kdenlive", ".fcpxml"):
            said = refusal(lambda edited=edited, suffix=suffix: write(edited, tmp_path / f"out{suffix}"))
            assert "\n" not in said
            assert "reads back" not in said
    if not done:
        pytest.skip("no clip of it is long enough for a take")


@pytest.mark.parametrize(
    ("name", "rate", "drop", "tracks"),
    [
        ("otio-aaf-adapter__2997fps-DFTC.aaf", Fraction(30000, 1001), True, "VAAAAAA"),
        ("LibAAF__MC_TC_23.976.aaf", Fraction(24000, 1001), False, "A"),
        ("otio-aaf-adapter__multitrack.aaf", Fraction(24), False, "VVVAA"),
        ("resolvefree__T07_duck_keyframed.aaf", Fraction(50), False, "VA"),
    ],
)
def test_rates_and_tracks_are_those_of_the_program(
    name: str, rate: Fraction, drop: bool, tracks: str
) -> None:
    timeline = read(sample(name))
    assert timeline_rate(timeline) == rate
    assert timeline.metadata["pickup"]["drop_frame"] == drop
    assert "".join(track.kind[0] for track in timeline.tracks) == tracks


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("LibAAF__DR_Audio_Levels.aaf", "DaVinci Resolve"),
        ("LibAAF__MC_TC_23.976.aaf", "Avid Media Composer 23.12"),
        ("LibAAF__PR_Clip_length_beyond_EOF.aaf", "Premiere Pro 23.5.0"),
    ],
)
def test_the_program_is_told_and_no_warning_of_the_reader(
    name: str, program: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = sample(name)
    assert application(path, read(path)) == program
    assert tuple(capfd.readouterr()) == ("", "")


@pytest.mark.parametrize("suffix", [".xml", ".kdenlive", ".fcpxml"])
def test_sound_that_is_cut_at_samples_is_refused_by_name_where_frames_are_counted(
    suffix: str, tmp_path: Path
) -> None:
    timeline = read(sample("LibAAF__DR_Stereo_Clip_Positioning.aaf"))
    said = rf"'sample-accuracy-173459321' .* between two frames, at frame 329\.66, which \{suffix}"
    with pytest.raises(UnwritableOutput, match=said):
        write(timeline, tmp_path / f"out{suffix}")


def test_what_is_not_read_is_listed_before_writing() -> None:
    timeline = read(sample("LibAAF__PR_Clip_length_beyond_EOF.aaf"))
    said = losses(timeline, Path("out.otio"))
    assert said == ("1 pieces of media inside the AAF file: only links to files are read",)


def test_an_aaf_is_not_written() -> None:
    with pytest.raises(UnsupportedFormat, match=r"out\.aaf: \.aaf is not written; use one of \.otio"):
        write(otio.schema.Timeline("t"), Path("out.aaf"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"not an AAF file", "is no AAF file"),
        (b"", "is no AAF file"),
        (MAGIC, "cannot be read as AAF"),
        (MAGIC + bytes(4096), "cannot be read as AAF"),
        (MAGIC + b"\xff" * 8192, "cannot be read as AAF"),
    ],
)
def test_what_is_no_aaf_file_is_refused_in_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "cut.aaf"
    path.write_bytes(content)
    with pytest.raises(UnreadableTimeline, match=says) as raised:
        read(path)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTimeline, match="there is no such file"):
        read(tmp_path / "cut.aaf")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no memory")
def test_a_reader_that_takes_too_much_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MEGABYTES", 40)
    with pytest.raises(UnreadableTimeline, match="cannot be read as AAF"):
        read(sample("otio-aaf-adapter__simple.aaf"))


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PATIENCE", 0.05)
    with pytest.raises(UnreadableTimeline, match=r"not read within 0\.05 s"):
        read(sample("otio-aaf-adapter__simple.aaf"))


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    content = bytearray(sample("LibAAF__PR_WAV_External_sub_sub_directory_UTF8.aaf").read_bytes())
    for _ in range(40):
        content[dice.randrange(8, len(content))] = dice.randrange(256)
    path = tmp_path / "cut.aaf"
    path.write_bytes(content[: dice.choice([len(content), len(content) // 2])])
    assert "\n" not in refusal(lambda: read(path))
