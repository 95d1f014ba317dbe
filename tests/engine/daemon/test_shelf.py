"""What is evicted from the cache, in which order, and what never is."""

from __future__ import annotations

import os
import time
from pathlib import Path

from engine_process import until
from hypothesis import given
from hypothesis import strategies as st

from engine.daemon.shelf import GRACE, LINE_GRACE, Shelf, Thing, size_of, to_evict, use, usual_limit

NOW = time.time()
NOBODY: frozenset[str] = frozenset()


def thing(name: str, size: int, age: float) -> Thing:
    return Thing(path=Path(name), size=size, used=NOW - age, grace=GRACE)


def names(evicted: tuple[Thing, ...]) -> list[str]:
    return [one.path.name for one in evicted]


def a_take(cache: Path, name: str, *, size: int = 1000, age: float = 7200) -> Path:
    folder = cache / "takes" / f"hash_{name}" / name
    folder.mkdir(parents=True)
    (folder / "take.mov").write_bytes(bytes(size))
    os.utime(folder, (NOW - age, NOW - age))
    return folder


def a_line(cache: Path, name: str, *, age: float) -> Path:
    path = cache / "speech" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(1000))
    os.utime(path, (NOW - age, NOW - age))
    return path


def shelf(cache: Path, limit: int) -> Shelf:
    return Shelf(cache, limit, clock=lambda: NOW)


def test_what_was_used_longest_ago_goes_first() -> None:
    things = thing("new", 10, 7000), thing("oldest", 10, 9000), thing("old", 10, 8000)
    assert names(to_evict(things, 15, NOBODY, NOW)) == ["oldest", "old"]


def test_no_more_goes_than_is_too_much() -> None:
    assert names(to_evict((thing("a", 10, 9000), thing("b", 10, 8000)), 10, NOBODY, NOW)) == ["a"]


def test_what_is_kept_stays_however_old_it_is() -> None:
    things = thing("held", 10, 9000), thing("other", 10, 8000)
    assert names(to_evict(things, 100, frozenset({"held"}), NOW)) == ["other"]


def test_what_was_just_given_out_stays() -> None:
    assert to_evict((thing("fresh", 10, GRACE - 1),), 100, NOBODY, NOW) == ()


THINGS = st.lists(
    st.builds(thing, st.sampled_from("abcdefgh"), st.integers(0, 1000), st.floats(0, 2 * GRACE)), max_size=12
)


@given(things=THINGS, excess=st.integers(-10, 5000), kept=st.frozensets(st.sampled_from("abcdefgh")))
def test_enough_goes_and_nothing_that_must_not(
    things: list[Thing], excess: int, kept: frozenset[str]
) -> None:
    evicted = to_evict(things, excess, kept, NOW)
    stays = [one for one in things if one not in evicted]
    may_go = [one for one in stays if one.path.name not in kept and one.used + one.grace <= NOW]
    assert not {one.path.name for one in evicted} & kept
    assert sum(one.size for one in evicted) >= excess or not may_go
    assert sum(one.size for one in evicted[:-1]) < max(excess, 1)


def test_a_cache_that_is_too_large_loses_its_oldest_take_whole(tmp_path: Path) -> None:
    old, new = a_take(tmp_path, "old", age=9000), a_take(tmp_path, "new", age=8000)
    tidied = shelf(tmp_path, 1500)
    tidied.tidy_now(NOBODY)
    assert (old.parent.exists(), new.exists(), tidied.size) == (False, True, 1000)


def test_a_cache_within_its_limit_is_left_as_it_is(tmp_path: Path) -> None:
    old = a_take(tmp_path, "old")
    shelf(tmp_path, 1000).tidy_now(NOBODY)
    assert old.exists()


def test_a_take_that_is_given_out_again_is_the_newest(tmp_path: Path) -> None:
    old, new = a_take(tmp_path, "old", age=9000), a_take(tmp_path, "new", age=8000)
    use(old)
    shelf(tmp_path, 1500).tidy_now(NOBODY)
    assert (old.exists(), new.exists()) == (True, False)


def test_a_held_take_outlives_newer_ones(tmp_path: Path) -> None:
    held, new = a_take(tmp_path, "held", age=9000), a_take(tmp_path, "new", age=8000)
    shelf(tmp_path, 0).tidy_now(frozenset({"held"}))
    assert (held.exists(), new.exists()) == (True, False)


def test_a_spoken_line_stays_as_long_as_a_job_may_say_it(tmp_path: Path) -> None:
    said, forgotten = a_line(tmp_path, "said.wav", age=9000), a_line(tmp_path, "old.wav", age=LINE_GRACE + 1)
    shelf(tmp_path, 0).tidy_now(NOBODY)
    assert (said.exists(), forgotten.exists()) == (True, False)


def test_latents_of_unfinished_renders_count_and_stay(tmp_path: Path) -> None:
    kept = tmp_path / "unfinished" / "hash" / "latents.safetensors"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(bytes(5000))
    tidied = shelf(tmp_path, 0)
    tidied.tidy_now(NOBODY)
    assert (kept.exists(), tidied.size) == (True, 5000)


def test_a_link_out_of_the_cache_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "films"
    outside.mkdir()
    (outside / "film.mov").write_bytes(bytes(5000))
    cache = tmp_path / "cache"
    folder = a_take(cache, "linked")
    link = folder.parent / "elsewhere"
    link.symlink_to(outside)
    os.utime(link, (NOW - 9000, NOW - 9000), follow_symlinks=False)
    assert size_of(link) < 5000
    shelf(cache, 0).tidy_now(NOBODY)
    assert (link.is_symlink(), (outside / "film.mov").exists()) == (False, True)


def test_it_is_tidied_beside_whoever_asks(tmp_path: Path) -> None:
    old = a_take(tmp_path, "old")
    tidied = shelf(tmp_path, 0)
    tidied.tidy(NOBODY)
    until(lambda: not old.exists())
    tidied.close()


def test_a_cache_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    tidied = shelf(tmp_path / "cache", 0)
    tidied.tidy_now(NOBODY)
    assert tidied.size == 0


def test_the_usual_limit_is_a_share_of_the_disk(tmp_path: Path) -> None:
    assert 0 < usual_limit(tmp_path / "cache") <= 200 * 2**30
