"""The draft renderer: the speaker's own frames, moved and morphed. No weights, no GPU.

Kept frames are the source's own. A cut is bridged by a morph, another speed is made by flow interpolation,
and new words are shown over footage from around them: its mouth does not say them, nor a dub, and the take
says so. Words that nobody has consented to are marked in the picture.
"""

from __future__ import annotations

from pathlib import Path

from engine.consent.uses import is_marked
from engine.errors import BadMedia
from engine.media.audio import take_audio
from engine.media.decode import Sampling, open_reel
from engine.media.encode import write_take
from engine.protocol import Add, Keep, Progress, Render, Take
from engine.render.course import course_of
from engine.render.faces import FaceWatch
from engine.render.film import Film
from engine.render.flow import opencv_in_one_thread
from engine.render.mark import WARNING, Marking
from engine.render.renderer import OnProgress
from engine.render.take import Account, take_format, take_of
from engine.render.workspace import Workspace

_REFUSAL = (
    "the draft renderer moves and morphs real frames; it cannot re-render lips: use --renderer"
    " ltx2 or edityourself"
)


class DraftRenderer:
    """See `renderer.Renderer`. The same job gives the same frames and samples, whatever its seed."""

    def render(self, job: Render, workspace: Workspace, on_progress: OnProgress) -> Take:
        if job.dub is None and any(isinstance(span, Keep) and span.resync for span in job.plan.spans):
            raise BadMedia(_REFUSAL)
        footage = job.footage
        course = course_of(job.plan, footage.first, footage.last, job.bridge)
        sound = take_audio(job)
        sampling = Sampling(offset=footage.offset.exact, rate=job.plan.rate.exact)
        with open_reel(Path(footage.media), sampling) as reel, opencv_in_one_thread():
            form = take_format(job, reel.format, course.positions[0], sound.shape[1])
            film = Film(course=course, reel=reel, footage=(footage.first, footage.last), rate=sampling.rate)
            watch = FaceWatch(workspace.face_models)
            pictures = watch.watching(film.pictures())
            if is_marked(job):
                pictures = Marking.of(job, film, workspace.face_models).burnt_into(pictures)
            written = write_take(
                workspace.take,
                form,
                pictures,
                sound if form.channels else None,
                lambda done: on_progress(Progress(phase="render", done=done, total=form.frames)),
            )
        says_new_words = job.dub is not None or any(isinstance(span, Add) for span in job.plan.spans)
        account = Account(
            lip_sync="none" if says_new_words else "source", warnings=(WARNING,) if is_marked(job) else ()
        )
        return take_of(job, workspace, form, written, watch=watch, account=account)
