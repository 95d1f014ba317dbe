"""The engine itself signs what it renders, and the same job twice has the same content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from signed_take import removal

from engine.client import EngineClient
from engine.paths import EnginePaths
from engine.protocol import Take
from engine.provenance.certificate import known_issuers
from engine.provenance.verify import verify


def test_a_take_comes_from_the_engine_signed(
    engine: EngineClient, paths: EnginePaths, tmp_path: Path
) -> None:
    take = engine.run(removal(tmp_path / "media"))
    assert isinstance(take, Take)
    assert take.warnings == ()
    assert verify(Path(take.path), known_issuers(paths.keys)).vouched
    assert hashlib.sha256(Path(take.path).read_bytes()).hexdigest() == take.sha256
    assert Path(take.provenance).is_file()


def test_two_signatures_of_one_job_are_of_the_same_content(engine: EngineClient, tmp_path: Path) -> None:
    job = removal(tmp_path / "media")
    first, again = engine.run(job), engine.run(job, fresh=True)
    assert isinstance(first, Take)
    assert isinstance(again, Take)
    assert first.sha256 != again.sha256
    assert first.content_sha256 == again.content_sha256
