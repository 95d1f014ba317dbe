"""Makes `tests/` importable for the small modules that several test files share."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

# Before Qt is imported: widgets are drawn in memory, on no screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# How long an example takes says more about the machine than about the code.
settings.register_profile("pickup", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("pickup")

# A shell starts its background jobs deaf to Ctrl-C, and children inherit that: some tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)
