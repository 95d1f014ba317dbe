"""A running Kdenlive, asked over D-Bus. It adds clips to its bin, and tells what it has open; no more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtDBus import QDBusConnection, QDBusMessage

from nle_panels.errors import HostRefused

_SERVICE = "org.kde.kdenlive"
_WINDOW = "/kdenlive/MainWindow_1"
_MAIN = "org.kde.kdenlive.MainWindow"
_WIDGET = "org.qtproject.Qt.QWidget"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_PATIENCE_MS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One Kdenlive, and the title of its window: `cut.kdenlive / HD 1080p 25 fps`."""

    service: str
    title: str
    modified: bool

    def shows(self, project: Path) -> bool:
        """Whether this project is open there, as far as a title tells: by its name, not by its folder."""
        return self.title.rsplit(" / ", 1)[0].strip() in {project.name, project.stem}


class KdenliveBus:
    """The session's bus, or the one at an address. Without one there is no window."""

    def __init__(self, address: str = "") -> None:
        self._address = address
        self._bus = self._connected()

    def _connected(self) -> QDBusConnection:
        if not self._address:
            return QDBusConnection.sessionBus()
        name = f"pickup {self._address}"
        QDBusConnection.disconnectFromBus(name)  # Qt keeps one that did not come about, under its name
        return QDBusConnection.connectToBus(self._address, name)

    def windows(self) -> tuple[Window, ...]:
        if not self._bus.isConnected():
            self._bus = self._connected()
        if not self._bus.isConnected():
            return ()
        names = self._bus.interface().registeredServiceNames().value()
        found = [name for name in names if name == _SERVICE or name.startswith(f"{_SERVICE}-")]
        return tuple(filter(None, map(self._window, found)))

    def add_to_bin(self, window: Window, media: Path) -> None:
        """Raises `HostRefused`."""
        message = QDBusMessage.createMethodCall(window.service, _WINDOW, _MAIN, "addProjectClip")
        message.setArguments([str(media)])
        self._asked(message)

    def _window(self, service: str) -> Window | None:
        try:
            title, modified = (self._property(service, name) for name in ("windowTitle", "windowModified"))
        except HostRefused:
            return None  # it starts, or has no window yet
        return Window(service=service, title=str(title).replace("[*]", ""), modified=bool(modified))

    def _property(self, service: str, name: str) -> Any:
        message = QDBusMessage.createMethodCall(service, _WINDOW, _PROPERTIES, "Get")
        message.setArguments([_WIDGET, name])
        return self._asked(message)[0].variant()

    def _asked(self, message: QDBusMessage) -> list[Any]:
        answer = self._bus.call(message, timeout=_PATIENCE_MS)
        if answer.type() != QDBusMessage.MessageType.ReplyMessage:
            raise HostRefused(f"Kdenlive does not answer: {answer.errorMessage()}")
        return list(answer.arguments())
