"""`make demo`: the main job, from a sample project that Pickup draws and speaks itself to takes on a timeline."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
from engine.client import EngineClient

from bridge import console, listen, transcript
from bridge.edits import Revise
from bridge.listen import Request
from bridge.project import EditRequest, Rendering, edit
from bridge.report import EditReport
from engine import launcher
from engine.paths import EnginePaths

SAID = (
    "Hello, and welcome to Pickup. This feature rocks, and we will most likely launch it in the spring. "
    "Change a word, and the picture follows."
)
WANTED = (
    "Hello, and welcome to Pickup. This awesome new feature rocks, and we will launch it next week. "
    "Change a word, and the picture follows."
)
SEED = 7
SIZE = "1280x720"
RATE = 25


def run(folder: Path, *, fresh: bool) -> EditReport:
    """Leave in `folder` the sample, the revised timelines, the takes, a before/after video and a sheet."""
    folder.mkdir(parents=True, exist_ok=True)
    sample = _sample(folder / "sample")
    with console.progress_bar() as on_progress, launcher.ensure_running(EnginePaths.default()) as engine:
        heard = listen.transcribe(Request(source=sample.media, script=sample.script), engine, on_progress)
        transcript.save(heard, folder / "transcript.json")
        timelines = _timelines(sample, engine)
        wanted = folder / "revised.txt"
        wanted.write_text(WANTED + "\n", encoding="utf-8")
        for number, timeline in enumerate(timelines):
            request = EditRequest(
                timeline=timeline,
                clip="presenter",
                edits=(Revise(path=wanted),),
                out=folder / f"revised{timeline.suffix}",
                transcript=folder / "transcript.json",
                rendering=Rendering(fresh=fresh and not number),  # the second one uses the first one's takes
            )
            report = edit(request, engine, on_progress)
    _pictures(folder, timelines[0], report)
    return report


class _Sample(msgspec.Struct, frozen=True, kw_only=True):
    media: Path
    script: Path


def _sample(folder: Path) -> _Sample:
    """The presenter, drawn and spoken once; the same seed draws the same presenter."""
    sample = _Sample(media=folder / "presenter.mov", script=folder / "script.txt")
    if not sample.media.exists():
        console.say("drawing the presenter (once)")
        command = [sys.executable, "-m", "engine.training.synthetic", "--seed", str(SEED), "--text", SAID]
        subprocess.run(
            [*command, "--size", SIZE, "--rate", str(RATE), "--name", "presenter", "-o", str(folder)],
            check=True,
        )
        sample.script.write_text(SAID + "\n", encoding="utf-8")
    return sample


def _timelines(sample: _Sample, engine: EngineClient) -> tuple[Path, ...]:
    """The sample project as an .otio and a .kdenlive: the presenter between two shots of himself."""
    raise NotImplementedError
