"""The `pickup` command. Commands of the engine's own join under the entry point `pickup.commands`."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer

from bridge import console
from bridge.batch.command import batch
from bridge.dub_commands import dub
from bridge.edit_arguments import EDITS, EditCommand
from bridge.engine_commands import engine_app, running_engine
from bridge.errors import BridgeError, exit_code_of
from bridge.options import (
    MediaRoot,
    Model,
    NoCache,
    Out,
    Place,
    ProjectName,
    RegionText,
    Renderer,
    Ripple,
    Seed,
    Settings,
    Speakers,
    VoiceName,
    Yes,
    booth_of,
    lay_of,
    ripple_of,
)
from bridge.timeline_commands import Json, Sequence, timeline_app
from engine.errors import EngineError

# Imports inside the commands: `pickup --help` must not wait for the timeline library or the socket library.
# A command's parameters are its options, however many.
# ruff: noqa: PLC0415, PLR0917

app = typer.Typer(
    help="Change the words of a talking-head clip; the picture follows, on the timeline you already own.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
app.add_typer(engine_app, name="engine")
app.add_typer(timeline_app, name="timeline")


@app.command()
def transcribe(
    source: Annotated[Path, typer.Argument(help="A media file, or a timeline with --clip.")],
    clip: Annotated[str | None, typer.Option(help="The clip whose media is meant.")] = None,
    script: Annotated[
        Path | None, typer.Option(help="What is said: its words are aligned to the sound.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="The language spoken, such as en or de.")] = None,
    model: Annotated[
        str, typer.Option(help="Whisper model, a name or a folder, where no script is given.")
    ] = "small",
    out: Out = None,
    media_root: MediaRoot = None,
    sequence: Sequence = "",
    as_json: Json = False,
) -> None:
    """Words with exact times, of the whole media whatever part of it the clip shows."""
    from bridge import listen

    request = listen.Request(
        source=source,
        clip=clip,
        script=script,
        language=language,
        model=model,
        media_root=media_root,
        sequence=sequence,
    )
    with console.progress_bar() as on_progress, running_engine() as engine:
        heard = listen.transcribe(request, engine, on_progress)
    written = listen.write(heard, out) if out else None
    for warning in heard.warnings:
        console.say(f"warning: {warning}")
    text = f"{len(heard.words)} words" + (f", written to {written}" if written else "")
    console.answer(heard, as_json=as_json, text=text if out else listen.as_text(heard))


@app.command(cls=EditCommand)
def edit(
    context: typer.Context,
    timeline: Annotated[Path, typer.Argument(help=".otio, .kdenlive or FCP7 .xml")],
    clip: Annotated[str, typer.Option(help="The clip to edit, by its name or its media's.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The new timeline; takes go beside it.")],
    transcript: Annotated[Path | None, typer.Option(help="From `pickup transcribe`.")] = None,
    revised: Annotated[str, typer.Option(metavar="FILE", help="The text as it should be.")] = "",
    remove: Annotated[str, typer.Option(metavar="WORDS", help="Take words out.")] = "",
    insert: Annotated[str, typer.Option(metavar="WORDS AFTER", help="Say words after others.")] = "",
    replace: Annotated[str, typer.Option(metavar="OLD NEW", help="Say other words.")] = "",
    rerender: Annotated[str, typer.Option(metavar="IN:OUT", help="Make a region of the picture anew.")] = "",
    retime: Annotated[
        str, typer.Option(metavar="IN:OUT FRAMES", help="Play a range over so many frames.")
    ] = "",
    region: RegionText = "lips",
    speech: Annotated[list[Path] | None, typer.Option(help="The n-th new line's recording.")] = None,
    voice: VoiceName = "scratch",
    yes: Yes = False,
    speaker: Speakers = None,
    project: ProjectName = "",
    renderer: Renderer = "draft",
    seed: Seed = 0,
    model: Model = "",
    settings: Settings = None,
    ripple: Ripple = "all",
    place: Place = "replace",
    no_cache: NoCache = False,
    media_root: MediaRoot = None,
    sequence: Sequence = "",
    as_json: Json = False,
) -> None:
    """Change words; the ranges they touch are rendered anew and put back on the timeline.

    Edits may be given several times and together. A phrase said more than once is written "WORDS#2".
    """
    del revised, remove, insert, replace, rerender, retime  # taken in order by EditCommand
    from bridge.project import EditRequest
    from bridge.project import edit as do_edit
    from bridge.region import region_of
    from bridge.rendering import Rendering
    from bridge.settings import diffusion_of

    diffusion, booth = diffusion_of(model, settings or ()), booth_of(voice, yes=yes)
    with console.progress_bar() as on_progress, running_engine() as engine:
        rendering = Rendering(
            renderer=renderer,
            seed=seed,
            region=region_of(region, engine),
            diffusion=diffusion,
            fresh=no_cache,
        )
        request = EditRequest(
            timeline=timeline,
            clip=clip,
            edits=context.meta[EDITS],
            out=out,
            transcript=transcript,
            speech=tuple(speech or ()),
            booth=booth,
            speakers=tuple(speaker or ()),
            project=project,
            rendering=rendering,
            ripple=ripple_of(ripple),
            place=lay_of(place),
            media_root=media_root,
            sequence=sequence,
        )
        report = do_edit(request, engine, on_progress)
    for warning in report.warnings:
        console.say(f"warning: {warning}")
    console.answer(report, as_json=as_json, text=report.as_text())


app.command()(dub)
app.command()(batch)


@app.command()
def animate(
    image: Annotated[Path, typer.Argument(help="A picture of a person: PNG or JPEG.")],
    speech: Annotated[Path, typer.Option(help="The recorded line that the person says.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The new film, a .mov.")],
    rate: Annotated[str, typer.Option(help="Frames a second: 25, 23.976, 30000/1001.")] = "25",
    speaker: Speakers = None,
    project: ProjectName = "",
    renderer: Renderer = "edityourself",
    seed: Seed = 0,
    model: Model = "",
    settings: Settings = None,
    no_cache: NoCache = False,
    as_json: Json = False,
) -> None:
    """Let a still picture say a line."""
    from bridge import animate as room
    from bridge.ranges import frame_rate
    from bridge.rendering import Rendering
    from bridge.settings import diffusion_of

    diffusion = diffusion_of(model, settings or ())
    rendering = Rendering(renderer=renderer, seed=seed, diffusion=diffusion, fresh=no_cache)
    request = room.Request(
        image=image,
        speech=speech,
        out=out,
        rate=frame_rate(rate),
        rendering=rendering,
        speakers=tuple(speaker or ()),
        project=project,
    )
    with console.progress_bar() as on_progress, running_engine() as engine:
        made = room.animate(request, engine, on_progress)
    for warning in made.warnings:
        console.say(f"warning: {warning}")
    console.answer(made, as_json=as_json, text=room.as_text(made))


@app.command()
def voices(as_json: Json = False) -> None:
    """Who can say new words: `--voice NAME` or `--voice NAME:SETTING` of `edit` and `dub`."""
    from bridge.voices.voice import names

    found = names()
    console.answer({"voices": found}, as_json=as_json, text="\n".join(found))


@app.command()
def doctor(as_json: Json = False) -> None:
    """What this machine has and lacks, each with the fix."""
    from bridge import doctor as room

    examination = room.examine()
    console.answer(examination, as_json=as_json, text=room.as_text(examination))


def main() -> None:
    """Run the command; a user's mistake is one line and an exit code, never a traceback."""
    for entry in entry_points(group="pickup.commands"):
        app.add_typer(entry.load(), name=entry.name)
    try:
        app()
    except (BridgeError, EngineError) as error:
        _fail(error)
    except Exception as error:
        if not _is_timeline_error(error):
            raise
        _fail(error)


def _fail(error: Exception) -> None:
    console.say(f"pickup: {error}")
    sys.exit(exit_code_of(error))


def _is_timeline_error(error: Exception) -> bool:
    """Without importing the timeline library for commands that never needed it."""
    errors = sys.modules.get("otio_adapters.errors")
    return errors is not None and isinstance(error, errors.TimelineError)


if __name__ == "__main__":
    main()
