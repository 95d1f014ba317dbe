"""Three hours of speech, 30,000 words: what an editor waits for, with room for a machine at work."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from document_text import all_of, caret, over

from engine.protocol import Ratio, Transcript, Word
from nle_panels.document import deleting, history, writing
from nle_panels.document.document import Document
from nle_panels.document.fillers import fillers, repeated_takes
from nle_panels.document.journal import Journal
from nle_panels.document.meaning import meaning
from nle_panels.document.opening import opened
from nle_panels.document.search import Query, find_all, replace_all

WORDS = 30_000
SPOKEN = (
    "the a we and to of in that is it for you school um like education student's teachers working".split()
)


def three_hours() -> Transcript:
    chance = random.Random(6)
    words, at = [], 0.0
    for i in range(WORDS):
        at += chance.choice((0.02, 0.05, 0.4, 0.05))
        text = chance.choice(SPOKEN) + ("." if i % 17 == 0 else "")
        words.append(Word(text=text, start=at, end=at + 0.25, confidence=0.9, speaker="AB"[i // 900 % 2]))
        at += 0.25
    return Transcript(
        fingerprint="f", duration=Ratio(num=round(at) + 1), words=tuple(words), energy=b"", source="aligned"
    )


SPEECH = three_hours()
WINDOW = all_of(SPEECH)


@pytest.fixture(scope="module")
def document() -> Document:
    return opened(SPEECH, WINDOW)


def milliseconds(action: Callable[[], object], rounds: int = 3) -> float:
    """Of the processor, in the quickest of several rounds: what else the machine does is no part of it."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times) * 1000


def edited_widely(document: Document) -> Document:
    """A thousand words struck and a thousand written, all over."""
    for p in range(len(document.paragraphs)):
        for t in range(0, len(document.paragraphs[p].tokens), 40):
            document = writing.replace(document, over(document, t, paragraph=p), "something else").document
    return document


# What each may take of a quick machine, in milliseconds.
ALLOWED = {"open": 300, "type": 2, "finish a word": 2, "backspace": 2, "undo": 1, "find": 100, "meaning": 100}


def waits(document: Document) -> dict[str, float]:
    """What an editor waits for at a key."""
    middle = len(document.paragraphs) // 2
    here = caret(20, 0, middle)
    typed = writing.insert_text(document, here, "x")
    steps = history.push(history.begun(document), typed, "typing", here)
    return {
        "open": milliseconds(lambda: opened(SPEECH, WINDOW)),
        "type": milliseconds(lambda: writing.insert_text(document, here, "x")),
        "finish a word": milliseconds(lambda: writing.insert_text(typed.document, typed.caret, " ")),
        "backspace": milliseconds(lambda: deleting.delete_backward(document, here, caret(19, 1, middle))),
        "undo": milliseconds(lambda: history.undo(steps)),
        "find": milliseconds(lambda: find_all(document, Query(text="education"))),
        "meaning": milliseconds(lambda: meaning(document, SPEECH, WINDOW)),
    }


def commands(document: Document, folder: Path) -> dict[str, float]:
    """What else there is, without a limit of its own."""
    here = caret(20, 0, len(document.paragraphs) // 2)
    edited = edited_widely(document)
    journal = Journal(folder, "f", WINDOW)
    begun = history.begun(document)
    journal.write(begun)
    typed = history.push(begun, writing.insert_text(document, here, "x"), "typing", here)
    found = {
        "find whole words": milliseconds(lambda: find_all(document, Query(text="the", whole_words=True))),
        "replace": milliseconds(lambda: replace_all(document, Query(text="school"), "college"), 1),
        "meaning of many edits": milliseconds(lambda: meaning(edited, SPEECH, WINDOW)),
        "fillers": milliseconds(lambda: fillers(document, "en")),
        "repeated takes": milliseconds(lambda: repeated_takes(document)),
        "paste 10,000 words": milliseconds(lambda: writing.insert_text(document, here, "some words " * 5000)),
        "save a keystroke": milliseconds(lambda: journal.write(typed), 1),
    }
    journal.close()
    found["open the journal"] = milliseconds(lambda: Journal(folder, "f", WINDOW).close(), 1)
    return found


def test_an_editor_of_three_hours_is_not_kept_waiting(document: Document) -> None:
    """ours: four times what is allowed, for slow machines."""
    found = waits(document)
    assert [name for name, limit in ALLOWED.items() if found[name] > 4 * limit] == []


def test_a_thousand_steps_of_undo_are_small(document: Document) -> None:
    steps = history.begun(document)
    tracemalloc.start()
    for i in range(1000):
        here = caret(0, 0, i % len(document.paragraphs))
        steps = history.push(steps, writing.insert_text(steps.document, here, "word "), "typing", here)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(steps.past) == 1000
    assert size < 50_000_000


def test_a_keystroke_is_saved_in_a_few_hundred_bytes(document: Document, tmp_path: Path) -> None:
    journal = Journal(tmp_path, "f", WINDOW)
    steps = history.begun(document)
    journal.write(steps)
    before = (tmp_path / "journal.jsonl").stat().st_size
    edited = writing.insert_text(document, caret(0), "x")
    journal.write(history.push(steps, edited, "typing", caret(0)))
    journal.close()
    assert (tmp_path / "journal.jsonl").stat().st_size - before < 300


@pytest.mark.bench
def test_what_three_hours_take(
    document: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = waits(document)
    with capsys.disabled():
        for name, took in (found | commands(document, tmp_path)).items():
            print(f"{name}: {took:.2f} ms")  # noqa: T201  (a benchmark's answer)
    assert [name for name, limit in ALLOWED.items() if found[name] > limit] == []
