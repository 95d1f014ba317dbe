"""Autosave, and what is left of it after a crash."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from document_text import all_of, caret, document_of, over, said, written
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.transcript import Window
from nle_panels.document import journal as room
from nle_panels.document.document import Document, Edited
from nle_panels.document.history import History, begun, push, redo, undo
from nle_panels.document.journal import Journal, look
from nle_panels.document.paragraphs import rename_speaker
from nle_panels.document.striking import strike
from nle_panels.document.writing import insert_text
from nle_panels.errors import JournalInUse, UnwritableJournal

SPEECH = "A: the cat sat on [40] the mat B: so it did"
WINDOW = all_of(said(SPEECH))
BEGINNING = 3  # lines: what it belongs to, a document, and the steps that are kept of before


@pytest.fixture
def document() -> Document:
    return document_of(SPEECH)


@pytest.fixture
def saved(document: Document, tmp_path: Path) -> Path:
    """A journal of three edits: its file."""
    with_journal(tmp_path, *steps(document))
    return tmp_path / "journal.jsonl"


def steps(document: Document) -> Iterator[History]:
    history = begun(document)
    yield history
    history = done(history, "typing", insert_text(document, caret(1, 3), "big 你好 👩‍👩‍👧"))
    yield history
    history = done(history, "strike", strike(history.document, over(history.document, 0, 1, 1)))
    yield history
    yield done(history, "speaker", rename_speaker(history.document, "B", "Ben"))


def done(history: History, label: str, edited: Edited) -> History:
    return push(history, edited, label, caret(0))


def last(document: Document) -> History:
    return [*steps(document)][-1]


def with_journal(folder: Path, *histories: History, window: Window = WINDOW) -> Journal:
    """The journal opened, written to and closed."""
    journal = Journal(folder, "f", window)
    for history in histories:
        journal.write(history)
    journal.close()
    return journal


def test_a_new_journal_says_nothing(tmp_path: Path) -> None:
    assert with_journal(tmp_path / "new").history is None


def test_what_was_written_is_there_again(document: Document, saved: Path) -> None:
    journal = with_journal(saved.parent)
    assert journal.history == last(document)
    assert journal.set_aside is None


def test_what_was_done_before_a_crash_is_undone_and_done_again_after_it(
    document: Document, saved: Path
) -> None:
    history = with_journal(saved.parent).history
    assert history is not None
    labels, documents = [], []
    while history.past:
        labels.append(history.undo_label)
        history, _ = undo(history)
        documents.append(history.document)
    assert labels == ["speaker", "strike", "typing"]
    assert documents == [step.document for step in steps(document)][2::-1]
    assert redo(redo(redo(history)[0])[0])[0] == last(document)


def test_a_step_back_is_kept_as_one(document: Document, saved: Path) -> None:
    journal = Journal(saved.parent, "f", WINDOW)
    assert journal.history is not None
    size = saved.stat().st_size
    back, _ = undo(journal.history)
    journal.write(back)
    journal.close()
    assert saved.stat().st_size - size < 100
    assert with_journal(saved.parent).history == back


def test_typing_that_goes_on_is_one_step_there_too(document: Document, tmp_path: Path) -> None:
    history, here, written_down = begun(document), caret(1, 3), []
    for second, key in enumerate("big"):
        edited = insert_text(history.document, here, key)
        history = push(history, edited, "typing", here, typed=second / 10)
        here = edited.caret
        written_down.append(history)
    found = with_journal(tmp_path, *written_down).history or with_journal(tmp_path).history
    assert found is not None
    assert len(found.past) == 1
    assert undo(found)[0].document == document


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_done_undone_and_done_again_is_there_after_a_crash(data: st.DataObject) -> None:
    history = begun(document_of(SPEECH))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for stretch in range(data.draw(st.integers(1, 4))):  # between two crashes
            with contextlib.closing(Journal(folder, "f", WINDOW)) as journal:
                assert journal.history == (history if stretch else None)
                history = journal.history or history
                journal.write(history)
                for number in range(data.draw(st.integers(0, 6))):
                    history = some_step(history, f"w{stretch}{number} ", data)
                    journal.write(history)
        assert with_journal(folder).history == history


def some_step(history: History, text: str, data: st.DataObject) -> History:
    match data.draw(st.sampled_from(["type", "undo", "redo"])):
        case "undo":
            return undo(history)[0]
        case "redo":
            return redo(history)[0]
    place = caret(0, 0, data.draw(st.integers(0, len(history.document.paragraphs) - 1)))
    return done(history, "typing", insert_text(history.document, place, text))


def test_what_was_seen_of_it_before_is_as_good_as_read(document: Document, saved: Path) -> None:
    seen = look(saved.parent, "f", WINDOW)
    with contextlib.closing(Journal(saved.parent, "f", WINDOW, seen)) as journal:
        assert seen.kept is not None
        assert journal.history == last(document)
        assert journal.history.present is seen.kept.moments[-1]


def test_what_was_written_since_it_was_seen_is_not_lost(document: Document, saved: Path) -> None:
    seen = look(saved.parent, "f", WINDOW)
    with contextlib.closing(Journal(saved.parent, "f", WINDOW)) as journal:
        assert journal.history is not None
        back, _ = undo(journal.history)
        journal.write(back)
    with contextlib.closing(Journal(saved.parent, "f", WINDOW, seen)) as journal:
        assert journal.history == back


def test_it_goes_on_where_it_was_left(document: Document, saved: Path) -> None:
    journal = Journal(saved.parent, "f", WINDOW)
    assert journal.history is not None
    more = done(journal.history, "typing", insert_text(journal.history.document, caret(0), "now"))
    journal.write(more)
    journal.close()
    assert with_journal(saved.parent).history == more


def test_an_edit_is_a_line_of_its_words(document: Document, saved: Path) -> None:
    lines = saved.read_bytes().splitlines()
    assert len(lines) == BEGINNING + 3
    assert b"big" in lines[BEGINNING]
    assert b"cat" not in lines[BEGINNING]


def test_what_is_kept_is_not_written_again(document: Document, tmp_path: Path) -> None:
    history = begun(document)
    with_journal(tmp_path, history, history)
    assert len((tmp_path / "journal.jsonl").read_bytes().splitlines()) == BEGINNING


def test_a_file_cut_anywhere_gives_the_last_whole_edit(document: Document, saved: Path) -> None:
    content = saved.read_bytes()
    ends = [i + 1 for i, byte in enumerate(content) if byte == ord("\n")]
    first, *others = steps(document)
    kept = [None, None, first, first, *others]  # the head alone says nothing, a document is a beginning
    for size in range(0, len(content) + 1, 13):
        saved.write_bytes(content[:size])
        journal = with_journal(saved.parent)
        assert journal.history == kept[sum(end <= size for end in ends)]
        assert journal.set_aside is None


def test_zeros_at_the_end_are_a_line_that_was_not_written(document: Document, saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + bytes(300))
    journal = with_journal(saved.parent)
    assert (journal.history, journal.set_aside) == (last(document), None)


def test_after_a_torn_line_it_goes_on(document: Document, saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-20])
    with_journal(saved.parent, last(document))
    assert with_journal(saved.parent).history == last(document)


def test_a_damaged_line_sets_the_file_aside_and_what_comes_before_it_is_there(
    document: Document, saved: Path
) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content.replace(b'"big"', b'"bug"'))
    journal = with_journal(saved.parent)
    assert journal.history == begun(document)
    assert journal.set_aside == saved.with_name("journal.damaged-1.jsonl")
    assert b'"bug"' in journal.set_aside.read_bytes()
    again = with_journal(saved.parent)
    assert (again.history, again.set_aside) == (begun(document), None)


def test_nothing_is_set_aside_under_a_name_that_is_taken(saved: Path) -> None:
    names = []
    for _ in range(2):
        saved.write_bytes(b"no journal\nat all\n")
        journal = with_journal(saved.parent)
        assert journal.history is None
        assert journal.set_aside
        names.append(journal.set_aside.name)
    assert names == ["journal.damaged-1.jsonl", "journal.damaged-2.jsonl"]


def test_the_document_of_other_words_is_set_aside(document: Document, saved: Path) -> None:
    """The transcript was made again, or the clip shows another part of it."""
    journal = with_journal(saved.parent, window=Window(start=0, stop=4))
    assert journal.history is None
    assert journal.set_aside is not None


def test_a_second_panel_is_refused_while_the_first_is_there(document: Document, tmp_path: Path) -> None:
    first = Journal(tmp_path, "f", WINDOW)
    with pytest.raises(JournalInUse, match="this clip is open in another panel"):
        Journal(tmp_path, "f", WINDOW)
    first.close()
    with_journal(tmp_path)


def test_a_process_that_is_killed_loses_nothing_and_leaves_no_lock(tmp_path: Path) -> None:
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\nfrom document_text import *\n"
        "from nle_panels.document.history import begun, push\n"
        "from nle_panels.document.journal import Journal\n"
        "from nle_panels.document.writing import insert_text\n"
        "document = document_of('the cat')\n"
        "journal = Journal(Path(sys.argv[1]), 'f', all_of(said('the cat')))\n"
        "history = begun(document)\n"
        "journal.write(history)\n"
        "edited = insert_text(document, caret(0, 3), 'big')\n"
        "journal.write(push(history, edited, 'typing', caret(0, 3)))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    folder = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, str(tmp_path), str(folder)], check=False, cwd=folder.parent)
    found = with_journal(tmp_path, window=Window(start=0, stop=2)).history
    assert found is not None
    assert written(found.document) == "the +big+ cat"
    assert written(undo(found)[0].document) == "the cat"


def test_a_long_journal_is_begun_anew_with_as_many_steps_as_there_is_room_for(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LONGEST", 1000)
    monkeypatch.setattr(room, "HISTORY", 1000)
    journal = Journal(tmp_path, "f", WINDOW)
    history = begun(document)
    for i in range(200):
        place = caret(0, 0, 1)
        history = done(history, "typing", insert_text(history.document, place, f"word{i} "))
        document = strike(history.document, over(history.document, 0, 0, 1)).document
        journal.write(history)
        assert (tmp_path / "journal.jsonl").stat().st_size < 20_000
    journal.close()
    found = with_journal(tmp_path).history
    assert found is not None
    assert found.document == history.document
    assert 3 < len(found.past) < 20
    kept = [moment.document for moment in found.past]
    assert kept == [moment.document for moment in history.past][-len(kept) :]


def test_a_step_back_beyond_what_had_room_is_kept(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LONGEST", 1000)
    monkeypatch.setattr(room, "HISTORY", 1000)
    journal = Journal(tmp_path, "f", WINDOW)
    history = begun(document)
    for i in range(60):
        history = done(history, "typing", insert_text(history.document, caret(0, 0, 1), f"word{i} "))
        journal.write(history)
    for _ in range(50):
        history, _ = undo(history)
        journal.write(history)
    journal.close()
    found = with_journal(tmp_path).history
    assert found is not None
    assert found.document == history.document
    assert found.undo_label == "typing"
    assert redo(found)[0].document == redo(history)[0].document


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk without room")
def test_a_full_disk_is_said_and_the_next_write_keeps_all(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, "f", WINDOW)
    first, *_, final = steps(document)
    journal.write(first)
    with monkeypatch.context() as full:
        full.setattr(room, "append_private", lambda _: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb"))
        with pytest.raises(UnwritableJournal, match="the last edits are not saved"):
            journal.write(final)
    journal.write(final)
    journal.close()
    assert with_journal(tmp_path).history == final


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "panel").write_bytes(b"")
    with pytest.raises(UnwritableJournal, match="cannot be opened"):
        Journal(tmp_path / "panel", "f", WINDOW)
