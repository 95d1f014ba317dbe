"""What makes a window of a Python program stutter, and is set otherwise for the panel's whole process."""

from __future__ import annotations

import gc
import sys

SWITCH = (
    0.001  # ours: seconds; Python's own 5 ms are a wait at every call to Qt while another thread computes
)


def keep_pace() -> None:
    """Call it when everything is loaded: what is there then the garbage collector need not go through again,
    which would take 70 ms, whoever's turn it is.
    """
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
