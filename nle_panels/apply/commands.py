"""Apply, and take it back: the commands, the dialog between, and what is said of it afterwards."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from bridge.apply import Applied
from nle_panels.apply.dialog import ApplyDialog
from nle_panels.apply.places import places_for
from nle_panels.apply.placing import Prospect
from nle_panels.hosts.host import PlacedInHost
from nle_panels.look.palette import Palette
from nle_panels.look.told import told
from nle_panels.session import Session
from nle_panels.window import Window
from nle_panels.work import Opened


class ApplyCommands(QObject):
    """Connects the window's commands to the session's applying. `palette`: gives the colours now."""

    def __init__(self, window: Window, session: Session, palette: Callable[[], Palette]) -> None:
        super().__init__(window)
        self._window, self._session, self._palette = window, session, palette
        self._applying = session.applying
        self._dialog: ApplyDialog | None = None
        window.commands["apply"].triggered.connect(self._ask)
        window.commands["undo_apply"].triggered.connect(self._applying.undo)
        window.enable("undo_apply", False)
        self._applying.prospected.connect(self._show_prospect)
        self._applying.placed.connect(self._placed)
        self._applying.taken_back.connect(self._taken_back)
        session.failed.connect(self._failed)

    def _ask(self) -> None:
        opened = self._session.opened
        if opened is None:
            return
        if self._applying.outdated:
            self._tell_outdated(opened)
            return
        self._dialog = ApplyDialog(places_for(opened, self._applying.host), self._palette(), self._window)
        self._dialog.asked.connect(self._applying.ask_prospect)
        self._dialog.applied.connect(self._applying.apply)
        self._dialog.finished.connect(self._close)
        self._dialog.open()
        self._dialog.ask()

    def _tell_outdated(self, opened: Opened) -> None:
        line = self.tr(
            "{name} has the takes already. Take them back to apply other ones, or read it again (F5) to"
            " go on from there."
        )
        back = self.tr("Take it back"), self._applying.undo
        name = opened.chosen.program or opened.chosen.timeline.name
        self._window.banner.tell(line.format(name=name), "warning", [back], reason="applied")

    def _close(self) -> None:
        self._dialog = None

    def _show_prospect(self, prospect: Prospect) -> None:
        if self._dialog is not None:
            self._dialog.show_prospect(prospect)

    def _failed(self, error: Exception) -> None:
        if self._dialog is not None:
            self._dialog.show_trouble(told(error))

    def _placed(self, applied: Applied, in_host: PlacedInHost | None) -> None:
        self._window.enable("undo_apply", True)
        line = self.tr("Written and read back: {file}, takes: {takes}.").format(
            file=in_host.sequence if in_host else applied.timeline.name, takes=len(applied.report.takes)
        )
        if in_host is not None:
            line = " ".join((line, *in_host.warnings, in_host.next_step)).strip()
        undo = (self.tr("Take it back"), self._applying.undo)
        self._window.banner.tell(line, "fine", [undo], reason="applied")

    def _taken_back(self) -> None:
        self._window.enable("undo_apply", False)
        self._window.banner.tell(self.tr("The timeline is as it was."), "fine")
