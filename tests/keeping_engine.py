"""A real engine whose workers keep the latents of each step, and rest after it, to be killed between steps.

`python tests/keeping_engine.py OPTIONS`, as of `python -m engine.daemon`; its workers are this file too.
"""

from __future__ import annotations

import sys
import time

from engine.daemon import worker_process

REST = 0.25  # seconds


def serve() -> int:
    from engine.daemon.__main__ import main

    worker_process.COMMAND = (sys.executable, "-P", __file__, "worker")
    return main()


def work() -> None:
    from engine.daemon import worker
    from engine.render import kept_latents

    keep = kept_latents.KeptLatents.keep

    def rested(*given: object) -> None:
        keep(*given)
        time.sleep(REST)

    kept_latents.EVERY, kept_latents.SHARE = 0.0, 0
    kept_latents.KeptLatents.keep = rested
    worker.main()


if __name__ == "__main__":
    sys.exit(work() if sys.argv[1:] == ["worker"] else serve())
