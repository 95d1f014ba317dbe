"""`pickup timeline`: looking at timelines, trying an edit on them, writing them in another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge import console

# Imports inside the commands: `pickup --help` must not wait for the timeline library.
# ruff: noqa: PLC0415

timeline_app = typer.Typer(
    help="Look at timelines, and try what an edit keeps of them.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout; everything else on stderr.")]
Sequence = Annotated[
    str, typer.Option(metavar="NAME", help="Of several sequences or projects of the file the one so called.")
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A timeline of any format that is read.")]


@timeline_app.command("check")
def check_timeline(
    file: File,
    to: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="Write another format, such as xml.")
    ] = None,
    keep: Annotated[Path | None, typer.Option(metavar="OUT", help="Keep what is written.")] = None,
    sequence: Sequence = "",
    as_json: Json = False,
) -> None:
    """Try an edit on a copy: what is kept, what would be lost, or why it is refused.

    A few frames go from the middle of the longest clip, on all tracks; the result is written, read back and
    compared with what was there. The exit code is 0 where nothing is lost or the edit is refused, 1 where
    something would be lost, 3 where the file cannot be read.
    """
    from bridge import timeline_check

    result = timeline_check.check(file, to=to, keep=keep, sequence=sequence)
    for note in (*result.notes, *result.changes):
        console.say(note)
    checked = result.checked
    if result.written != file.suffix.lower() and result.written:
        console.say(f"written as {result.written}")
    console.answer(checked, as_json=as_json, text=checked.as_text())
    raise typer.Exit(checked.exit_code)


@timeline_app.command("show")
def show_timeline(file: File, sequence: Sequence = "", as_json: Json = False) -> None:
    """Tracks, clips, rates, timecodes and media, with a picture of the tracks."""
    from bridge import timeline_picture, timeline_show

    view = timeline_show.view(file, sequence)
    console.answer(view, as_json=as_json, text="" if as_json else timeline_picture.as_text(view))


@timeline_app.command("convert")
def convert_timeline(
    file: File,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The new file; its suffix says the format.")],
    sequence: Sequence = "",
    as_json: Json = False,
) -> None:
    """Write a timeline in another format, warning first of what that cannot hold."""
    from bridge import timeline_convert

    made = timeline_convert.convert(file, out, console.say, sequence)
    console.answer(made, as_json=as_json, text=timeline_convert.as_text(made))
