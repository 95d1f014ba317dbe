"""`pickup engine`: the local render engine, for those who run it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge import console
from bridge.errors import UsageError
from bridge.timeline_commands import Json

if TYPE_CHECKING:
    from engine.client import EngineClient
    from engine.messages import JobRecord

# Imports inside the commands, as in `bridge.cli`.
# ruff: noqa: PLC0415

engine_app = typer.Typer(help="The local render engine.", no_args_is_help=True)

STOPPED = 130  # as shells say it of Ctrl-C
NOT_IDLE = 1  # `stop --when-idle` has left the engine at its work

Job = Annotated[str, typer.Argument(metavar="JOB", help="The job's id: see `pickup engine jobs`.")]


@contextmanager
def running_engine(*, idle_minutes: float | None = None) -> Iterator[EngineClient]:
    """The engine, started where none runs. Ctrl-C ends the command after its job has been cancelled."""
    from engine import launcher
    from engine.paths import EnginePaths

    minutes = launcher.IDLE_MINUTES if idle_minutes is None else idle_minutes
    try:
        with launcher.ensure_running(EnginePaths.default(), idle_minutes=minutes) as engine:
            yield engine
    except KeyboardInterrupt:
        console.say("pickup: stopped; nothing was changed")
        raise typer.Exit(STOPPED) from None


@engine_app.command()
def start(
    idle_minutes: Annotated[
        float | None, typer.Option(min=0, help="End after so many minutes of nothing to do; 0: never.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Start the engine, or say that it runs."""
    with running_engine(idle_minutes=idle_minutes) as engine:
        status = engine.status()
    console.answer(status, as_json=as_json, text=f"the engine runs, process {status.pid}")


@engine_app.command()
def stop(
    when_idle: Annotated[bool, typer.Option("--when-idle", help="Only where no job runs or waits.")] = False,
    drain: Annotated[bool, typer.Option("--drain", help="Wait until the jobs that run have ended.")] = False,
    as_json: Json = False,
) -> None:
    """Stop the engine. Jobs that wait, and those that it breaks off, go on when it starts again."""
    from bridge import engine_view

    if when_idle and drain:
        raise UsageError(
            "--when-idle or --drain, not both: the one leaves a working engine, the other ends it"
        )
    view = engine_view.stop("when_idle" if when_idle else "drained" if drain else "now")
    console.answer(view, as_json=as_json, text=engine_view.stop_text(view))
    if view.running:
        raise typer.Exit(NOT_IDLE)


@engine_app.command()
def drain(as_json: Json = False) -> None:
    """Let the engine end when its running jobs have; until then it accepts none. Does not wait for it."""
    from bridge import engine_view

    view = engine_view.drain()
    console.answer(view, as_json=as_json, text=engine_view.drain_text(view))


@engine_app.command()
def status(as_json: Json = False) -> None:
    """Whether an engine runs, and what it does. Never starts one."""
    from bridge import engine_view

    view = engine_view.status()
    console.answer(view, as_json=as_json, text=engine_view.status_text(view))


@engine_app.command()
def jobs(
    state: Annotated[
        str, typer.Option(help="queued, paused, running, done, failed or cancelled ones alone.")
    ] = "",
    kind: Annotated[str, typer.Option(help="Of one kind: render, align, transcribe, analyse.")] = "",
    client: Annotated[str, typer.Option(metavar="NAME", help="Handed in by one client.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="So many of them.")] = 50,
    as_json: Json = False,
) -> None:
    """The engine's jobs, newest first."""
    from bridge import engine_view

    wanted = engine_view.Wanted(state=state, kind=kind, client=client)
    with running_engine() as engine:
        view = engine_view.jobs(engine, wanted, limit)
    console.answer(view, as_json=as_json, text=engine_view.jobs_text(view))


@engine_app.command()
def cancel(job: Job, as_json: Json = False) -> None:
    """Stop one job, waiting or running; the others go on."""
    with running_engine() as engine:
        _tell(engine.cancel(job), as_json=as_json)


@engine_app.command()
def pause(job: Job, as_json: Json = False) -> None:
    """Let a job wait until it is resumed; one that runs keeps what it has."""
    with running_engine() as engine:
        _tell(engine.pause(job), as_json=as_json)


@engine_app.command()
def resume(job: Job, as_json: Json = False) -> None:
    """Let a paused job go on."""
    with running_engine() as engine:
        _tell(engine.resume(job), as_json=as_json)


# `--` is not needed before a number below zero.
@engine_app.command(context_settings={"ignore_unknown_options": True})
def prioritise(
    job: Job,
    priority: Annotated[int, typer.Argument(min=-100, max=100, help="Higher ones first; 0 is usual.")],
    as_json: Json = False,
) -> None:
    """Have a job done before others, or after them."""
    with running_engine() as engine:
        _tell(engine.reprioritise(job, priority), as_json=as_json)


@engine_app.command()
def wait(job: Job, as_json: Json = False) -> None:
    """Follow a job to its end; the exit code says how it ended. Ctrl-C leaves the job at work."""
    from engine import launcher

    with console.progress_bar() as told, launcher.ensure_running() as engine:
        try:
            outcome = engine.wait(job, lambda progress: told(progress.phase, progress))
        except KeyboardInterrupt:
            console.say(f"pickup: job {job} goes on without you")
            raise typer.Exit(STOPPED) from None
    _tell(outcome.job, as_json=as_json)


@engine_app.command()
def logs(
    job: Annotated[str, typer.Argument(metavar="[JOB]", help="One job's log; else the engine's.")] = "",
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on as lines come.")] = False,
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, help="The last so many lines.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")] = False,
) -> None:
    """What the engine on this machine has written down, or a job's worker."""
    from bridge import engine_logs

    try:
        for line in engine_logs.read(job, last=lines, follow=follow):
            console.answer(line, as_json=as_json, text=engine_logs.as_text(line))
    except KeyboardInterrupt:
        raise typer.Exit(STOPPED) from None


@engine_app.command()
def report(
    out: Annotated[Path, typer.Option("-o", "--out", help="The zip to write.")], as_json: Json = False
) -> None:
    """What one can send when the engine has gone wrong: no footage, no words, no paths, no keys."""
    from bridge import engine_view

    view = engine_view.report(out)
    console.answer(view, as_json=as_json, text=engine_view.report_text(view))


@engine_app.command()
def allow(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the client is called.")],
    key: Annotated[str, typer.Option(metavar="PUBLIC", help="The public half of its own key.")] = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Make a key for it, and write here what it needs.")
    ] = None,
    at: Annotated[str, typer.Option(metavar="HOST:PORT", help="With -o: where it finds the engine.")] = "",
    as_json: Json = False,
) -> None:
    """Let somebody use the engine: on this machine, or on another, with a key of their own."""
    from bridge import engine_clients

    view = engine_clients.allow(name, public=key, out=out, at=at)
    console.answer(view, as_json=as_json, text=engine_clients.allow_text(view))


@engine_app.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="See `pickup engine clients`.")],
    as_json: Json = False,
) -> None:
    """Let a client in no more, at once."""
    from bridge import engine_clients

    engine_clients.revoke(name)
    console.answer({"revoked": name}, as_json=as_json, text=f"{name} may not use the engine any more")


@engine_app.command()
def clients(as_json: Json = False) -> None:
    """Who may use the engine beside you."""
    from bridge import engine_clients

    view = engine_clients.clients()
    console.answer(view, as_json=as_json, text=engine_clients.clients_text(view))


def _tell(job: JobRecord, *, as_json: bool) -> None:
    from bridge import engine_view

    console.answer(job, as_json=as_json, text=engine_view.job_text(job))
