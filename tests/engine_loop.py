"""The engine's loop in a thread of the test's own process, and the takes that its stand-in workers give."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine_process import until

from engine.client import EngineClient
from engine.connection import read_connection
from engine.daemon.server import Server
from engine.daemon.settings import Settings
from engine.keys import load_key
from engine.paths import EnginePaths
from engine.protocol import Ratio, Render, Take

USUAL = Settings()


@contextmanager
def serving(home: Path, settings: Settings = USUAL) -> Iterator[EngineClient]:
    """A client of the loop. Its workers are `bench.WorkerProcess`, which tests put others in place of."""
    paths = EnginePaths.under(home)
    paths.state.mkdir()
    servers: list[Server] = []

    def serve() -> None:
        servers.append(Server(paths, settings))
        servers[0].serve()

    thread = threading.Thread(target=serve)
    thread.start()
    until(paths.connection.exists)
    with another(home) as client:
        yield client
    servers[0].stop()
    thread.join(5)


def another(home: Path) -> EngineClient:
    """One more client of the engine that runs there."""
    paths = EnginePaths.under(home)
    connection = read_connection(paths.connection)
    assert connection is not None
    return EngineClient(connection, load_key(paths.client_key))


def take_of(job: Render, path: Path, checkpoint: str = "") -> Take:
    """The file at `path` as a take of the job."""
    return Take(
        path=str(path),
        frames=20,
        rate=Ratio(num=25),
        source_range=(0, 20),
        timecode=0,
        drop_frame=False,
        width=16,
        height=16,
        channels=0,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        content_sha256="c",
        renderer=job.renderer,
        renderer_version="1",
        seed=0,
        lip_sync="source",
        checkpoint=checkpoint,
    )
