from __future__ import annotations

import contextlib
import sys
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otio_adapters.errors import MissingMedia
from otio_adapters.media_linker import MediaFacts, check, find, media_offset, missing, note_facts, resolve
from otio_adapters.media_url import file_url, local_name
from otio_adapters.opentime import RationalTime, TimeRange, time_range

R = Fraction(25)


def clip(url: str) -> otio.schema.Clip:
    return otio.schema.Clip("shot", otio.schema.ExternalReference(url), time_range(0, 10, R))


def media(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("file:///media/a%20b.mov", "/media/a b.mov"),
        ("file://localhost/media/100%25.mov", "/media/100%.mov"),
        ("file:///C:/media/a.mov", "C:/media/a.mov"),
        ("file://localhost/C%3a/media/a.mov", "C:/media/a.mov"),
        ("file://nas/share/a.mov", "//nas/share/a.mov"),
        ("file:///media/take #2?.mov", "/media/take #2?.mov"),
        ("C:\\media\\a.mov", "C:\\media\\a.mov"),
        ("/media/100%25.mov", "/media/100%25.mov"),
        ("media/Überblick.mov", "media/Überblick.mov"),
    ],
)
def test_every_spelling_of_a_file_names_its_path(url: str, name: str) -> None:
    assert local_name(url) == name


PARTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\\\0"), min_size=1, max_size=12)
RELATIVE = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
DRIVES = st.sampled_from(["C:", "e:"])
HOSTS = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,10}", fullmatch=True) | PARTS.filter(
    lambda host: ":" not in host
)


@given(path=RELATIVE.map("/{}".format).filter(lambda path: path[2:3] != ":"))
def test_any_path_comes_back_from_its_url(path: str) -> None:
    assert file_url(path).isascii()
    assert local_name(file_url(path)) == path


@given(path=st.tuples(DRIVES, RELATIVE).map("/".join))
def test_any_path_of_a_windows_drive_comes_back_from_its_url(path: str) -> None:
    assert local_name(file_url(path)) == path
    assert local_name(file_url(path.replace("/", "\\"))) == path


@given(path=st.tuples(HOSTS, RELATIVE).map("/".join))
def test_any_unc_path_comes_back_from_its_url(path: str) -> None:
    assert local_name(file_url(f"//{path}")) == f"//{path}"
    assert local_name(file_url("\\\\" + path.replace("/", "\\"))) == f"//{path}"


@given(url=st.text().map("file:{}".format) | st.text().map("file://{}".format) | st.text())
def test_any_text_is_a_path_or_refused(url: str) -> None:
    with contextlib.suppress(MissingMedia):
        assert "\0" not in local_name(url)


@pytest.mark.parametrize("url", ["http://host/a.mov", "concat:a.mov|b.mov", "rtmp://host/a", "a\0b.mov"])
def test_what_is_no_file_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(MissingMedia):
        resolve(clip(url), tmp_path / "cut.otio")


@pytest.mark.parametrize("name", ["a.mov", "a b.mov", "100%.mov", "100%25.mov", "Überblick #2.mov"])
def test_a_relative_path_is_taken_from_the_timelines_folder(name: str, tmp_path: Path) -> None:
    there = media(tmp_path / "media", name)
    assert resolve(clip(f"media/{name}"), tmp_path / "cut.otio") == there.resolve()


def test_a_percent_encoded_relative_path_is_found_too(tmp_path: Path) -> None:
    there = media(tmp_path, "a b.mov")
    assert resolve(clip("a%20b.mov"), tmp_path / "cut.otio") == there.resolve()


@pytest.mark.skipif(sys.platform == "win32", reason="devices are files on POSIX only")
def test_a_device_is_no_media(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match="--media-root"):
        resolve(clip("/dev/zero"), tmp_path / "cut.otio")


def test_moved_media_is_found_under_the_media_root_by_its_name(tmp_path: Path) -> None:
    there = media(tmp_path / "new" / "day1", "a b.mov")
    found = resolve(clip("file:///Volumes/Old/day1/a%20b.mov"), tmp_path / "cut.otio", tmp_path / "new")
    assert found == there


def test_of_two_files_of_that_name_the_one_in_the_likelier_folder_is_taken(tmp_path: Path) -> None:
    there = media(tmp_path / "day2", "a.mov")
    media(tmp_path / "day1", "a.mov")
    assert resolve(clip("E:\\shoot\\day2\\a.mov"), tmp_path / "cut.otio", tmp_path) == there


def test_two_files_that_fit_equally_well_are_refused(tmp_path: Path) -> None:
    media(tmp_path / "x", "a.mov")
    media(tmp_path / "y", "a.mov")
    with pytest.raises(MissingMedia, match="narrower"):
        resolve(clip("/gone/a.mov"), tmp_path / "cut.otio", tmp_path)


def test_a_hostile_name_does_not_lead_out_of_the_media_root(tmp_path: Path) -> None:
    media(tmp_path, "secret.mov")
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(MissingMedia, match="not under"):
        resolve(clip("/gone/../secret.mov"), tmp_path / "sub" / "cut.otio", root)


def offset_of(start: RationalTime, available: TimeRange | None, timecode: str | None = None) -> Fraction:
    shot = otio.schema.Clip("shot", otio.schema.ExternalReference("a.mov", available))
    shot.source_range = TimeRange(start, RationalTime(10, 25))
    return media_offset(shot, R, timecode)


def test_the_offset_is_source_start_less_media_start() -> None:
    assert offset_of(RationalTime(900_050, 25), time_range(900_000, 500, R)) == 2


def test_a_fractional_source_start_gives_an_exact_offset() -> None:
    available = TimeRange(RationalTime(87399, 24), RationalTime(200, 24))
    assert offset_of(RationalTime(91046.625, 25), available) == Fraction(728373, 200) - Fraction(87399, 24)


def test_without_an_available_range_the_medias_own_timecode_is_taken_off() -> None:
    assert offset_of(RationalTime(900_050, 25), None, "10:00:00:00") == 2
    assert offset_of(RationalTime(50, 25), None, "10:00:00:00") == 2


def test_an_available_range_that_forgot_the_timecode_is_seen_through() -> None:
    assert offset_of(RationalTime(900_050, 25), time_range(0, 500, R), "10:00:00:00") == 2


def noted(url: str, size: int) -> otio.schema.Clip:
    made = clip(url)
    note_facts(made.media_reference, MediaFacts(rate=R, start=0, frames=500, size=size))
    return made


def twins(folder: Path) -> tuple[Path, Path]:
    """Two files of one name, the second larger, and the first where the folders agree better."""
    first, second = media(folder / "day1", "a.mov"), media(folder / "x", "a.mov")
    second.write_bytes(b"larger")
    return first, second


def test_of_two_files_of_that_name_the_one_of_the_noted_size_is_taken(tmp_path: Path) -> None:
    _, second = twins(tmp_path)
    assert resolve(noted("/gone/day1/a.mov", size=6), tmp_path / "cut.otio", tmp_path) == second


def test_a_size_that_no_file_has_decides_nothing(tmp_path: Path) -> None:
    first, _ = twins(tmp_path)
    assert resolve(noted("/gone/day1/a.mov", size=999), tmp_path / "cut.otio", tmp_path) == first


def test_of_two_files_of_that_name_the_one_of_the_timelines_length_is_taken(tmp_path: Path) -> None:
    first, second = twins(tmp_path)
    shot = clip("/gone/day1/a.mov")
    shot.media_reference.available_range = time_range(0, 500, R)
    lengths = {first: Fraction(12), second: Fraction(20)}
    assert resolve(shot, tmp_path / "cut.otio", tmp_path, lengths.get) == second


def test_a_rival_that_is_no_media_is_left_out(tmp_path: Path) -> None:
    first, _ = twins(tmp_path)
    shot = clip("/gone/x/a.mov")
    shot.media_reference.available_range = time_range(0, 500, R)
    assert resolve(shot, tmp_path / "cut.otio", tmp_path, {first: Fraction(20)}.get) == first


@pytest.mark.parametrize(
    ("written", "on_disk"), [("u\u0308ber.mov", "\u00fcber.mov"), ("\u00fc.mov", "u\u0308.mov")]
)
def test_a_name_is_found_however_its_letters_are_composed(tmp_path: Path, written: str, on_disk: str) -> None:
    """macOS takes letters with accents apart, Linux and Windows leave them whole."""
    there = media(tmp_path / "new", on_disk)
    assert resolve(clip(written), tmp_path / "new" / "cut.otio") == there
    assert resolve(clip(f"/gone/{written}"), tmp_path / "cut.otio", tmp_path / "new") == there


def timeline_of(*clips: otio.schema.Clip) -> otio.schema.Timeline:
    made = otio.schema.Timeline("cut")
    made.tracks.append(otio.schema.Track("V1", kind="Video", children=list(clips)))
    return made


def test_all_that_is_missing_is_named_once_each_and_in_order(tmp_path: Path) -> None:
    media(tmp_path, "there.mov")
    clips = [clip(url) for url in ("b.mov", "there.mov", "/gone/a.mov", "b.mov", "http://host/c.mov", "")]
    assert missing(clips, tmp_path / "cut.otio") == (
        "b.mov",
        "/gone/a.mov",
        "http://host/c.mov is not a file on this machine; copy it here and relink with --media-root",
    )


def test_what_is_under_the_media_root_is_not_missing(tmp_path: Path) -> None:
    media(tmp_path / "new" / "deep", "a b.mov")
    clips = [clip("file:///gone/a%20b.mov"), clip("/gone/c.mov")]
    assert missing(clips, tmp_path / "cut.otio", tmp_path / "new") == ("/gone/c.mov",)


def test_one_error_names_twenty_missing_files_and_how_many_more_there_are(tmp_path: Path) -> None:
    clips = [clip(f"/gone/{number}.mov") for number in range(25)]
    with pytest.raises(MissingMedia) as refused:
        check(clips, tmp_path / "cut.otio")
    assert str(refused.value).startswith("media files are missing (25): /gone/0.mov, /gone/1.mov, ")
    assert "/gone/19.mov and 5 more; " in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_clip_that_is_missing_brings_up_all_others_that_are(tmp_path: Path) -> None:
    wanted = clip("/gone/a.mov")
    with pytest.raises(
        MissingMedia, match=r"'shot' is not at /gone/a\.mov.* Also missing \(1\): /gone/b\.mov"
    ):
        find(timeline_of(wanted, clip("/gone/b.mov")), wanted, tmp_path / "cut.otio")


def test_a_clip_that_is_there_is_found_whatever_else_is_missing(tmp_path: Path) -> None:
    wanted = clip("a.mov")
    there = media(tmp_path, "a.mov")
    assert find(timeline_of(wanted, clip("/gone/b.mov")), wanted, tmp_path / "cut.otio") == there


def sequence(folder: str, first: int, frames: int) -> otio.schema.Clip:
    reference = otio.schema.ImageSequenceReference(
        target_url_base=folder, name_prefix="shot.", name_suffix=".exr", start_frame=first, rate=24.0,
        frame_zero_padding=4, available_range=time_range(0, frames, Fraction(24)),
    )  # fmt: skip
    return otio.schema.Clip("shot", reference, time_range(0, 10, R))


@pytest.mark.parametrize("made", [sequence("plates", 1000, 6), clip("plates/shot.[1000-1005].exr")])
def test_of_an_image_sequence_the_frames_that_are_missing_are_said(
    tmp_path: Path, made: otio.schema.Clip
) -> None:
    for number in (1000, 1001, 1004):
        media(tmp_path / "plates", f"shot.{number}.exr")
    assert missing([made], tmp_path / "cut.otio") == ("plates/shot.[1000-1005].exr (frames 1002-1003, 1005)",)
    for number in (1002, 1003, 1005):
        media(tmp_path / "elsewhere", f"shot.{number}.exr")
    assert missing([made], tmp_path / "cut.otio", tmp_path / "elsewhere") == ()


@pytest.mark.parametrize("url", ["plates/shot.%04d.exr", "plates/shot.####.exr"])
def test_a_pattern_that_says_no_frames_is_there_when_any_is(tmp_path: Path, url: str) -> None:
    assert missing([clip(url)], tmp_path / "cut.otio") == ("plates/shot.%04d.exr",)
    media(tmp_path / "plates", "shot.1001.exr")
    assert missing([clip(url)], tmp_path / "cut.otio") == ()


@pytest.mark.parametrize("made", [sequence("plates/", 1000, 6), clip("plates/shot.[1000-1005].exr")])
def test_a_clip_of_images_is_refused_by_the_sequences_name(tmp_path: Path, made: otio.schema.Clip) -> None:
    with pytest.raises(MissingMedia, match=r"image sequence shot\.\[1000-1005\]\.exr, which has no sound"):
        resolve(made, tmp_path / "cut.otio")


def test_a_file_that_is_called_like_a_sequence_is_a_file(tmp_path: Path) -> None:
    there = media(tmp_path, "still [1-2].png")
    assert resolve(clip("still [1-2].png"), tmp_path / "cut.otio") == there
