"""What a job is called: the sha256 of what it asks for, never of where anything lies."""

from __future__ import annotations

import hashlib

import msgspec

from engine.protocol import PROTOCOL_VERSION, FindShots, Job, Proxy, Render

# What is said of new words to find who has consented to them: the records that were found count.
_LEADING_TO_CONSENT = ("speakers", "language", "project")


def job_hash(job: Job, engine_version: str, weights: str | None = None) -> str:
    """The job's identity: the sha256 of its content and of the engine's version, never of a path.

    Media and speech count by fingerprint where the job carries one, as `Render`, `Proxy` and `FindShots` do.
    `Analyse`, `Align` and `Transcribe` name files by path alone; the engine caches them by what it finds.
    `weights`: the sha256 of the checkpoint that renders the job, which counts in the place of
    `diffusion.model`; None where the renderer has none, and takes no notice of `diffusion`.
    """
    data = msgspec.to_builtins(job)
    if isinstance(job, FindShots | Proxy):
        _forget_paths(data["footage"])
    if isinstance(job, Render):
        _forget_paths(data["footage"], data["region"], *data["speech"])
        data["diffusion"] = None if weights is None else {**data["diffusion"], "model": weights}
        for name in _LEADING_TO_CONSENT:
            del data[name]
    body = msgspec.json.encode([PROTOCOL_VERSION, engine_version, data], order="sorted")
    return hashlib.sha256(body).hexdigest()


def _forget_paths(*named: dict[str, object]) -> None:
    for value in named:
        if "fingerprint" in value:
            value.pop("media", None)
            value.pop("path", None)
