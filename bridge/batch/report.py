"""What became of a batch: for a script, and for a person in the morning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from bridge.report import EditReport

RowState = Literal["done", "as before", "planned", "failed"]


class RowReport(msgspec.Struct, frozen=True, kw_only=True):
    """A row. `change`: seconds that its clips gain; `frames`: to render; `medias`: what its clips show.

    `price`, in `unit`: of a line that a paid voice is still to say; how long it is, nobody knows before.
    `marked`: for want of consent, and `why`.
    """

    line: int
    clip: str
    state: RowState
    output: str = ""
    language: str = ""
    frames: int = 0
    change: float = 0.0
    medias: tuple[str, ...] = ()
    seconds: float = 0.0
    price: int = 0
    unit: str = ""
    marked: bool = False
    why: str = ""
    error: str = ""
    code: int = 0
    edit: EditReport | None = None

    def __str__(self) -> str:
        if self.state == "failed":
            return f"line {self.line:<5} failed     {self.clip}: {self.error}"
        told = f"{self.frames} frames, {self.change:+.2f} s"
        if self.price:
            told = f"{self.price} {self.unit} to be said"
        if self.marked:
            told += f", marked: {self.why}"
        return f"line {self.line:<5} {self.state:<10} {self.clip}: {told}, {self.output}"


class BatchReport(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `pickup batch --json`, and what is written as `report.json`."""

    manifest: str
    rows: tuple[RowReport, ...]
    seconds: float
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, manifest: Path, rows: tuple[RowReport, ...], seconds: float) -> BatchReport:
        """With what is to be said of all rows at once."""
        return cls(manifest=str(manifest), rows=rows, seconds=seconds, warnings=tuple(_of_signers(rows)))

    @property
    def failed(self) -> tuple[RowReport, ...]:
        return tuple(row for row in self.rows if row.state == "failed")

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(row.state for row in self.rows))

    @property
    def prices(self) -> dict[str, int]:
        """What paid voices will take, by unit."""
        found: Counter[str] = Counter()
        for row in self.rows:
            found[row.unit] += row.price
        return dict(+found)

    def as_text(self) -> str:
        """The failures, then a line of figures."""
        told = [str(row) for row in self.failed]
        told += [f"warning   {warning}" for warning in self.warnings]
        frames = sum(row.frames for row in self.rows)
        figures = ", ".join(f"{count} {state}" for state, count in sorted(self.counts.items()))
        prices = "".join(f"{price} {unit} to be said, " for unit, price in self.prices.items())
        told.append(f"{Path(self.manifest).name}: {figures}; {frames} frames, {prices}{self.seconds:.1f} s")
        return "\n".join(told)


def _of_signers(rows: tuple[RowReport, ...]) -> Iterator[str]:
    """Machines of a farm sign with what each of them has, and takes of one batch should be by one signer."""
    takes = [take for row in rows if row.edit for take in row.edit.takes]
    signers = Counter(take.signer for take in takes)
    if unsigned := signers.pop(None, 0):
        yield f"not signed: {unsigned} of {len(takes)} takes (their warnings say why)"
    if tests := sum(count for signer, count in signers.items() if signer and signer.test):
        yield (
            f"signed by a TEST certificate, which names nobody: {tests} of {len(takes)} takes."
            " `pickup certificate import` takes in the studio's, on each machine that renders"
        )
    if len(signers) > 1:
        names = ", ".join(
            f"{signer.name} {signer.certificate[:8]} ({count})" for signer, count in signers.items() if signer
        )
        yield f"signed by {len(signers)} different certificates: {names}"
