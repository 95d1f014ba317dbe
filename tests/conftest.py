"""Makes `tests/` importable for the small modules that several test files share."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
