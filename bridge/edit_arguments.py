"""The edits on the command line, in the order they were written.

The n-th `--speech` belongs to the n-th insertion or replacement, so the order among different options
counts; option parsers keep it only within one option. `EditCommand` therefore takes the edits out of the
arguments before the parser sees them. They are declared as options as well, for `--help`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from typer.core import TyperCommand

from bridge.edits import Edit, Insert, Remove, Replace, Rerender, RetimeTo, Revise
from bridge.errors import UsageError

EDITS = "pickup.edits"


def _retime(span: str, frames: str) -> RetimeTo:
    if not frames.isdigit() or not int(frames):
        raise UsageError(f'--retime {span} {frames}: "{frames}" is no number of frames to play it over')
    return RetimeTo(range=span, frames=int(frames))


_MAKERS: dict[str, tuple[int, Callable[..., Edit]]] = {
    "--revised": (1, lambda path: Revise(path=Path(path))),
    "--remove": (1, lambda phrase: Remove(phrase=phrase)),
    "--insert": (2, lambda text, after: Insert(text=text, after=after)),
    "--replace": (2, lambda old, text: Replace(old=old, text=text)),
    "--rerender": (1, lambda span: Rerender(range=span)),
    "--retime": (2, _retime),
}


def take_edits(arguments: Sequence[str]) -> tuple[tuple[Edit, ...], list[str]]:
    """The edits in their order, and the other arguments."""
    edits: list[Edit] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        flag, equals, value = argument.partition("=")
        if flag not in _MAKERS:
            rest.append(argument)
            continue
        count, make = _MAKERS[flag]
        values = [value] if equals else []
        while len(values) < count and waiting:
            values.append(waiting.pop(0))
        if len(values) < count:
            raise UsageError(f"{flag} needs {count} value{'s' if count > 1 else ''}: see pickup edit --help")
        edits.append(make(*values))
    return tuple(edits), rest


class EditCommand(TyperCommand):
    """A command whose edits are found, in order, in `context.meta[EDITS]`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.meta[EDITS], rest = take_edits(args)
        return super().parse_args(ctx, rest)
