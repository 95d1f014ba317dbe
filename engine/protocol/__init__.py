"""The words that bridge, panel and engine share: frozen values, and nothing heavier than msgspec.

Time on the wire is exact. Picture time is an integer number of frames at a `Rate`; sound is an integer
number of samples at 48 kHz (`SAMPLE_RATE`) or of 10 ms ticks (`TICKS_PER_SECOND`). Words alone carry float
seconds, because that is what a recogniser gives; they are turned into ticks and frames once, in the plan.

`plan` says how clip frames count.
"""

from __future__ import annotations

from engine.protocol.jobs import (
    LONGEST_REEL,
    Align,
    Analyse,
    Diffusion,
    Dub,
    FindShots,
    Job,
    Proxy,
    Render,
    Sleep,
    Speak,
    Transcribe,
)
from engine.protocol.plan import (
    Add,
    Box,
    EditPlan,
    FaceRegion,
    Footage,
    Keep,
    Matte,
    Region,
    Retime,
    Span,
    Speech,
    span_frames,
)
from engine.protocol.results import (
    AlignedWords,
    FaceBox,
    Progress,
    Reel,
    Result,
    Shots,
    Signer,
    Slept,
    SpokenLine,
    Take,
)
from engine.protocol.values import (
    PROTOCOL_VERSION,
    SAMPLE_RATE,
    TICKS_PER_SECOND,
    Analysis,
    AudioInfo,
    MediaInfo,
    Ratio,
    Transcript,
    Value,
    VideoInfo,
    Word,
)

__all__ = [
    "LONGEST_REEL",
    "PROTOCOL_VERSION",
    "SAMPLE_RATE",
    "TICKS_PER_SECOND",
    "Add",
    "Align",
    "AlignedWords",
    "Analyse",
    "Analysis",
    "AudioInfo",
    "Box",
    "Diffusion",
    "Dub",
    "EditPlan",
    "FaceBox",
    "FaceRegion",
    "FindShots",
    "Footage",
    "Job",
    "Keep",
    "Matte",
    "MediaInfo",
    "Progress",
    "Proxy",
    "Ratio",
    "Reel",
    "Region",
    "Render",
    "Result",
    "Retime",
    "Shots",
    "Signer",
    "Sleep",
    "Slept",
    "Span",
    "Speak",
    "Speech",
    "SpokenLine",
    "Take",
    "Transcribe",
    "Transcript",
    "Value",
    "VideoInfo",
    "Word",
    "span_frames",
]
