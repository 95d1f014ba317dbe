"""The tree of the engine's errors, and its way over the wire."""

from __future__ import annotations

import pytest

from engine import errors
from engine.errors import EngineError, from_wire, to_wire

LEAVES = [
    thing for thing in vars(errors).values() if isinstance(thing, type) and issubclass(thing, EngineError)
]


@pytest.mark.parametrize("leaf", LEAVES)
def test_an_error_comes_over_the_wire_as_it_was(leaf: type[EngineError]) -> None:
    again = from_wire(*to_wire(leaf("the drive is offline")))
    assert type(again) is leaf
    assert str(again) == "the drive is offline"


@pytest.mark.parametrize("name", ["SystemExit", "FileNotFoundError", "__init__", ""])
def test_a_name_that_is_not_in_the_tree_becomes_the_root(name: str) -> None:
    assert type(from_wire(name, "x")) is EngineError


@pytest.mark.parametrize("leaf", LEAVES)
def test_every_error_stands_in_the_drawing_and_says_what_it_means(leaf: type[EngineError]) -> None:
    assert leaf.__name__ in (errors.__doc__ or "")
    assert leaf.__doc__
