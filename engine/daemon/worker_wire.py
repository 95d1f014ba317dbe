"""What the engine and its worker say to each other, over the worker's own stdin and stdout.

Frames are a length of four bytes, big endian, and a msgpack body. The pipes belong to the two processes
alone: there is nothing to authenticate, and the end of the one is the end of file of the other.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.errors import WireError
from engine.messages import DeviceStatus, Fault
from engine.protocol import Job, Progress, Result, Value

LARGEST_FRAME = 256 * 1024 * 1024
_LENGTH = struct.Struct(">I")


class Assignment(Value, frozen=True, kw_only=True, tag="assignment"):
    """Engine to worker: do this. Takes are written into `folder`, other findings kept under `cache`.

    What of a long render is kept, to go on from after a kill or a pause, lies in `unfinished`, which is the
    same at each attempt. It is made by who writes there, and removed when the job has ended.
    """

    id: str
    job: Job
    folder: str
    cache: str
    unfinished: str
    log: str  # the job's own log file
    keys: str = ""  # the folder of what takes are signed with; empty: they are not signed

    @property
    def workspace(self) -> Path:
        return Path(self.folder)


class Beat(Value, frozen=True, kw_only=True, tag="beat"):
    """Worker to engine, each second while it works: still there."""


class Advanced(Value, frozen=True, kw_only=True, tag="advanced"):
    id: str
    progress: Progress


class Finished(Value, frozen=True, kw_only=True, tag="finished"):
    id: str
    result: Result
    cached: bool = False
    device: DeviceStatus | None = (
        None  # as the worker finds it, by a name that the engine does not know it by
    )


class Failed(Value, frozen=True, kw_only=True, tag="failed"):
    """`spent`: the worker should do no other job."""

    id: str
    fault: Fault
    spent: bool = False
    device: DeviceStatus | None = None


class Broken(Value, frozen=True, kw_only=True, tag="broken"):
    """The device failed under the job, and nothing that this worker does from here on can be trusted."""

    id: str
    reason: str


WorkerMessage = Beat | Advanced | Finished | Failed | Broken

assignments = msgspec.msgpack.Decoder(Assignment)
worker_messages: msgspec.msgpack.Decoder[WorkerMessage] = msgspec.msgpack.Decoder(WorkerMessage)


def frame(message: Assignment | WorkerMessage) -> bytes:
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next body, or None at the end of the stream, a broken-off frame included."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > LARGEST_FRAME:
        raise WireError(f"a worker's frame of {length} bytes")
    body = stream.read(length)
    return body if len(body) == length else None
