"""The record of a batch outlives whoever writes it."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from engine_process import until

from bridge.batch.record import Line, Record


def begun(row: str, output: str = "out.otio") -> Line:
    return Line(row=row, state="begun", output=output)


def test_what_was_noted_last_is_known_to_the_next(tmp_path: Path) -> None:
    record = Record(tmp_path / "r")
    record.note(begun("a"))
    record.note(Line(row="a", state="failed", output="out.otio", error="no", code=3))
    again = Record(tmp_path / "r").of("a")
    assert again is not None
    assert (again.state, again.error) == ("failed", "no")


def test_a_row_that_was_never_begun_is_unknown(tmp_path: Path) -> None:
    assert Record(tmp_path).of("a") is None


def test_a_line_that_was_torn_is_no_line_and_the_next_is_whole(tmp_path: Path) -> None:
    record = Record(tmp_path)
    record.note(begun("a"))
    with (tmp_path / "rows" / "a.jsonl").open("ab") as file:
        file.write(b'{"row":"a","state":"do')
    assert record.of("a") == begun("a")
    record.note(Line(row="a", state="failed", output="out.otio"))
    assert Record(tmp_path).of("a") == Line(row="a", state="failed", output="out.otio")


def test_an_output_belongs_to_the_row_that_claimed_it_first(tmp_path: Path) -> None:
    record, output = Record(tmp_path), Path("/x/v001.otio")
    assert record.owner(output) is None
    assert [record.claim(output, row) for row in ("a", "b", "a")] == [True, False, True]
    assert Record(tmp_path).owner(output) == "a"


def test_a_row_is_done_by_one_at_a_time_whatever_process_it_is(tmp_path: Path) -> None:
    held = tmp_path / "held"
    program = (
        "import sys, time; from pathlib import Path; from bridge.batch.record import Record\n"
        "with Record(Path(sys.argv[1])).alone_with('a'):\n"
        "    Path(sys.argv[2]).touch(); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(held)]) as process:

        def wait() -> None:
            with Record(tmp_path).alone_with("a"):
                pass

        waiting = threading.Thread(target=wait)
        try:
            until(held.exists, 60)
            with Record(tmp_path).alone_with("b"):  # another row is nobody's
                waiting.start()
            waiting.join(0.5)
            assert waiting.is_alive()
        finally:
            process.kill()  # who dies lets go of it
    waiting.join(60)
    assert not waiting.is_alive()


def test_of_many_that_claim_an_output_at_once_one_has_it(tmp_path: Path) -> None:
    record, output = Record(tmp_path), Path("/x/v001.otio")
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda number: record.claim(output, f"row{number}"), range(32)))
    assert won.count(True) == 1
