"""What the commands of training answer a mistake with: one line on stderr, and an exit code."""

from __future__ import annotations

import argparse
import re
import sys
from typing import NoReturn

from engine.errors import EngineError, RenderFailed

_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})")


class Parser(argparse.ArgumentParser):
    """argparse, without the usage above its complaint."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {' '.join(message.split())} (--help tells what there is)\n")


def failed(error: EngineError) -> int:
    """Say what went wrong; 5 where the work or the writing failed, 3 where what was handed in did."""
    sys.stderr.write(f"error: {error}\n")
    return 5 if isinstance(error, RenderFailed) else 3


def picture_size(text: str) -> tuple[int, int]:
    """Width and height of an argument such as 1280x720."""
    size = _SIZE.fullmatch(text)
    if size is None:
        raise argparse.ArgumentTypeError(f"{text}: write it as 1280x720")
    return int(size[1]), int(size[2])
