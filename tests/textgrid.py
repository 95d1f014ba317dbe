"""Praat TextGrids, long and short: only the labels and their times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_VALUE = re.compile(r'"((?:[^"]|"")*)"|(?<![\w\[])(-?\d+(?:\.\d+)?)(?!\w)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    start: float
    end: float
    text: str


def words_of(path: Path) -> tuple[Label, ...]:
    """The labelled words: those of the first tier whose name begins with "word", silences left out."""
    text = re.sub(r"(?:item|intervals) ?\[\d*\]:?", "", path.read_text(encoding="utf-8", errors="replace"))
    values = [match[1] if match[1] is not None else float(match[2]) for match in _VALUE.finditer(text)]
    while values:
        here = values.index("IntervalTier")
        name, _, _, count = values[here + 1 : here + 5]
        body = values[here + 5 : here + 5 + 3 * int(count)]
        if str(name).lower().startswith("word"):
            labels = (Label(start=a, end=b, text=c) for a, b, c in zip(*[iter(body)] * 3, strict=True))
            return tuple(label for label in labels if label.text.strip())
        values = values[here + 5 + len(body) :]
    raise AssertionError(f"{path} has no tier of words")
