"""The engine's own commands, joined to `pickup` by entry point: nothing heavy is imported until one runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

# ruff: noqa: PLC0415, PLR0917  # a command's parameters are its options, however many

models = typer.Typer(help="Models that are not in the package.", no_args_is_help=True)

STOPPED = 130  # as shells say it of Ctrl-C

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Name = Annotated[str, typer.Argument(help="A name from `pickup models list`.")]
NameOrFolder = Annotated[str, typer.Argument(help="A name from `pickup models list`, or a folder.")]


@models.callback()
def _models() -> None:
    """Models that are not in the package."""


@models.command("list")
def list_models(
    names: Annotated[
        list[str] | None, typer.Argument(help="These alone: names, OWNER/NAME of the hub, or folders.")
    ] = None,
    as_json: Json = False,
) -> None:
    """What can be fetched, and what is here."""
    from engine.model.catalogue import listed, looked_at

    found = tuple(map(looked_at, names)) if names else listed()
    lines = [
        f"{model.name}: {model.state}{f' ({model.found})' if model.found else ''}; {model.what}"
        f" [{model.gigabytes:g} GB, {model.licence or 'licence unknown'}]"
        for model in found
    ]
    _answer({"models": found}, as_json=as_json, text="\n".join(lines))


@models.command()
def pull(name: Name) -> None:
    """Fetch a model and keep it for this user; what was begun before is gone on with."""
    from engine.model import catalogue

    typer.echo(f"{catalogue.entry_of(name).what}: {catalogue.pull(name)}")


@models.command()
def verify(name: NameOrFolder, as_json: Json = False) -> None:
    """Read a model's files again, and compare them with what they should be."""
    from engine.model.catalogue import verify as do_verify

    found = do_verify(name)
    _answer({"name": name, "ok": True, "found": found}, as_json=as_json, text=f"{name}: {found}")


@models.command()
def describe(name: NameOrFolder, as_json: Json = False) -> None:
    """A model's layers, widths and parameters, whether it is here or not."""
    from engine.errors import MissingModel
    from engine.model import description

    try:
        described = description.describe(name)
    except ImportError as error:
        raise MissingModel(
            f"{error.name} is not installed: pip install 'pickup-editor[diffusion]'"
        ) from error
    _answer(described, as_json=as_json, text=description.as_text(described))


def _answer(value: Any, *, as_json: bool, text: str) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(value).decode() if as_json else text)


train_app = typer.Typer(invoke_without_command=True, help="Train a model, or go on where it stood.")


@train_app.callback()
def train(
    config: Annotated[str, typer.Option(help="A recipe of the package, or a .toml or .json file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where it is kept; the same command goes on.")],
    data: Annotated[Path | None, typer.Option(help="A folder of shards.")] = None,
    base: Annotated[str, typer.Option("--from", help="The checkpoint to begin with: a name or folder.")] = "",
    videos: Annotated[Path | None, typer.Option(help="What the shards were made of, for validation.")] = None,
    until: Annotated[int | None, typer.Option(min=1, help="Stop after so many steps.")] = None,
    as_json: Json = False,
) -> None:
    """Train a model, or go on where it stood. Ctrl-C keeps a checkpoint first."""
    from engine.errors import MissingModel

    try:
        from engine.training import run
        from engine.training.run_small import run_small
        from engine.training.small_model import NAME
        from engine.training.team import launched
        from engine.training.watch import say, watched
    except ImportError as error:
        raise MissingModel(
            f"{error.name} is not installed: pip install 'pickup-editor[engine,diffusion,training]'"
        ) from error
    request = run.Request(config=config, out=out, data=data, base=base, videos=videos, until=until)
    try:
        team = launched()
        with watched(quietly=team.rank > 0) as (on_step, beside):
            train_one = run_small if config == NAME else run.run
            told = train_one(request, on_step=on_step, say=beside, team=team)
    except KeyboardInterrupt:
        say(f"pickup: {run.stopped_at_once(out)}")
        raise typer.Exit(STOPPED) from None
    if team.rank == 0 and (as_json or not told.stopped):
        _answer(told, as_json=as_json, text=run.in_words(told))
    if told.stopped:
        if team.rank == 0:
            say(f"pickup: {run.in_words(told)}")
        raise typer.Exit(STOPPED)
