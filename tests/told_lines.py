"""Lines that are said somewhere, as they stand in the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import nle_panels

ROOT = Path(nle_panels.__file__).parents[1]


def sources(*folders: str) -> Iterator[Path]:
    """The Python files below folders of the repository."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def tree_of(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for child in root.__subclasses__():
        yield from tree_of(child)


def pieces(node: ast.expr) -> list[str] | None:
    """The literal parts of a string in the source, with a hole between each two; None for no string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.split("{}")  # the scripts for Resolve are of a Python that has no other way
    if not isinstance(node, ast.JoinedStr):
        return None
    found = [""]
    for part in node.values:
        if isinstance(part, ast.Constant):
            found[-1] += str(part.value)
        else:
            found.append("")
    return found
