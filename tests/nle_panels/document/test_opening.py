"""A transcript as a document, and what its tokens are."""

from __future__ import annotations

from fractions import Fraction

from document_text import document_of, said, spoken_words, written

from bridge.transcript import Window
from nle_panels.document.document import Document, Paragraph
from nle_panels.document.opening import PARAGRAPH_WORDS, SENTENCE_WORDS, opened
from nle_panels.document.tokens import New, Pause, Spoken, duration, is_doubtful, length, separator


def test_a_silence_from_thirty_ticks_on_is_a_token() -> None:
    assert written(document_of("the cat [29] sat [30] on")) == "the cat sat [30] on"


def test_a_paragraph_begins_at_a_new_speaker_and_after_a_long_silence() -> None:
    document = document_of("A: the cat B: sat on [200] the mat")
    assert written(document) == "the cat / sat on [200] / the mat"
    assert [paragraph.speaker for paragraph in document.paragraphs] == ["A", "B", "B"]


def test_a_speaker_who_never_rests_gets_paragraphs_where_sentences_end() -> None:
    document = document_of(("word " * 29 + "end. ") * 5)
    assert [len(paragraph.tokens) for paragraph in document.paragraphs] == [90, 60]
    assert SENTENCE_WORDS <= 90


def test_and_in_any_case_after_so_many_words() -> None:
    document = document_of("word " * 500)
    assert [len(paragraph.tokens) for paragraph in document.paragraphs] == [PARAGRAPH_WORDS] * 2 + [100]


def test_only_the_words_of_the_window_are_in_it() -> None:
    document = opened(said("the cat sat on the mat"), Window(start=2, stop=4))
    assert written(document) == "sat on"
    assert spoken_words(document) == [2, 3]


def test_silences_at_the_ends_are_measured_in_what_the_clip_shows() -> None:
    speech = said("the cat [100] sat [100] on")
    shown = (Fraction(23, 10), Fraction(42, 10))
    document = opened(speech, Window(start=2, stop=3), shown)
    assert document.paragraphs[0].tokens == (
        Pause(after=1, ticks=50),
        Spoken(first=2, stop=3, text="sat"),
        Pause(after=2, ticks=60),
    )


def test_a_silence_before_the_first_word_of_the_media_follows_word_minus_one() -> None:
    assert document_of("[120] the cat").paragraphs[0].tokens[0] == Pause(after=-1, ticks=100)


def test_without_words_there_is_one_empty_paragraph() -> None:
    assert opened(said("the cat"), Window(start=0, stop=0)) == Document(paragraphs=(Paragraph(tokens=()),))


def test_a_pause_is_one_character_for_a_caret() -> None:
    assert [length(token) for token in (Pause(after=0, ticks=40), New(text="été"), New())] == [1, 3, 0]


def test_words_are_parted_by_a_space_but_in_scripts_that_have_none() -> None:
    assert separator("the", "cat") == " "
    assert separator("你好", "世界") == ""
    assert separator("你好", "OK") == " "
    assert separator("안녕", "세계") == " "
    assert separator("สวัสดี", "ชาวโลก") == ""
    assert separator("", "cat") == " "


def test_the_seconds_of_a_pause_are_those_that_stay() -> None:
    assert duration(Pause(after=0, ticks=40)) == Fraction(2, 5)
    assert duration(Pause(after=0, ticks=40, kept=15)) == Fraction(3, 20)


def test_a_word_is_doubtful_where_the_recogniser_was_unsure_until_it_is_corrected() -> None:
    unsure = said("the cad", confidence=0.3).words
    assert is_doubtful(Spoken(first=1, stop=2, text="cad"), unsure)
    assert not is_doubtful(Spoken(first=1, stop=2, text="cat"), unsure)
    assert not is_doubtful(Spoken(first=1, stop=2, text="cad"), said("the cad", confidence=0.9).words)
    assert not is_doubtful(Spoken(first=1, stop=2, text="cad"), said("the cad").words)
