"""`pickup dub`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge import console
from bridge.engine_commands import running_engine
from bridge.options import (
    RETIME,
    MediaRoot,
    Model,
    NoCache,
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
    retiming_of,
    ripple_of,
)
from bridge.timeline_commands import Json, Sequence

# Imports inside the commands: `pickup --help` must not wait for the timeline library.
# ruff: noqa: PLC0415, PLR0917


def dub(
    timeline: Annotated[Path, typer.Argument(help="A timeline of any format that is written.")],
    clip: Annotated[list[str], typer.Option(help="The clip to dub; several, in order, are a scene.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The new timeline; takes go beside it.")],
    speech: Annotated[
        list[Path] | None, typer.Option(help="The new speech: a file for each clip, or one for all.")
    ] = None,
    script: Annotated[
        Path | None, typer.Option(help="What is said. Without --speech the --voice says it.")
    ] = None,
    voice: VoiceName = "scratch",
    yes: Yes = False,
    language: Annotated[str, typer.Option(help="The language of the new speech, such as en or de.")] = "en",
    speaker: Speakers = None,
    project: ProjectName = "",
    retime: Annotated[str, typer.Option(help=RETIME)] = "auto",
    captions: Annotated[Path | None, typer.Option(help="An .srt or .vtt file that is to follow.")] = None,
    region: RegionText = "lips",
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
    """Give a clip other speech, whole: another language, another reading. The picture is retimed to it."""
    from bridge import dub as room
    from bridge.listen import read_script
    from bridge.region import region_of
    from bridge.rendering import Rendering
    from bridge.settings import diffusion_of

    retiming, diffusion = retiming_of(retime), diffusion_of(model, settings or ())
    ripple_mode, lay, booth = ripple_of(ripple), lay_of(place), booth_of(voice, yes=yes)
    with console.progress_bar() as on_progress, running_engine() as engine:
        request = room.DubRequest(
            timeline=timeline,
            clips=tuple(clip),
            out=out,
            speech=tuple(speech or ()),
            booth=booth,
            script=read_script(script) if script else "",
            language=language,
            speakers=tuple(speaker or ()),
            project=project,
            retiming=retiming,
            captions=captions,
            rendering=Rendering(
                renderer=renderer,
                seed=seed,
                region=region_of(region, engine),
                diffusion=diffusion,
                fresh=no_cache,
            ),
            ripple=ripple_mode,
            place=lay,
            media_root=media_root,
            sequence=sequence,
        )
        report = room.dub(request, engine, on_progress)
    for warning in report.warnings:
        console.say(f"warning: {warning}")
    console.answer(report, as_json=as_json, text=report.as_text())
