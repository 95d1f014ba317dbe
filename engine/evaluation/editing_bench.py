"""How fast the `pickup` command is, from outside: start-up, a removal at 1080p, cost against a clip's length.

The footage is drawn by Pickup itself, lengthened by stream copy with the `ffmpeg` command.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from engine.evaluation.measure import Measure
from engine.face.models import find_models
from engine.media.probe import probe
from engine.protocol import Transcript

RATE = 25
TEXT = (
    "The quick brown fox jumps over the lazy dog. It really runs very fast, and nobody can catch it."
    " Every word of this is drawn and spoken by a machine."
)
REMOVED = "very fast"
MINUTES = (1, 60)
PAIRS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A timeline with one clip of some footage, and its transcript."""

    timeline: Path
    transcript: Path
    home: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run of the command took: seconds, and MiB at the peak of engine and worker together."""

    seconds: float
    peak: float
    report: dict[str, Any]


def start_up() -> Measure:
    """`pickup --help`, median of 7 runs."""
    spent = []
    for _ in range(8):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bridge.cli", "--help"], check=True, capture_output=True)
        spent.append(time.perf_counter() - began)
    return Measure(name="pickup --help", value=median(spent[1:]), unit="s", at_most=0.5)


def removal_at_1080p(folder: Path) -> Iterator[Measure]:
    """The draft render of a removal against the playing time of what it renders, handles included."""
    base = footage(folder, "1920x1080")
    project = _project(folder / "p1080", base, _aligned(folder, base), 1)
    _edit(project, folder / "p1080" / "warm.otio")
    cost = _edit(project, folder / "p1080" / "out.otio")
    seconds = _render_seconds(project)
    (take,) = cost.report["takes"]
    factor = take["frames"] / RATE / seconds
    yield Measure(name="draft removal at 1080p", value=factor, unit="x real time", at_least=0.5)


def cost_against_length(folder: Path) -> Iterator[Measure]:
    """The same edit in a 1-minute and in a 60-minute clip, transcript given: cold, then warm in pairs."""
    base = footage(folder, "640x360")
    heard = _aligned(folder, base)
    projects = []
    for minutes in MINUTES:
        media, times = _lengthened(folder, base, heard, minutes)
        projects.append(_project(folder / f"p{minutes}", media, heard, times))
    cold = [_edit(project, project.home / "cold.otio") for project in projects]
    for minutes, cost in zip(MINUTES, cold, strict=True):
        yield Measure(
            name=f"edit in {minutes} min, cold", value=cost.seconds, unit="s", note="index, hash: once"
        )
    warm = [[_edit(project, project.home / f"w{n}.otio") for project in projects] for n in range(PAIRS)]
    short, long = (median(pair[i].seconds for pair in warm) for i in (0, 1))
    yield Measure(name="edit in 1 min, warm", value=short, unit="s")
    yield Measure(name="edit in 60 min, warm", value=long, unit="s")
    ratio = median(b.seconds / a.seconds for a, b in warm)
    yield Measure(name="60 min over 1 min, time", value=ratio, unit="x", at_most=1.3)
    memory = median(b.peak / a.peak for a, b in warm)
    yield Measure(name="60 min over 1 min, peak memory", value=memory, unit="x", at_most=1.2)
    again = [_edit(projects[0], projects[0].home / "w0.otio", fresh=False).seconds for _ in range(PAIRS)]
    yield Measure(name="the same edit again, from cache", value=median(again), unit="s", at_most=2)
    for project in projects:
        pickup(project.home, "engine", "stop")


def _edit(project: Project, out: Path, *, fresh: bool = True) -> Cost:
    arguments: list[str | Path] = [
        "edit",
        project.timeline,
        "--clip",
        "clip",
        "--transcript",
        project.transcript,
        "-o",
        out,
    ]
    arguments += ["--remove", f"{REMOVED}#1", *(["--no-cache"] if fresh else [])]
    began = time.perf_counter()
    process = subprocess.Popen(
        _command(*arguments), env=_environment(project.home), stdout=subprocess.PIPE, text=True
    )
    answer, _ = process.communicate()
    seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"pickup edit ended with exit code {process.returncode}")
    return Cost(seconds=seconds, peak=_engine_peak(project.home), report=json.loads(answer))


def _engine_peak(home: Path) -> float:
    """MiB that engine and workers took at their highest (Linux; elsewhere 1, so that ratios say nothing)."""
    status = pickup(home, "engine", "status")["status"]
    peak = 0.0
    for pid in (status["pid"], *status["workers"].values()):
        told = Path(f"/proc/{pid}/status")
        lines = told.read_text().splitlines() if told.exists() else []
        peak += sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    return peak or 1.0


def _render_seconds(project: Project) -> float:
    jobs = [job for job in pickup(project.home, "engine", "jobs")["jobs"] if job["kind"] == "render"]
    pickup(project.home, "engine", "stop")
    return float(jobs[0]["ended"] - jobs[0]["started"]) / 1000


def footage(folder: Path, size: str) -> Path:
    """The presenter, drawn at 360 lines, scaled to `size`, compressed as cameras and phones do."""
    path = folder / f"base_{size}.mp4"
    if path.exists():
        return path
    drawn = folder / "presenter.mov"
    if not drawn.exists():
        draw = [
            sys.executable,
            "-m",
            "engine.training.synthetic",
            "--seed",
            "3",
            "--text",
            TEXT,
            "--name",
            "presenter",
        ]
        subprocess.run([*draw, "--size", "640x360", "--rate", str(RATE), "-o", str(folder)], check=True)
    scale = [
        "-vf",
        f"scale={size.replace('x', ':')}",
        "-c:v",
        "mpeg4",
        "-q:v",
        "3",
        "-g",
        "48",
        "-c:a",
        "aac",
    ]
    subprocess.run([ffmpeg(), "-v", "error", "-y", "-i", str(drawn), *scale, str(path)], check=True)
    return path


def _aligned(folder: Path, media: Path) -> Transcript:
    script, out = folder / "script.txt", folder / f"{media.stem}.json"
    script.write_text(TEXT)
    pickup(folder / "home", "transcribe", media, "--script", script, "-o", out)
    return msgspec.json.decode(out.read_bytes(), type=Transcript)


def _lengthened(folder: Path, base: Path, heard: Transcript, minutes: int) -> tuple[Path, int]:
    times = -(-minutes * 60 // int(heard.duration.exact))
    path = folder / f"{minutes}min.mp4"
    loop = ["-stream_loop", str(times - 1), "-i", str(base), "-c", "copy", str(path)]
    subprocess.run([ffmpeg(), "-v", "error", "-y", *loop], check=True)
    return path, times


def _project(folder: Path, media: Path, heard: Transcript, times: int) -> Project:
    """A timeline that shows all the media, and the base's transcript as often as the base is in it."""
    folder.mkdir(exist_ok=True)
    see_faces(folder)
    info = probe(media)
    frames = int(info.duration.exact * RATE) - RATE
    timeline, transcript = folder / "cut.otio", folder / "t.json"
    timeline.write_text(timeline_of(media, frames))
    length = float(heard.duration.exact)
    words = tuple(
        msgspec.structs.replace(word, start=word.start + n * length, end=word.end + n * length)
        for n in range(times)
        for word in heard.words
    )
    assert all(a.start <= b.start for a, b in pairwise(words))
    whole = msgspec.structs.replace(
        heard, fingerprint=info.fingerprint, words=words, energy=heard.energy * times, duration=info.duration
    )
    transcript.write_bytes(msgspec.json.encode(whole))
    return Project(timeline=timeline, transcript=transcript, home=folder)


def see_faces(home: Path) -> None:
    """The installed face mesh goes along into a state folder of its own: looking for faces is work too."""
    if models := find_models():
        (home / "models" / "face").mkdir(parents=True, exist_ok=True)
        for model in (models.detector, models.mesh):
            shutil.copy(model, home / "models" / "face")


def timeline_of(media: Path, frames: int, clips: Sequence[str] = ("clip",)) -> str:
    """The smallest timeline of clips that show the media's first `frames`, as text: the engine knows none."""

    def time_of(value: int) -> dict[str, Any]:
        return {"OTIO_SCHEMA": "RationalTime.1", "rate": RATE, "value": value}

    shown = {"OTIO_SCHEMA": "TimeRange.1", "start_time": time_of(0), "duration": time_of(frames)}
    reference = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": str(media), "available_range": shown}
    children = [
        {"OTIO_SCHEMA": "Clip.1", "name": name, "source_range": shown, "media_reference": reference}
        for name in clips
    ]
    tracks = [{"OTIO_SCHEMA": "Track.1", "kind": kind, "children": children} for kind in ("Video", "Audio")]
    return json.dumps({"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": tracks}})


def pickup(home: Path, *arguments: str | Path) -> Any:
    done = subprocess.run(
        _command(*arguments), env=_environment(home), check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


def _command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "bridge.cli", *map(str, arguments), "--json"]


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "PICKUP_HOME": str(home)}


def ffmpeg() -> str:
    found = shutil.which("ffmpeg")
    if not found:
        raise RuntimeError("the benchmarks compare with the ffmpeg command: apt-get install ffmpeg")
    return found
