"""What the cache passes over, what it never does, and that it counts both."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.diffusion.cache import UNFITTED, TeaCache, relative_change

TOKENS, WIDTH = 6, 4
ALL = torch.ones(TOKENS, dtype=torch.bool)


class Layers:
    """Stands in for the transformer: adds twice the sequence to itself, and counts how often it must."""

    def __init__(self, cache: TeaCache) -> None:
        self.cache, self.runs = cache, 0

    def __call__(self, x: Tensor, name: str = "0+6", anew: Tensor = ALL, *, last: bool = False) -> Tensor:
        call = self.cache.call(name, anew, last=last)
        if call.skip(x):
            residual = call.residual
            assert residual is not None
            return x + residual
        self.runs += 1
        call.keep(2 * x)
        return x + 2 * x


def sequence(level: float = 1.0, tokens: int = TOKENS) -> Tensor:
    return torch.full((1, tokens, WIDTH), level)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=10), st.sampled_from([UNFITTED, (1.0, -5.0)]))
def test_a_threshold_of_0_is_no_cache_whatever_the_polynomial(
    levels: list[float], coefficients: tuple[float, ...]
) -> None:
    cache = TeaCache(0, coefficients)
    layers = Layers(cache)
    assert all(torch.equal(layers(sequence(level)), 3 * sequence(level)) for level in levels)
    assert (cache.calls, cache.skips) == (len(levels), 0)


@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=10))
def test_a_huge_threshold_skips_all_but_the_first_and_the_last_and_the_count_says_so(
    levels: list[float],
) -> None:
    cache = TeaCache(1e30)
    layers = Layers(cache)
    for index, level in enumerate(levels):
        layers(sequence(level), last=index == len(levels) - 1)
    assert layers.runs == 2
    assert (cache.calls, cache.skips) == (len(levels), len(levels) - 2)


def test_what_was_last_added_is_added_again() -> None:
    layers = Layers(TeaCache(0.5))
    layers(sequence(1.0))
    assert torch.equal(layers(sequence(1.1)), sequence(1.1) + 2)


def test_changes_add_up_until_the_threshold_is_reached() -> None:
    layers = Layers(TeaCache(0.25))
    runs = []
    for level in (1.0, 1.1, 1.21, 1.331, 1.4641):  # 10 % each
        layers(sequence(level))
        runs.append(layers.runs)
    assert runs == [1, 1, 1, 2, 2]


def test_the_polynomial_rescales_the_change() -> None:
    tenfold = Layers(TeaCache(0.5, (10.0, 0.0)))
    tenfold(sequence(1.0))
    tenfold(sequence(1.1))
    assert tenfold.runs == 2


def test_each_block_has_a_memory_of_its_own() -> None:
    layers = Layers(TeaCache(1e30))
    layers(sequence(1.0), "0+6")
    layers(sequence(1.0), "6+6")
    assert layers.runs == 2
    assert torch.equal(layers(sequence(2.0), "0+6"), sequence(4.0))


def test_another_number_of_tokens_is_computed() -> None:
    layers = Layers(TeaCache(1e30))
    layers(sequence())
    layers(sequence(tokens=4), anew=torch.ones(4, dtype=torch.bool))
    assert layers.runs == 2


def test_other_tokens_to_make_anew_are_computed() -> None:
    layers = Layers(TeaCache(1e30))
    layers(sequence(), anew=torch.tensor([True, False] * 3))
    layers(sequence(), anew=torch.tensor([False, True] * 3))
    assert layers.runs == 2


def test_after_forgetting_everything_is_computed() -> None:
    cache = TeaCache(1e30)
    layers = Layers(cache)
    layers(sequence())
    cache.forget()
    layers(sequence())
    assert layers.runs == 2


def test_a_share_of_the_sequence_is_kept_whole() -> None:
    cache = TeaCache(1e30)
    first = cache.call("0+6", ALL)
    first.skip(sequence())
    first.keep(sequence(5.0, tokens=3))
    second = cache.call("0+6", ALL)
    assert second.skip(sequence())
    assert second.residual is not None
    assert torch.equal(second.residual, sequence(5.0, tokens=3))


def test_only_tokens_made_anew_count_and_are_kept() -> None:
    anew = torch.tensor([True, False, False, False, False, False])
    layers = Layers(TeaCache(0.5))
    layers(sequence(), anew=anew)
    moved = sequence()
    moved[:, 1:] = 100.0  # clean tokens and references: their change says nothing
    skipped = layers(moved, anew=anew)
    assert torch.equal(skipped[:, :1], moved[:, :1] + 2)
    assert torch.equal(skipped[:, 1:], moved[:, 1:])
    moved[:, 0] = 3.0  # one token in six, but all that is made anew
    layers(moved, anew=anew)
    assert layers.runs == 2


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_is_kept_has_the_precision_it_came_in(dtype: torch.dtype) -> None:
    layers = Layers(TeaCache(1e30))
    layers(sequence().to(dtype))
    assert layers(sequence().to(dtype)).dtype == dtype


def test_a_change_from_nothing_is_finite() -> None:
    assert relative_change(torch.zeros(3), torch.zeros(3)) == 0
    assert relative_change(torch.ones(3), torch.zeros(3)) > 1e30


@given(
    levels=st.lists(st.floats(0.1, 10), min_size=2, max_size=10),
    cut=st.integers(0, 10),
    threshold=st.sampled_from([0.0, 0.3, 2.0, 1e30]),
)
def test_another_cache_goes_on_from_a_state_as_the_first_would_have(
    levels: list[float], cut: int, threshold: float
) -> None:
    first, second = TeaCache(threshold), TeaCache(threshold)
    layers = Layers(first)
    whole = [layers(sequence(level)) for level in levels]
    begun = TeaCache(threshold)
    before, after = Layers(begun), Layers(second)
    made = [before(sequence(level)) for level in levels[:cut]]
    second.restore(begun.state)
    made += [after(sequence(level)) for level in levels[cut:]]
    assert all(torch.equal(one, other) for one, other in zip(whole, made, strict=True))
    assert (second.calls, second.skips) == (first.calls, first.skips)


def test_a_state_stays_as_it_is_while_the_cache_goes_on() -> None:
    cache = TeaCache(1e30)
    layers = Layers(cache)
    layers(sequence(1.0))
    state = cache.state
    layers(sequence(2.0))
    cache.forget()
    assert torch.equal(state.memories["0+6"].signal_BMD, sequence(1.0))


def test_after_the_last_step_before_the_partition_moves_nothing_is_remembered() -> None:
    cache = TeaCache(1e30)
    layers = Layers(cache)
    layers(sequence(1.0))
    layers(sequence(1.0), last=True)
    assert cache.state.memories == {}
