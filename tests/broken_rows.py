"""Rows of a batch that cannot be done, one of each kind, and what is to be told of them."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from batch_material import FRAMES, tone
from consents import CONSENT
from msgspec.structs import replace
from timelines import Cut, Source, timeline
from tiny import RATE

from engine.consent.giving import give
from engine.paths import EnginePaths
from otio_adapters.write import write

Broken = tuple[dict[str, Any], str]
"""A row, and a part of the line that names what is wrong with it."""


def material(folder: Path) -> None:
    """What the rows name, beside `batch_material.material`."""
    (folder / "empty.wav").write_bytes(b"")
    (folder / "text.wav").write_text("hello", encoding="utf-8")
    (folder / "damaged.otio").write_text('{"OTIO_SCHEMA": "Timeline.1", "tracks": ', encoding="utf-8")
    (folder / "line.txt").write_text("Guten Tag", encoding="utf-8")
    (folder / "turn.mov").symlink_to(folder / "return.mov")
    (folder / "return.mov").symlink_to(folder / "turn.mov")
    tone(folder / "long.wav", 2 * FRAMES * 100 // RATE)
    for name, media in (("gone", "gone.mov"), ("circle", "turn.mov"), ("itself", "itself.otio")):
        cut = Cut(name="sh0", media=folder / media, start=0, frames=FRAMES)
        write(timeline([cut], Source(frames=FRAMES), Fraction(RATE)), folder / f"{name}.otio")


def expired(home: Path) -> None:
    """The consent of somebody, until yesterday, in the engine's folder."""
    now = datetime.datetime.now(datetime.UTC)
    yesterday = now.date() - datetime.timedelta(days=1)
    record = replace(CONSENT, person="Anna Lee", likeness="Anna Lee", expires=yesterday)
    give(EnginePaths.under(home), record, now)


def broken(folder: Path) -> list[Broken]:
    """Each in its own way. `folder`: of the material. The first output of all is `sh0.otio`.

    The first of them needs what `expired` gives.
    """
    usual = {"clip": "sh0", "speech": str(folder / "0.wav")}
    said = {"clip": "sh0", "script": str(folder / "line.txt")}
    return [
        ({**usual, "speaker": "Anna Lee", "renderer": "demo"}, "expired on"),
        ({**usual, "clip": "sh9"}, "sh9"),
        ({"clip": "sh0"}, "nothing to say"),
        ({"speech": usual["speech"]}, "clip: is missing"),
        ({**usual, "speech": str(folder / "no.wav")}, "no.wav"),
        ({**usual, "speech": str(folder / "empty.wav")}, "empty.wav"),
        ({**usual, "speech": str(folder / "text.wav")}, "text.wav"),
        ({**usual, "speech": str(folder / "long.wav")}, "too much"),
        ({**usual, "timeline": str(folder / "none.otio")}, "none.otio"),
        ({**usual, "timeline": str(folder / "damaged.otio")}, "damaged.otio"),
        ({**usual, "timeline": str(folder / "gone.otio")}, "gone.mov"),
        ({**usual, "timeline": str(folder / "circle.otio")}, "turn.mov"),
        ({**usual, "timeline": str(folder / "itself.otio")}, "itself.otio"),
        ({**said, "language": "klingon"}, "klingon"),
        ({**said, "voice": "parrot"}, "parrot"),
        ({**usual, "captions": str(folder / "no.srt")}, "no.srt"),
        ({**usual, "output": "{show}/x"}, "{show}"),
        ({**usual, "output": "../x"}, "leads out of its folder"),
        ({**usual, "output": "x.avi"}, "x.avi"),
        ({**usual, "seed": "x"}, "seed"),
        ({**usual, "renderer": "magic"}, "magic"),
    ]


def in_the_cloud(folder: Path) -> list[Broken]:
    """Under `cloud`: an answer that is cut off in the middle, and none at all."""
    said = {"clip": "sh0", "script": str(folder / "line.txt"), "language": "de"}
    return [
        ({**said, "voice": "elevenlabs:torn"}, "cut off in the middle"),
        ({**said, "voice": "elevenlabs:silent"}, "ElevenLabs does not answer"),
    ]


@contextmanager
def cloud() -> Iterator[dict[str, str]]:
    """A service that breaks off its answers; the environment that leads to it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if "torn" in self.path:
                self.send_response(200)
                self.send_header("Content-Type", "audio/pcm")
                self.send_header("Content-Length", "48000")
                self.end_headers()
                self.wfile.write(b"\x01\x02" * 100)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield {
            "ELEVENLABS_API_KEY": "none",
            "ELEVENLABS_BASE_URL": f"http://127.0.0.1:{server.server_address[1]}",
        }
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
