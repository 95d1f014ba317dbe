"""A WebSocket client that says whatever a test wants it to, well or badly."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from pathlib import Path
from typing import Any

HELLO = {
    "type": "hello",
    "protocol": 1,
    "host": "resolve",
    "host_version": "21",
    "script_version": "1",
    "ways": ["takes", "timeline"],
    "reads": [".otio"],
}


class SmallClient:
    """Connects and shakes hands; `status` is what the server said to that."""

    def __init__(self, port: int, origin: str | None = None) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET / HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *([f"Origin: {origin}"] if origin is not None else []),
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head and (more := self.socket.recv(1)):
            head += more
        self.status = int(head.split()[1]) if head else 0

    def __del__(self) -> None:
        self.socket.close()

    def send(self, content: dict[str, Any] | str | bytes) -> None:
        text = json.dumps(content) if isinstance(content, dict) else content
        payload = text.encode() if isinstance(text, str) else text
        self.frame(1 if isinstance(text, str) else 2, payload)

    def frame(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        if size < 126:
            length = bytes([128 | size])
        elif size < 65536:
            length = b"\xfe" + struct.pack(">H", size)
        else:
            length = b"\xff" + struct.pack(">Q", size)
        # A mask of zeros leaves the payload as it is.
        self.socket.sendall(bytes([128 | opcode]) + length + bytes(4) + payload)

    def receive(self) -> dict[str, Any]:
        """The next message; of the connection's end `{"closed": code}`."""
        opcode, payload = self._frame()
        if opcode == 8:
            return {"closed": struct.unpack(">H", payload[:2])[0] if payload else 0}
        return dict(json.loads(payload)) if opcode == 1 else self.receive()

    def end(self) -> int:
        """The code that the connection ends by; 0 where it is cut off."""
        try:
            while "closed" not in (message := self.receive()):
                pass
        except (ConnectionError, EOFError):
            return 0
        return int(message["closed"])

    def _frame(self) -> tuple[int, bytes]:
        first, size = self._exactly(2)
        if size == 126:
            (size,) = struct.unpack(">H", self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self._exactly(8))
        return first & 15, self._exactly(size)

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            if not (more := self.socket.recv(count - len(found))):
                raise EOFError
            found += more
        return found


def greeted(file: Path, **changed: Any) -> SmallClient:
    """A client that has found the connection file and has sent its greeting."""
    meeting = json.loads(file.read_text())
    client = SmallClient(meeting["port"])
    client.send({**HELLO, "token": meeting["token"], **changed})
    return client
