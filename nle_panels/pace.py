"""What makes a window of a Python program stutter, and is set otherwise for the panel's whole process."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

SWITCH = (
    0.001  # ours: seconds; Python's own 5 ms are a wait at every call to Qt while another thread computes
)
_NEVER = 2**31 - 1


def keep_pace(app: QGuiApplication) -> None:
    """Call it when everything is loaded: what is there then the garbage collector need not go through again,
    which would take 70 ms, whoever's turn it is. What is made later, 25 ms of an edit of thousands of places,
    it goes through while the editor is at another program; what is young all the time.
    """
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    youngest, young, _ = gc.get_threshold()
    gc.set_threshold(youngest, young, _NEVER)
    app.applicationStateChanged.connect(_state_changed)


def _state_changed(state: Qt.ApplicationState) -> None:
    if state is not Qt.ApplicationState.ApplicationActive:
        gc.collect()
