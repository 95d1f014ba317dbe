"""The bits of the mark: an identity read from them is one that was written, or none."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.watermark.code import BITS, decoded, encoded

identities = st.integers(0, 2**32 - 1).map(lambda number: f"{number:08x}")
WORD = BITS // 4


@given(identities)
def test_what_was_written_is_read(identity: str) -> None:
    assert decoded(encoded(identity)) == identity


@given(identities, st.lists(st.sets(st.integers(0, WORD - 1), max_size=3), min_size=4, max_size=4))
def test_three_wrong_bits_in_each_word_do_no_harm(identity: str, wrong: list[set[int]]) -> None:
    bits = encoded(identity)
    for word, places in enumerate(wrong):
        bits[[word * WORD + place for place in places]] *= -1
    assert decoded(bits) == identity


@given(identities, st.integers(0, 2**32 - 1))
def test_bits_as_unsure_as_noise_of_half_their_strength_are_read(identity: str, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.5, BITS)
    assert decoded((encoded(identity) + noise).astype(np.float32)) == identity


@given(identities, st.floats(1e-6, 1e6))
def test_how_loud_the_bits_are_does_not_matter(identity: str, loudness: float) -> None:
    assert decoded(encoded(identity) * np.float32(loudness)) == identity


def test_any_two_words_are_eight_bits_apart() -> None:
    words = np.unique([encoded(f"{number:08x}")[:WORD] for number in range(300)], axis=0)
    agreeing = words @ words.T
    np.fill_diagonal(agreeing, -WORD)
    assert agreeing.max() == WORD - 2 * 8


def test_noise_is_read_as_an_identity_about_once_in_65536_times() -> None:
    """Among so many 0.2 are expected."""
    noise = np.random.default_rng(8).normal(size=(10_000, BITS)).astype(np.float32)
    assert sum(decoded(bits) is not None for bits in noise) <= 1


def test_silence_says_nothing() -> None:
    assert decoded(np.zeros(BITS, np.float32)) is None
