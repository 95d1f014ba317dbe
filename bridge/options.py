"""Options that several commands have."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge import console
from bridge.errors import UsageError

# Imports inside the functions: `pickup --help` must not wait for them.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from bridge.fit import Retiming
    from bridge.voices.booth import Booth
    from otio_adapters.takes import Lay, RippleMode

_RIPPLES: Mapping[str, RippleMode] = {"all": "all", "linked": "linked"}
_LAYS: Mapping[str, Lay] = {"replace": "replace", "above": "above", "reference": "reference"}
_LENGTHS: Mapping[str, Retiming] = {"auto": "auto", "none": "none"}
RETIME = "auto: as long as the new speech needs; none: as long as now; or seconds, such as +1.1 or -0.4."
_PLACE = (
    "replace: takes go where the clip's frames were; above: onto new tracks over them, the clip's sound "
    "there switched off; reference: where they were, the clip's own media kept as another reference (.otio)."
)

MediaRoot = Annotated[Path | None, typer.Option(help="Look for moved media here, by file name.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Render even what was rendered before.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same frames.")]
Model = Annotated[str, typer.Option(help="A diffusion renderer's checkpoint: a name or a folder.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A diffusion renderer's setting, such as steps=20."),
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="Where to write.")]
Renderer = Annotated[str, typer.Option(help="What makes the picture.")]
RegionText = Annotated[str, typer.Option(help="lips, face, head, a box X,Y,WxH or a matte file.")]
VoiceName = Annotated[
    str,
    typer.Option(
        metavar="NAME[:SETTING]",
        help="Who says new words that nobody has recorded: see `pickup voices`.",
    ),
]
Speakers = Annotated[
    list[str] | None,
    typer.Option("--speaker", metavar="NAME", help="Who says the new words; see `pickup consent`."),
]
# As pipelines name the work in hand: AYON, OpenCue.
PROJECT_VARIABLES = ("AYON_PROJECT_NAME", "CUE_SHOW")
ProjectName = Annotated[
    str,
    typer.Option(
        "--project", envvar=list(PROJECT_VARIABLES), help="The project, as records of consent may name it."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Agree to what a paid voice costs.")]
Ripple = Annotated[str, typer.Option(help="all: other tracks move along; linked: they stay.")]
Place = Annotated[str, typer.Option(help=_PLACE)]


def booth_of(voice: str, *, yes: bool) -> Booth | None:
    """Where lines are said; None for the scratch voice. Raises NoSuchVoice, UsageError."""
    from bridge.voices.booth import Booth
    from bridge.voices.voice import find_voice
    from engine.paths import EnginePaths

    found = find_voice(voice)
    if found is None:
        return None

    def agree(price: int, unit: str) -> None:
        console.say(f"{voice.partition(':')[0]}: the new lines come to {price} {unit}")
        if not yes and not console.agreed("say them?"):
            raise UsageError("nothing was said, and nothing paid for: give --yes to agree")

    return Booth(voice=found, folder=EnginePaths.default().state / "said", agree=agree)


def project_of_environment(environment: Mapping[str, str] = os.environ) -> str:
    """The project that the pipeline is at work on; empty where none says so."""
    return next(filter(None, map(environment.get, PROJECT_VARIABLES)), "")


def ripple_of(text: str) -> RippleMode:
    """Raises UsageError."""
    if text not in _RIPPLES:
        raise UsageError(f'--ripple {text}: write "all" or "linked"')
    return _RIPPLES[text]


def lay_of(text: str) -> Lay:
    """Raises UsageError."""
    if text not in _LAYS:
        raise UsageError(f'--place {text}: write "replace", "above" or "reference"')
    return _LAYS[text]


def retiming_of(text: str) -> Retiming:
    """Raises UsageError."""
    if text in _LENGTHS:
        return _LENGTHS[text]
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"--retime {text}: {RETIME}") from None
