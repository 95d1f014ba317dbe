"""What every renderer says of a take that it has written."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from engine.consent.uses import is_marked
from engine.media.encode import TakeFormat, WrittenTake
from engine.media.picture import PictureFormat
from engine.protocol import Render, Take
from engine.render.faces import FaceWatch
from engine.render.workspace import Workspace
from engine.version import engine_version


def take_format(job: Render, picture: PictureFormat, first: Fraction, channels: int) -> TakeFormat:
    """`first`: the source position that the take's first frame shows; its timecode follows from it."""
    return TakeFormat(
        picture=picture,
        rate=job.plan.rate.exact,
        frames=job.plan.frames,
        channels=channels,
        timecode=job.footage.timecode + int(first // 1),
        drop_frame=job.footage.drop_frame,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a renderer alone knows of its take: fields as in `engine.protocol.Take`."""

    lip_sync: Literal["source", "none", "rendered"]
    checkpoint: str = ""
    licence: str = ""
    revision: str = ""
    watermark: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def take_of(
    job: Render,
    workspace: Workspace,
    form: TakeFormat,
    written: WrittenTake,
    *,
    watch: FaceWatch,
    account: Account,
) -> Take:
    """The take as it goes over the wire."""
    head, tail = job.plan.handles
    return Take(
        path=str(workspace.take),
        frames=form.frames,
        rate=job.plan.rate,
        source_range=(head, form.frames - head - tail),
        timecode=form.timecode,
        drop_frame=form.drop_frame,
        width=form.picture.width,
        height=form.picture.height,
        channels=form.channels,
        sha256=written.sha256,
        content_sha256=written.content_sha256,
        renderer=job.renderer,
        renderer_version=engine_version(),
        seed=job.seed,
        lip_sync=account.lip_sync,
        checkpoint=account.checkpoint,
        consent=job.consent,
        marked=is_marked(job),
        licence=account.licence,
        revision=account.revision,
        watermark=account.watermark,
        faces=watch.faces,
        metrics=account.metrics,
        warnings=(*watch.warnings, *account.warnings, *_padding(form)),
    )


def _padding(form: TakeFormat) -> tuple[str, ...]:
    if not form.picture.padded:
        return ()
    width = form.picture.width
    return (
        f"the source is {width - 1} pixels wide, and ProRes wants pairs: the take repeats the last column",
    )
