"""AAF in: read by otio-aaf-adapter in a child process, and made plain enough to be edited."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import opentimelineio as otio

from otio_adapters.aaf.plain import make_plain
from otio_adapters.errors import UnreadableTimeline
from otio_adapters.guard import read_bytes
from otio_adapters.native.reader import timeline_of

MEGABYTES = 500  # ours: the largest sample, 2 MB and 145 clips, takes 55
SECONDS = 30  # ours: of processor time; that sample takes 1
PATIENCE = 300  # ours: seconds on the clock, for machines that are busy with other things
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # of structured storage, the file system that an AAF file is
_MODULES = ("aaf2", "otio_aaf_adapter")


def read_aaf(path: Path, sequence: str = "") -> otio.schema.Timeline:
    """A sequence of an AAF file: picture and sound tracks, dissolves, speeds, markers and media.

    `sequence` is its name or number ("#2"), by default the first's. `pickup.losses` lists what is left
    behind. Raises `UnreadableTimeline`, also where the file makes its reader run out of memory or time.
    """
    try:
        if not path.is_file():
            raise UnreadableTimeline(
                f"{path}{' is not a file' if path.exists() else ': there is no such file'}"
            )
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise UnreadableTimeline(f"{path} cannot be read: {error.strerror or error}") from error
    if magic != _MAGIC:
        raise UnreadableTimeline(f"{path} is no AAF file: it does not begin as one")
    if not all(map(importlib.util.find_spec, _MODULES)):
        raise UnreadableTimeline(f"{path}: to read AAF files, pip install 'pickup-editor[aaf]'")
    timeline = _read_apart(path, sequence)
    try:
        make_plain(timeline)
    except otio.exceptions.OTIOError as error:
        raise UnreadableTimeline(f"{path} has an item that does not say how long it is: {error}") from error
    return timeline


def _read_apart(path: Path, sequence: str) -> otio.schema.Timeline:
    """The timeline as the adapter has it, read in a child process."""
    with tempfile.TemporaryDirectory(prefix="pickup-aaf-") as folder:
        result = Path(folder, "timeline.otio")
        command = [str(path.absolute()), str(result), str(MEGABYTES), str(SECONDS), sequence]
        try:
            # -P keeps the working folder off sys.path: a file there must not pass for one of our modules.
            done = subprocess.run(
                [sys.executable, "-P", "-m", "otio_adapters.aaf.child", *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=PATIENCE,
                check=False,
                # The adapter would load modules that these variables name.
                env={name: value for name, value in os.environ.items() if not name.startswith("OTIO_")},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows: no console flashes up
            )
        except subprocess.TimeoutExpired:
            raise UnreadableTimeline(f"{path} is not read within {PATIENCE} s: it is refused") from None
        except OSError as error:
            raise UnreadableTimeline(f"the process that reads {path} does not start: {error}") from error
        if done.returncode != 0:
            raise UnreadableTimeline(f"{path} cannot be read as AAF: {_reason(done)}")
        return _parsed(result, path)


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    if done.returncode < 0:
        return f"its reader was stopped, at {SECONDS} s of work or {MEGABYTES} MB"
    lines = done.stderr[-2_000:].decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"its reader ended with {done.returncode}"


def _parsed(result: Path, path: Path) -> otio.schema.Timeline:
    try:
        return timeline_of(read_bytes(result), path)
    except UnreadableTimeline as error:
        raise UnreadableTimeline(str(error).replace(str(result), str(path))) from error
