"""What the user brings: a function of theirs, by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from engine.errors import MissingModel


def named(name: str) -> Callable[..., Any]:
    """The function or class that `package.module:name` is. Raises MissingModel."""
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise MissingModel(f"{name} names nothing: write it as package.module:function")
    try:
        found = getattr(import_module(module), attribute)
    except Exception as error:  # importing runs whatever the user has written there
        raise MissingModel(f"{name} cannot be had: {type(error).__name__}: {error}") from error
    if not callable(found):
        raise MissingModel(f"{name} is no function that could make one")
    function: Callable[..., Any] = found
    return function
