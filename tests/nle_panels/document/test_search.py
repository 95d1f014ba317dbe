"""Find and replace."""

from __future__ import annotations

from document_text import caret, document_of, over, written

from nle_panels.document.document import Document, Selection
from nle_panels.document.search import Query, find_all, replace_all
from nle_panels.document.striking import protect, strike
from nle_panels.document.writing import insert_text

SPEECH = "A: The cat sat on [40] the mat, the B: café isn't a cattery"


def places(document: Document, query: Query) -> list[str]:
    """The text that is found, each with where it begins."""
    return [_text(document, selection) for selection in find_all(document, query)]


def _text(document: Document, found: Selection) -> str:
    start, stop = found.start, found.stop
    tokens = document.paragraphs[start.paragraph].tokens
    words = [getattr(token, "text", "") for token in tokens[start.token : stop.token + 1]]
    words[-1] = words[-1][: stop.offset]
    words[0] = words[0][start.offset :]
    return f"{start.paragraph}.{start.token} {' '.join(word for word in words if word)}"


def test_every_place_is_found_whatever_its_case() -> None:
    assert places(document_of(SPEECH), Query(text="the")) == ["0.0 The", "0.5 the", "0.7 the"]


def test_case_can_matter() -> None:
    assert places(document_of(SPEECH), Query(text="The", case=True)) == ["0.0 The"]


def test_accents_can_matter() -> None:
    document = document_of(SPEECH)
    assert places(document, Query(text="cafe")) == ["1.0 café"]
    assert places(document, Query(text="CAFÉ")) == ["1.0 café"]
    assert places(document, Query(text="cafe", accents=True)) == []
    assert places(document, Query(text="cafe\u0301", accents=True)) == ["1.0 café"]


def test_whole_words_are_not_parts_of_others() -> None:
    document = document_of(SPEECH)
    assert places(document, Query(text="cat")) == ["0.1 cat", "1.3 cat"]
    assert places(document, Query(text="cat", whole_words=True)) == ["0.1 cat"]
    assert places(document, Query(text="mat", whole_words=True)) == ["0.6 mat"]
    assert places(document, Query(text="isn", whole_words=True)) == []


def test_a_phrase_goes_over_words_and_pauses() -> None:
    (found,) = find_all(document_of(SPEECH), Query(text="on  the ma"))
    assert (found.start, found.stop) == (caret(3, 0), caret(6, 2))


def test_one_apostrophe_is_as_good_as_another() -> None:
    assert places(document_of(SPEECH), Query(text="isn’t")) == ["1.1 isn't"]


def test_letters_that_are_compared_as_several_are_found_where_they_are() -> None:
    document = document_of("die Straße war große Maßarbeit")
    assert places(document, Query(text="strasse")) == ["0.1 Straße"]
    assert places(document, Query(text="sarbeit")) == ["0.4 arbeit"]
    assert places(document, Query(text="ße w")) == ["0.1 ße w"]


def test_words_in_scripts_without_spaces_are_found_over_their_borders() -> None:
    (found,) = find_all(document_of("我们 今天 去 学校"), Query(text="天去学"))
    assert (found.start, found.stop) == (caret(1, 1), caret(3, 1))


def test_right_to_left_text_is_found_with_and_without_its_points() -> None:
    assert places(document_of("שָׁלוֹם עולם"), Query(text="שלום")) == ["0.0 שָׁלוֹם"]


def test_nothing_is_found_by_nothing() -> None:
    assert find_all(document_of(SPEECH), Query(text="  ")) == ()
    assert find_all(document_of(""), Query(text="x")) == ()


def test_new_and_struck_words_are_found() -> None:
    document = strike(document_of("the cat sat"), over(document_of("the cat sat"), 1)).document
    document = insert_text(document, caret(1, 3), "bobcat").document
    assert places(document, Query(text="cat")) == ["0.1 cat", "0.2 cat"]


def test_replacing_strikes_and_writes_in_one_step() -> None:
    document = document_of(SPEECH)
    done = replace_all(document, Query(text="cat", whole_words=True), "dog")
    assert written(done.edited.document) == "The ~cat~ +dog+ sat on [40] the mat, the / café isn't a cattery"
    assert (done.count, done.refused) == (1, 0)
    assert (done.edited.paragraphs, done.edited.paragraphs_before) == (range(1), range(1))


def test_part_of_a_word_is_replaced_inside_it() -> None:
    done = replace_all(document_of("the cats sat"), Query(text="cat"), "dog")
    assert written(done.edited.document) == "the ~cats~ +dogs+ sat"


def test_replaced_again_only_the_new_words_change() -> None:
    document = replace_all(document_of("the cat sat"), Query(text="cat"), "dog").edited.document
    assert written(replace_all(document, Query(text="dog"), "cow").edited.document) == "the ~cat~ +cow+ sat"
    assert replace_all(document, Query(text="cat"), "cow").count == 0


def test_a_replacement_by_nothing_strikes() -> None:
    done = replace_all(document_of("um the um cat"), Query(text="um"), "")
    assert written(done.edited.document) == "~um~ the ~um~ cat"


def test_correcting_changes_the_text_alone() -> None:
    done = replace_all(document_of("the cad and the cad"), Query(text="cad"), "cat", correcting=True)
    assert (written(done.edited.document), done.count) == ("the cat and the cat", 2)


def test_case_and_punctuation_are_corrections_in_edit_mode_too() -> None:
    done = replace_all(document_of("the pickup app"), Query(text="pickup"), "Pickup")
    assert written(done.edited.document) == "the Pickup app"


def test_protected_words_are_counted_and_left() -> None:
    document = protect(document_of("the cat and a cat"), over(document_of("the cat and a cat"), 1)).document
    done = replace_all(document, Query(text="cat"), "dog")
    assert written(done.edited.document) == "the =cat= and a ~cat~ +dog+"
    assert (done.count, done.refused) == (1, 1)
