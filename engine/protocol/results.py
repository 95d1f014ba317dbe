"""What comes of a job, and how far it is."""

from __future__ import annotations

from typing import Literal

from engine.protocol.values import Analysis, Ratio, Transcript, Value, Word


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


class Signer(Value):
    """Who signed a take. `certificate`: sha256 of the signer's own, which tells apart those of one name."""

    name: str
    certificate: str
    test: bool = False  # made by the machine itself: it names nobody


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
    licence: str = ""  # of those weights, by its name
    revision: str = ""  # of the hub's repository that they were fetched from; empty where nothing tells
    provenance: str = ""  # path of the sidecar of its credentials; empty where it is not signed
    signer: Signer | None = None
    watermark: str = ""  # what its watermark says: eight digits of its job's hash; empty where it has none
    consent: tuple[str, ...] = ()  # ids of the records that allow its new words
    marked: bool = False  # no consent is on record: its new frames say so in the picture
    # "matches": the face is that of the stills of its records, as far as a model can tell
    identity: Literal["unchecked", "matches"] = "unchecked"
    faces: tuple[FaceBox | None, ...] = ()  # for each frame; empty where faces were not looked for
    metrics: dict[str, float] = {}  # noqa: RUF012  (msgspec gives each a new one)
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
