"""What takes and reels need of the machine, and that they are refused where it is not there."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace
from tiny import RATE, make_media

from engine import disk
from engine.errors import DiskFull, MissingMedia, OutOfMemory
from engine.media.fingerprint import fingerprint
from engine.protocol import EditPlan, Footage, Keep, Proxy, Ratio, Render
from engine.provenance import certificate
from engine.provenance.signing import TAKE_LABEL, Claim, write_signed
from engine.render.needs import Needs, Streams, needs_of, refuse_what_does_not_fit, refuse_without_room
from engine.render.proxy import make_reel
from engine.render.renderer import render

HD = Streams(width=1920, height=1080, channels=2)
DAY = 24 * 3600 * RATE


@pytest.fixture
def media(tmp_path: Path) -> Path:
    return make_media(tmp_path / "clip.mov")


def footage(media: Path) -> Footage:
    return Footage(media=str(media), fingerprint=fingerprint(media), offset=Ratio(num=0), first=0, last=100)


def take_of(media: Path, frames: int = 80) -> Render:
    plan = EditPlan(rate=Ratio(num=RATE), spans=(Keep(start=0, end=frames),))
    return Render(footage=footage(media), plan=plan, bridge=2)


def reel_of(media: Path, frames: int = 80) -> Proxy:
    return Proxy(footage=footage(media), rate=Ratio(num=RATE), start=0, end=frames)


def test_a_take_is_written_within_what_it_was_said_to_need(media: Path, tmp_path: Path) -> None:
    job = take_of(media)
    take = render(job, tmp_path / "take", lambda _: None)
    needs = needs_of(job, Streams(width=take.width, height=take.height, channels=take.channels))
    written = Path(take.path).stat().st_size
    assert written / 20 < needs.disk
    # Containers have a size of their own, which counts with pictures as small as these.
    assert written < needs.disk + 100_000


def test_a_reel_is_written_within_what_it_was_said_to_need(media: Path, tmp_path: Path) -> None:
    job = reel_of(media)
    reel = make_reel(job, tmp_path / "reel", None, lambda _: None)
    written = sum(Path(name).stat().st_size for name in (reel.path, reel.sound))
    assert written < needs_of(job, Streams(width=reel.width, height=reel.height, channels=1)).disk + 100_000


def test_a_minute_of_hd_is_a_gigabyte_and_a_half_at_most(media: Path) -> None:
    assert 1e9 < needs_of(take_of(media, 60 * RATE), HD).disk < 1.6e9


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="files without a name are looked up in /proc")
def test_what_signing_writes_beside_a_take_is_counted(media: Path, tmp_path: Path) -> None:
    with media.open("ab") as file:
        file.write((40 << 20).to_bytes(4, "big") + b"free" + bytes((40 << 20) - 8))
    claim = Claim(title="", label=TAKE_LABEL, actions=({"action": "c2pa.created"},), ours={}, ingredients=())
    signer = certificate.make(tmp_path / "keys", datetime.datetime.now(datetime.UTC))
    with ThreadPoolExecutor() as pool:
        signing = pool.submit(write_signed, media, tmp_path / "signed.mov", claim, signer)
        most = 0
        while not signing.done():
            most = max(most, bytes_in(tmp_path))
    signing.result()
    unsigned, signed = (needs_of(take_of(media), HD, signed=also).disk for also in (False, True))
    assert 2 < most / media.stat().st_size < signed / unsigned + 0.01


def bytes_in(folder: Path) -> int:
    """Of the files in it, and of those that this process still writes and that have no name any more."""
    nameless = (path for path in Path("/proc/self/fd").iterdir() if is_nameless_in(folder, path))
    return sum(size_of(path) for path in (*folder.rglob("*"), *nameless))


def is_nameless_in(folder: Path, path: Path) -> bool:
    try:
        link = str(path.readlink())
    except OSError:
        return False
    return link.startswith(str(folder)) and link.endswith(" (deleted)")


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone meanwhile
        return 0


def test_four_times_the_picture_needs_four_times_the_memory(media: Path) -> None:
    silent = Streams(width=1920, height=1080, channels=0)
    large = Streams(width=3840, height=2160, channels=0)
    assert needs_of(take_of(media), large).memory == 4 * needs_of(take_of(media), silent).memory


def test_an_hours_sound_counts(media: Path) -> None:
    hour = take_of(media, 3600 * RATE)
    silent = Streams(width=1920, height=1080, channels=0)
    assert needs_of(hour, HD).memory - needs_of(hour, silent).memory == 3600 * 48_000 * 2 * 8


def test_a_reel_is_no_larger_than_its_source(media: Path) -> None:
    small = Streams(width=320, height=180, channels=0)
    tall, taller = replace(reel_of(media), height=360), replace(reel_of(media), height=2160)
    assert needs_of(tall, small).disk == needs_of(taller, small).disk


def test_a_take_that_the_disk_does_not_hold_is_refused_before_anything_is_made(
    media: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "takes"
    days = 100 * disk.total(tmp_path) // 2**30 + 1000
    with pytest.raises(DiskFull, match="iB free: make room"):
        refuse_without_room(take_of(media, days * DAY), folder)
    assert not folder.exists()


def test_sound_that_the_memory_does_not_hold_is_refused(media: Path) -> None:
    day = needs_of(take_of(media, DAY), HD)
    with pytest.raises(OutOfMemory, match=r"take 62\.\d GiB of memory, and 8\.0 GiB are free"):
        refuse_what_does_not_fit(day, Needs(disk=2**60, memory=8 * 2**30))


def test_what_there_is_room_for_is_let_through(media: Path, tmp_path: Path) -> None:
    refuse_without_room(take_of(media), tmp_path)
    refuse_without_room(reel_of(media), tmp_path)


def test_missing_media_are_told_as_such(tmp_path: Path) -> None:
    gone = Footage(media=str(tmp_path / "no.mov"), fingerprint="", offset=Ratio(num=0), first=0, last=9)
    plan = EditPlan(rate=Ratio(num=RATE), spans=(Keep(start=0, end=9),))
    with pytest.raises(MissingMedia):
        refuse_without_room(Render(footage=gone, plan=plan, bridge=2), tmp_path)


def test_sound_without_a_picture_needs_little(tmp_path: Path) -> None:
    refuse_without_room(reel_of(make_media(tmp_path / "sound.mov", picture=False)), tmp_path)
