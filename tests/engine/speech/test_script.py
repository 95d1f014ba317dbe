"""A script as tokens and spoken words, and words as phones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.speech.phonemes import arpabet
from engine.speech.script import spellings, tokens_of

PHONES = {
    *"AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG".split(),
    *"OW OY P R S SH T TH UH UW V W Y Z ZH".split(),
}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello,", ("hello",)),
        ("well-known", ("well", "known")),
        ("gate—seven", ("gate", "seven")),
        ("chil-", ("chil",)),
        ("It’s", ("It's",)),
        ("“Rock", ("Rock",)),
        ("3.14", ("3.14",)),
        ("$5", ("$5",)),
        ("50%.", ("50%",)),
        ("&", ("&",)),
        ("and/or", ("and", "or")),
        ("wait...what", ("wait", "what")),
        ("U.S.", ("U.S",)),
        ("—", ()),
        ("(…)", ()),
    ],
)
def test_a_token_has_the_words_that_one_says(text: str, words: tuple[str, ...]) -> None:
    assert [token.words for token in tokens_of(text)] == [words]


@given(st.text())
def test_tokens_are_what_stands_between_spaces(text: str) -> None:
    assert [token.text for token in tokens_of(text)] == text.split()


def test_abbreviations_are_looked_up_with_their_full_stop_first() -> None:
    assert spellings("U.S") == ("u.s.", "u.s")
    assert spellings("Rock") == ("rock",)


@pytest.mark.parametrize(
    ("ipa", "phones"),
    [
        (("tʃ", "ˈɪ", "l"), "CH IH L"),
        (("k", "ˌuː", "b", "ɚ", "n", "ˈɛ", "ɾ", "iː", "z"), "K UW B ER N EH D IY Z"),
        (("b", "ɔ̃", "ʒ", "ˈu", "ʁ"), "B AO N ZH UW R"),
        (("f", "ˈɔːɹ"), "F AO R"),
        (("m", "ˈaʊ", "ts"), "M AW T S"),
        (("ˈyː", "ç"), "UW HH"),
        (("?", "(en)"), "EH N"),
    ],
)
def test_ipa_becomes_arpabet(ipa: tuple[str, ...], phones: str) -> None:
    assert " ".join(arpabet(ipa)) == phones


@given(st.lists(st.text(max_size=6), max_size=6))
def test_only_phones_that_the_model_knows_come_out(ipa: list[str]) -> None:
    assert set(arpabet(tuple(ipa))) <= PHONES
