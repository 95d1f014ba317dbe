"""Makes `tests/` importable for the small modules that several test files share."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

# A shell starts its background jobs deaf to Ctrl-C, and children inherit that: some tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)
