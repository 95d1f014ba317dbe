"""The panel's commands, joined to `pickup` by entry point: nothing of Qt is imported until one runs."""

from __future__ import annotations

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
