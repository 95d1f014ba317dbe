"""Which weights are on this machine: asked of `pickup models list`, in a process of its own.

The panel itself knows nothing of weights, and what reads their headers may take seconds.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, QProcess, Signal

from engine.admission import ENGINE_VARIABLE
from nle_panels.look.told import told_line

# What a renderer takes where nothing is said. Renderers that are not here have no settings.
USUAL: Mapping[str, str] = MappingProxyType({"edityourself": "edityourself-13b", "ltx2": "ltx2.3-distilled"})

_PATIENCE_MS = 3000  # for a process that is told to end


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """As `pickup models list --json` tells of one. `found`: what its files are, or what is wrong with them.
    `elsewhere`: that is for the engine to know, which is on another machine.
    """

    name: str
    licence: str = ""
    gigabytes: float = 0
    state: Literal["installed", "absent", "partial", "damaged", "elsewhere"]
    found: str = ""


class _Listed(msgspec.Struct, frozen=True):
    models: tuple[Model, ...]


class Models(QObject):
    """Answers come one after another."""

    told = Signal(object)  # tuple[Model, ...]

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[tuple[str, ...]] = []
        self._process = QProcess(self)
        self._process.setProgram(sys.executable)
        self._process.finished.connect(self._answer)

    def ask(self, *names: str) -> None:
        """Of these, by name, a hub's name or folder; of all that are known where none is named."""
        if os.environ.get(ENGINE_VARIABLE):
            self.told.emit(tuple(Model(name=name, state="elsewhere") for name in names))
        elif names not in self._waiting:
            self._waiting.append(names)
            self._begin()

    def close(self) -> None:
        self._waiting = []
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(_PATIENCE_MS)

    def _begin(self) -> None:
        if self._waiting and self._process.state() is QProcess.ProcessState.NotRunning:
            names = self._waiting.pop(0)
            self._process.setArguments(["-m", "bridge.cli", "models", "list", "--json", "--", *names])
            self._process.start()

    def _answer(self, code: int) -> None:
        answer = self._process.readAllStandardOutput().data()
        if code == 0:
            self.told.emit(msgspec.json.decode(answer, type=_Listed).models)
        self._begin()


def state_of(model: Model) -> str:
    """Whether a model is here, and what to do where it is not: a line, or a few."""
    if model.state == "installed":
        here = QCoreApplication.translate("models", "On this machine: {found}.")
        return here.format(found=told_line(model.found))
    if model.state == "elsewhere":
        return QCoreApplication.translate(
            "models", "The engine is on another machine: whether {name} is there shows as it renders."
        ).format(name=model.name)
    if model.state != "absent":
        return told_line(model.found)
    size = f" ({model.gigabytes:g}\N{NO-BREAK SPACE}GB)" if model.gigabytes else ""
    absent = QCoreApplication.translate(
        "models", "{name} is not on this machine. Fetch it in a terminal{size}:"
    )
    lines = [absent.format(name=model.name, size=size), f"pickup models pull {model.name}"]
    if model.licence:
        licence = QCoreApplication.translate("models", "Licence: {licence}.")
        lines.append(licence.format(licence=told_line(model.licence)))
    return "\n".join(lines)
