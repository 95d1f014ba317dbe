"""Reading what the engine has written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.engine_logs import as_text, parsed, read
from engine.paths import EnginePaths


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
    path = EnginePaths.default().log
    path.parent.mkdir()
    return path


def test_the_last_lines_are_told_oldest_first(log: Path) -> None:
    log.write_text('{"event":"a"}\n{"event":"b"}\n{"event":"c"}\n')
    assert list(read("", last=2, follow=False)) == [{"event": "b"}, {"event": "c"}]


def test_who_follows_goes_on_in_the_new_log_when_the_old_one_is_turned_over(log: Path) -> None:
    log.write_text('{"event":"before"}\n')
    lines = read("", last=1, follow=True)
    assert next(lines) == {"event": "before"}
    log.write_text('{"event":"x"}\n')
    assert next(lines) == {"event": "x"}


def test_half_a_line_is_told_when_it_is_whole(log: Path) -> None:
    log.write_text('{"event":"a"}\n{"eve')
    lines = read("", last=1, follow=True)
    assert next(lines) == {"event": "a"}
    with log.open("a") as more:
        more.write('nt":"b"}\n')
    assert next(lines) == {"event": "b"}
    log.write_text('{"eve')
    assert list(read("", last=1, follow=False)) == [{"text": '{"eve'}]


def test_what_was_printed_is_told_as_it_is() -> None:
    assert as_text(parsed(b"[mov] moov atom not found\n")) == "[mov] moov atom not found"


def test_a_line_of_values_is_told_as_a_sentence() -> None:
    line = parsed(b'{"at":"2026-11-26T03:41:33Z","level":"warning","event":"worker_lost","job":"12"}\n')
    assert as_text(line) == "2026-11-26T03:41:33Z  WARNING worker_lost  job=12"
