"""Clips of a presenter who is drawn and speaks with the scratch voice, with the truth about them.

`python -m engine.training.synthetic --seed 7 --text "Hello." -o clips` writes a .mov (ProRes and PCM), a .wav
and a .json, all three or none. The same seed, text and size always give the same pictures, samples and truth.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import msgspec
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from engine.errors import DiskFull, EngineError, RenderFailed
from engine.media.conversion import picture_of
from engine.media.encode import TakeFormat, WrittenTake, write_take
from engine.media.picture import PIXEL_FORMAT, PictureFormat
from engine.media.picture import Picture as Planes
from engine.media.sound import Samples, write_wav
from engine.protocol import SAMPLE_RATE, Ratio, Value, Word
from engine.speech.scratch import Phoneme, SpokenSound, Voice, speak_with_phonemes
from engine.training.command import Parser, failed, picture_size
from engine.training.presenter.articulation import articulate
from engine.training.presenter.figure import Figure, Picture
from engine.training.presenter.identity import Identity, identity
from engine.training.presenter.motion import poses
from engine.training.presenter.mouth import Mouth, opening
from engine.whole_file import save_whole

LEAD_IN, LEAD_OUT = 0.5, 0.7  # seconds of the presenter before the first word and after the last
ROOM_TONE = 10 ** (-66 / 20)
_BT709 = 1
LARGEST = 3840  # ours: pixels a side; the painter holds some forty values for each
_NO_ROOM = {28, 122}  # ENOSPC, EDQUOT
_SUFFIXES = (".mov", ".wav", ".json")
_RATE = re.compile(r"\d{1,9}(\.\d{1,9}|/0*[1-9]\d{0,8})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSpec:
    """All that a clip follows from. Width and height are even, 64 pixels at least and `LARGEST` at most."""

    seed: int
    text: str
    width: int = 1280
    height: int = 720
    rate: Fraction = Fraction(25)

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"there is no seed {self.seed}: a whole number from 0 on")
        refuse_size(self.width, self.height)
        if not 1 <= self.rate <= 120:
            raise ValueError(f"{self.rate} frames a second cannot be drawn: from 1 to 120")


def refuse_size(width: int, height: int) -> None:
    """Raises ValueError where nobody can be drawn at that size."""
    if any(side % 2 or not 64 <= side <= LARGEST for side in (width, height)):
        raise ValueError(f"{width}x{height} cannot be drawn: even numbers from 64 to {LARGEST}")


class SpokenPhoneme(Value, frozen=True, kw_only=True):
    """One sound, in seconds of the clip."""

    ipa: str
    start: float
    end: float


class ClipTruth(Value, frozen=True, kw_only=True):
    """What is known of a drawn clip: when it says what, and how open the mouth is in each frame.

    `opening` is as in `FaceBox`: distance of the inner lips over the height of the face.
    """

    text: str
    seed: int
    width: int
    height: int
    rate: Ratio
    frames: int
    words: tuple[Word, ...]
    phonemes: tuple[SpokenPhoneme, ...]
    opening: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnClip:
    """`pictures` are drawn as they are taken, RGB uint8; `sound` is [samples, 1] at 48 kHz, frame-exact."""

    truth: ClipTruth
    sound: Samples
    pictures: Iterator[Picture]


def draw_clip(spec: ClipSpec) -> DrawnClip:
    """The clip of a spec. Raises MissingModel (no scratch voice), BadMedia (it cannot say the text)."""
    who = identity(spec.seed)
    spoken = speak_with_phonemes(spec.text, Voice(language=who.voice, words_per_minute=158, pitch=who.pitch))
    seconds = LEAD_IN + len(spoken.samples) / spoken.sample_rate + LEAD_OUT
    frames = math.ceil(seconds * spec.rate)
    phonemes = _placed(spoken.phonemes)
    mouths = articulate(phonemes, frames, spec.rate)
    truth = ClipTruth(
        text=spec.text,
        seed=spec.seed,
        width=spec.width,
        height=spec.height,
        rate=Ratio.of(spec.rate),
        frames=frames,
        words=tuple(
            Word(text=word.text, start=round(word.start + LEAD_IN, 4), end=round(word.end + LEAD_IN, 4))
            for word in spoken.words
        ),
        phonemes=phonemes,
        opening=tuple(round(opening(mouth), 5) for mouth in mouths),
    )
    return DrawnClip(
        truth=truth, sound=_recorded(spoken, spec, frames), pictures=_pictures(spec, who, truth, mouths)
    )


def write_clip(clip: DrawnClip, folder: Path, name: str) -> WrittenTake:
    """Write `name`.mov, .wav and .json into the folder, all or none. Raises DiskFull, RenderFailed."""
    truth = clip.truth
    form = TakeFormat(
        picture=PictureFormat(
            width=truth.width, height=truth.height, primaries=_BT709, transfer=_BT709, matrix=_BT709
        ),
        rate=truth.rate.exact,
        frames=truth.frames,
        channels=1,
    )
    with _together(folder, name) as beside:
        written = write_take(beside / f"{name}.mov", form, _planes(clip.pictures), clip.sound)
        write_wav(beside / f"{name}.wav", clip.sound, SAMPLE_RATE)
        text = msgspec.json.format(msgspec.json.encode(truth), indent=1)
        save_whole(beside / f"{name}.json", text + b"\n")
    return written


@contextmanager
def _together(folder: Path, name: str) -> Iterator[Path]:
    """Where to write what comes into the folder at once, when all of it is there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        places = [folder / f"{name}{suffix}" for suffix in _SUFFIXES]
        if taken := [str(place) for place in places if place.is_dir()]:
            raise RenderFailed(f"cannot write {taken[0]}: it is a folder")
        with tempfile.TemporaryDirectory(prefix=".clip.", suffix=".part", dir=folder) as beside:
            yield Path(beside)
            for place in places:
                (Path(beside) / place.name).replace(place)
    except OSError as error:
        kind = DiskFull if error.errno in _NO_ROOM else RenderFailed
        raise kind(f"cannot write into {folder}: {error.strerror or error}") from error


def _placed(phonemes: Iterable[Phoneme]) -> tuple[SpokenPhoneme, ...]:
    return tuple(
        SpokenPhoneme(ipa=p.ipa, start=round(p.start + LEAD_IN, 4), end=round(p.end + LEAD_IN, 4))
        for p in phonemes
    )


def _recorded(spoken: SpokenSound, spec: ClipSpec, frames: int) -> Samples:
    """The voice in a quiet room, as long as the picture to the sample."""
    total = round(frames * SAMPLE_RATE / spec.rate)
    chance = np.random.default_rng([spec.seed, 0x5A])
    sound = (chance.standard_normal(total) * ROOM_TONE).astype(np.float32)
    first = round(LEAD_IN * SAMPLE_RATE)
    sound[first : first + len(spoken.samples)] += spoken.samples
    return sound[:, None]


def _pictures(
    spec: ClipSpec, who: Identity, truth: ClipTruth, mouths: tuple[Mouth, ...]
) -> Iterator[Picture]:
    figure = Figure(who, spec.width, spec.height)
    stresses = tuple(phoneme.start for phoneme in truth.phonemes if "ˈ" in phoneme.ipa)
    moves = poses(spec.seed, truth.frames, spec.rate, stresses)
    for frame, (pose, mouth) in enumerate(zip(moves, mouths, strict=True)):
        yield figure.picture(pose, mouth, frame)


def _planes(pictures: Iterable[Picture]) -> Iterator[Planes]:
    """RGB to the 10-bit YUV that a take holds, BT.709, limited range."""
    for picture in pictures:
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        yield picture_of(
            frame.reformat(
                format=PIXEL_FORMAT,
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
        )


def main(arguments: list[str] | None = None) -> int:
    """Draw one clip; 0 when done, 2 for wrong arguments, 3 for what cannot be said, 5 for a full disk."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    name = chosen.name if chosen.name is not None else f"presenter_{chosen.seed}"
    if name in {"", ".", ".."} or Path(name).name != name or "\0" in name:
        parser.error(f"--name {name!r}: a file's name without folder and suffix")
    try:
        width, height = chosen.size
        spec = ClipSpec(seed=chosen.seed, text=chosen.text, width=width, height=height, rate=chosen.rate)
    except ValueError as error:
        parser.error(str(error))
    try:
        clip = draw_clip(spec)
        write_clip(clip, chosen.out, name)
    except EngineError as error:
        return failed(error)
    except KeyboardInterrupt:
        sys.stderr.write("stopped: nothing was written\n")
        return 130
    sys.stdout.write(f"{chosen.out / name}.mov: {clip.truth.frames} frames at {spec.rate} a second\n")
    return 0


def _parser() -> Parser:
    parser = Parser(prog="engine.training.synthetic", description="Draw a presenter who speaks.")
    parser.add_argument("--seed", type=int, default=7, help="who it is, and how they move")
    parser.add_argument("--text", required=True, help="what they say")
    parser.add_argument(
        "--size", type=picture_size, default=(1280, 720), metavar="WxH", help="such as 1280x720"
    )
    parser.add_argument(
        "--rate", type=_rate, default=Fraction(25), help="frames a second, such as 25 or 30000/1001"
    )
    parser.add_argument("--name", help="of the files, without suffix (default: presenter_SEED)")
    parser.add_argument("-o", "--out", type=Path, default=Path(), metavar="DIR")
    return parser


def _rate(text: str) -> Fraction:
    if not _RATE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text}: write it as 25 or 30000/1001")
    return Fraction(text)


if __name__ == "__main__":
    sys.exit(main())
