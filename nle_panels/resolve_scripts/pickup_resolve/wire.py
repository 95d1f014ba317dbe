"""A WebSocket client, as much of RFC 6455 as the panel's bridge speaks."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import struct
import time
from typing import Any

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_LARGEST = 1024 * 1024
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Ended(Exception):
    """The connection is over. `code` is the panel's, 0 where it was cut off."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Wire:
    """Messages to and from the panel. Raises `Ended` wherever the connection turns out to be over."""

    def __init__(self, port: int) -> None:
        self._heard = b""
        self._said = b""  # of a message in several frames
        try:
            self._socket = socket.create_connection(("127.0.0.1", port), timeout=5)
            self._shake_hands(port)
        except OSError as error:
            raise Ended(0, "no panel answers at port {}: {}".format(port, error)) from error

    def send(self, message: dict[str, Any]) -> None:
        self._send(_TEXT, json.dumps(message).encode())

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """The next message; None where none comes in so many seconds."""
        end = time.monotonic() + seconds
        while True:
            frame = self._frame()
            if frame is not None:
                message = self._taken(*frame)
                if message is not None:
                    return message
            elif not self._wait(end - time.monotonic()):
                return None

    def close(self, reason: str) -> None:
        try:
            self.send({"type": "bye", "reason": reason})
            self._send(_CLOSE, struct.pack(">H", 1000))
        except Ended:
            pass
        self._socket.close()

    def _taken(self, final: bool, opcode: int, payload: bytes) -> dict[str, Any] | None:
        if opcode == _PING:
            self._send(_PONG, payload)
        elif opcode == _CLOSE:
            code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
            raise Ended(code, payload[2:].decode("utf-8", "replace"))
        elif opcode in {0, _TEXT}:
            self._said += payload
            if len(self._said) > _LARGEST:
                raise Ended(0, "the panel says too much at once")
            if final:
                text, self._said = self._said, b""
                return dict(json.loads(text.decode("utf-8")))
        return None

    def _frame(self) -> tuple[bool, int, bytes] | None:
        """The first whole frame of what was heard."""
        heard = self._heard
        if len(heard) < 2:
            return None
        size, start = heard[1] & 127, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(heard) < start:
                return None
            size = int.from_bytes(heard[2:start], "big")
        if size > _LARGEST:
            raise Ended(0, "the panel says too much at once")
        if len(heard) < start + size:
            return None
        self._heard = heard[start + size :]
        return bool(heard[0] & 128), heard[0] & 15, heard[start : start + size]

    def _wait(self, seconds: float) -> bool:
        """Hears something, or returns False when the time is over."""
        if seconds <= 0:
            return False
        self._socket.settimeout(seconds)
        try:
            more = self._socket.recv(65536)
        except socket.timeout:  # another class than TimeoutError before 3.10
            return False
        except OSError as error:
            raise Ended(0, str(error)) from error
        if not more:
            raise Ended(0, "the panel has gone")
        self._heard += more
        return True

    def _send(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        if size < 126:
            head = bytes([128 | opcode, 128 | size])
        elif size < 65536:
            head = bytes([128 | opcode, 254]) + struct.pack(">H", size)
        else:
            head = bytes([128 | opcode, 255]) + struct.pack(">Q", size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at & 3] for at, byte in enumerate(payload))
        try:
            self._socket.settimeout(10)
            self._socket.sendall(head + mask + masked)
        except OSError as error:
            raise Ended(0, str(error)) from error

    def _shake_hands(self, port: int) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            "GET / HTTP/1.1",
            "Host: 127.0.0.1:{}".format(port),
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: " + key,
            "Sec-WebSocket-Version: 13",
        )
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self._heard and len(self._heard) < 8192:
            more = self._socket.recv(4096)
            if not more:
                break
            self._heard += more
        head, _, self._heard = self._heard.partition(b"\r\n\r\n")
        accepted = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest())  # noqa: S324  # as the RFC has it
        if not head.startswith(b"HTTP/1.1 101") or accepted not in head:
            raise Ended(0, "what answers at port {} is no panel".format(port))
