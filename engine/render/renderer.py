"""Renderers by name. Each turns a job into a take; its heavy parts are imported when it is first used."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from engine.consent.uses import refuse_unmarked
from engine.errors import BadMedia, MissingModel
from engine.protocol import Progress, Render, Take
from engine.render.workspace import Workspace

OnProgress = Callable[[Progress], None]


class Renderer(Protocol):
    """What every renderer is."""

    def render(self, job: Render, workspace: Workspace, on_progress: OnProgress) -> Take:
        """Render the job into `workspace.take`.

        Raises BadMedia and its leaves for what was handed in, RenderFailed and its leaves for the rest.
        """
        ...


# Module and class of each.
RENDERERS: Mapping[str, str] = MappingProxyType(
    {
        "demo": "engine.render.demo:DemoRenderer",
        "draft": "engine.render.draft:DraftRenderer",
        "edityourself": "engine.render.edityourself:EditYourselfRenderer",
        "ltx2": "engine.render.ltx2:Ltx2Renderer",
    }
)


def find_renderer(name: str) -> Renderer:
    """The renderer called `name`.

    Raises BadMedia, which says what renderers there are; MissingModel where its libraries are not installed.
    """
    place = RENDERERS.get(name)
    if place is None:
        raise BadMedia(f"there is no renderer called {name!r}; there is: {', '.join(sorted(RENDERERS))}")
    module, _, member = place.partition(":")
    try:
        renderer: Renderer = getattr(importlib.import_module(module), member)()
    except ModuleNotFoundError as error:
        raise MissingModel(
            f"the {name} renderer needs {error.name}, which is not installed: `pickup doctor` says what to do"
        ) from error
    return renderer


def render(job: Render, folder: Path, on_progress: OnProgress, unfinished: Path | None = None) -> Take:
    """Render the job with the renderer that it names; the take is written into `folder`.

    `unfinished`: see `Workspace`. Raises ConsentMissing where new words by nobody's leave would be unmarked.
    """
    refuse_unmarked(job)
    return find_renderer(job.renderer).render(job, Workspace.at(folder, unfinished), on_progress)
