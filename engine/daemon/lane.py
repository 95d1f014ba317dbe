"""Two lanes, each with a worker of its own: what somebody waits for does not queue behind long renders.

ours: a draft is there within seconds and a model's render takes minutes; with one lane an editor who has
started one would see neither the next draft nor the next frames of the player until it is done.
"""

from __future__ import annotations

from typing import Literal

from engine.protocol import Analyse, FindShots, Job, Proxy, Render, Speak

Lane = Literal["quick", "long"]
LANES: tuple[Lane, ...] = ("quick", "long")

_DRAFT = "draft"


def lane_of(job: Job) -> Lane:
    """Quick: looking at files, the scratch voice, reels to scrub, drafts. All else may take minutes."""
    if isinstance(job, Render):
        return "quick" if job.renderer == _DRAFT else "long"
    return "quick" if isinstance(job, Analyse | FindShots | Speak | Proxy) else "long"
