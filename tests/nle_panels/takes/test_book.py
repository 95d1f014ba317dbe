"""Every render is a version of its shot; one of them plays."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bridge.errors import BridgeError
from bridge.versions import TakeRecord
from engine.protocol import Box, Diffusion, EditPlan, Footage, Keep, Ratio, Render, Speech, Take
from nle_panels.takes import book
from nle_panels.takes.book import EMPTY, shot_key
from nle_panels.takes.holding import held


def job(**fields: object) -> Render:
    plan = EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=10), Keep(start=15, end=25)))
    footage = Footage(media="/a/clip.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=100)
    line = Speech(path="/a/line.wav", fingerprint="l", start=0, end=50)
    return msgspec.structs.replace(Render(footage=footage, plan=plan, bridge=5, speech=(line,)), **fields)


def record(folder: Path, name: str, of: Render | None = None) -> TakeRecord:
    path = folder / f"{name}.mov"
    path.write_bytes(b"take")
    take = Take(
        path=str(path),
        frames=20,
        rate=Ratio(num=25),
        source_range=(0, 20),
        timecode=0,
        drop_frame=False,
        width=64,
        height=64,
        channels=2,
        sha256=name,
        content_sha256=name,
        renderer="draft",
        renderer_version="1",
        seed=0,
        lip_sync="none",
    )
    return TakeRecord(job_hash=name, media="clip.mov", job=of or job(), take=take)


KEY = shot_key(job())


def test_how_a_shot_is_rendered_does_not_make_it_another_one() -> None:
    how = job(renderer="demo", seed=7, region=Box(x=0, y=0, width=2, height=2), diffusion=Diffusion(steps=3))
    assert shot_key(how) == KEY


def test_who_says_its_words_by_whose_leave_does_not_make_it_another_one() -> None:
    assert shot_key(job(speakers=("Anna",), language="de", project="Night Train", consent=("c-1",))) == KEY


def test_where_its_files_lie_does_not_make_it_another_one() -> None:
    moved = msgspec.structs.replace(job().footage, media="/b/clip.mov")
    assert shot_key(job(footage=moved)) == KEY


@pytest.mark.parametrize("changed", [{"speech": ()}, {"bridge": 4}])
def test_what_is_rendered_makes_it_another_one(changed: dict[str, object]) -> None:
    assert shot_key(job(**changed)) != KEY


def test_a_new_take_plays_and_the_ones_before_stay(tmp_path: Path) -> None:
    kept = EMPTY.added(KEY, record(tmp_path, "one")).added(KEY, record(tmp_path, "two")).of(KEY)
    assert [(version.number, version.record.job_hash) for version in kept.versions] == [
        (1, "one"),
        (2, "two"),
    ]
    assert kept.chosen == 2


def test_the_same_render_again_is_the_same_version_and_plays(tmp_path: Path) -> None:
    one, two = record(tmp_path, "one"), record(tmp_path, "two")
    shelf = EMPTY.added(KEY, one).added(KEY, two).added(KEY, one).of(KEY)
    assert (len(shelf.versions), shelf.chosen) == (2, 1)


def test_rejecting_the_one_that_plays_brings_the_latest_other_back(tmp_path: Path) -> None:
    made = EMPTY
    for name in ("one", "two", "three"):
        made = made.added(KEY, record(tmp_path, name))
    assert made.reject(KEY, 3).of(KEY).chosen == 2
    assert made.reject(KEY, 1).of(KEY).chosen == 3
    none = made.reject(KEY, 2).reject(KEY, 3).reject(KEY, 1).of(KEY)
    assert (none.chosen, none.playing) == (None, None)


def test_a_rejected_version_that_is_chosen_is_no_longer_rejected(tmp_path: Path) -> None:
    shelf = EMPTY.added(KEY, record(tmp_path, "one")).reject(KEY, 1).choose(KEY, 1).of(KEY)
    assert shelf.playing is not None
    assert not shelf.playing.rejected


def test_a_book_is_loaded_as_it_was_saved_without_takes_that_are_gone(tmp_path: Path) -> None:
    made = EMPTY.added(KEY, record(tmp_path, "one")).added(KEY, record(tmp_path, "two"))
    book.save(made, tmp_path / "takes.json")
    assert book.load(tmp_path / "takes.json") == made
    (tmp_path / "two.mov").unlink()
    shelf = book.load(tmp_path / "takes.json").of(KEY)
    assert ([version.number for version in shelf.versions], shelf.chosen) == ([1], 1)


def test_no_file_is_an_empty_book_and_another_file_is_refused(tmp_path: Path) -> None:
    assert book.load(tmp_path / "takes.json") == EMPTY
    (tmp_path / "takes.json").write_text('{"x": {"versions": 3}}')
    with pytest.raises(BridgeError, match="not the panel's list of takes"):
        book.load(tmp_path / "takes.json")


def test_what_is_planned_is_held_and_what_an_undo_brings_back_unless_it_is_a_draft_or_rejected(
    tmp_path: Path,
) -> None:
    demo = record(tmp_path, "demo", job(renderer="demo"))
    shelves = EMPTY.added(KEY, record(tmp_path, "draft"), "1").added(KEY, demo, "2").added(KEY, demo, "2")
    assert held(shelves, [KEY], "draft") == ("1", "2")
    assert held(shelves, [], "draft") == ("2",)
    assert held(shelves.reject(KEY, 2), [KEY], "draft") == ("1",)
