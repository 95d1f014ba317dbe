"""What a document asks of the bridge."""

from __future__ import annotations

from fractions import Fraction

from document_text import all_of, caret, over, said
from msgspec import structs

from bridge.edit_plan import ShortenPause, plan_clip
from bridge.quiet import ClipWindow
from bridge.quiet import Spoken as SpokenInClip
from bridge.revision import Change
from bridge.transcript import Window
from engine.protocol import Keep, Transcript, Word
from nle_panels.document.correcting import correct
from nle_panels.document.document import Document, Selection
from nle_panels.document.meaning import Meaning, meaning, protected, untouched
from nle_panels.document.nudging import nudge
from nle_panels.document.opening import opened
from nle_panels.document.paragraphs import rename_speaker, split_paragraph
from nle_panels.document.striking import protect, render_anew, set_pause, strike
from nle_panels.document.tokens import Spoken
from nle_panels.document.writing import insert_text, replace, settle

SPEECH = said("A: the cat sat on [40] the mat [60] B: so it did")
WINDOW = all_of(SPEECH)


def document() -> Document:
    return opened(SPEECH, WINDOW)


def meant(edited: Document, transcript: Transcript = SPEECH, window: Window = WINDOW) -> Meaning:
    """The same, whether what was not touched is passed over or gone through."""
    found = meaning(edited, transcript, window)
    assert meaning(edited, transcript, window, untouched(opened(transcript, window), transcript)) == found
    return found


def texts(found: Meaning) -> list[str]:
    return [word.text for word in found.window.of(found.transcript.words)]


def test_a_document_as_it_was_opened_asks_for_nothing() -> None:
    found = meant(document())
    assert found == Meaning(transcript=SPEECH, window=WINDOW)
    assert found.transcript is SPEECH


def test_struck_words_are_a_removal() -> None:
    assert meant(strike(document(), over(document(), 1, 2)).document).changes == (Change(start=1, stop=3),)


def test_new_words_are_an_insertion() -> None:
    edited = insert_text(document(), caret(1, 3), "big red").document
    assert meant(edited).changes == (Change(start=2, stop=2, words=("big", "red")),)


def test_a_struck_run_and_the_new_words_next_to_it_are_one_replacement() -> None:
    edited = insert_text(document(), caret(0, 3), "my").document
    edited = replace(edited, over(edited, 2, 3), "dog").document
    assert meant(edited).changes == (Change(start=1, stop=3, words=("my", "dog")),)


def test_a_word_typed_again_is_no_change_settled_or_not() -> None:
    edited = replace(document(), over(document(), 1, 2), "cat stood")
    only_the_second = (Change(start=2, stop=3, words=("stood",)),)
    assert meant(edited.document).changes == only_the_second
    assert meant(settle(edited.document, edited.caret, caret(0)).document).changes == only_the_second


def test_an_empty_word_and_a_dash_say_nothing() -> None:
    edited = insert_text(document(), caret(1, 3), "– ").document
    assert meant(edited).changes == ()


def test_a_run_goes_over_paragraphs() -> None:
    edited = strike(document(), Selection(anchor=caret(6), caret=caret(0, 2, 1))).document
    assert meant(edited).changes == (Change(start=5, stop=7),)


def test_changes_count_the_words_of_the_window() -> None:
    window = Window(start=2, stop=6)
    edited = opened(SPEECH, window)
    edited = strike(edited, over(edited, 0)).document
    found = meant(edited, window=window)
    assert (found.changes, found.window) == ((Change(start=0, stop=1),), window)


def test_corrected_words_have_their_old_times_and_change_no_picture() -> None:
    found = meant(correct(document(), over(document(), 1), "cad").document)
    assert (found.changes, texts(found)[1]) == ((), "cad")
    old, new = SPEECH.words[1], found.transcript.words[1]
    assert (new.start, new.end) == (old.start, old.end)


def test_joined_words_last_from_the_first_to_the_last_and_move_what_is_counted_after_them() -> None:
    edited = correct(document(), over(document(), 1, 2), "catsat").document
    edited = strike(edited, over(edited, 2)).document
    found = meant(edited)
    assert texts(found) == ["the", "catsat", "on", "the", "mat", "so", "it", "did"]
    assert (found.transcript.words[1].start, found.transcript.words[1].end) == (1.0, 2.8)
    assert found.changes == (Change(start=2, stop=3),)
    assert found.window == Window(start=0, stop=8)


def test_a_word_that_was_several_shares_its_time_by_letters() -> None:
    found = meant(correct(document(), over(document(), 1), "a dog").document)
    first, second = found.transcript.words[1:3]
    assert (first.text, second.text) == ("a", "dog")
    assert (first.start, first.end, second.start, second.end) == (1.0, 1.2, 1.2, 1.8)


def test_a_word_that_was_never_said_is_not_there() -> None:
    found = meant(correct(document(), over(document(), 1), "").document)
    assert texts(found) == ["the", "sat", "on", "the", "mat", "so", "it", "did"]
    assert found.changes == ()


def test_nudged_words_and_other_speakers_are_in_the_transcript() -> None:
    edited = nudge(document(), caret(1), SPEECH.words, Fraction(25), start_frames=-1, end_frames=1).document
    found = meant(rename_speaker(edited, "A", "Ann").document)
    assert found.transcript.words[1] == Word(text="cat", start=0.96, end=1.84, speaker="Ann")
    assert {word.speaker for word in found.transcript.words} == {"Ann", "B"}


def test_words_outside_the_window_stay_as_they_are() -> None:
    window = Window(start=2, stop=6)
    edited = opened(SPEECH, window)
    found = meant(correct(edited, over(edited, 0, 1), "saton").document, window=window)
    assert found.transcript.words[:2] == SPEECH.words[:2]
    assert found.transcript.words[3:] == SPEECH.words[4:]


def test_a_shortened_pause_is_told_by_the_word_before_it() -> None:
    edited = set_pause(document(), caret(4), 15).document
    assert meant(edited).pauses == (ShortenPause(after=3, kept=15),)


def test_the_pause_before_the_first_word_follows_minus_one() -> None:
    speech = said("[120] the cat")
    edited = set_pause(opened(speech, all_of(speech)), caret(0), 0).document
    assert meant(edited, speech, all_of(speech)).pauses == (ShortenPause(after=-1, kept=0),)


def test_a_pause_inside_what_is_struck_goes_with_it_and_one_beside_it_does_not() -> None:
    edited = strike(document(), over(document(), 3, 5)).document
    assert meant(edited).pauses == ()
    beside = strike(document(), over(document(), 3, 4)).document
    assert meant(beside).pauses == (ShortenPause(after=3, kept=0),)


def test_pauses_that_a_word_never_said_parts_are_one() -> None:
    speech = said("the [40] um [50] cat")
    edited = correct(opened(speech, all_of(speech)), over(opened(speech, all_of(speech)), 2), "").document
    edited = set_pause(edited, caret(3), 10).document
    assert meant(edited, speech, all_of(speech)).pauses == (ShortenPause(after=0, kept=50),)


def test_protected_words_are_runs_whatever_the_paragraphs() -> None:
    edited = protect(document(), over(document(), 1, 5)).document
    edited = split_paragraph(edited, caret(2, 3)).document
    edited = protect(edited, over(edited, 0, 0, 2)).document
    assert protected(edited) == ((1, 5), (6, 7))


def test_words_rendered_anew_are_runs_of_those_that_stay() -> None:
    edited = render_anew(document(), over(document(), 0, 3)).document
    assert meant(edited).anew == ((0, 4),)
    edited = strike(edited, over(edited, 1)).document
    assert meant(edited).anew == ((0, 1), (2, 4))
    edited = insert_text(edited, caret(2, 3), "down").document
    assert meant(edited).anew == ((0, 1), (2, 3), (3, 4))


def test_the_confidence_of_a_word_goes_where_it_is_corrected() -> None:
    speech = said("the cad", confidence=0.3)
    edited = correct(opened(speech, all_of(speech)), over(opened(speech, all_of(speech)), 1), "cat").document
    assert [w.confidence for w in meant(edited, speech, all_of(speech)).transcript.words] == [0.3, None]


def test_the_bridge_can_plan_it() -> None:
    edited = correct(document(), over(document(), 1), "cad").document
    edited = strike(edited, over(edited, 2, 3)).document
    found = meant(set_pause(edited, caret(7), 10).document)
    clip = ClipWindow(rate=Fraction(25), offset=Fraction(0), frames=235, first=0, last=235)
    spoken = SpokenInClip(words=found.window.of(found.transcript.words), energy=bytes([200]) * 940)
    spans = plan_clip(clip, spoken, found.changes, (), found.pauses)
    assert all(isinstance(span, Keep) for span in spans)
    assert len(spans) == 3


def test_a_token_of_several_words_that_is_as_long_again_has_their_times() -> None:
    token = Spoken(first=1, stop=3, text="dog ran")
    tokens = document().paragraphs[0].tokens
    edited = correct(document(), over(document(), 1, 2), "dogran").document
    edited = correct(edited, Selection(anchor=caret(1, 3), caret=caret(1, 3)), " ").document
    assert edited.paragraphs[0].tokens == (tokens[0], token, *tokens[3:])
    words = meant(edited).transcript.words[1:3]
    assert [(w.text, w.start, w.end) for w in words] == [("dog", 1.0, 1.8), ("ran", 2.0, 2.8)]


def test_a_paragraph_whose_words_are_heard_otherwise_than_written_is_touched() -> None:
    spaced = Transcript(
        fingerprint="f",
        duration=SPEECH.duration,
        words=tuple(structs.replace(word, text=f" {word.text}") for word in SPEECH.words[:3]),
        energy=b"",
        source="aligned",
    )
    assert untouched(opened(spaced, all_of(spaced)), spaced) == {}
    assert texts(meant(opened(spaced, all_of(spaced)), spaced, all_of(spaced))) == ["the", "cat", "sat"]
