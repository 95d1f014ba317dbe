"""What a clip becomes: the spans of a take, the footage and the lines that it is made of, and where in it.

**Clip frames.** A plan counts the frames of the clip as the timeline plays it: frame 0 is the first frame
that the clip shows, frame -1 the one before (a handle). Clip frame k shows what the media has at
`footage.offset + (k + 1/2) / rate` seconds: the frame's midpoint, so that media of another rate, or of a
variable one, is sampled without drift.
"""

from __future__ import annotations

from typing import Literal

from engine.protocol.values import Ratio, Value


class Keep(Value, tag="keep"):
    """Source frames [start, end), played as they are.

    `lead` moves the sound's cut into this span against the picture's: by that many samples later
    (or earlier, if negative), always by less than half a frame. Within the span sound and picture are
    exactly in step. With `resync` the mouth (or whatever the job's region is) is rendered anew.
    """

    start: int
    end: int
    resync: bool = False
    lead: int = 0


class Retime(Value, tag="retime"):
    """Source frames [start, end), played over `frames` frames. `lead` as in `Keep`."""

    start: int
    end: int
    frames: int
    lead: int = 0


class Add(Value, tag="add"):
    """`frames` new frames that say `job.speech[speech]`, which starts `delay` samples into the span.

    What the neighbouring spans leave out between them (a replaced phrase) is footage a renderer may use.
    Under the job's `dub` an `Add` has no line of its own: None.
    """

    frames: int
    speech: int | None = None
    delay: int = 0
    lead: int = 0


Span = Keep | Retime | Add


class EditPlan(Value):
    """What a range becomes: spans in the order they are played, at the timeline's rate.

    `handles` counts the frames at either end that are context and spare footage: they equal the source.
    """

    rate: Ratio
    spans: tuple[Span, ...]
    handles: tuple[int, int] = (0, 0)

    @property
    def frames(self) -> int:
        """Length of what is rendered, handles included."""
        return sum(span_frames(span) for span in self.spans)


def span_frames(span: Span) -> int:
    """How many frames the span plays for."""
    return span.end - span.start if isinstance(span, Keep) else span.frames


class Footage(Value):
    """The clip's media, and where the clip lies in it.

    `offset`: seconds of media time, exact, at which clip frame 0 begins. `first` and `last`: the clip
    frames [first, last) for which the media has picture. `timecode`: the frame number, at the timeline's
    rate, of clip frame 0 in the media's own timecode; it goes into the take.
    """

    media: str
    fingerprint: str
    offset: Ratio
    first: int
    last: int
    timecode: int = 0
    drop_frame: bool = False


class Speech(Value):
    """A line to be said: the file, and the part of it to use, in 10 ms ticks [start, end)."""

    path: str
    fingerprint: str
    start: int
    end: int
    scratch: bool = False  # a machine's voice, standing in


class Box(Value, tag="box"):
    """A rectangle in pixels of the upright source picture."""

    x: int
    y: int
    width: int
    height: int


class Matte(Value, tag="matte"):
    """A picture or video whose white is rendered anew."""

    path: str
    fingerprint: str


class FaceRegion(Value, tag="face_region"):
    """A region that follows the face: of several the largest, or the one whose centre lies in `within`."""

    name: Literal["lips", "face", "head"]
    within: Box | None = None


Region = FaceRegion | Box | Matte
