"""Writing: what comes back is what was meant, and an older file is never half lost."""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from timelines import Cut, Source, timeline

from otio_adapters import write as writing
from otio_adapters.errors import ReadBackMismatch, UnsupportedFormat, UnwritableOutput
from otio_adapters.media_linker import resolve
from otio_adapters.native.writer import Told
from otio_adapters.opentime import exact_frames, rational_time, time_range
from otio_adapters.read import read
from otio_adapters.rows import said
from otio_adapters.write import losses, write

RATES = (
    Fraction(24),
    Fraction(24000, 1001),
    Fraction(25),
    Fraction(30),
    Fraction(30000, 1001),
    Fraction(60000, 1001),
)
FORMATS = (".otio", ".kdenlive", ".xml", ".fcpxml")


def cut(
    rate: Fraction = Fraction(25), media: str = "/media/a.mov", timecode: int = 0
) -> otio.schema.Timeline:
    cuts = [Cut(name=f"clip {i}", media=Path(media), start=40 * i, frames=30) for i in range(3)]
    made = timeline(
        cuts,
        Source(frames=500, timecode=timecode),
        rate,
        bed=(Cut(name="music", media=Path("/media/m.wav"), start=3, frames=80), Source(frames=900)),
        marker=70,
    )
    for track in made.tracks:
        for clip in track:
            clip.media_reference.target_url = clip.media_reference.target_url.replace(os.sep, "/")
    return made


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("rate", RATES)
def test_every_length_and_source_time_comes_back_exactly(tmp_path: Path, suffix: str, rate: Fraction) -> None:
    made = cut(rate, timecode=900_000)
    write(made, tmp_path / f"cut{suffix}")
    back = read(tmp_path / f"cut{suffix}")
    shown = [
        (clip.name, clip.trimmed_range().start_time - clip.available_range().start_time, clip.duration())
        for track in back.tracks
        for clip in track
        if isinstance(clip, otio.schema.Clip)
    ]
    meant = [
        (clip.name, clip.trimmed_range().start_time - clip.available_range().start_time, clip.duration())
        for track in made.tracks
        for clip in track
    ]
    assert [(n, exact_frames(a, rate), exact_frames(b, rate)) for n, a, b in shown] == [
        (n, exact_frames(a, rate), exact_frames(b, rate)) for n, a, b in meant
    ]
    assert [exact_frames(m.marked_range.start_time, rate) for m in back.tracks.markers] == [70]


@pytest.mark.parametrize("suffix", FORMATS)
def test_gaps_disabled_clips_speeds_and_links_come_back(tmp_path: Path, suffix: str) -> None:
    made = cut()
    made.tracks[0].insert(1, otio.schema.Gap(source_range=time_range(0, 7, Fraction(25))))
    made.tracks[0][0].enabled = False
    made.tracks[0][2].effects.append(otio.schema.LinearTimeWarp("fast", time_scalar=1.5))
    write(made, tmp_path / f"cut{suffix}")
    track = read(tmp_path / f"cut{suffix}").tracks[0]
    assert [item.schema_name() for item in track] == ["Clip", "Gap", "Clip", "Clip"]
    assert [item.enabled for item in track] == [False, True, True, True]
    assert [effect.time_scalar for effect in track[2].effects] == [1.5]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(("before", "after"), [(6, 6), (0, 12), (12, 0), (5, 8)])
def test_a_dissolve_comes_back_with_both_its_sides(
    tmp_path: Path, suffix: str, before: int, after: int
) -> None:
    rate = Fraction(25)
    made = cut(rate)
    mix = otio.schema.Transition(
        "Mix", "SMPTE_Dissolve", rational_time(before, rate), rational_time(after, rate)
    )
    made.tracks[0].insert(2, mix)
    write(made, tmp_path / f"cut{suffix}")
    back = read(tmp_path / f"cut{suffix}").tracks[0]
    found = [item for item in back if isinstance(item, otio.schema.Transition)]
    assert [(one.in_offset.value, one.out_offset.value) for one in found] == [(before, after)]
    assert [
        exact_frames(item.source_range.start_time, rate)
        for item in back
        if isinstance(item, otio.schema.Clip)
    ] == [0, 40, 80]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", ["a b.mov", "100%.mov", "50%25.mov", "Überblick #2.mov", "a&b<c>'d'.mov"])
def test_any_file_name_survives(tmp_path: Path, suffix: str, name: str) -> None:
    if sys.platform == "win32" and set(name) & set('<>"'):
        pytest.skip("Windows has no such file names")
    media = tmp_path / name
    media.write_bytes(b"x")
    write(cut(media=media.as_posix()), tmp_path / f"cut{suffix}")
    back = read(tmp_path / f"cut{suffix}")
    assert resolve(back.tracks[0][0], tmp_path / f"cut{suffix}") == media.resolve()


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "url", ["C:\\media\\a b.mov", "//nas/share/a.mov", "file://localhost/C%3a/a%20b.mov"]
)
def test_paths_of_another_system_survive(tmp_path: Path, suffix: str, url: str) -> None:
    made = cut(media="x")
    for track in made.tracks:
        for clip in track:
            clip.media_reference.target_url = url
    write(made, tmp_path / f"cut{suffix}")


@pytest.mark.parametrize("suffix", FORMATS)
def test_relative_media_is_still_found_from_another_folder(tmp_path: Path, suffix: str) -> None:
    media = tmp_path / "project" / "media" / "a b.mov"
    media.parent.mkdir(parents=True)
    media.write_bytes(b"x")
    origin = tmp_path / "project" / "cut.otio"
    write(cut(media="media/a b.mov"), origin)
    out = tmp_path / f"out{suffix}"
    write(read(origin), out, origin=origin)
    assert resolve(read(out).tracks[0][0], out) == media.resolve()


def test_an_otio_file_keeps_all_that_it_held(tmp_path: Path) -> None:
    made = cut()
    made.metadata["SomeNLE"] = {"deep": {"list": [1, 2.5, "three"]}}
    made.tracks[0][0].effects.append(otio.schema.Effect("Grade", "grade", {"gain": 2.0}))
    write(made, tmp_path / "cut.otio")
    assert read(tmp_path / "cut.otio").is_equivalent_to(made)


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_timeline_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    write(cut(), tmp_path / f"cut{suffix}")
    first = (tmp_path / f"cut{suffix}").read_bytes()
    write(cut(), tmp_path / f"cut{suffix}")
    assert (tmp_path / f"cut{suffix}").read_bytes() == first


def test_a_clip_that_is_missing_in_what_lies_on_the_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = cut()
    del shorter.tracks[0][2]
    lost = Told(content=shorter.to_json_string().encode(), said=said(cut()))
    monkeypatch.setattr(writing, "_content", lambda *_: lost)
    with pytest.raises(ReadBackMismatch, match="3 items were written, but 2 read back"):
        write(cut(), tmp_path / "cut.otio")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_keeps_something_else_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shorter = cut()
    del shorter.tracks[0][2]
    kept = shorter.to_json_string().encode()
    monkeypatch.setattr(writing, "_write_synced", lambda beside, _: beside.write_bytes(kept))
    with pytest.raises(ReadBackMismatch, match="3 items were written, but 2 read back"):
        write(cut(), tmp_path / "cut.otio")
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_read_back_leaves_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cut.otio"
    path.write_text("older")
    shorter = cut()
    del shorter.tracks[0][2]
    monkeypatch.setattr(writing, "_content", lambda *_: shorter.to_json_string().encode())
    with pytest.raises(ReadBackMismatch, match=r"track 1 \(V1\): 3 items were written, but 2 read back"):
        write(cut(), path)
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnwritableOutput, match="cannot be written"):
        write(cut(), tmp_path / "gone" / "cut.otio")


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match=r"\.aaf is not written"):
        write(cut(), tmp_path / "cut.aaf")


@pytest.mark.parametrize("suffix", [".kdenlive", ".xml"])
def test_a_nested_sequence_is_refused_rather_than_lost(tmp_path: Path, suffix: str) -> None:
    made = cut()
    made.tracks[0].append(otio.schema.Stack("scene 2", source_range=time_range(0, 10, Fraction(25))))
    with pytest.raises(UnwritableOutput, match="'scene 2' is a nested sequence"):
        write(made, tmp_path / f"cut{suffix}")


@pytest.mark.parametrize("suffix", [".kdenlive", ".xml"])
def test_a_ramp_is_refused_rather_than_played_at_another_speed(tmp_path: Path, suffix: str) -> None:
    made = cut()
    made.tracks[0][0].effects.append(otio.schema.TimeEffect("Ramp", "ramp"))
    with pytest.raises(UnwritableOutput, match="'clip 0' has the speed effect 'Ramp'"):
        write(made, tmp_path / f"cut{suffix}")


def test_losses_are_listed_and_otio_has_none() -> None:
    made = cut()
    made.global_start_time = rational_time(90_000, Fraction(25))
    made.tracks[0][0].effects.append(otio.schema.Effect("Grade", "grade"))
    made.tracks[1][0].media_reference = otio.schema.MissingReference()
    made.tracks[0].insert(
        1,
        otio.schema.Transition(
            "Wipe", "Custom_Transition", rational_time(2, Fraction(25)), rational_time(2, Fraction(25))
        ),
    )
    found = losses(made, Path("cut.kdenlive"))
    assert [line.partition(":")[0] for line in found] == [
        "1 clip effects",
        "'clip 0' plays no media file",
        "the look of the transition 'Wipe' on track 'V1'",
        "the start timecode 01",
    ]
    assert losses(made, Path("cut.otio")) == ()


@pytest.mark.parametrize("suffix", [".xml", ".kdenlive"])
@pytest.mark.parametrize("begin", [True, False])
def test_sound_between_two_frames_is_refused_by_name(tmp_path: Path, suffix: str, *, begin: bool) -> None:
    """FCPXML has times of fractions, and keeps it."""
    rate = Fraction(25)
    made = timeline(
        [Cut(name="one", media=Path("/media/a.mov"), start=0, frames=40)], Source(frames=100), rate
    )
    sound = otio.schema.Track("A2", kind="Audio", children=[made.audio_tracks()[0][0].deepcopy()])
    sound[0].name = "boom"
    if begin:
        sound.insert(0, otio.schema.Gap(source_range=time_range(0, Fraction(21, 2), rate)))
    else:
        sound[0].source_range = time_range(0, Fraction(21, 2), rate)
    made.tracks.append(sound)
    with pytest.raises(UnwritableOutput, match=r"'boom' on track 'A2' begins or ends .* at frame 10\.50"):
        write(made, tmp_path / f"cut{suffix}")
    write(made, tmp_path / "cut.fcpxml")


def test_a_timeline_of_nothing_but_a_nested_sequence_is_on_its_frames(tmp_path: Path) -> None:
    """It has no clip to tell the rate by."""
    made = otio.schema.Timeline("cut", metadata={"pickup": {"rate": "25"}})
    nested = otio.schema.Stack("inner", source_range=time_range(0, 14, Fraction(25)))
    made.tracks.append(otio.schema.Track("V1", kind="Video", children=[nested]))
    with pytest.raises(UnwritableOutput, match="'inner' is a nested sequence"):
        write(made, tmp_path / "cut.kdenlive")
