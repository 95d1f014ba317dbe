"""`make demo`: the main job, on a sample project that Pickup draws and speaks itself."""

from __future__ import annotations

import argparse
import datetime
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import opentimelineio as otio

from bridge import console, listen, transcript
from bridge.clip import look_at
from bridge.cut_list import before_after
from bridge.edits import Revise
from bridge.errors import BridgeError, exit_code_of
from bridge.files import write_whole
from bridge.listen import Request
from bridge.project import EditRequest, edit
from bridge.rendering import OnProgress, Rendering
from bridge.report import EditReport
from engine import launcher
from engine.client import EngineClient
from engine.consent.giving import give
from engine.consent.record import Record, Scope
from engine.errors import EngineError
from engine.paths import EnginePaths
from engine.protocol import Transcript
from otio_adapters.errors import TimelineError
from otio_adapters.write import write

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
PRESENTER = "Pickup's drawn presenter"
DRAWN = datetime.date(2026, 1, 1)  # the same day always, so that the record is the same one
CLOSING = "Change"  # the first word of the second shot


def run(folder: Path, *, renderer: str, fresh: bool) -> EditReport:
    """Leave in `folder` the sample, the revised timelines, the takes, and what shows them: a before/after
    film, a contact sheet, a plot of mouth and sound.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with console.progress_bar() as on_progress, launcher.ensure_running(EnginePaths.default()) as engine:
        heard, timelines = sample_project(folder / "sample", engine, on_progress)
        transcript.save(heard, folder / "transcript.json")
        wanted = folder / "revised.txt"
        wanted.write_text(WANTED + "\n", encoding="utf-8")
        reports: list[EditReport] = []
        for number, timeline in enumerate(timelines):
            request = EditRequest(
                timeline=timeline,
                clip="presenter",
                edits=(Revise(path=wanted),),
                out=folder / f"revised{timeline.suffix}",
                transcript=folder / "transcript.json",
                # The second one uses the first one's takes.
                rendering=Rendering(renderer=renderer, fresh=fresh and not number),
            )
            reports.append(edit(request, engine, on_progress))
    _pictures(folder, timelines[0], folder / "revised.otio")
    return reports[0]


def sample_project(
    folder: Path, engine: EngineClient, on_progress: OnProgress, text: str = SAID
) -> tuple[Transcript, tuple[Path, ...]]:
    """What the presenter says, and the timelines; drawn where the folder has no sample yet.

    The second shot begins where `text` says CLOSING.
    """
    sample = _sample(folder, text)
    _consent(sample, engine)
    heard = listen.transcribe(Request(source=sample.media, script=sample.script), engine, on_progress)
    return heard, _timelines(sample, heard, engine)


# The module that makes it, the picture, and what else it is told.
_SHOWN = (
    ("before_after", "before_after.mp4", ()),
    ("sheet", "contact_sheet.png", ()),
    ("opening_plot", "opening.png", ("--script", "{folder}/revised.txt")),
)


class _Sample(msgspec.Struct, frozen=True, kw_only=True):
    media: Path
    script: Path


def _sample(folder: Path, text: str) -> _Sample:
    """The presenter, drawn and spoken once; the same seed draws the same presenter."""
    sample = _Sample(media=folder / "presenter.mov", script=folder / "script.txt")
    if not sample.media.exists():
        console.say("drawing the presenter (once)")
        command = [sys.executable, "-m", "engine.training.synthetic", "--seed", str(SEED), "--text", text]
        subprocess.run(
            [*command, "--size", SIZE, "--rate", str(RATE), "--name", "presenter", "-o", str(folder)],
            check=True,
        )
        sample.script.write_text(text + "\n", encoding="utf-8")
    return sample


def _consent(sample: _Sample, engine: EngineClient) -> None:
    """Kept as `pickup consent add` keeps it, for the sample alone: she was drawn to be given any words."""
    record = Record(
        person=PRESENTER,
        likeness=PRESENTER,
        given_by="Pickup, which draws her",
        scope=Scope(uses=("insert", "dub"), media=(look_at(sample.media, engine).fingerprint,)),
        begins=DRAWN,
    )
    give(EnginePaths.default(), record, datetime.datetime.now(datetime.UTC))


def _timelines(sample: _Sample, heard: Transcript, engine: EngineClient) -> tuple[Path, ...]:
    """The sample project as an .otio and a .kdenlive: two shots of the presenter, a marker on the second."""
    media = look_at(sample.media, engine)
    frames = int(media.duration.exact * RATE)
    opens = next(i for i, word in enumerate(heard.words) if word.text == CLOSING)
    cut = round(heard.words[opens].start * RATE) - RATE // 5
    timeline = otio.schema.Timeline(name="Pickup sample")
    for kind, track in (("Video", "V1"), ("Audio", "A1")):
        shots = [
            _shot(sample.media, "presenter", 0, cut, frames),
            _shot(sample.media, "closing", cut, frames, frames),
        ]
        timeline.tracks.append(otio.schema.Track(name=track, kind=kind, children=shots))
    at = otio.opentime.TimeRange(_time(cut), _time(1))
    timeline.tracks.markers.append(otio.schema.Marker(name="closing line", marked_range=at))
    paths = tuple(sample.media.with_name(f"sample{suffix}") for suffix in (".otio", ".kdenlive"))
    for path in paths:
        write(timeline, path)
    return paths


def _shot(media: Path, name: str, start: int, end: int, frames: int) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference(
        target_url=str(media.absolute()), available_range=otio.opentime.TimeRange(_time(0), _time(frames))
    )
    shown = otio.opentime.TimeRange(_time(start), _time(end - start))
    return otio.schema.Clip(name=name, media_reference=reference, source_range=shown)


def _time(frames: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, RATE)


def _pictures(folder: Path, before: Path, after: Path) -> None:
    """The film and the sheet that show what the edit did; those of the same cuts are left as they are."""
    cuts, now = folder / "cuts.json", msgspec.json.encode(before_after(before, after))
    old = cuts.read_bytes() if cuts.exists() else b""
    write_whole(cuts, now)
    for module, picture, more in _SHOWN:
        out = folder / picture
        if out.exists() and old == now:
            continue
        console.say(f"making {picture}")
        command = [sys.executable, "-m", f"engine.evaluation.{module}", str(cuts), "-o", str(out)]
        made = subprocess.run([*command, *(part.format(folder=folder) for part in more)], check=False)
        if made.returncode:  # it has said why; the edit itself is done
            console.say(f"{picture} was not made")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=Path("demo_out"))
    parser.add_argument(
        "--renderer", default="demo", help="demo, the small model that comes with Pickup, or draft"
    )
    parser.add_argument("--fresh", action="store_true", help="render even what was rendered before")
    arguments = parser.parse_args()
    began = time.monotonic()
    try:
        report = run(arguments.out, renderer=arguments.renderer, fresh=arguments.fresh)
    except (BridgeError, EngineError, TimelineError) as error:
        console.say(f"demo: {error}")
        sys.exit(exit_code_of(error))
    console.answer(
        report,
        as_json=False,
        text=f"""
said      {SAID}
wanted    {WANTED}
{report.as_text()}
look at   {arguments.out / "before_after.mp4"}
          {arguments.out / "contact_sheet.png"}
          {arguments.out / "opening.png"}
in        {time.monotonic() - began:.1f} s""",
    )


if __name__ == "__main__":
    main()
