"""Which renders put new words into somebody's mouth: whose, into which frames, and by whose leave. Pure.

Removals, other paces, and mouths made anew to the sound that the media has need nobody's consent.
"""

from __future__ import annotations

from typing import TypeGuard

from engine.consent.record import Use
from engine.errors import ConsentMissing
from engine.protocol import Add, Job, Render, span_frames

MARKED = "draft"  # the one renderer that goes without consent: it marks what it makes then

HOW = (
    "add what was signed with `pickup consent add`; --renderer draft alone goes without, and marks the frames"
)


def needs_consent(job: Job) -> TypeGuard[Render]:
    """Whether somebody is made to say what he did not, by whatever renderer."""
    if not isinstance(job, Render):
        return False
    return job.dub is not None or any(
        isinstance(span, Add) and span.speech is not None for span in job.plan.spans
    )


def is_marked(job: Render) -> bool:
    """Whether the take's new words are by nobody's leave, and its frames say so."""
    return needs_consent(job) and not job.consent


def refuse_unmarked(job: Render) -> None:
    """Raises ConsentMissing for what no renderer that leaves no mark may make."""
    if is_marked(job) and job.renderer != MARKED:
        raise ConsentMissing(f"the {job.renderer} renderer is given new words by nobody's leave: {HOW}")


def uses_of(job: Render) -> tuple[Use, ...]:
    """Of each speaker that the job names; of whoever it is, where it names none."""
    return tuple(
        Use(
            kind="insert" if job.dub is None else "dub",
            media=job.footage.fingerprint,
            person=person,
            language=job.language,
            project=job.project,
        )
        for person in job.speakers or ("",)
    )


def new_frames(job: Render) -> tuple[tuple[int, int], ...]:
    """The take's frames [first, last) in which the new words are said; none where that is still open."""
    if job.dub is not None:
        head, tail = job.plan.handles
        return ((head, job.plan.frames - tail),) if job.plan.frames > head + tail else ()
    found, at = [], 0
    for span in job.plan.spans:
        end = at + span_frames(span)
        if isinstance(span, Add) and span.frames:
            found.append((at, end))
        at = end
    return tuple(found)
