"""Which words lie where on the strip."""

from __future__ import annotations

from drawn_scene import scene

from engine.protocol import Add, Keep
from nle_panels.strip.axis import Kind

EDITED = scene(
    200, (Keep(start=0, end=50), Add(frames=20, speech=0), Keep(start=70, end=200)), said=("really",)
)


def test_words_are_told_with_what_became_of_them() -> None:
    words = list(EDITED.words_between(30, 100))
    assert [(word.text, word.kind) for word in words] == [
        ("w3", Kind.KEPT),
        ("w4", Kind.KEPT),
        ("w5", Kind.STRUCK),
        ("w6", Kind.STRUCK),
        ("really", Kind.NEW),
        ("w7", Kind.KEPT),
    ]


def test_words_lie_where_they_are_said() -> None:
    words = {word.text: (round(word.start), round(word.stop)) for word in EDITED.words_between(0, 220)}
    assert words["w4"] == (40, 48)
    assert words["w5"] == (50, 58)
    assert words["really"] == (70, 90)
    assert words["w7"] == (90, 98)


def test_of_a_long_strip_only_what_is_seen_is_told() -> None:
    assert [word.text for word in EDITED.words_between(101, 119)] == ["w8", "w9"]


def test_a_word_is_found_under_a_place() -> None:
    found = EDITED.word_at(95)
    assert found is not None
    assert found.number == 7
    assert EDITED.word_at(49.5) is None


def test_words_of_low_confidence_are_doubtful() -> None:
    doubtful = [word.number for word in EDITED.words_between(0, 220) if word.doubtful]
    assert doubtful == [4, 9, 14, 19]
