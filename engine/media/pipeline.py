"""Work done ahead: one stage of a pipeline runs while the next uses what it made."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

Item = TypeVar("Item")
_PATIENCE = 0.1  # seconds between two looks at whether anybody still wants the items


def ahead(items: Iterable[Item], depth: int) -> Generator[Item, None, None]:
    """The items, made by a thread of their own at most `depth` ahead; what they raise is raised here.

    libav, OpenCV and NumPy release the interpreter while they work, so that both sides do run at once.
    """
    made: queue.Queue[Item | _Ended] = queue.Queue(maxsize=depth)
    unwanted = threading.Event()
    maker = threading.Thread(target=_make, args=(items, made, unwanted), name="ahead", daemon=True)
    maker.start()
    try:
        while not isinstance(item := made.get(), _Ended):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        unwanted.set()
        maker.join()


class _Ended:
    """The mark after the last item."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def _make(items: Iterable[Item], made: queue.Queue[Item | _Ended], unwanted: threading.Event) -> None:
    end = _Ended()
    try:
        for item in items:
            if not _put(made, item, unwanted):
                return
    except BaseException as error:  # noqa: BLE001 - it is raised again, where the items are used
        end = _Ended(error)
    _put(made, end, unwanted)


def _put(made: queue.Queue[Item | _Ended], item: Item | _Ended, unwanted: threading.Event) -> bool:
    while not unwanted.is_set():
        try:
            made.put(item, timeout=_PATIENCE)
        except queue.Full:
            continue
        return True
    return False
