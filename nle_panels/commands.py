"""The panel's commands, joined to `pickup` by entry point: nothing of Qt is imported until one runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

# ruff: noqa: PLC0415  # imports inside the commands, as above

# An app of one command, whose options may come after its argument.
install_app = typer.Typer(
    invoke_without_command=True,
    help="Put Pickup into an editing program.",
    context_settings={"allow_interspersed_args": True},
)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take out what was put in; restore what was there.")]
Force = Annotated[bool, typer.Option("--force", help="Even where a file there was changed.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@install_app.callback()
def install(
    host: Annotated[str, typer.Argument(help="resolve, premiere or kdenlive.")],
    dry_run: DryRun = False,
    undo: Undo = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Put Pickup into an editing program, and say what is written where."""
    from bridge import console
    from nle_panels.hosts.install import Installer
    from nle_panels.hosts.packages import System, plan_for

    system = System.here()
    plan = plan_for(host, system)
    installer = Installer(host, system.folder)
    if undo:
        report = installer.undo(dry_run=dry_run, force=force)
    else:
        report = installer.install(plan, dry_run=dry_run, force=force)
    console.answer(report, as_json=as_json, text=report.as_text())


class Theme(StrEnum):
    AUTO = "auto"
    DARK = "dark"
    LIGHT = "light"


class Host(StrEnum):
    STANDALONE = "standalone"
    RESOLVE = "resolve"
    PREMIERE = "premiere"
    KDENLIVE = "kdenlive"


class Language(StrEnum):
    ENGLISH = "en"
    GERMAN = "de"


panel_app = typer.Typer(
    invoke_without_command=True,
    help="The panel: edit the words beside the timeline.",
    context_settings={"allow_interspersed_args": True},
)


@panel_app.callback()
def panel(
    timeline: Annotated[Path | None, typer.Argument(help="A timeline of any program.")] = None,
    *,
    clip: Annotated[str | None, typer.Option(help="The clip to edit, by its name or its media's.")] = None,
    sequence: Annotated[str, typer.Option(help="Of several in the file, this one.")] = "",
    media_root: Annotated[Path | None, typer.Option(help="Look for moved media here, by file name.")] = None,
    host: Annotated[Host, typer.Option(help="The program that the panel is beside.")] = Host.STANDALONE,
    theme: Annotated[Theme | None, typer.Option(help="As the desktop is, where nothing is said.")] = None,
    language: Annotated[
        Language | None, typer.Option(help="As the desktop's is, where nothing is said.")
    ] = None,
    screenshot: Annotated[
        Path | None, typer.Option(help="Write every view as a picture into this folder, and end.")
    ] = None,
) -> None:
    """Edit the words, and the picture follows."""
    from bridge.errors import UsageError

    try:
        from nle_panels.app import run
    except ImportError as error:
        raise UsageError(f"{error.name} is not installed: pip install 'pickup-editor[panel]'") from error
    from nle_panels.work import Chosen

    if host is Host.KDENLIVE and timeline is None:
        raise UsageError("which project? pickup panel cut.kdenlive --host kdenlive")
    if host in (Host.RESOLVE, Host.PREMIERE) and timeline is not None:
        raise UsageError(f"beside {host.value} the panel takes what is open there: give no file")
    chosen = None
    if timeline is not None:
        chosen = Chosen(timeline=timeline, clip=clip, sequence=sequence, media_root=media_root)
    if screenshot is not None:
        from nle_panels import screenshots

        screenshots.run(screenshot, chosen, language.value if language else "en")
        raise typer.Exit
    said = language.value if language else None
    raise typer.Exit(run(chosen, theme=theme.value if theme else None, host=host.value, language=said))
