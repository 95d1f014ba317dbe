"""A long clip re-rendered in a process of its own, which tells how much memory that took.

`python tests/long_clip.py FOLDER SECONDS RENDERER` prints JSON: see `Told`.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import msgspec
import numpy as np

HERE = Path(__file__).parent
SIZE = (64, 64)
STEPS = 8


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """`peak`: bytes resident at most. `latents`: bytes of the clip's. `changes`: of the left half's luma, on
    average, from each frame to the next. `drifted`: frames whose right half is not the source's.
    """

    peak: int
    latents: int
    changes: tuple[float, ...]
    drifted: tuple[int, ...]


def rendered(folder: Path, seconds: int, renderer: str) -> Told:
    """The left half of a drifting texture, made anew throughout."""
    import tiny_checkpoint
    import tiny_ltx2
    from filmed import drifting, film, footage
    from torch import Tensor

    from engine.media.decode import Sampling, open_reel
    from engine.media.picture import Picture
    from engine.model.autoencoder import VideoAutoencoder
    from engine.protocol import Box, Diffusion, EditPlan, Keep, Ratio, Render
    from engine.render.finish import Finish
    from engine.render.footage import FootageStore
    from engine.render.renderer import find_renderer
    from engine.render.workspace import Workspace

    model = folder / "tiny"
    if renderer == "ltx2":
        tiny_ltx2.make(model, distilled=False)
    else:
        tiny_checkpoint.make(model)
    frames = seconds * 25
    media = film(folder / "clip.mkv", drifting(frames, SIZE))
    job = Render(
        footage=footage(media, frames),
        plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=frames, resync=True),)),
        bridge=3,
        region=Box(x=0, y=0, width=32, height=64),
        renderer=renderer,
        diffusion=Diffusion(model=str(model), steps=STEPS, cache=0.0),
    )
    changes: list[float] = []
    drifted: list[int] = []
    sizes: list[int] = []
    pictures = Finish.pictures

    def noted(self: Finish, latents: Tensor, autoencoder: VideoAutoencoder) -> Iterator[Picture]:
        sizes.append(latents.nbytes)
        before: np.ndarray | None = None
        with open_reel(media, Sampling(offset=Fraction(0), rate=Fraction(25))) as reel:
            for frame, picture in enumerate(pictures(self, latents, autoencoder)):
                source = reel.picture(frame)
                if not np.array_equal(source.y[:, 32:], picture.y[:, 32:]):
                    drifted.append(frame)
                left = picture.y[:, :32].astype(np.float32)
                if before is not None:
                    changes.append(float(np.abs(left - before).mean()))
                before = left
                yield picture

    # What a reel keeps of its pictures is a fixed amount, and more than all of these.
    room = patch.object(FootageStore.__init__, "__defaults__", (1 << 20,))
    with room, patch.object(Finish, "pictures", noted):
        workspace = Workspace(folder=folder, face_models=None)
        find_renderer(renderer).render(job, workspace, lambda _: None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Told(peak=peak, latents=sizes[0], changes=tuple(changes), drifted=tuple(drifted))


if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    told = rendered(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    sys.stdout.buffer.write(msgspec.json.encode(told))
