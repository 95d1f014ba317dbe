"""A take as a report tells of it, where a test is about what becomes of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from bridge.report import TakeReport
from engine.protocol import Ratio, Signer


def take_report(
    path: Path, rate: Fraction, frames: int, source_range: tuple[int, int], signer: Signer | None = None
) -> TakeReport:
    """A draft, of which nothing else is claimed."""
    return TakeReport(
        path=str(path),
        frames=frames,
        rate=Ratio.of(rate),
        source_range=source_range,
        sha256="",
        content_sha256="",
        renderer="draft",
        checkpoint="",
        seed=0,
        lip_sync="none",
        scratch_voice=False,
        reused=False,
        consent=(),
        marked=False,
        warnings=(),
        signer=signer,
    )
