"""One connection to the bridge: a script that has to greet, and then is the host until it goes."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWebSockets import QWebSocket, QWebSocketProtocol

from engine.version import RELEASE
from nle_panels.errors import BadMessage
from nle_panels.hosts.admission import Close, NotAdmitted, Pace, admitted
from nle_panels.hosts.messages import (
    LARGEST_MESSAGE,
    PROTOCOL_VERSION,
    Bye,
    FromPanel,
    Hello,
    Refused,
    Welcome,
    decode,
    encode,
)

_GREETING_MS = 5_000


class Peer(QObject):
    """Signals: `greeted` once, then `said` for each message that is of the protocol, `gone` at the end."""

    greeted = Signal(object, object)  # Peer, Hello
    said = Signal(object, object)  # Peer, FromHost
    gone = Signal(object)  # Peer

    def __init__(self, socket: QWebSocket, token: str, host: str, parent: QObject) -> None:
        super().__init__(parent)
        self._socket = socket
        self._token = token
        self._host = host
        self._pace = Pace()
        self._ended = False
        self.hello: Hello | None = None
        socket.setParent(self)
        socket.setMaxAllowedIncomingMessageSize(LARGEST_MESSAGE)
        socket.setMaxAllowedIncomingFrameSize(LARGEST_MESSAGE)
        socket.textMessageReceived.connect(self._heard)
        socket.binaryMessageReceived.connect(self._heard_bytes)
        socket.disconnected.connect(self._left)
        self._greeting = QTimer(self, singleShot=True, interval=_GREETING_MS)
        self._greeting.timeout.connect(lambda: self.end(Close.NOT_ADMITTED, "no greeting came"))
        self._greeting.start()

    def tell(self, message: FromPanel) -> None:
        if not self._ended:
            self._socket.sendTextMessage(encode(message))

    def end(self, code: Close, reason: str) -> None:
        """Ends the connection. One that does not answer the end is cut off."""
        if self._ended:
            return
        if self.hello is not None:
            self.tell(Bye(reason=reason))
        self._ended = True
        # A reason has at most 123 bytes on the wire.
        self._socket.close(QWebSocketProtocol.CloseCode(code), reason.encode()[:120].decode(errors="ignore"))
        QTimer.singleShot(1_000, self._socket, self._socket.abort)

    def _heard(self, text: str) -> None:
        if self._ended:
            return
        if not self._pace.allows(time.monotonic()):
            self.end(Close.FLOOD, "too many messages")
            return
        try:
            if self.hello is None:
                self._admit(text)
            else:
                message = decode(text)
                if isinstance(message, Hello):
                    raise BadMessage("a second greeting")
                self.said.emit(self, message)
        except NotAdmitted as error:
            self.tell(Refused(protocol=PROTOCOL_VERSION, message=str(error)))
            self.end(error.code, str(error))
        except BadMessage as error:
            self.end(Close.MALFORMED, str(error))

    def _admit(self, text: str) -> None:
        self.hello = admitted(text, self._token, self._host)
        self._greeting.stop()
        self.tell(Welcome(protocol=PROTOCOL_VERSION, panel_version=RELEASE))
        self.greeted.emit(self, self.hello)

    def _heard_bytes(self) -> None:
        self.end(Close.MALFORMED, "a binary message")

    def _left(self) -> None:
        self._ended = True
        self.gone.emit(self)
        self.deleteLater()
