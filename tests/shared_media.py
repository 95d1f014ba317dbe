"""Real footage and project files for local tests: they lie beside the checkout, and never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


def shared(name: str) -> Path:
    """The file `name` under the shared folder; skips the test, with the reason, where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs the real footage: {path.name} is not in {SHARED.name}/ beside the checkout")
    return path
