"""A cut with a clip of 80 frames, edited by the command and a real engine: what it says and what it wrote."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, make_transcript

from engine.paths import HOME_VARIABLE
from otio_adapters import opentime
from otio_adapters.read import read
from otio_adapters.write import write

FPS = Fraction(RATE)
BOX = (48, 32, 64, 48)  # x, y, width, height
QUICK = ("--set", "steps=2")
PRORES = 6  # of 255: what the codec changes of a pixel, at most

posix = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")


def run(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, env=surroundings(home), check=False, timeout=120
    )


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "bridge.cli", *map(str, arguments)]


def surroundings(home: Path) -> dict[str, str]:
    return {**os.environ, HOME_VARIABLE: str(home), "OMP_NUM_THREADS": "1"}


class Studio:
    """A folder with a clip of 80 frames and one of 20, and an engine that renders edits of the first."""

    rate = FPS

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        self.media = make_media(folder / "clip.mov")
        make_transcript(self.media, folder / "t.json")
        self.cut()

    def cut(self) -> None:
        cuts = [
            Cut(name=name, media=self.media, start=at, frames=n)
            for name, at, n in (("A", 0, 80), ("B", 80, 20))
        ]
        write(timeline(cuts, Source(frames=100), self.rate, marker=90), self.folder / "cut.otio")

    def edit(self, *edits: str | Path) -> dict[str, Any]:
        return self.answer(*self.editing(*edits))

    def editing(self, *edits: str | Path) -> tuple[str | Path, ...]:
        words, out = ("--transcript", self.folder / "t.json"), ("-o", self.folder / "out.otio")
        asked = ("--renderer", "edityourself", *QUICK, *edits)
        return "edit", self.folder / "cut.otio", "--clip", "A", *words, *out, *asked

    def answer(self, *arguments: str | Path) -> dict[str, Any]:
        """The one object that the command prints, and nothing else."""
        done = run(self.home, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("\n") == 1
        return dict(json.loads(done.stdout))

    def refused(self, code: int, *arguments: str | Path) -> str:
        """The one line that the command is refused with; no file may have changed."""
        before = self.files()
        done = run(self.home, *arguments)
        assert self.files() == before
        lines = [line for line in done.stderr.splitlines() if line.startswith("pickup:")]
        assert (done.returncode, len(lines), done.stdout) == (code, 1, ""), done.stderr
        assert "Traceback" not in done.stderr
        return lines[0]

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()}

    def take(self, report: dict[str, Any]) -> dict[str, Any]:
        """What the take's record says of it."""
        (made,) = report["takes"]
        return dict(self.record(made)["take"])

    def record(self, made: dict[str, Any]) -> dict[str, Any]:
        """What lies beside the take: its job, and what is known of it."""
        return dict(json.loads(self.place(made).with_suffix(".json").read_text()))

    def place(self, made: dict[str, Any]) -> Path:
        return self.folder / str(made["path"])

    def change(self, report: dict[str, Any]) -> np.ndarray:
        """How far each pixel is from the source's in the middle of a re-render's take, [rows, columns]."""
        (made,) = report["takes"]
        first, middle = self.take(report)["timecode"], made["frames"] // 2
        source = lumas(self.media)[first + middle]
        shown = lumas(self.place(made))[middle, :, : source.shape[1]]  # an odd last column is there twice
        changed: np.ndarray = np.abs(shown - source)
        return changed

    def length(self) -> int:
        """Frames of the edited timeline's picture."""
        track = read(self.folder / "out.otio").video_tracks()[0]
        return sum(opentime.whole_frames(item.trimmed_range().duration, self.rate) for item in track)


def lumas(path: Path) -> np.ndarray:
    with av.open(str(path)) as film:
        frames = [frame.to_ndarray(format="gray").astype(np.int16) for frame in film.decode(video=0)]
    return np.stack(frames)


def assert_changed_within(changed: np.ndarray, inside: np.ndarray) -> None:
    """Outside, nothing but what ProRes does; inside, noise of random weights."""
    assert changed[~inside].max() <= PRORES
    assert changed[inside].mean() > 10


def save_png(path: Path, rgb: np.ndarray) -> Path:
    with av.open(str(path), "w", format="image2") as out:
        stream = out.add_stream("png", rate=1, width=rgb.shape[1], height=rgb.shape[0], pix_fmt="rgb24")
        out.mux(stream.encode(av.VideoFrame.from_ndarray(rgb.astype(np.uint8), format="rgb24")))
        out.mux(stream.encode(None))
    return path


def interrupted(home: Path, *arguments: object) -> str:
    """What a command says on stderr that is ended by Ctrl-C while it renders; on stdout it says nothing."""
    with subprocess.Popen(
        command(*arguments), env=surroundings(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        _until_rendering(home)
        process.send_signal(signal.SIGINT)
        said, error = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "")
    assert newest_job(home)["state"] == "cancelled"
    return error


def _until_rendering(home: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        job = newest_job(home)
        if job.get("kind") == "render" and job["progress"] and job["progress"]["phase"] == "denoise":
            return
    raise AssertionError("the render never began")


def newest_job(home: Path) -> dict[str, Any]:
    jobs = json.loads(run(home, "engine", "jobs", "--json").stdout)["jobs"]
    return dict(jobs[0]) if jobs else {}
