"""Kdenlive: its project is edited on the disk, and the editor reverts to it.

Kdenlive's D-Bus places nothing on a timeline and reads no project again. What is open there and was not saved
would be lost by the Revert: then nothing is written. The edited project has the takes in its bin already; a
bin that got them over D-Bus as well would make the open project a changed one, and offer to save it over the
edited one. So that is a way of its own: `add_to_bin`, for an editor who places the takes by hand.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QObject

from bridge.report import EditReport
from nle_panels.errors import HostRefused
from nle_panels.hosts.file_state import Replaced, digest_of, put_back, replace_file
from nle_panels.hosts.file_watch import FileWatch
from nle_panels.hosts.host import HostSequence, PlacedInHost
from nle_panels.hosts.kdenlive_bus import KdenliveBus, Window

NAME = "kdenlive"


class Kdenlive:
    """A project file, in Kdenlive or not. `watch.changed` tells that it was saved with another content.

    `backups`: a folder of the panel's own for what a project held before an edit.
    """

    name = NAME
    in_place = True

    def __init__(
        self,
        project: Path,
        backups: Path,
        *,
        clip: str | None = None,
        bus: KdenliveBus | None = None,
        parent: QObject | None = None,
    ) -> None:
        if project.suffix.lower() != ".kdenlive":
            raise HostRefused(f"{project.name} is no Kdenlive project: open it with --host standalone")
        self._project = project.absolute()
        self._backups = backups
        self._clip = clip
        self._bus = bus or KdenliveBus()
        self.watch = FileWatch(self._project, parent)

    def sequence(self) -> HostSequence:
        version = digest_of(self._project)
        return HostSequence(timeline=self._project, name=self._project.stem, version=version, clip=self._clip)

    def place(self, done: EditReport, timeline: Path) -> PlacedInHost:
        """Puts the edited project in the place of the old one, which is kept."""
        window = self._saved_window()
        edited = Path(done.timeline)
        if edited.parent.resolve() != self._project.parent.resolve():
            raise HostRefused(f"{edited} lies beside another project: its paths would lead elsewhere")
        replaced = replace_file(self._project, edited, self._backups)
        return PlacedInHost(
            way="project",
            sequence=self._project.name,
            receipt=msgspec.json.encode(replaced).decode(),
            next_step=_to_do(self._project.name, window),
        )

    def add_to_bin(self, done: EditReport) -> str:
        """Adds the takes to the open project's bin, and nothing else; returns what the window is called."""
        window = self._window()
        if window is None:
            raise HostRefused(f"{self._project.name} is not open in Kdenlive: open it there")
        for take in done.takes:
            self._bus.add_to_bin(window, Path(take.path).absolute())
        return window.title

    def undo(self, placed: PlacedInHost) -> None:
        """Puts the old project back, unless it was changed after the edit. Then Revert shows it again."""
        self._saved_window()
        put_back(msgspec.json.decode(placed.receipt, type=Replaced))

    def close(self) -> None:
        self.watch.close()

    def _window(self) -> Window | None:
        """The Kdenlive that has the project open."""
        return next((one for one in self._bus.windows() if one.shows(self._project)), None)

    def _saved_window(self) -> Window | None:
        window = self._window()
        if window and window.modified:
            raise HostRefused(
                f"{self._project.name} has changes in Kdenlive that are not saved: save it there, try again"
            )
        return window


def _to_do(project: str, window: Window | None) -> str:
    if window is None:
        return QCoreApplication.translate("hosts", "Open {project} in Kdenlive.").format(project=project)
    return QCoreApplication.translate("hosts", "In Kdenlive choose File > Revert, and do not save before.")
