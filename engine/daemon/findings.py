"""What was found in media before: results of jobs that only look and listen, kept by the media's content."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import msgspec

from engine.daemon import shelf
from engine.protocol import Align, Analyse, FindShots, Proxy, Result, Transcribe
from engine.version import engine_version
from engine.whole_file import write_whole

_results: msgspec.msgpack.Decoder[Result] = msgspec.msgpack.Decoder(Result)


Search = Analyse | Align | FindShots | Proxy | Transcribe


def place(cache: Path, job: Search, fingerprint: str) -> Path:
    """Where the finding of this job lies. Named by the media's content, not by where the media lies."""
    question = _nameless(job)
    body = msgspec.json.encode([engine_version(), fingerprint, question], order="sorted")
    return cache / "findings" / f"{hashlib.sha256(body).hexdigest()}.msgpack"


def _nameless(job: Search) -> Search:
    """The job, of no media in particular."""
    if not isinstance(job, FindShots | Proxy):
        return msgspec.structs.replace(job, media="")
    # The clip's timecode is for takes: nothing of it is seen.
    footage = msgspec.structs.replace(job.footage, media="", fingerprint="", timecode=0, drop_frame=False)
    return msgspec.structs.replace(job, footage=footage)


def recall(path: Path) -> Result | None:
    """The finding, which is then the last to be evicted; None where there is none that can be read."""
    try:
        finding = _results.decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None
    shelf.use(path)
    return finding


def remember(path: Path, result: Result) -> None:
    """Keeps the finding, whole or not at all; a cache that cannot be written is only slower."""
    with contextlib.suppress(OSError):
        write_whole(path, msgspec.msgpack.encode(result))
