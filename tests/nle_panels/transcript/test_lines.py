"""A paragraph as text: what is shown of each token, and the way back from a place to a caret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nle_panels.document.document import Caret, Paragraph
from nle_panels.document.tokens import New, Pause, Spoken, Token, length
from nle_panels.transcript.lines import line_of, units


def spoken(text: str, first: int = 0) -> Spoken:
    return Spoken(first=first, stop=first + 1, text=text)


def line(*tokens: Token):
    return line_of(Paragraph(tokens=tokens))


WORDS = st.sampled_from(["so", "naïve", "今日", "はい", "🎬", "👩‍👩‍👧", "שלום", "e\u0301t"])
TOKENS = st.lists(
    st.one_of(
        WORDS.map(spoken),
        WORDS.map(lambda text: New(text=text)),
        st.just(New()),
        st.builds(Pause, after=st.just(0), ticks=st.integers(30, 900), kept=st.sampled_from([None, 0, 20])),
    ),
    min_size=1,
    max_size=12,
)


def test_words_stand_apart_by_a_space_and_a_pause_by_its_length() -> None:
    made = line(spoken("we"), Pause(after=0, ticks=120), New(text="rock"))
    assert made.text == "we [1.2\u00a0s] rock"


def test_a_shortened_pause_says_what_stays_of_it() -> None:
    assert line(Pause(after=0, ticks=120, kept=40)).text == "[0.4\u00a0of\u00a01.2\u00a0s]"


def test_words_of_a_script_without_spaces_have_none_between_them() -> None:
    assert line(spoken("今日"), spoken("は")).text == "今日は"


def test_places_count_as_qt_counts_characters() -> None:
    made = line(spoken("🎬"), spoken("go"))
    assert (made.starts, made.ends) == ((0, 3), (2, 5))
    assert made.place_of(1, 1) == 4


def test_a_place_inside_a_pause_is_at_its_nearer_end() -> None:
    made = line(spoken("we"), Pause(after=0, ticks=120))
    assert made.caret_at(0, 4) == Caret(paragraph=0, token=1, offset=0)
    assert made.caret_at(0, 8) == Caret(paragraph=0, token=1, offset=1)


def test_a_paragraph_without_tokens_has_one_place() -> None:
    empty = line()
    assert (empty.text, empty.place_of(0, 0)) == ("", 0)
    assert empty.caret_at(3, 0) == Caret(paragraph=3, token=0, offset=0)


@pytest.mark.parametrize(("place", "token"), [(0, 0), (2, 0), (3, 1), (5, 1)])
def test_the_token_at_a_place_is_the_one_it_touches(place: int, token: int) -> None:
    assert line(spoken("we"), spoken("go")).token_at(place) == token


@given(TOKENS)
def test_tokens_lie_in_the_text_in_order_where_they_say(tokens: list[Token]) -> None:
    made = line(*tokens)
    encoded = made.text.encode("utf-16-le")
    at = 0
    for token, start, end in zip(tokens, made.starts, made.ends, strict=True):
        assert at <= start <= end
        if not isinstance(token, Pause):
            assert encoded[2 * start : 2 * end].decode("utf-16-le") == token.text
        at = end
    assert at == units(made.text)


@given(TOKENS, st.data())
def test_a_caret_that_is_shown_is_found_again_at_the_same_place(
    tokens: list[Token], data: st.DataObject
) -> None:
    made = line(*tokens)
    token = data.draw(st.integers(0, len(tokens) - 1))
    offset = data.draw(st.integers(0, length(tokens[token])))
    place = made.place_of(token, offset)
    again = made.caret_at(0, place)
    assert made.place_of(again.token, again.offset) == place
