"""The ledger of consent: what is in it stays as it was written, or the audit says so."""

from __future__ import annotations

import datetime
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.consent.ledger import Audit, Entry, append, audit
from engine.errors import BadConsent, RenderFailed

SCRIPT = Path(__file__).parents[2] / "killed_ledger.py"
NOON = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC)
LENGTH = 6  # lines of the ledger that is tampered with
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files and signals")
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def used(job: str) -> Entry:
    return Entry(
        kind="used", at=NOON, record="c-0123456789abcdef", person="Anna Lee", job=job, frames=((4, 9),)
    )


def head_of(ledger: Path) -> Path:
    return ledger.with_name("ledger.head.json")


def jobs_of(found: Audit) -> list[str]:
    return [entry.job for entry in found.entries]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "consents" / "ledger.jsonl"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A ledger and its head."""
    ledger = tmp_path_factory.mktemp("written") / "ledger.jsonl"
    for number in range(LENGTH):
        append(ledger, used(f"job-{number}"))
    return ledger.read_bytes(), head_of(ledger).read_bytes()


def laid(ledger: Path, content: bytes, head: bytes) -> Audit:
    ledger.parent.mkdir(exist_ok=True)
    ledger.write_bytes(content)
    head_of(ledger).write_bytes(head)
    return audit(ledger)


# ---------------------------------------------------------------------------------------- as it should be


def test_of_nothing_the_ledger_is_empty_and_sound(ledger: Path) -> None:
    found = audit(ledger)
    assert (found.entries, found.sound, found.notes) == ((), True, ())


def test_what_was_written_is_in_it_in_its_order(ledger: Path) -> None:
    entries = tuple(used(f"job-{number}") for number in range(5))
    append(ledger, entries[0])
    append(ledger, *entries[1:4])
    append(ledger, entries[4])
    found = audit(ledger)
    assert (found.entries, found.head.number) == (entries, 5)
    assert (found.sound, found.notes) == (True, ())


def test_each_line_has_the_sha256_of_the_line_before(written: tuple[bytes, bytes]) -> None:
    import hashlib
    import json

    lines = written[0].splitlines()
    named = [json.loads(line)["previous"] for line in lines]
    assert named == ["0" * 64, *(hashlib.sha256(line).hexdigest() for line in lines[:-1])]


@posix
def test_nobody_else_can_read_it(ledger: Path) -> None:
    append(ledger, used("job"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in ledger.parent.iterdir()} == {0o600}


# ---------------------------------------------------------------------------------------- tampered with


@many
@given(data=st.data())
def test_any_byte_that_was_changed_is_found(
    ledger: Path, written: tuple[bytes, bytes], data: st.DataObject
) -> None:
    content, head = written
    place = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    assert not laid(ledger, content[:place] + bytes([byte]) + content[place + 1 :], head).sound


@many
@given(data=st.data())
def test_lines_that_were_taken_out_or_moved_or_doubled_are_found(
    ledger: Path, written: tuple[bytes, bytes], data: st.DataObject
) -> None:
    content, head = written
    order = data.draw(
        st.lists(st.integers(0, LENGTH - 1), max_size=2 * LENGTH).filter(
            lambda order: order[:LENGTH] != list(range(LENGTH))
        )
    )
    lines = content.splitlines(keepends=True)
    assert not laid(ledger, b"".join(lines[index] for index in order), head).sound


@many
@given(data=st.data())
def test_an_end_that_was_cut_off_is_found_at_any_byte(
    ledger: Path, written: tuple[bytes, bytes], data: st.DataObject
) -> None:
    content, head = written
    assert not laid(ledger, content[: data.draw(st.integers(0, len(content) - 1))], head).sound


@many
@given(data=st.data())
def test_what_was_tampered_with_stays_so_when_more_is_written(
    ledger: Path, written: tuple[bytes, bytes], data: st.DataObject
) -> None:
    content, head = written
    first = data.draw(st.integers(0, len(content) - 2))
    last = data.draw(st.integers(first + 1, len(content) - 1))  # the last newline alone may be put back
    put = data.draw(st.binary(max_size=200).filter(lambda put: put != content[first:last]))
    laid(ledger, content[:first] + put + content[last:], head)
    append(ledger, used("next"))
    append(ledger, used("one more"))
    found = audit(ledger)
    assert not found.sound
    assert jobs_of(found)[-2:] == ["next", "one more"]


def test_lines_that_are_put_behind_the_end_by_hand_are_found(
    ledger: Path, written: tuple[bytes, bytes]
) -> None:
    content, head = written
    last = content.splitlines(keepends=True)[-1]
    assert not laid(ledger, content + last, head).sound
    append(ledger, used("next"))
    assert not audit(ledger).sound


@pytest.mark.parametrize("head", [b"", b"null", b"{}", b'{"number": 0}', b"\xff", b"[" * 60_000])
def test_a_head_that_was_damaged_is_found_and_stays_so(
    ledger: Path, written: tuple[bytes, bytes], head: bytes
) -> None:
    assert not laid(ledger, written[0], head).sound
    append(ledger, used("next"))
    assert not audit(ledger).sound


def test_a_head_that_was_deleted_is_found_and_stays_so(ledger: Path, written: tuple[bytes, bytes]) -> None:
    laid(ledger, *written)
    head_of(ledger).unlink()
    assert "the head is lost" in audit(ledger).problems[0].what
    append(ledger, used("next"))
    assert not audit(ledger).sound


def test_a_ledger_that_was_deleted_is_missed_by_its_head(ledger: Path, written: tuple[bytes, bytes]) -> None:
    laid(ledger, *written)
    ledger.unlink()
    assert f"{LENGTH} lines by the head" in audit(ledger).problems[0].what
    append(ledger, used("next"))
    assert not audit(ledger).sound


def test_a_problem_says_at_which_line_it_shows(ledger: Path, written: tuple[bytes, bytes]) -> None:
    content, head = written
    found = laid(ledger, content.replace(b"job-2", b"job-7"), head)
    assert [problem.line for problem in found.problems] == [4]
    assert "does not follow the line before" in found.problems[0].what


# ---------------------------------------------------------------------------------------- interrupted


@many
@given(data=st.data())
def test_half_a_line_behind_the_head_is_no_tampering_and_the_next_takes_its_place(
    ledger: Path, written: tuple[bytes, bytes], data: st.DataObject
) -> None:
    lines = written[0].splitlines(keepends=True)
    laid(ledger, *written)
    append(ledger, used("next"))
    whole = ledger.read_bytes()
    half = whole[: data.draw(st.integers(len(written[0]) + 1, len(whole) - 1))]
    found = laid(ledger, half, written[1])
    assert (found.sound, len(found.entries)) == (True, len(lines))
    assert "half a line" in found.notes[0]
    append(ledger, used("another"))
    after = audit(ledger)
    assert (after.sound, after.notes, jobs_of(after)[-1]) == (True, (), "another")


def test_whole_lines_behind_the_head_are_kept(ledger: Path, written: tuple[bytes, bytes]) -> None:
    laid(ledger, *written)
    append(ledger, used("next"), used("one more"))
    found = laid(ledger, ledger.read_bytes(), written[1])
    assert (found.sound, jobs_of(found)[-1]) == (True, "one more")
    assert "2 lines behind the head" in found.notes[0]
    append(ledger, used("another"))
    after = audit(ledger)
    assert (after.sound, jobs_of(after)[-3:]) == (True, ["next", "one more", "another"])


MOMENTS = ("fsync:before", "fsync:after", "write_private:before", "write_private:after", "half")


@posix
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("number", [1, 2, 7, 8, 9])
def test_killed_at_any_moment_it_is_sound_and_has_all_that_was_acknowledged(
    ledger: Path, moment: str, number: int
) -> None:
    acknowledged: list[str] = []
    for name in ("first", "second"):
        run = [sys.executable, str(SCRIPT), str(ledger), name, moment, str(number)]
        acknowledged += subprocess.run(run, capture_output=True, text=True, check=False).stdout.split()
        found = audit(ledger)
        assert found.sound, found.problems
        assert [job for job in jobs_of(found) if job in acknowledged] == acknowledged
    append(ledger, used("last"))
    assert (audit(ledger).sound, audit(ledger).notes) == (True, ())


@posix
def test_several_processes_that_write_at_once_and_are_killed_leave_it_sound(ledger: Path) -> None:
    acknowledged: set[str] = set()
    for turn in range(4):
        writers = [
            subprocess.Popen(
                [sys.executable, str(SCRIPT), str(ledger), f"{turn}-{writer}"],
                stdout=subprocess.PIPE,
                text=True,
            )
            for writer in range(3)
        ]
        for writer in writers:
            assert writer.stdout is not None
            acknowledged.add(writer.stdout.readline().strip())  # it writes
        time.sleep(0.1 + 0.05 * turn)
        for writer in writers:
            writer.kill()
            said = writer.communicate()[0]
            acknowledged |= set(said.rpartition("\n")[0].split())
        found = audit(ledger)
        assert found.sound, found.problems
        assert acknowledged <= set(jobs_of(found))
        assert len(set(jobs_of(found))) == len(found.entries)


# ---------------------------------------------------------------------------------------- hostile


@posix
def test_a_pipe_or_a_link_in_its_place_is_neither_read_nor_written(ledger: Path, tmp_path: Path) -> None:
    ledger.parent.mkdir()
    (tmp_path / "elsewhere").write_bytes(b"")
    for lay in (lambda: os.mkfifo(ledger), lambda: ledger.symlink_to(tmp_path / "elsewhere")):
        lay()
        with pytest.raises(RenderFailed, match="no file"):
            append(ledger, used("job"))
        with pytest.raises(BadConsent, match="no file"):
            audit(ledger)
        ledger.unlink()
    assert (tmp_path / "elsewhere").read_bytes() == b""


@pytest.mark.parametrize("content", [b"\n" * 1000, b"\0" * 5000, b"[" * 3_000_000, b"{}\n" * 1000])
def test_what_is_no_ledger_is_told_and_not_at_length(ledger: Path, content: bytes) -> None:
    found = laid(ledger, content, b'{"number": 1, "sha256": "%s", "size": 9999999}' % (b"0" * 64))
    assert not found.sound
    assert len(found.problems) <= 100
