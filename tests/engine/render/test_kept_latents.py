"""When latents are kept, and that no more than one file of them ever lies there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import pytest
import torch
from msgspec.structs import replace
from safetensors import safe_open

from engine.diffusion.cache import TeaCache
from engine.diffusion.denoise import Step
from engine.diffusion.tokens import Scene
from engine.diffusion.two_pass import Pass, Planned
from engine.render import kept_latents
from engine.render.kept_latents import KeptLatents, Origin

ORIGIN = Origin(job="j", weights="w", engine="e", libraries="l", device="d", acceleration="a")
NAME = "latents.safetensors"
SHAPE = 2, 3, 4, 6
TOTAL = 40


class Clock:
    """`takes`: seconds that go by each time it is looked at."""

    def __init__(self, takes: float = 0.0) -> None:
        self.now, self.takes = 0.0, takes

    def __call__(self) -> float:
        self.now += self.takes
        return self.now


def step(done: int, *, sigma: float = 0.5, value: float = 0.0) -> Step:
    x_CFHW = torch.full(SHAPE, value)
    mask_FHW = torch.ones(SHAPE[1:], dtype=torch.bool)
    scene = Scene(clean_CFHW=x_CFHW, mask_FHW=mask_FHW, strength_F=torch.ones(3), rate=Fraction(25))
    return Step(done=done, total=TOTAL, scene=scene, x_CFHW=x_CFHW, v_CFHW=x_CFHW, sigma=sigma)


def never() -> Pass:
    raise AssertionError("a pass was begun")


PASSES = (Planned(steps=TOTAL, shape=SHAPE, begin=never),)


def kept_step(folder: Path) -> int | None:
    """What a later attempt would go on from."""
    standing = KeptLatents(folder, ORIGIN).standing
    return None if standing is None else standing.done


def warm(cache: TeaCache, tokens: int = 5) -> None:
    """As after a step: a block of which every other token is made anew."""
    call = cache.call("0+3 0", torch.arange(tokens) % 2 == 0)
    call.skip(torch.full((1, tokens, 8), 1.5))
    call.keep(torch.full((1, tokens, 8), 2.5))


# ------------------------------------------------------------------------------------------ when


def test_latents_are_kept_every_thirty_seconds(tmp_path: Path) -> None:
    clock = Clock()
    kept = KeptLatents(tmp_path, ORIGIN, clock)
    found = []
    for done in range(1, 8):
        clock.now += 12
        kept.keep(step(done), None)
        found.append(kept_step(tmp_path))
    assert found == [None, None, 3, 3, 3, 6, 6]


def test_to_keep_them_costs_half_a_percent_at_most(tmp_path: Path) -> None:
    clock = Clock(takes=1.0)  # to look at it: between two looks latents are written
    kept = KeptLatents(tmp_path, ORIGIN, clock)
    found = []
    for done in range(1, 201):
        clock.now += 9
        kept.keep(step(done), None)
        found.append(kept_step(tmp_path))
    times = len(set(found) - {None})
    assert times == 10
    assert times * 1.0 <= clock.now / 200


def test_the_end_of_a_pass_is_kept_whenever_it_comes(tmp_path: Path) -> None:
    kept = KeptLatents(tmp_path, ORIGIN, Clock())
    kept.keep(step(8, sigma=0.0), None)
    assert kept_step(tmp_path) == 8


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    kept = KeptLatents(None, ORIGIN)
    kept.keep(step(8, sigma=0.0), None)
    assert kept.standing is None
    assert kept.begun(PASSES, None) is None


def test_what_lies_in_other_processes_too_is_not_kept_until_it_is_forgotten(tmp_path: Path) -> None:
    cache = TeaCache(1.0)
    call = cache.call("0+3 0", torch.ones(5, dtype=torch.bool))
    call.skip(torch.ones(1, 5, 8))
    call.keep(torch.ones(1, 3, 8))  # this process's share of the five tokens
    kept = KeptLatents(tmp_path, ORIGIN, Clock())
    kept.keep(step(8, sigma=0.0), cache)
    assert kept_step(tmp_path) is None
    cache.forget()
    kept.keep(step(9, sigma=0.0), cache)
    assert kept_step(tmp_path) == 9


# ------------------------------------------------------------------------------------------ what


def test_latents_and_the_cache_come_back_as_they_were(tmp_path: Path) -> None:
    cache, again = TeaCache(1.0), TeaCache(1.0)
    warm(cache)
    warm(cache)
    KeptLatents(tmp_path, ORIGIN).keep(step(7, sigma=0.0, value=0.3), cache)
    begun = KeptLatents(tmp_path, ORIGIN).begun(PASSES, again)
    assert begun is not None
    assert begun.done == 7
    assert torch.equal(begun.x_CFHW, torch.full(SHAPE, 0.3))
    assert (again.calls, again.skips) == (cache.calls, cache.skips) == (2, 1)
    ((name, was),) = cache.memories.items()
    found = again.memories[name]
    assert (found.change, found.compact) == (was.change, was.compact)
    pairs = (found.anew_S, was.anew_S), (found.signal_BMD, was.signal_BMD), (found.residual, was.residual)
    assert all(torch.equal(one, other) for one, other in pairs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_the_cache_is_kept_in_the_models_precision(tmp_path: Path, dtype: torch.dtype) -> None:
    cache, again = TeaCache(1.0), TeaCache(1.0)
    call = cache.call("0+3 0", torch.ones(5, dtype=torch.bool))
    call.skip(torch.full((1, 5, 8), 0.1, dtype=dtype))
    call.keep(torch.full((1, 5, 8), 0.7, dtype=dtype))
    KeptLatents(tmp_path, ORIGIN).keep(step(7, sigma=0.0), cache)
    KeptLatents(tmp_path, ORIGIN).begun(PASSES, again)
    assert torch.equal(again.memories["0+3 0"].residual, cache.memories["0+3 0"].residual)
    assert again.memories["0+3 0"].signal_BMD.dtype == dtype


def test_the_file_says_whose_latents_it_holds(tmp_path: Path) -> None:
    KeptLatents(tmp_path, ORIGIN).keep(step(7, sigma=0.0), None)
    with safe_open(tmp_path / NAME, "pt") as held:
        assert '"job":"j","weights":"w","engine":"e"' in held.metadata()["standing"]


# ------------------------------------------------------------------------------------------ room


def test_only_the_latest_lies_there(tmp_path: Path) -> None:
    kept = KeptLatents(tmp_path, ORIGIN)
    for done in (1, 2, 3):
        kept.keep(step(done, sigma=0.0), None)
        assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_what_was_being_written_at_a_kill_is_removed_by_the_next_attempt(tmp_path: Path) -> None:
    KeptLatents(tmp_path, ORIGIN).keep(step(7, sigma=0.0), None)
    (tmp_path / f".{NAME}.0a1b2c3d.part").write_bytes(b"half of it")
    assert kept_step(tmp_path) == 7
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files there")
def test_where_there_is_no_room_the_one_before_stays_and_the_next_is_tried(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = KeptLatents(tmp_path, ORIGIN)
    kept.keep(step(7, sigma=0.0), None)
    with files_no_longer_than(200):
        kept.keep(step(8, sigma=0.0), None)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert kept_step(tmp_path) == 7
    assert "the render goes on" in caplog.text
    kept.keep(step(9, sigma=0.0), None)
    assert kept_step(tmp_path) == 9


def test_a_folder_that_cannot_be_made_does_not_end_a_render(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = KeptLatents(tmp_path / "file" / "job", ORIGIN)
    kept.keep(step(7, sigma=0.0), None)
    assert kept_step(tmp_path / "file" / "job") is None


def test_what_an_orphaned_worker_still_keeps_is_gone_on_from(tmp_path: Path) -> None:
    orphan = KeptLatents(tmp_path, ORIGIN)
    orphan.keep(step(7, sigma=0.0), None)
    kept = KeptLatents(tmp_path, ORIGIN)
    orphan.keep(step(8, sigma=0.0, value=0.3), None)
    begun = kept.begun(PASSES, None)
    assert begun is not None
    assert (begun.done, begun.x_CFHW.max()) == (8, torch.tensor(0.3))


# ------------------------------------------------------------------------------------------ misfits


@pytest.mark.parametrize(
    "passes",
    [
        (Planned(steps=TOTAL, shape=(2, 3, 4, 7), begin=never),),
        (Planned(steps=TOTAL, shape=(2, 2, 4, 6), begin=never),),
        (Planned(steps=TOTAL + 1, shape=SHAPE, begin=never),),
        (
            Planned(steps=6, shape=SHAPE, begin=never),
            Planned(steps=TOTAL - 6, shape=(2, 3, 8, 12), begin=never),
        ),
    ],
    ids=["wider", "shorter", "more steps", "in the other pass"],
)
def test_latents_of_another_size_are_removed_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passes: tuple[Planned, ...]
) -> None:
    KeptLatents(tmp_path, ORIGIN).keep(step(7, sigma=0.0), None)
    monkeypatch.setattr(kept_latents, "load_file", never)
    kept = KeptLatents(tmp_path, ORIGIN)
    assert kept.begun(passes, None) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("field", Origin.__struct_fields__)
def test_latents_of_another_origin_are_removed_and_it_is_said_of_which(
    tmp_path: Path, field: str, caplog: pytest.LogCaptureFixture
) -> None:
    KeptLatents(tmp_path, replace(ORIGIN, **{field: "x"})).keep(step(7, sigma=0.0), None)
    assert kept_step(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    assert f"they are of another {field}" in caplog.text


def test_whatever_bit_is_damaged_nothing_wrong_is_gone_on_from(tmp_path: Path) -> None:
    cache = TeaCache(1.0)
    warm(cache)
    KeptLatents(tmp_path, ORIGIN).keep(step(7, sigma=0.0, value=0.3), cache)
    path = tmp_path / NAME
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        again = TeaCache(1.0)
        begun = KeptLatents(tmp_path, ORIGIN).begun(PASSES, again)
        if begun is not None:  # a blank more or less, or another spelling of the same
            assert begun.done == 7
            assert torch.equal(begun.x_CFHW, torch.full(SHAPE, 0.3))
            assert again.memories.keys() == cache.memories.keys()


def test_wherever_it_is_cut_short_nothing_is_gone_on_from(tmp_path: Path) -> None:
    KeptLatents(tmp_path, ORIGIN).keep(step(7, sigma=0.0), None)
    whole = (tmp_path / NAME).read_bytes()
    for length in range(len(whole)):
        (tmp_path / NAME).write_bytes(whole[:length])
        assert KeptLatents(tmp_path, ORIGIN).begun(PASSES, None) is None
        assert not (tmp_path / NAME).exists()
