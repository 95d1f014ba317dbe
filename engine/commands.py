"""The engine's own commands, joined to `pickup` by entry point: nothing heavy is imported until one runs."""

from __future__ import annotations

from typing import Annotated

import typer

models = typer.Typer(help="Models that are not in the package.", no_args_is_help=True)


@models.callback()
def _models() -> None:
    """Models that are not in the package."""


@models.command()
def pull(name: Annotated[str, typer.Argument(help="face: the face mesh, 1.5 MB, Apache-2.0")]) -> None:
    """Fetch a model and keep it for this user."""
    from engine.errors import MissingModel  # noqa: PLC0415
    from engine.face.models import install_models  # noqa: PLC0415

    if name != "face":
        raise MissingModel(f'there is no model called "{name}" to fetch: the one there is, is "face"')
    typer.echo(f"face mesh: {install_models().mesh.parent}")
