"""The record of a batch outlives whoever writes it."""

from __future__ import annotations

from pathlib import Path

from bridge.batch.record import Line, Record


def begun(row: str, output: str = "out.otio") -> Line:
    return Line(row=row, state="begun", output=output)


def test_what_was_noted_last_is_known_to_the_next(tmp_path: Path) -> None:
    record = Record(tmp_path / "r" / "record.jsonl")
    record.note(begun("a"))
    record.note(Line(row="a", state="failed", output="out.otio", error="no", code=3))
    again = Record(tmp_path / "r" / "record.jsonl").of("a")
    assert again is not None
    assert (again.state, again.error) == ("failed", "no")


def test_a_row_that_was_never_begun_is_unknown(tmp_path: Path) -> None:
    assert Record(tmp_path / "record.jsonl").of("a") is None


def test_a_line_that_was_torn_is_no_line_and_the_next_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    Record(path).note(begun("a"))
    with path.open("ab") as file:
        file.write(b'{"row":"b","sta')
    Record(path).note(begun("c"))
    known = Record(path)
    assert [known.of(row) is not None for row in "abc"] == [True, False, True]


def test_outputs_belong_to_their_rows(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.jsonl")
    record.note(begun("a", "/x/v001.otio"))
    assert record.outputs == frozenset({Path("/x/v001.otio")})
