"""Pickup's panel beside this timeline: Workspace > Scripts > Utility > pickup_panel.

Finds the panel, or starts it, and stays between it and Resolve until one of them is closed.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

FOLDER = ""  # where the rest of it lies, and settings.json: filled in by `pickup install resolve`


def main() -> None:
    folder = Path(FOLDER)
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True  # `pickup install resolve --undo` is to leave nothing
    session = importlib.import_module("pickup_resolve.session")
    # Resolve gives a script of its menu the program under this name.
    session.run(globals().get("resolve"), settings)


if __name__ == "__main__":
    main()
