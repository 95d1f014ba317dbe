"""Which frames a latent stands for, and an edit as latents kept, left out and put in (section 3.3). Pure.

The video autoencoder is causal: latent 0 is frame 0, latent n is frames [8(n-1)+1, 8n+1). A clip is padded at
its end, by its last frame, to 8k+1 frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from engine.errors import OffTheGrid
from engine.model.config import STRIDE
from engine.protocol import Add, EditPlan, Keep, Retime, Span, span_frames


def latents_for(frames: int) -> int:
    """How many latents a clip of `frames` >= 1 has."""
    return latent_of(frames - 1) + 1


def decoded_frames(latents: int) -> int:
    """How many frames so many latents are."""
    return frames_of(latents - 1).stop


def padded_frames(frames: int) -> int:
    """The clip's length once it is padded to whole latents."""
    return decoded_frames(latents_for(frames))


def latent_of(frame: int) -> int:
    """The latent that frame `frame` >= 0 lies in."""
    return -(-frame // STRIDE)


def frames_of(latent: int) -> range:
    """The frames of a latent."""
    return range(max(0, STRIDE * (latent - 1) + 1), STRIDE * latent + 1)


def touched(frames: Sequence[bool]) -> tuple[bool, ...]:
    """For each latent of a clip, whether any of its frames is flagged."""
    return tuple(
        any(frames[group.start : group.stop]) for group in map(frames_of, range(latents_for(len(frames))))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentCourse:
    """An edit on the latent grid.

    `first`, `encoded`: the source frames [first, first + encoded) are encoded. Where the media does not reach
    back to `first` (by at most 7 frames), its first frame is repeated.
    `latents`: for each latent of the edited sequence the one of that encoding it is, or None where it is new.
    `lead_in`: of the decoded frames so many come before the plan's first; what follows its last is padding.
    `frames`: the plan's length.
    """

    first: int
    encoded: int
    latents: tuple[int | None, ...]
    lead_in: int
    frames: int

    @property
    def new(self) -> tuple[bool, ...]:
        """For each latent, whether it is generated whole."""
        return tuple(latent is None for latent in self.latents)

    @property
    def shown(self) -> slice:
        """The plan's frames among the decoded ones."""
        return slice(self.lead_in, self.lead_in + self.frames)

    @property
    def cuts(self) -> tuple[int, ...]:
        """Decoded frames at which latents were taken out: the first ones after it."""
        return tuple(
            frames_of(at).start
            for at in range(1, len(self.latents))
            if (here := self.latents[at]) is not None
            and (before := self.latents[at - 1]) is not None
            and here != before + 1
        )


def latent_course(plan: EditPlan) -> LatentCourse:
    """The plan as latents.

    Raises OffTheGrid unless all that lies between the first and the last span is a multiple of 8 frames:
    what is kept, left out, added, and both lengths of a retime. What is kept or added first or last may have
    any length.
    """
    spans = _joined(plan.spans)
    lead_in = _lead_in(spans)
    first = _first_encoded(spans, lead_in)
    latents: list[int | None] = []
    end = lead_in
    for number, span in enumerate(spans):
        end += span_frames(span)
        if end % STRIDE != 1 and number < len(spans) - 1:
            raise OffTheGrid(f"frame {end - lead_in} of the plan is a cut, and {_OFF}")
        latents += _played(span, latents_for(end) - len(latents), first, at_head=not latents)
    stops = [span.end for span in spans if not isinstance(span, Add)]
    return LatentCourse(
        first=first,
        encoded=max(stops) - first if stops else 0,
        latents=tuple(latents),
        lead_in=lead_in,
        frames=plan.frames,
    )


_OFF = "does not lie a multiple of 8 frames from the first cut: plan and render with the same grid"


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Kept spans that follow on in the source are one: rendering a mouth anew is the mask's matter."""
    joined: list[Span] = []
    for span in spans:
        before = joined[-1] if joined else None
        if isinstance(span, Keep) and isinstance(before, Keep) and before.end == span.start:
            joined[-1] = Keep(start=before.start, end=span.end)
        else:
            joined.append(span)
    return joined


def _lead_in(spans: Sequence[Span]) -> int:
    """Frames to put before the plan's first, so that the first cut falls between two latents."""
    if len(spans) == 1 and not isinstance(spans[0], Retime):
        return 0
    return (1 - span_frames(spans[0])) % STRIDE


def _first_encoded(spans: Sequence[Span], lead_in: int) -> int:
    if isinstance(spans[0], Keep | Retime):
        return spans[0].start - lead_in
    # New latents come first: the source's first frame begins a group of 8, so one goes before it as latent 0.
    starts = [span.start for span in spans if not isinstance(span, Add)]
    return starts[0] - 1 if starts else 0


def _played(span: Span, count: int, first: int, *, at_head: bool) -> Iterator[int | None]:
    """The span's `count` latents."""
    if isinstance(span, Add):
        return iter([None] * count)
    start = span.start - first
    if not at_head and (start < 1 or start % STRIDE != 1):
        raise OffTheGrid(f"source frame {span.start} follows a cut, and {_OFF}")
    begin = 0 if at_head else latent_of(start)
    if isinstance(span, Keep):
        return iter(range(begin, begin + count))
    if (span.end - span.start) % STRIDE or span.frames % STRIDE:
        raise OffTheGrid(
            f"source frames {span.start} to {span.end} are to play for {span.frames} frames, and not both are"
            " multiples of 8: plan and render with the same grid"
        )
    held = 1 if at_head else 0  # latent 0, before the retime
    return chain(range(held), _evenly(latent_of(start), (span.end - span.start) // STRIDE, count - held))


def _evenly(begin: int, source: int, count: int) -> Iterator[int | None]:
    """`source` latents from `begin` on over `count`: some left out, or new ones put in, evenly."""
    if count <= source:
        return (begin + (2 * index + 1) * source // (2 * count) for index in range(count))
    places = {(2 * index + 1) * count // (2 * source): begin + index for index in range(source)}
    return (places.get(at) for at in range(count))
