from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from otio_adapters.errors import MissingMedia
from otio_adapters.media_linker import local_name, media_offset, resolve
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
