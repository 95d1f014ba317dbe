"""MLT's own player, and films for it whose frames tell their numbers."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SAMPLES_PER_SECOND = 48_000
STEP = 2  # grey levels from one frame to the next


def grey(frame: int) -> int:
    return 20 + STEP * (frame % 100)


def draw(path: Path, rate: Fraction, frames: int, first: int = 0) -> Path:
    """A film whose frame k is one grey, and whose sound is a tone as long as it."""
    with av.open(str(path), "w") as file:
        picture = file.add_stream("mpeg4", rate=rate)
        picture.width, picture.height, picture.pix_fmt, picture.bit_rate = 64, 48, "yuv420p", 4_000_000
        picture.gop_size = 1
        sound = file.add_stream("pcm_s16le", rate=SAMPLES_PER_SECOND)
        sound.layout = "stereo"
        for k in range(frames):
            plane = np.full((72, 64), 128, np.uint8)
            plane[:48] = grey(first + k)
            frame = av.VideoFrame.from_ndarray(plane, format="yuv420p")
            frame.pts = k
            file.mux(picture.encode(frame))
        file.mux(picture.encode(None))
        tone = np.sin(np.arange(int(frames / rate * SAMPLES_PER_SECOND)) * 0.05) * 8000
        block = av.AudioFrame.from_ndarray(
            np.repeat(tone.astype(np.int16), 2)[None, :], format="s16", layout="stereo"
        )
        block.sample_rate, block.pts = SAMPLES_PER_SECOND, 0
        file.mux(sound.encode(block))
        file.mux(sound.encode(None))
    return path


def played(project: Path) -> tuple[list[float], np.ndarray]:
    """What melt makes of the project: the grey of each frame, and the sound."""
    out = melted(project, ".played.mov", "vcodec=mpeg4", "qscale=1", "acodec=pcm_s16le")
    with av.open(str(out)) as file:
        greys = [float(f.to_ndarray()[8:40, 8:56].mean()) for f in file.decode(video=0)]
    with av.open(str(out)) as file:
        sound = np.concatenate([f.to_ndarray().ravel() for f in file.decode(audio=0)])
    return greys, sound


def pictures(project: Path, frames: int | None = None) -> np.ndarray:
    """The project's pictures, or its first ones, in thumbnails of 6 by 8: [frame, y, x, colour]."""
    span = (f"out={frames - 1}",) if frames else ()
    out = melted(project, ".pictures.mkv", "vcodec=ffv1", "an=1", span=span)
    with av.open(str(out)) as file:
        whole = [f.to_ndarray(format="rgb24") for f in file.decode(video=0)]
    height, width, _ = whole[0].shape
    cells = np.stack(whole).reshape(len(whole), 6, height // 6, 8, width // 8, 3)
    return np.asarray(cells.mean(axis=(2, 4)))


def melted(project: Path, suffix: str, *options: str, span: tuple[str, ...] = ()) -> Path:
    """What melt writes of the project, beside it."""
    out = project.with_suffix(suffix)
    consumer = ["-consumer", f"avformat:{out}", *options, "real_time=-1"]
    command = ["melt", "-silent", str(project), *span, *consumer]
    run = subprocess.run(command, capture_output=True, timeout=240, check=False)
    assert run.returncode == 0, run.stderr.decode()
    return out
