"""Autosave, and what is left of it after a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from document_text import all_of, caret, document_of, over, said, written

from bridge.transcript import Window
from nle_panels.document import journal as room
from nle_panels.document.document import Document
from nle_panels.document.journal import Journal
from nle_panels.document.paragraphs import rename_speaker
from nle_panels.document.striking import strike
from nle_panels.document.writing import insert_text
from nle_panels.errors import JournalInUse, UnwritableJournal

SPEECH = "A: the cat sat on [40] the mat B: so it did"
WINDOW = all_of(said(SPEECH))


@pytest.fixture
def document() -> Document:
    return document_of(SPEECH)


@pytest.fixture
def saved(document: Document, tmp_path: Path) -> Path:
    """A journal of three edits: its file."""
    with_journal(tmp_path, *steps(document))
    return tmp_path / "journal.jsonl"


def steps(document: Document) -> Iterator[Document]:
    yield document
    document = insert_text(document, caret(1, 3), "big 你好 👩‍👩‍👧").document
    yield document
    document = strike(document, over(document, 0, 1, 1)).document
    yield document
    yield rename_speaker(document, "B", "Ben").document


def last(document: Document) -> Document:
    return [*steps(document)][-1]


def with_journal(folder: Path, *documents: Document, window: Window = WINDOW) -> Journal:
    """The journal opened, written to and closed."""
    journal = Journal(folder, "f", window)
    for document in documents:
        journal.write(document)
    journal.close()
    return journal


def test_a_new_journal_has_no_document(tmp_path: Path) -> None:
    assert with_journal(tmp_path / "new").document is None


def test_what_was_written_is_there_again(document: Document, saved: Path) -> None:
    journal = with_journal(saved.parent)
    assert journal.document == last(document)
    assert journal.set_aside is None


def test_it_goes_on_where_it_was_left(document: Document, saved: Path) -> None:
    journal = Journal(saved.parent, "f", WINDOW)
    assert journal.document is not None
    more = insert_text(journal.document, caret(0), "now").document
    journal.write(more)
    journal.close()
    assert with_journal(saved.parent).document == more


def test_an_edit_is_a_line_of_its_paragraphs(document: Document, saved: Path) -> None:
    lines = saved.read_bytes().splitlines()
    assert len(lines) == 4
    assert b"cat" in lines[1]
    assert b"so" not in lines[1]


def test_a_document_that_is_kept_is_not_written_again(document: Document, tmp_path: Path) -> None:
    with_journal(tmp_path, document, document)
    assert len((tmp_path / "journal.jsonl").read_bytes().splitlines()) == 1


def test_a_file_cut_anywhere_gives_the_last_whole_edit(document: Document, saved: Path) -> None:
    content = saved.read_bytes()
    ends = [i + 1 for i, byte in enumerate(content) if byte == ord("\n")]
    kept = [None, *steps(document)]
    for size in range(0, len(content) + 1, 13):
        saved.write_bytes(content[:size])
        journal = with_journal(saved.parent)
        assert journal.document == kept[sum(end <= size for end in ends)]
        assert journal.set_aside is None


def test_zeros_at_the_end_are_a_line_that_was_not_written(document: Document, saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + bytes(300))
    journal = with_journal(saved.parent)
    assert (journal.document, journal.set_aside) == (last(document), None)


def test_after_a_torn_line_it_goes_on(document: Document, saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-20])
    with_journal(saved.parent, last(document))
    assert with_journal(saved.parent).document == last(document)


def test_a_damaged_line_sets_the_file_aside_and_what_comes_before_it_is_there(
    document: Document, saved: Path
) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content.replace(b'"big"', b'"bug"'))
    journal = with_journal(saved.parent)
    assert journal.document == document
    assert journal.set_aside == saved.with_name("journal.damaged-1.jsonl")
    assert b'"bug"' in journal.set_aside.read_bytes()
    again = with_journal(saved.parent)
    assert (again.document, again.set_aside) == (document, None)


def test_nothing_is_set_aside_under_a_name_that_is_taken(saved: Path) -> None:
    names = []
    for _ in range(2):
        saved.write_bytes(b"no journal\nat all\n")
        journal = with_journal(saved.parent)
        assert journal.document is None
        assert journal.set_aside
        names.append(journal.set_aside.name)
    assert names == ["journal.damaged-1.jsonl", "journal.damaged-2.jsonl"]


def test_the_document_of_other_words_is_set_aside(document: Document, saved: Path) -> None:
    """The transcript was made again, or the clip shows another part of it."""
    journal = with_journal(saved.parent, window=Window(start=0, stop=4))
    assert journal.document is None
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
        "from nle_panels.document.journal import Journal\n"
        "from nle_panels.document.writing import insert_text\n"
        "document = document_of('the cat')\n"
        "journal = Journal(Path(sys.argv[1]), 'f', all_of(said('the cat')))\n"
        "journal.write(document)\n"
        "journal.write(insert_text(document, caret(0, 3), 'big').document)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    folder = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, str(tmp_path), str(folder)], check=False, cwd=folder.parent)
    found = with_journal(tmp_path, window=Window(start=0, stop=2)).document
    assert found is not None
    assert written(found) == "the +big+ cat"


def test_a_long_journal_is_begun_anew(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LONGEST", 1000)
    journal = Journal(tmp_path, "f", WINDOW)
    for i in range(200):
        document = insert_text(document, caret(0, 0, 1), f"word{i} ").document
        document = strike(document, over(document, 0, 0, 1)).document
        journal.write(document)
    journal.close()
    assert (tmp_path / "journal.jsonl").stat().st_size < 5000
    assert with_journal(tmp_path).document == document


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk without room")
def test_a_full_disk_is_said_and_the_next_write_keeps_all(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, "f", WINDOW)
    journal.write(document)
    with monkeypatch.context() as full:
        full.setattr(room, "append_private", lambda _: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb"))
        with pytest.raises(UnwritableJournal, match="the last edits are not saved"):
            journal.write(last(document))
    journal.write(last(document))
    journal.close()
    assert with_journal(tmp_path).document == last(document)


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "panel").write_bytes(b"")
    with pytest.raises(UnwritableJournal, match="cannot be opened"):
        Journal(tmp_path / "panel", "f", WINDOW)
