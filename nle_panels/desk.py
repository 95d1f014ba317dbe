"""Where the bridge's calls are made: one after another in a thread of their own, never in the window's."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from bridge.errors import BridgeError
from bridge.rendering import OnProgress
from engine import launcher
from engine.client import EngineClient
from engine.errors import EngineError, EngineUnavailable
from engine.paths import EnginePaths
from engine.protocol import Progress
from otio_adapters.errors import TimelineError

# What a user can do something about; anything else is a fault of ours, and is told as one.
Trouble = BridgeError | EngineError | TimelineError

Result = TypeVar("Result")
Call = Callable[[EngineClient, OnProgress], Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    call: Call[Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]


class Desk(QObject):
    """Calls and their answers. `done` and `failed` run in the thread that made the desk."""

    told = Signal(str, object)  # what is being done, and a Progress or None
    idle = Signal()
    _answered = Signal(object)

    def __init__(self, paths: EnginePaths | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths = paths or EnginePaths.default()
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._open = 0
        self._client: EngineClient | None = None
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self._answered.connect(self._answer)

    @property
    def busy(self) -> bool:
        return self._open > 0

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Waits for the call that is being made; those behind it are not begun."""
        self._orders.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def ask(
        self,
        call: Call[Result],
        done: Callable[[Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._open += 1
        self._orders.put(_Order(call=call, done=done, failed=failed))

    def _answer(self, answer: Callable[[], None]) -> None:
        self._open -= 1
        answer()
        if not self._open:
            self.idle.emit()

    # ---- in the thread

    def _run(self) -> None:
        while (order := self._orders.get()) is not None:
            self._answered.emit(self._made(order))
        self._drop_client()

    def _made(self, order: _Order) -> Callable[[], None]:
        try:
            result = order.call(self._engine(), self._tell)
        except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to who asked
            if isinstance(error, EngineUnavailable):
                self._drop_client()
            fault = error
            return lambda: order.failed(fault)
        return lambda: order.done(result)

    def _engine(self) -> EngineClient:
        if self._client is None:
            self._client = launcher.ensure_running(self._paths)
        return self._client

    def _drop_client(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _tell(self, what: str, progress: Progress | None) -> None:
        self.told.emit(what, progress)
