"""`pickup export`, joined by entry point."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from bridge import console
from bridge.options import MediaRoot

# ruff: noqa: PLC0415, PLR0917  # imports inside: `pickup --help` must not wait; parameters are options

export_app = typer.Typer(
    invoke_without_command=True,
    help="Sign a final render, with the takes that it is made of.",
    context_settings={"allow_interspersed_args": True},
)


@export_app.callback()
def export(
    film: Annotated[Path, typer.Argument(metavar="FILE", help="What the editing program has rendered.")],
    timeline: Annotated[Path, typer.Option(help="The timeline that it was rendered from.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The signed film.")],
    media_root: MediaRoot = None,
    sequence: Annotated[
        str, typer.Option(metavar="NAME", help="Of several sequences, the one so called.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Sign a final render, with every take that its timeline plays as an ingredient."""
    from bridge import export as room
    from engine.paths import EnginePaths

    request = room.Request(film=film, timeline=timeline, out=out, media_root=media_root, sequence=sequence)
    made = room.export(request, EnginePaths.default(), datetime.datetime.now(datetime.UTC))
    console.answer(made, as_json=as_json, text=made.as_text())
