"""What a client may ask of the engine."""

from __future__ import annotations

import math
from typing import Literal

from engine.protocol.plan import EditPlan, FaceRegion, Footage, Region, Speech
from engine.protocol.values import Ratio, Value

LONGEST_REEL = 3_000  # frames; ours: two minutes, some 60 MB at 360 lines


LOUDEST_NOISE = 0.1  # ours: of full scale; speech itself is about as loud


class Diffusion(Value):
    """How a diffusion renderer works; others take no notice. Values that the paper does not give are ours.

    `model`: a checkpoint's folder or its name among the installed ones; empty for the renderer's own.
    `steps`: None for the renderer's own number: 40, the paper's, or 10 with demo, 8 with a distilled ltx2.
    `guidance` leads away from what no prompt gives, `audio_guidance` from what silence gives; 1 is none, None
    as the weights' card says.
    `passes`: 2 is the paper's (small, upsampled, finished at full size); 0 means 2 where the checkpoint has
    an upsampler, else 1. `grid`: "frame" is exact to the frame, "latent" is the paper's steps of 8 frames.
    `cache`: threshold of the cache of block outputs, 0 for none. `references`: show the model who speaks;
    None where its weights were trained with it. `crop`: work on the head alone where only a region of the
    face is new. `watermark`: put a mark that nobody sees into what is made anew; it names the take.
    `attention`: a kernel, by diffusers' name. `ulysses` times `ring`: GPUs that share a render.
    Of ltx2: `audio_gate`, whether sound is heard where the picture is made anew alone (Eq 6), as edityourself
    does always; `audio_noise`, RMS of faint noise over what it hears, of full scale, against still mouths.
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
    references: bool | None = None
    audio_gate: bool = False
    audio_noise: float = 0.0
    crop: bool = True
    watermark: bool = False
    precision: Literal["auto", "float32", "bf16", "fp8", "fp8-stored"] = "auto"
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
        if not 0 <= self.audio_noise <= LOUDEST_NOISE:
            raise ValueError(f"audio_noise is {self.audio_noise}: write 0 to {LOUDEST_NOISE}, such as 0.001")


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

    New words, of a `dub` or of an `Add`, need a record of consent of each of the `speakers`, named as their
    records name them; of one who is not named ("", or none at all) one that names the media. `consent`: ids
    of the records meant; the engine looks for some where none is named, and keeps the job with those that it
    found. `language`, `project`: empty where not known; no record that is for some alone fits then.
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
    speakers: tuple[str, ...] = ()
    language: str = ""
    project: str = ""
    consent: tuple[str, ...] = ()


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
