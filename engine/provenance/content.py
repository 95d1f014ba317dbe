"""The name of a film's frames and samples, told by a process of its own:

    python -m engine.provenance.content FILE

for those who sign without libav in their own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine.errors import EngineError
from engine.media.encode import read_content

if __name__ == "__main__":
    try:
        sys.stdout.write(read_content(Path(sys.argv[1])).sha256)
    except EngineError as error:
        sys.exit(str(error))
