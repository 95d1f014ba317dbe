"""Every sample project, through an edit: the table of docs/timelines.md and what must hold of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from shared_media import shared

from bridge.timeline_check import Check, Checked
from bridge.timeline_table import (
    CARRIED,
    CRASHED,
    LOST,
    MARK,
    UNREADABLE,
    Row,
    as_markdown,
    outcome_of,
    rows,
    write_table,
)

DATA = Path(__file__).parents[1] / "data" / "otio_adapters"
PAGE = Path(__file__).parents[2] / "docs" / "timelines.md"


@pytest.fixture(scope="module")
def samples() -> tuple[Row, ...]:
    return rows(shared("timelines"))


def named(found: tuple[Row, ...], *outcomes: str) -> list[str]:
    return [str(row) for row in found if row.outcome in outcomes]


def test_no_sample_loses_anything_or_crashes(samples: tuple[Row, ...]) -> None:
    assert named(samples, LOST, CRASHED) == []


def test_nine_of_ten_readable_samples_are_carried(samples: tuple[Row, ...]) -> None:
    readable = [row for row in samples if row.outcome != UNREADABLE]
    assert len(named(samples, CARRIED)) >= 0.9 * len(readable), as_markdown(samples)


def test_what_is_not_carried_says_why_in_one_line(samples: tuple[Row, ...]) -> None:
    assert [str(row) for row in samples if row.outcome != CARRIED and not row.why] == []


def test_the_table_in_the_docs_is_the_one_made(samples: tuple[Row, ...]) -> None:
    """Else: python -m bridge.timeline_table FOLDER -o docs/timelines.md."""
    assert PAGE.read_text("utf-8").partition(MARK)[2].strip() == as_markdown(samples).strip()


def test_a_table_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Timelines\n\n{MARK}\n\nan old table\n", "utf-8")
    write_table(DATA, page)
    head, _, table = page.read_text("utf-8").partition(MARK)
    assert head == "# Timelines\n\n"
    count = len(list(DATA.iterdir()))
    assert table.startswith(f"\n\n{count} files: {count} carried, 0 refused")
    assert "an old table" not in table


def checked(*lost: str) -> Checked:
    return Checked(file="cut.aaf", format="AAF", application="", read=True, duration_after=9, lost=lost)


def test_what_a_format_that_is_only_read_loses_is_told_before_or_lost() -> None:
    told = Check(checked=checked("the effects"), written=".otio", told=("the effects",))
    assert outcome_of(told) == (CARRIED, "as .otio, less what is told before: the effects")
    untold = Check(checked=checked("the effects", "a clip"), written=".otio", told=("the effects",))
    assert outcome_of(untold) == (LOST, "the effects and 1 more")


def test_what_becomes_another_kind_of_file_is_carried_and_says_so() -> None:
    done = Check(checked=checked(), written=".aaf", changes=("edited it is a timeline",))
    assert outcome_of(done) == (CARRIED, "edited it is a timeline")


def test_what_cannot_be_read_is_a_row_too(tmp_path: Path) -> None:
    (tmp_path / "cut.otio").write_text("{ | }")
    (row,) = rows(tmp_path)
    assert (row.outcome, row.clips) == (UNREADABLE, 0)
    assert str(row).startswith("| cut.otio | OpenTimelineIO | not said | 0 | unreadable: it is not an")
