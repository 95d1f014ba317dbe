"""Which engine this is: the release, and a digest of the source it runs."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

RELEASE = "0.1.0"


@functools.cache
def engine_version() -> str:
    """The release and twelve digits of the source's sha256, "0.1.0+3f2a91c05b7e".

    The same source has the same version on every machine, and a changed renderer never answers from an
    older one's cache. Nothing that decides a take lies in training, so it does not count.
    """
    house = Path(__file__).parent
    digest = hashlib.sha256()
    for source in sorted(house.rglob("*.py"), key=lambda path: path.relative_to(house).as_posix()):
        name = source.relative_to(house).as_posix()
        if name.startswith("training/"):
            continue
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    return f"{RELEASE}+{digest.hexdigest()[:12]}"
