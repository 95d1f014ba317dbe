"""Stages of a pipeline that run at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from engine.media.pipeline import ahead


def test_items_come_in_their_order() -> None:
    assert list(ahead(range(50), 4)) == list(range(50))


def test_what_the_maker_raises_is_raised_where_the_items_are_used() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise LookupError("no more")

    items = ahead(failing(), 2)
    assert next(items) == 1
    with pytest.raises(LookupError, match="no more"):
        next(items)


def test_no_more_than_the_depth_is_made_ahead() -> None:
    made: list[int] = []

    def counting() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    items = ahead(counting(), 3)
    next(items)
    items.close()
    assert len(made) <= 5


def test_a_maker_nobody_listens_to_any_more_ends() -> None:
    items = ahead(iter(int, 1), 2)
    next(items)
    items.close()
    assert not any(thread.name == "ahead" for thread in threading.enumerate())
