"""The connection file by which a script finds the panel, and the one panel that may leave it."""

from __future__ import annotations

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
        if not self._lock.take():
            raise HostRefused(
                f"another panel is open beside {host}; close it, or open this one with --host standalone"
            )

    def tell(self, port: int, version: str) -> None:
        """From now on a script finds the panel."""
        meeting = Meeting(
            protocol=PROTOCOL_VERSION,
            host=self._host,
            port=port,
            token=self.token,
            pid=os.getpid(),
            panel_version=version,
        )
        private_files.write_private(self._file, msgspec.json.encode(meeting))

    def leave(self) -> None:
        self._file.unlink(missing_ok=True)
        self._lock.release()
