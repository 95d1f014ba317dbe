"""Takes on disk: versions that are never overwritten."""

from __future__ import annotations

import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from bridge import versions
from bridge.errors import UnwritableOutput
from bridge.versions import TakeRecord
from engine.protocol import EditPlan, Footage, Keep, Ratio, Render, Take


def record(folder: Path, content: bytes = b"frames", name: str = "a" * 64) -> TakeRecord:
    folder.mkdir(exist_ok=True)
    path = folder / "cached.mov"
    path.write_bytes(content)
    rate = Ratio(num=25)
    plan = EditPlan(rate=rate, spans=(Keep(start=0, end=10),))
    footage = Footage(media="/m.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=10)
    take = Take(
        path=str(path),
        frames=10,
        rate=rate,
        source_range=(0, 10),
        timecode=0,
        drop_frame=False,
        width=64,
        height=64,
        channels=1,
        sha256=hashlib.sha256(content).hexdigest(),
        content_sha256="c",
        renderer="draft",
        renderer_version="1",
        seed=0,
        lip_sync="source",
    )
    return TakeRecord(
        job_hash=name, media="m.mov", job=Render(footage=footage, plan=plan, bridge=5), take=take
    )


def test_the_first_take_is_version_one(tmp_path: Path) -> None:
    version = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "interview", reuse=True)
    assert version.path == tmp_path / "takes" / "interview_v001.mov"
    assert version.path.read_bytes() == b"frames"


def test_the_record_lies_beside_the_take(tmp_path: Path) -> None:
    made = record(tmp_path / "cache")
    version = versions.keep(made, tmp_path / "takes", "interview", reuse=True)
    assert msgspec.json.decode(version.sidecar.read_bytes(), type=TakeRecord) == made


def signed(folder: Path) -> TakeRecord:
    """A take with credentials beside it."""
    made = record(folder)
    (folder / "cached.c2pa").write_bytes(b"credentials")
    take = msgspec.structs.replace(made.take, provenance=str(folder / "cached.c2pa"))
    return msgspec.structs.replace(made, take=take)


def test_a_signed_takes_credentials_lie_beside_it_too(tmp_path: Path) -> None:
    version = versions.keep(signed(tmp_path / "cache"), tmp_path / "takes", "interview", reuse=True)
    assert (tmp_path / "takes" / "interview_v001.c2pa").read_bytes() == b"credentials"
    versions.discard(version)
    assert list((tmp_path / "takes").iterdir()) == []


def test_a_version_without_its_film_takes_the_same_content_of_another_signature(tmp_path: Path) -> None:
    first = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    first.path.unlink()
    for _ in range(2):
        again = versions.keep(record(tmp_path / "cache", b"signed anew"), tmp_path / "takes", "a", reuse=True)
        assert (again.path, again.path.read_bytes()) == (first.path, b"signed anew")


def test_the_same_job_reuses_its_version(tmp_path: Path) -> None:
    first = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    again = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    assert (again.path, again.new) == (first.path, False)


def test_another_job_gets_the_next_version(tmp_path: Path) -> None:
    first = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    other = versions.keep(record(tmp_path / "cache", b"other", "b" * 64), tmp_path / "takes", "a", reuse=True)
    assert (first.path.read_bytes(), other.path.name) == (b"frames", "a_v002.mov")


def test_without_reuse_even_the_same_job_gets_a_new_version(tmp_path: Path) -> None:
    versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    again = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=False)
    assert again.path.name == "a_v002.mov"


def test_a_version_whose_file_was_changed_is_not_reused(tmp_path: Path) -> None:
    first = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    first.path.write_bytes(b"FRAMES")
    again = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    assert (again.path.name, first.path.read_bytes()) == ("a_v002.mov", b"FRAMES")


def test_a_broken_record_costs_a_version_and_no_more(tmp_path: Path) -> None:
    first = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    first.sidecar.write_text("{")
    assert (
        versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True).path.name
        == "a_v002.mov"
    )


def test_discarding_takes_back_only_what_this_run_made(tmp_path: Path) -> None:
    first = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    again = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    versions.discard(again)
    assert first.path.exists()
    versions.discard(first)
    assert list((tmp_path / "takes").iterdir()) == []


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "takes").write_text("")
    with pytest.raises(UnwritableOutput, match="takes: cannot be written to"):
        versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)


@pytest.mark.parametrize(
    ("clip", "stem"),
    [
        ("interview", "interview"),
        ("A001 take/2.mov", "A001_take_2"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\clips\\x.mp4", "C_clips_x"),
        ("日本語", "日本語"),
        ("...", "clip"),
        ("a" * 300, "a" * 80),
        ("v1.2 final", "v1.2_final"),
    ],
)
def test_a_clips_name_becomes_a_safe_file_name(clip: str, stem: str) -> None:
    assert versions.file_stem(clip) == stem


def test_a_version_that_was_left_without_its_film_is_finished(tmp_path: Path) -> None:
    made = record(tmp_path / "cache")
    first = versions.keep(made, tmp_path / "takes", "a", reuse=True)
    first.path.unlink()  # as an end by force between the record and the film leaves it
    again = versions.keep(made, tmp_path / "takes", "a", reuse=True)
    assert (again.path, again.path.read_bytes()) == (first.path, b"frames")


def test_the_same_content_in_another_container_is_the_version_that_is_there(tmp_path: Path) -> None:
    first = versions.keep(record(tmp_path / "cache"), tmp_path / "takes", "a", reuse=True)
    again = versions.keep(record(tmp_path / "cache", b"dated"), tmp_path / "takes", "a", reuse=True)
    assert (again.path, again.path.read_bytes()) == (first.path, b"frames")


def test_versions_that_are_kept_at_once_have_a_number_each(tmp_path: Path) -> None:
    made = [record(tmp_path / f"cache{n}", name=f"{n:064d}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda one: versions.keep(one, tmp_path / "takes", "a", reuse=True), made))
    assert sorted(version.path.name for version in kept) == [f"a_v{n:03d}.mov" for n in range(1, 9)]


def test_a_disk_without_links_keeps_versions_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")  # as exFAT says it

    monkeypatch.setattr(os, "link", no_links)
    kept = [
        versions.keep(record(tmp_path / "cache", name=name * 64), tmp_path / "takes", "a", reuse=True)
        for name in "ab"
    ]
    assert [version.path.name for version in kept] == ["a_v001.mov", "a_v002.mov"]
