"""The connection file by which a script finds the panel, and the one panel that may leave it."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import msgspec

from engine import private_files
from engine.lock import EngineLock
from engine.paths import EnginePaths
from engine.protocol import Value
from nle_panels.errors import HostRefused
from nle_panels.hosts.messages import PROTOCOL_VERSION


class Meeting(Value):
    """Where the panel listens, and how it knows who may talk to it."""

    protocol: int
    host: str
    port: int
    token: str
    pid: int
    panel_version: str


def connection_file(host: str, paths: EnginePaths | None = None) -> Path:
    return (paths or EnginePaths.default()).state / "hosts" / f"{host}.json"


class MeetingPlace:
    """The place where a script meets the panel, held for as long as this is open.

    Raises `HostRefused` where another panel holds it.
    """

    def __init__(self, host: str, file: Path) -> None:
        self.token = secrets.token_urlsafe(32)
        self._host = host
        self._file = file
        self._lock = EngineLock(file.with_suffix(".lock"))
        try:
            alone = self._lock.take()
        except OSError as error:
            raise HostRefused(f"{file.parent}: cannot be written to: {error.strerror or error}") from error
        if not alone:
            raise HostRefused(
                f"another panel is open beside {host}; close it, or open this one with --host standalone"
            )

    def tell(self, port: int, version: str) -> None:
        """From now on a script finds the panel. Raises `HostRefused`."""
        meeting = Meeting(
            protocol=PROTOCOL_VERSION,
            host=self._host,
            port=port,
            token=self.token,
            pid=os.getpid(),
            panel_version=version,
        )
        try:
            private_files.write_private(self._file, msgspec.json.encode(meeting))
        except OSError as error:
            raise HostRefused(f"{self._file}: cannot be written: {error.strerror or error}") from error

    def leave(self) -> None:
        with contextlib.suppress(OSError):  # a file that stays leads to a closed port
            self._file.unlink()
        self._lock.release()
