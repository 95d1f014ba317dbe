"""The table of docs/timelines.md: every project file of a folder, and what came of an edit of it.

python -m bridge.timeline_table FOLDER -o docs/timelines.md
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bridge.files import write_whole
from bridge.timeline_check import Check, check

MARK = "<!-- The table below is made: python -m bridge.timeline_table FOLDER -o docs/timelines.md -->"
CARRIED, REFUSED, UNREADABLE, LOST, CRASHED = "carried", "refused", "unreadable", "LOST", "CRASHED"
_NO_PROJECTS = {".md", ".txt"}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `outcome` is one of the words above, `why` the rest of the story."""

    file: str
    kind: str
    application: str
    clips: int
    outcome: str
    why: str = ""

    def __str__(self) -> str:
        told = f"{self.outcome}: {self.why}" if self.why else self.outcome
        cells = (self.file, self.kind, self.application or "not said", str(self.clips), told)
        return "| " + " | ".join(re.sub(r"\s+", " ", cell).replace("|", "\\|") for cell in cells) + " |"


def rows(folder: Path) -> tuple[Row, ...]:
    """Every file under the folder, checked."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(_row(path) for path in found if path.suffix.lower() not in _NO_PROJECTS)


def _row(path: Path) -> Row:
    kind = path.suffix.lower().removeprefix(".")
    try:
        result = check(path)
    except Exception as error:  # noqa: BLE001  # a crash is an outcome here, and the worst
        why = f"{type(error).__name__}: {error}"
        return Row(file=path.name, kind=kind, application="", clips=0, outcome=CRASHED, why=why)
    checked = result.checked
    outcome, why = outcome_of(result)
    return Row(
        file=path.name,
        kind=checked.format or kind,
        application=checked.application,
        clips=checked.clips,
        outcome=outcome,
        why=why.replace(f"{path}: ", "").replace(f"{path} ", "it ").replace(str(path.parent), "..."),
    )


def outcome_of(result: Check) -> tuple[str, str]:
    """The word for it, and why. A loss of which the user is told before is none here."""
    checked = result.checked
    if not checked.read:
        return UNREADABLE, checked.refused or ""
    if checked.refused is not None:
        return REFUSED, checked.refused
    more = f" and {len(checked.lost) - 1} more" * (len(checked.lost) > 1)
    if checked.lost != result.told:
        return LOST, checked.lost[0] + more
    if result.written == Path(checked.file).suffix.lower():
        return CARRIED, "; ".join(result.changes)
    told = f", less what is told before: {result.told[0]}{more}" if result.told else ""
    return CARRIED, f"as {result.written}{told}"


def as_markdown(made: Sequence[Row]) -> str:
    """A line of totals and the table."""
    counts = Counter(row.outcome for row in made)
    readable = len(made) - counts[UNREADABLE]
    share = 100 * counts[CARRIED] / readable if readable else 0
    parts = ", ".join(f"{counts[name]} {name}" for name in (CARRIED, REFUSED, LOST, CRASHED, UNREADABLE))
    lines = [
        f"{len(made)} files: {parts}. Carried are {share:.0f} % of the {readable} that can be read.",
        "",
        "| file | kind | application | clips | outcome |",
        "| --- | --- | --- | ---: | --- |",
        *map(str, made),
    ]
    return "\n".join(lines) + "\n"


def write_table(folder: Path, page: Path) -> None:
    """Puts the table under `MARK`; what stands above stays."""
    head = page.read_text("utf-8").partition(MARK)[0] if page.exists() else ""
    write_whole(page, f"{head}{MARK}\n\n{as_markdown(rows(folder))}".encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    given = parser.parse_args()
    write_table(given.folder, given.out)


if __name__ == "__main__":
    main()
