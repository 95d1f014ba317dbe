"""A clip that another panel has: its words and takes are seen here as they are saved there."""

from __future__ import annotations

from PySide6.QtCore import QObject

from nle_panels.session import Session
from nle_panels.window import Window

_REASON = "another panel"


class LookingOn(QObject):
    """Says so in the banner, takes the commands away that change something, and gives them back."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(window)
        self._window = window
        session.locked_changed.connect(self._show)

    def _show(self, locked: bool) -> None:
        banner, was_locked = self._window.banner, self._window.locked
        self._window.set_locked(locked)
        if locked:
            line = self.tr(
                "This clip is open in another panel. You see here what is done there, and can change it once"
                " that panel is closed."
            )
            banner.tell(line, reason=_REASON)
        elif was_locked:
            banner.tell(
                self.tr("The other panel is closed. The clip is edited here from now on."),
                "fine",
                reason=_REASON,
            )
