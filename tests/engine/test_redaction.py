"""What of a log may leave the machine."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.redaction import TAKEN_OUT, redacted

AT = "2026-11-26T03:41:33.402156Z"

TRACEBACK = """Traceback (most recent call last):
  File "/home/anna/work/pickup/engine/daemon/worker.py", line 44, in perform
    performed = tasks.perform(assignment)
  File "/home/anna/.venv/lib/python3.11/site-packages/av/container.py", line 7, in open
    raise ValueError("the merger.mov of Anna")
ValueError: the merger.mov of Anna

The above exception was the direct cause of the following exception:

engine.errors.BadMedia: /home/anna/the merger.mov cannot be read
"""


def cleaned(text: str) -> str:
    return redacted(text.encode()).decode()


def test_a_traceback_keeps_its_places_and_its_errors_names() -> None:
    assert cleaned(TRACEBACK).splitlines() == [
        "Traceback (most recent call last):",
        '  File "engine/daemon/worker.py", line 44, in perform',
        "(1 line(s) taken out)",
        '  File "av/container.py", line 7, in open',
        "(1 line(s) taken out)",
        f"ValueError: {TAKEN_OUT}",
        "The above exception was the direct cause of the following exception:",
        f"BadMedia: {TAKEN_OUT}",
    ]


def test_a_native_crash_keeps_its_places() -> None:
    dump = (
        "Fatal Python error: Segmentation fault\n\n"
        "Current thread 0x00007f1200c0ff33 (most recent call first):\n"
        '  File "/home/anna/pickup/engine/media/decode.py", line 12 in frames\n'
    )
    assert "Segmentation fault" in cleaned(dump)
    assert 'File "engine/media/decode.py", line 12, in frames' in cleaned(dump)
    assert "anna" not in cleaned(dump)


def test_a_line_of_values_keeps_times_numbers_and_the_engines_own_names() -> None:
    said = {"at": AT, "level": "info", "event": "job_failed", "job": "12", "kind": "render", "seconds": 3.2}
    assert json.loads(cleaned(json.dumps({**said, "fault": "BadMedia"}))) == {**said, "fault": "BadMedia"}


def test_how_a_worker_died_is_told() -> None:
    said = {"at": AT, "event": "worker_lost", "job": "12", "reason": "the worker died (exit code -11)"}
    assert json.loads(cleaned(json.dumps(said))) == said
    assert "anna" not in cleaned(json.dumps({**said, "reason": "the worker died (exit code anna)"}))


def test_what_an_error_says_goes_and_its_name_stays() -> None:
    fault = {"name": "BadMedia", "message": "/home/anna/the merger.mov cannot be read"}
    told = json.loads(cleaned(json.dumps({"at": AT, "event": "failed", "fault": fault})))
    assert told["fault"] == "BadMedia"


@pytest.mark.parametrize(
    "value", ["anna", {"name": "anna"}, ["anna"], "/home/anna", {"name": "BadMedia", "of": {"x": "anna"}}]
)
@pytest.mark.parametrize("name", ["client", "kind", "device", "job", "fault", "media", "engine", "at"])
def test_a_value_that_is_none_of_the_engines_own_is_taken_out(name: str, value: object) -> None:
    assert "anna" not in cleaned(json.dumps({"at": AT, "event": "job_done", name: value}))


def test_the_traceback_in_a_line_of_values_is_cleaned_too() -> None:
    told = cleaned(json.dumps({"at": AT, "event": "engine_failed", "exception": TRACEBACK}))
    assert ("anna" in told, "merger" in told, "worker.py" in told) == (False, False, True)


@pytest.mark.parametrize(
    "line",
    [
        "Anna: we sell on Monday",
        '  File "/home/anna/merger.py", line 3, in <module>',
        "merger of Anna Error: x",
        '{"event": "anna"}',
        '["anna"]',
        "    anna",
        "[" * 100_000 + '"anna"',
    ],
)
def test_a_printed_line_says_nothing_of_the_user(line: str) -> None:
    assert "anna" not in cleaned(line).lower()


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), min_size=1))
def test_of_any_text_that_is_printed_nothing_goes_through(printed: str) -> None:
    left = cleaned(f"x {printed} x".replace("\n", " "))
    assert left.replace("line(s) taken out", "").strip("( 0123456789)\n") == ""
