"""The middle of Pickup: a transcript's words in, a timeline with new takes out.

import bridge

with bridge.Project.open("cut.otio") as project:
project.dub("interview", speech=["de.wav"], language="de").render().conform("de/cut.otio")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.api import Project

__all__ = ["Project"]


def __getattr__(name: str) -> Any:
    """`Project` brings the timeline library with it, which the commands' help must not wait for."""
    if name == "Project":
        from bridge.api import Project  # noqa: PLC0415

        return Project
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
