"""The draft renderer: the speaker's own frames, moved and morphed. No weights, no GPU.

Kept frames are the source's own. A cut is bridged by a morph, another speed is made by flow interpolation,
and new words are shown over footage from around them: its mouth does not say them, and the take says so.
"""

from __future__ import annotations

from pathlib import Path

from engine.errors import BadMedia
from engine.media.audio import take_audio
from engine.media.decode import Reel, Sampling, open_reel
from engine.media.encode import TakeFormat, WrittenTake, write_take
from engine.protocol import Add, Keep, Progress, Render, Take
from engine.render.course import Course, course_of
from engine.render.drawing import Drawing
from engine.render.faces import FaceWatch
from engine.render.flow import opencv_in_one_thread
from engine.render.renderer import OnProgress
from engine.render.workspace import Workspace
from engine.version import engine_version

NAME = "draft"
_REFUSAL = (
    "the draft renderer moves and morphs real frames; it cannot re-render lips: use --renderer edityourself"
)


class DraftRenderer:
    """See `renderer.Renderer`. The same job gives the same frames and samples, whatever its seed."""

    def render(self, job: Render, workspace: Workspace, on_progress: OnProgress) -> Take:
        if any(isinstance(span, Keep) and span.resync for span in job.plan.spans):
            raise BadMedia(_REFUSAL)
        footage = job.footage
        course = course_of(job.plan, footage.first, footage.last, job.bridge)
        sound = take_audio(job)
        sampling = Sampling(offset=footage.offset.exact, rate=job.plan.rate.exact)
        with open_reel(Path(footage.media), sampling) as reel, opencv_in_one_thread():
            form = _take_format(job, course, reel, sound.shape[1])
            watch = FaceWatch(workspace.face_models)
            with Drawing(course, reel, (footage.first, footage.last), sampling.rate) as drawing:
                written = write_take(
                    workspace.take,
                    form,
                    watch.watching(drawing.pictures()),
                    sound if form.channels else None,
                    lambda done: on_progress(Progress(phase="render", done=done, total=form.frames)),
                )
        return _take(job, workspace, form, written, watch)


def _take_format(job: Render, course: Course, reel: Reel, channels: int) -> TakeFormat:
    return TakeFormat(
        picture=reel.format,
        rate=job.plan.rate.exact,
        frames=len(course.positions),
        channels=channels,
        timecode=job.footage.timecode + int(course.positions[0] // 1),
        drop_frame=job.footage.drop_frame,
    )


def _take(
    job: Render, workspace: Workspace, form: TakeFormat, written: WrittenTake, watch: FaceWatch
) -> Take:
    head, tail = job.plan.handles
    says_new_words = any(isinstance(span, Add) for span in job.plan.spans)
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
        renderer=NAME,
        renderer_version=engine_version(),
        seed=job.seed,
        lip_sync="none" if says_new_words else "source",
        faces=watch.faces,
        warnings=(*watch.warnings, *_warnings(form)),
    )


def _warnings(form: TakeFormat) -> tuple[str, ...]:
    if not form.picture.padded:
        return ()
    width = form.picture.width
    return (
        f"the source is {width - 1} pixels wide, and ProRes wants pairs: the take repeats the last column",
    )
