"""OTIO bundles: read where they lie, media taken out when it is needed, written whole again."""

from __future__ import annotations

import stat
import zipfile
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from otio_adapters.errors import MissingMedia, UnreadableTimeline, UnsupportedFormat, UnwritableOutput
from otio_adapters.media_linker import MediaFacts, missing, resolve
from otio_adapters.native import archive
from otio_adapters.opentime import time_range
from otio_adapters.read import read
from otio_adapters.takes import Placement, find_clip, place_takes
from otio_adapters.write import write

R = Fraction(25)


def cut(*urls: str) -> otio.schema.Timeline:
    made = otio.schema.Timeline("cut")
    shots = [
        otio.schema.Clip(url, otio.schema.ExternalReference(url, time_range(0, 500, R)), time_range(0, 50, R))
        for url in urls
    ]
    made.tracks.append(otio.schema.Track("V1", kind="Video", children=shots))
    return made


def text(*urls: str) -> str:
    return str(cut(*urls).to_json_string())


def bundle(folder: Path, members: dict[str, str | bytes], name: str = "cut.otioz") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as made:
        for member, content in members.items():
            made.writestr(member, content, zipfile.ZIP_DEFLATED)
    return path


def media(folder: Path, name: str, content: bytes = b"picture") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def whole(folder: Path) -> Path:
    """A bundle with two media, one of them named as a URL names it."""
    members = {"content.otio": text("media/a%20b.mov", "media/c.mov"), "version.txt": "1.0.0"}
    return bundle(folder, {**members, "media/a b.mov": b"ab", "media/c.mov": b"c", "media/notes.txt": b"n"})


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        names = [name for name in found.namelist() if name != "content.otio"]
        return {name: found.read(name) for name in names}


def urls(timeline: otio.schema.Timeline) -> list[str]:
    return [clip.media_reference.target_url for clip in timeline.find_clips()]


def test_reading_a_bundle_unpacks_nothing(tmp_path: Path) -> None:
    source = whole(tmp_path)
    assert urls(read(source)) == ["media/a%20b.mov", "media/c.mov"]
    assert missing(read(source).find_clips(), source) == ()
    assert list(tmp_path.iterdir()) == [source]


def test_a_clips_media_is_unpacked_beside_the_bundle_when_it_is_needed(tmp_path: Path) -> None:
    source = whole(tmp_path)
    found = resolve(read(source).tracks[0][0], source)
    assert found == tmp_path / "cut_unpacked" / "media" / "a b.mov"
    assert found.read_bytes() == b"ab"
    assert not (tmp_path / "cut_unpacked" / "media" / "c.mov").exists()


def test_what_is_unpacked_already_is_left_alone(tmp_path: Path) -> None:
    source = whole(tmp_path)
    first = resolve(read(source).tracks[0][0], source).stat()
    assert resolve(read(source).tracks[0][0], source).stat().st_mtime_ns == first.st_mtime_ns


def test_media_that_the_bundle_lacks_is_missing(tmp_path: Path) -> None:
    source = bundle(tmp_path, {"content.otio": text("media/gone.mov")})
    assert missing(read(source).find_clips(), source) == ("media/gone.mov",)


def test_a_bundle_without_an_edit_is_written_with_all_it_held(tmp_path: Path) -> None:
    source, out = whole(tmp_path), tmp_path / "new" / "out.otioz"
    out.parent.mkdir()
    write(read(source), out, origin=source)
    assert contents(out) == contents(source)
    assert read(out).is_equivalent_to(read(source))
    assert not (tmp_path / "cut_unpacked").exists()


def test_a_take_goes_into_the_bundle(tmp_path: Path) -> None:
    source, out = whole(tmp_path), tmp_path / "out.otioz"
    timeline = read(source)
    take = Placement(
        start=60,
        length=20,
        media=media(tmp_path / "takes", "take v1.mov", b"take"),
        name="take",
        facts=MediaFacts(rate=R, start=0, frames=28),
        source_range=(4, 20),
    )
    report = place_takes(timeline, find_clip(timeline, "media/c.mov"), [take])
    write(report.timeline, out, origin=source)
    assert contents(out) == {**contents(source), "media/take v1.mov": b"take"}
    assert "media/take%20v1.mov" in urls(read(out))


def test_a_bundle_can_take_its_own_place(tmp_path: Path) -> None:
    source = whole(tmp_path)
    before = contents(source)
    write(read(source), source, origin=source)
    assert contents(source) == before


def test_a_plain_timeline_is_bundled_with_its_media(tmp_path: Path) -> None:
    first, second = media(tmp_path / "day1", "a.mov", b"1"), media(tmp_path / "day2", "a.mov", b"2")
    source = tmp_path / "cut.otio"
    source.write_text(text(str(first), "day2/a.mov", str(first)), "utf-8")
    write(read(source), tmp_path / "out.otioz", origin=source)
    assert urls(read(tmp_path / "out.otioz")) == ["media/a.mov", "media/2/a.mov", "media/a.mov"]
    found = contents(tmp_path / "out.otioz")
    assert (found["media/a.mov"], found["media/2/a.mov"]) == (b"1", b"2")
    assert second.exists()


def test_otios_own_adapter_reads_what_is_bundled(tmp_path: Path) -> None:
    source = tmp_path / "cut.otio"
    source.write_text(text(str(media(tmp_path, "a b.mov"))), "utf-8")
    write(read(source), tmp_path / "out.otioz", origin=source)
    found = otio.adapters.read_from_file(str(tmp_path / "out.otioz"), extract_to_directory=str(tmp_path))
    assert urls(found) == ["media/a%20b.mov"]
    assert (tmp_path / "media" / "a b.mov").read_bytes() == b"picture"


def test_what_leaves_a_bundle_is_unpacked(tmp_path: Path) -> None:
    source = whole(tmp_path)
    write(read(source), tmp_path / "cut.otio", origin=source)
    found = [Path(url) for url in urls(read(tmp_path / "cut.otio"))]
    assert [path.read_bytes() for path in found] == [b"ab", b"c"]


def test_a_bundle_of_media_that_is_not_there_is_refused_with_all_their_names(tmp_path: Path) -> None:
    source = tmp_path / "cut.otio"
    source.write_text(text("/gone/a.mov", "b.mov"), "utf-8")
    with pytest.raises(MissingMedia, match=r"missing \(2\): /gone/a\.mov, .*b\.mov"):
        write(read(source), tmp_path / "out.otioz", origin=source)
    assert not (tmp_path / "out.otioz").exists()


def test_a_bundle_of_an_image_sequence_is_refused(tmp_path: Path) -> None:
    made = cut("a.mov")
    media(tmp_path, "a.1.exr")
    made.tracks[0][0].media_reference = otio.schema.ImageSequenceReference(
        str(tmp_path), "a.", ".exr", start_frame=1, rate=25, available_range=time_range(0, 1, R)
    )
    with pytest.raises(UnwritableOutput, match=r"'a\.mov' plays an image sequence"):
        write(made, tmp_path / "out.otioz")


def test_a_bundle_that_is_a_folder_is_read_and_written_as_another_format(tmp_path: Path) -> None:
    source = tmp_path / "cut.otiod"
    there = media(source, "media/a b.mov")
    (source / "content.otio").write_text(text("media/a%20b.mov"), "utf-8")
    assert resolve(read(source).tracks[0][0], source) == there
    with pytest.raises(UnsupportedFormat, match="is not written"):
        write(read(source), tmp_path / "out.otiod", origin=source)
    write(read(source), tmp_path / "out.otio", origin=source)
    assert resolve(read(tmp_path / "out.otio").tracks[0][0], tmp_path / "out.otio") == there


def linked() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("media/a.mov")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"other.txt": b""}, "has no content.otio"),
        ({"content.otio": b"\xff\xfe"}, "content.otio is not UTF-8"),
        ({"content.otio": "[" * 1000 + "]" * 1000}, "nested 1000 deep"),
        ({"content.otio": "{", "../evil.mov": b""}, "'../evil.mov', a name that leads out of the bundle"),
        ({"content.otio": "{", "media/../../evil.mov": b""}, "leads out of the bundle"),
        ({"content.otio": "{", "/etc/evil.mov": b""}, "leads out of the bundle"),
        ({"content.otio": "{", "C:/evil.mov": b""}, "leads out of the bundle"),
        ({"content.otio": "{", "..\\evil.mov": b""}, "leads out of the bundle"),
        ({"content.otio": text("a.mov"), "media/bomb.mov": b"\0" * 2**23}, "a bomb"),
    ],
)
def test_a_hostile_bundle_is_refused_with_its_reason(
    tmp_path: Path, members: dict[str, str | bytes], reason: str
) -> None:
    with pytest.raises(UnreadableTimeline, match=reason):
        read(bundle(tmp_path, members))


def test_a_timeline_too_large_to_read_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    with pytest.raises(UnreadableTimeline, match="holds a timeline of"):
        read(bundle(tmp_path, {"content.otio": text("a.mov") + " " * 2000}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    source = bundle(tmp_path, {"content.otio": text("media/a.mov"), "media/a.mov": b"1"})
    with zipfile.ZipFile(source, "a") as made:
        made.writestr("media/a.mov", b"2")
    with pytest.raises(UnreadableTimeline, match="twice"):
        read(source)


def test_a_file_without_a_name_in_a_bundle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("unnamed", b"")
    path.write_bytes(path.read_bytes().replace(b"unnamed", b"\0nnamed"))  # where a name ends
    with pytest.raises(UnreadableTimeline, match=r"is not a whole \.otioz"):
        read(path)


def test_a_link_in_a_bundle_is_refused(tmp_path: Path) -> None:
    source = bundle(tmp_path, {"content.otio": text("media/a.mov")})
    with zipfile.ZipFile(source, "a") as made:
        made.writestr(linked(), b"/etc/passwd")
    with pytest.raises(UnreadableTimeline, match="a link to another file"):
        read(source)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableTimeline, match=r"cut\.otioz"):
        read(media(tmp_path, "cut.otioz", content))


def test_a_missing_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTimeline, match="No such file"):
        read(tmp_path / "gone.otioz")


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_bundle_is_read_or_refused(tmp_path: Path, at: float, damage: str) -> None:
    source = whole(tmp_path)
    content = bytearray(source.read_bytes())
    place = int(len(content) * at)
    if damage == "cut":
        del content[place:]
    else:
        content[place] ^= 0xFF
    source.write_bytes(content)
    try:
        for clip in read(source).find_clips():
            resolve(clip, source)
    except (UnreadableTimeline, MissingMedia) as refused:
        assert "\n" not in str(refused)  # noqa: PT017


def test_damaged_media_is_refused_when_it_is_unpacked_and_leaves_nothing(tmp_path: Path) -> None:
    source = bundle(tmp_path, {"content.otio": text("media/a.mov"), "media/a.mov": bytes(range(256)) * 40})
    content = bytearray(source.read_bytes())
    content[content.index(b"media/a.mov", 400) + 40] ^= 0xFF
    source.write_bytes(content)
    with pytest.raises(UnreadableTimeline, match="not a whole"):
        resolve(read(source).tracks[0][0], source)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [source]
