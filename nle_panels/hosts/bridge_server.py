"""The panel's end of the bridge: a WebSocket server on the loopback address, in a thread of its own.

`PROTOCOL.md` is its written form. Questions are asked by whichever thread may wait for the answer.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import Future
from itertools import count
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal
from PySide6.QtNetwork import QHostAddress
from PySide6.QtWebSockets import QWebSocketCorsAuthenticator, QWebSocketServer

from engine.version import RELEASE
from nle_panels.errors import HostGone, HostRefused
from nle_panels.hosts.admission import Close, may_connect
from nle_panels.hosts.meeting import MeetingPlace
from nle_panels.hosts.messages import (
    Answer,
    Bye,
    Changed,
    FromHost,
    Hello,
    Notice,
    Ping,
    Pong,
    Question,
)
from nle_panels.hosts.peer import Peer

_PING_MS = 5_000
_SILENT_PINGS = 2
_START_SECONDS = 10.0
_MOST_PEERS = 16  # ours: one script, and some that are on their way in or out
_HANDSHAKE_MS = 5_000


class BridgeServer(QObject):
    """Waits for the script of one host. Raises `HostRefused` where another panel does, or no port is free.

    Its signals come in the thread that made it: `met` with the greeting, `lost` when the script has gone,
    `changed` with the `State` that it told.
    """

    met = Signal(object)
    lost = Signal()
    changed = Signal(object)
    _asked = Signal(object, object)  # Question, Future
    _given_up = Signal(int)
    _noticed = Signal(str)
    _closing = Signal()

    def __init__(self, host: str, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids = count(1)
        self._place = MeetingPlace(host, file)
        self._thread = QThread()
        self._thread.setObjectName(f"{host} bridge")
        self._listener = _Listener(host, self._place)
        self._listener.moveToThread(self._thread)
        self._listener.met.connect(self.met)
        self._listener.lost.connect(self.lost)
        self._listener.changed.connect(self.changed)
        self._asked.connect(self._listener.ask)
        self._given_up.connect(self._listener.give_up)
        self._noticed.connect(self._listener.notice)
        self._closing.connect(self._listener.close, Qt.ConnectionType.BlockingQueuedConnection)
        self._thread.started.connect(self._listener.listen)
        self._thread.start()
        try:
            self.port = self._listener.listening.result(_START_SECONDS)
        except (HostRefused, TimeoutError) as error:
            self._stop()
            raise HostRefused(f"the panel cannot listen for {host}: {error}") from error

    def hello(self) -> Hello:
        """The greeting of the script that is here. Raises `HostGone`."""
        hello = self._listener.hello
        if hello is None:
            raise HostGone(f"{self._listener.host} is not connected: start Pickup's panel inside it")
        return hello

    def ask(self, question: Question, seconds: float) -> Answer:
        """Asks, and waits. Not to be called in the user interface's thread. Raises `HostGone`."""
        number = next(self._ids)
        future: Future[Answer] = Future()
        self._asked.emit(msgspec.structs.replace(question, id=number), future)
        try:
            return future.result(seconds)
        except TimeoutError:
            self._given_up.emit(number)
            raise HostGone(
                f"{self._listener.host} has not answered in {seconds:g} s; look whether it shows a dialog"
            ) from None

    def notice(self, text: str) -> None:
        """A line for the editor, inside the program; lost where nobody is there."""
        self._noticed.emit(text)

    def close(self) -> None:
        if self._thread.isRunning():
            self._closing.emit()
            self._stop()

    def _stop(self) -> None:
        self._thread.quit()
        self._thread.wait()
        self._place.leave()


class _Listener(QObject):
    """The server itself. Everything but `hello` and `listening` belongs to its thread."""

    met = Signal(object)
    lost = Signal()
    changed = Signal(object)

    def __init__(self, host: str, place: MeetingPlace) -> None:
        super().__init__()
        self.host = host
        self.hello: Hello | None = None
        self.listening: Future[int] = Future()
        self._place = place
        self._peers: list[Peer] = []
        self._guest: Peer | None = None
        self._waiting: dict[int, Future[Answer]] = {}
        self._late: set[int] = set()
        self._pings: set[int] = set()
        self._ping_ids = count(-1, -1)  # below zero, so that they are no question's

    def listen(self) -> None:
        self._server = QWebSocketServer("Pickup", QWebSocketServer.SslMode.NonSecureMode, self)
        self._server.setHandshakeTimeout(_HANDSHAKE_MS)
        self._server.setMaxPendingConnections(_MOST_PEERS)
        self._server.originAuthenticationRequired.connect(_check_origin)
        self._server.newConnection.connect(self._came)
        try:
            if not self._server.listen(QHostAddress(QHostAddress.SpecialAddress.LocalHost)):
                raise HostRefused(self._server.errorString())
            self._place.tell(self._server.serverPort(), RELEASE)
        except HostRefused as error:
            self._server.deleteLater()
            self.listening.set_exception(error)
            return
        self._beat = QTimer(self, interval=_PING_MS)
        self._beat.timeout.connect(self._ping)
        self._beat.start()
        self.listening.set_result(self._server.serverPort())

    def ask(self, question: Question, future: Future[Answer]) -> None:
        if self._guest is None:
            future.set_exception(HostGone(f"{self.host} is not connected: start Pickup's panel inside it"))
            return
        self._waiting[question.id] = future
        self._guest.tell(question)

    def give_up(self, number: int) -> None:
        if self._waiting.pop(number, None) is not None:
            self._late.add(number)

    def notice(self, text: str) -> None:
        if self._guest is not None:
            self._guest.tell(Notice(text=text))

    def close(self) -> None:
        self._beat.stop()
        for peer in list(self._peers):
            peer.end(Close.GOING, "the panel was closed")
        self._server.close()
        self._desert("the panel was closed")
        # What was made in this thread is to be deleted in it: by another one it would crash.
        for child in (*self._peers, self._beat, self._server):
            child.deleteLater()

    def _came(self) -> None:
        while socket := self._server.nextPendingConnection():
            if len(self._peers) >= _MOST_PEERS:
                socket.abort()
                socket.deleteLater()
                continue
            peer = Peer(socket, self._place.token, self.host, self)
            peer.greeted.connect(self._greeted)
            peer.said.connect(self._said)
            peer.gone.connect(self._gone)
            self._peers.append(peer)

    def _greeted(self, peer: Peer, hello: Hello) -> None:
        before, self._guest = self._guest, peer
        if before is not None:
            self._desert("another script has taken over")
            before.end(Close.REPLACED, "another script is the host now")
        self.hello = hello
        self.met.emit(hello)

    def _said(self, peer: Peer, message: FromHost) -> None:
        if peer is not self._guest:
            return  # what it still had to say when another took over
        match message:
            case Changed(state=state):
                self.changed.emit(state)
            case Bye(reason=reason):
                peer.end(Close.GOING, reason)
            case Pong(id=number) if number in self._pings:
                self._pings.clear()
            case Hello():
                pass  # the peer has refused it
            case _ if future := self._waiting.pop(message.id, None):
                future.set_result(message)
            case _ if message.id in self._late:
                self._late.discard(message.id)
            case _:
                peer.end(Close.MALFORMED, f"an answer to a question {message.id} that nobody asked")

    def _gone(self, peer: Peer) -> None:
        with contextlib.suppress(ValueError):
            self._peers.remove(peer)
        if peer is self._guest:
            self._guest = self.hello = None
            self._desert(f"{self.host} has gone")
            self.lost.emit()

    def _desert(self, why: str) -> None:
        """Nobody will answer what has been asked."""
        waiting, self._waiting = self._waiting, {}
        self._late.clear()
        self._pings.clear()
        for future in waiting.values():
            future.set_exception(HostGone(f"{why}, in the middle of what it was asked"))

    def _ping(self) -> None:
        """While a question is open the host may be busy with it; that has its own time."""
        if self._guest is None or self._waiting or self._late:
            return
        if len(self._pings) >= _SILENT_PINGS:
            self._guest.end(Close.SILENCE, "no answer to the pings")
            return
        number = next(self._ping_ids)
        self._pings.add(number)
        self._guest.tell(Ping(id=number))


def _check_origin(authenticator: QWebSocketCorsAuthenticator) -> None:
    authenticator.setAllowed(may_connect(authenticator.origin()))
