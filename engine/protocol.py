"""The words that bridge, panel and engine share: frozen values, and nothing heavier than msgspec.

Time on the wire is exact. Picture time is an integer number of frames at a `Rate`; sound is an integer
number of samples at 48 kHz (`SAMPLE_RATE`) or of 10 ms ticks (`TICKS_PER_SECOND`). Words alone carry float
seconds, because that is what a recogniser gives; they are turned into ticks and frames once, in the plan.

**Clip frames.** A plan counts the frames of the clip as the timeline plays it: frame 0 is the first frame
that the clip shows, frame -1 the one before (a handle). Clip frame k shows what the media has at
`footage.offset + (k + 1/2) / rate` seconds: the frame's midpoint, so that media of another rate, or of a
variable one, is sampled without drift.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal, dataclass_transform

import msgspec

PROTOCOL_VERSION = 3
SAMPLE_RATE = 48_000
TICKS_PER_SECOND = 100
LONGEST_REEL = 3_000  # frames; ours: two minutes, some 60 MB at 360 lines


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen value of the wire."""


class Ratio(Value, array_like=True):
    """An exact number: frames per second, or seconds."""

    num: int
    den: int = 1

    def __post_init__(self) -> None:
        if self.den <= 0:
            raise ValueError(f"the denominator is {self.den}, not above zero")

    @property
    def exact(self) -> Fraction:
        return Fraction(self.num, self.den)

    @classmethod
    def of(cls, value: Fraction | int) -> Ratio:
        value = Fraction(value)
        return cls(num=value.numerator, den=value.denominator)


# ---------------------------------------------------------------------------------------- transcript


class Word(Value):
    """One spoken word, in seconds from the start of the media (not of the clip, not of its timecode)."""

    text: str
    start: float
    end: float
    confidence: float | None = None  # 0..1, or None where nobody measured
    speaker: str | None = None


class Transcript(Value):
    """The words of a whole media file, whatever part of it a clip shows.

    `energy` has one byte for each 10 ms tick: the level in dB below full scale, 0 (loud) to 255 (silent).
    Planning reads it to find the quietest place near a word's edge, and so stays pure.
    """

    fingerprint: str  # of the media that these words were measured on
    duration: Ratio  # seconds
    words: tuple[Word, ...]
    energy: bytes
    source: Literal["aligned", "recognised", "written"]
    language: str = "en"
    warnings: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------- media


class MediaInfo(Value):
    """What a media file is. `duration` is in seconds, of the longest stream."""

    path: str
    fingerprint: str
    duration: Ratio
    video: VideoInfo | None
    audio: AudioInfo | None


class VideoInfo(Value):
    width: int  # upright, after the rotation the file asks for
    height: int
    rate: Ratio  # the average; media may be of variable rate
    variable_rate: bool
    start_timecode: str | None  # as the file says it, "10:00:00:00" or "01:00:00;00"
    codec: str


class AudioInfo(Value):
    channels: int
    sample_rate: int
    codec: str


class Analysis(Value, tag="analysis"):
    """A media file looked at; `energy` as in `Transcript`, empty where it was not asked for."""

    info: MediaInfo
    energy: bytes = b""


# ---------------------------------------------------------------------------------------- the plan


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


# ---------------------------------------------------------------------------------------- jobs


class Diffusion(Value):
    """How a diffusion renderer works; others take no notice. Values that the paper does not give are ours.

    `model`: a checkpoint's folder or its name among the installed ones; empty for the renderer's own.
    `steps`: None for the renderer's own number: 40, the paper's, or 10 with demo. `guidance` leads away from
    what no prompt gives, `audio_guidance` from what silence gives; 1 is none, None as the weights' card says.
    `passes`: 2 is the paper's (small, upsampled, finished at full size); 0 means 2 where the checkpoint has
    an upsampler, else 1. `grid`: "frame" is exact to the frame, "latent" is the paper's steps of 8 frames.
    `cache`: threshold of the cache of block outputs, 0 for none. `crop`: work on the head alone where only a
    region of the face is new. `attention`: a kernel, by diffusers' name for it. `ulysses` times `ring`: GPUs
    that share one render.
    """

    model: str = ""
    prompt: str = ""
    steps: int | None = None
    distilled: bool = False
    guidance: float = 1.0
    audio_guidance: float | None = None
    passes: Literal[0, 1, 2] = 0
    grid: Literal["frame", "latent"] = "frame"
    ends: Literal["clamped", "circular"] = "clamped"
    cache: float = 0.05
    references: bool = True
    crop: bool = True
    precision: Literal["auto", "float32", "bf16", "fp8"] = "auto"
    compile: bool = False
    attention: str = "native"
    offload: bool = False
    ulysses: int = 1
    ring: int = 1

    def __post_init__(self) -> None:
        if self.ulysses < 1 or self.ring < 1:
            raise ValueError("ulysses and ring are 1 or more")
        if self.steps is not None and not 1 <= self.steps <= 1000:
            raise ValueError(f"steps is {self.steps}: write 1 to 1000")
        led = (self.guidance, 1.0 if self.audio_guidance is None else self.audio_guidance)
        if not 0 <= self.cache < math.inf or not all(0 < scale < math.inf for scale in led):
            raise ValueError("cache is 0 or more, guidance and audio_guidance above 0")


class Analyse(Value, tag="analyse"):
    """Look at a file: its streams, and with `envelope` the loudness of its sound over time."""

    media: str
    envelope: bool = False


class Align(Value, tag="align"):
    """Find when each word of `script` is said."""

    media: str
    script: str
    language: str = "en"


class Transcribe(Value, tag="transcribe"):
    """Find what is said. `model`: a faster-whisper name or folder."""

    media: str
    language: str | None = None
    model: str = "small"


class FindShots(Value, tag="find_shots"):
    """Find where the picture changes shot, in clip frames [start, end) at `rate`."""

    footage: Footage
    rate: Ratio
    start: int
    end: int


class Speak(Value, tag="speak"):
    """Say `text` with the scratch voice."""

    text: str
    language: str = "en-us"


class Dub(Value):
    """All that a take lets hear: `job.speech[speech]`, from `delay` samples after its first shown frame on.

    It lies over the clip's room tone, as loud as the clip's own speech. Mouths say it where the plan has them
    rendered.
    """

    speech: int = 0
    delay: int = 0


class Render(Value, tag="render"):
    """Render one take. Pure data: the same job gives the same decoded frames and samples.

    `bridge`: how many frames on either side of a cut the renderer may rewrite; the others equal the source.
    `dub`: other speech over all of the take, in the place of its sound.
    """

    footage: Footage
    plan: EditPlan
    bridge: int
    speech: tuple[Speech, ...] = ()
    dub: Dub | None = None
    region: Region = FaceRegion(name="lips")
    renderer: str = "draft"
    seed: int = 0
    diffusion: Diffusion = Diffusion()


class Proxy(Value, tag="proxy"):
    """Make a stretch of a clip ready to be scrubbed: small pictures, each for itself, and its sound.

    Clip frames [start, end) at `rate`, 3,000 at most: ask for a longer clip in pieces. `height`: of the
    pictures at most; smaller ones are not enlarged. With `faces` the face in each frame is looked for.
    """

    footage: Footage
    rate: Ratio
    start: int
    end: int
    height: int = 360
    faces: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.end - self.start <= LONGEST_REEL:
            raise ValueError(f"a reel has 1 to {LONGEST_REEL} frames, not {self.end - self.start}")
        if not 16 <= self.height <= 2160:
            raise ValueError(f"a reel's height is 16 to 2160, not {self.height}")
        if not 5 <= self.rate.exact <= 1000:  # ours: a slower reel's sound would fill the memory
            raise ValueError(f"a reel has 5 to 1000 frames a second, not {float(self.rate.exact):g}")


class Sleep(Value, tag="sleep"):
    """Do nothing for a number of 10 ms ticks, with progress: to measure and to test the engine itself."""

    ticks: int = 0
    note: str = ""


Job = Analyse | Align | Transcribe | FindShots | Speak | Render | Proxy | Sleep


# ---------------------------------------------------------------------------------------- results


class SpokenLine(Value, tag="spoken_line"):
    """The scratch voice's line: a wav in the engine's cache, and when it says what."""

    path: str
    fingerprint: str
    duration: Ratio
    words: tuple[Word, ...]


class AlignedWords(Value, tag="aligned_words"):
    """Answer to `Align` and `Transcribe`."""

    transcript: Transcript


class Shots(Value, tag="shots"):
    """Answer to `FindShots`: the clip frames that begin another shot."""

    frames: tuple[int, ...]


class Take(Value, tag="take"):
    """A rendered replacement, in the engine's cache under its job's hash.

    `frames` counts the file's frames, handles included; `source_range` is (first, count) of the frames
    that the timeline shows. `sha256` is the file's, signed; `content_sha256` names what is seen and heard:
    the same job has the same content, while each signature is another one.
    """

    path: str
    frames: int
    rate: Ratio
    source_range: tuple[int, int]
    timecode: int  # of the file's first frame, as a frame number at the rate
    drop_frame: bool
    width: int
    height: int
    channels: int  # of its sound; 0 without
    sha256: str
    content_sha256: str
    renderer: str
    renderer_version: str
    seed: int
    # "source": every mouth is the source's own; "none": new words, and the mouth does not say them;
    # "rendered": the mouth was rendered to the speech
    lip_sync: Literal["source", "none", "rendered"]
    checkpoint: str = ""  # sha256 of the weights that rendered it; empty where there are none
    provenance: str = ""  # path of the sidecar of its credentials; empty where it is not signed
    faces: tuple[FaceBox | None, ...] = ()  # for each frame; empty where faces were not looked for
    metrics: dict[str, float] = {}
    warnings: tuple[str, ...] = ()


class FaceBox(Value, array_like=True):
    """The face in one frame, in pixels of the upright picture, and how open the mouth is.

    `opening`: distance of the inner lips over the height of the face, 0 when shut.
    """

    x: int
    y: int
    width: int
    height: int
    opening: float


class Reel(Value, tag="reel"):
    """Answer to `Proxy`: one file in the engine's cache of JPEGs one after another, one for each frame.

    Frame k of the reel is bytes [offsets[k], offsets[k + 1]) of `path`; `offsets` holds frames + 1 numbers of
    64 bits, little-endian. Pictures are upright, with square pixels; where the media has none they are black.
    `faces`: one for each frame, in pixels of the upright source picture as a `Box` is; empty where they were
    not asked for.

    `sound`: a wav of 16-bit stereo at 48 kHz, empty where the media has no sound. Clip frame k begins at the
    clip's sample round(k * 48000 / rate); the file holds those from frame `start` up to frame `end`, so that
    reels laid end to end neither lose nor repeat one. Where the media is silent, so is it.
    """

    path: str
    offsets: bytes
    frames: int
    width: int
    height: int
    sound: str
    faces: tuple[FaceBox | None, ...] = ()


class Slept(Value, tag="slept"):
    """Answer to `Sleep`."""


Result = Analysis | AlignedWords | Shots | SpokenLine | Take | Reel | Slept


class Progress(Value):
    """How far a job is: `done` of `total` steps (frames, for a render) of the phase called `phase`.

    `preview`: path of a small JPEG of what a render by diffusion looks like so far; another path for each
    picture, told from then on until the next, gone when the job has ended. Empty where there is none.
    `seconds_left`: by the rate of the last steps, the engine's to tell; None until it knows.
    """

    phase: str
    done: int
    total: int
    preview: str = ""
    seconds_left: float | None = None
