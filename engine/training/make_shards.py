"""Curated videos made into shards for one model: what `pickup train --data` reads.

`python -m engine.training.make_shards CURATION --from CHECKPOINT -o OUT`. A run that was stopped goes on
where it was.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import track
from torch import Tensor

from engine.errors import EngineError, MissingModel
from engine.face.models import INSTALL_HINT, find_models
from engine.face.view import find_landmarks
from engine.model.acceleration import best_device
from engine.model.assembly import load_autoencoder
from engine.model.checkpoint import WHISPER, Checkpoint, open_checkpoint
from engine.paths import models_folder
from engine.speech.features import FeatureExtractor, LogMelFeatures, load_whisper
from engine.training.caption_embedding import captions
from engine.training.command import Parser, failed
from engine.training.curation import read_report
from engine.training.errors import BadSamples
from engine.training.fitting import Sizes
from engine.training.piece_encoding import Encoders
from engine.training.shard_plan import Recipe, sources_of
from engine.training.shards import precompute


def encoders_of(base: Checkpoint, device: torch.device, *, embed: Callable[[str], Tensor] | None) -> Encoders:
    """What the model sees, hears and reads with. Raises MissingModel, BadCheckpoint."""
    models = find_models()
    if models is None:
        raise MissingModel(f"the face models are not installed: {INSTALL_HINT}")
    return Encoders(
        autoencoder=load_autoencoder(base, torch.float32 if device.type == "cpu" else torch.bfloat16, device),
        features=_extractor(base, device),
        find_faces=functools.partial(find_landmarks, models=models),
        embed=embed,
    )


def _extractor(base: Checkpoint, device: torch.device) -> FeatureExtractor:
    if base.config.audio.representation != "whisper":
        return LogMelFeatures()
    own = base.folder / WHISPER
    return load_whisper(own if own.exists() else models_folder() / WHISPER, str(device))


def _shown(spans: Sequence[range]) -> Iterator[range]:
    """The shards, with a bar of how many are done on stderr."""
    yield from track(spans, description="encoding", console=Console(stderr=True))


def _parser() -> Parser:
    parser = Parser(prog="engine.training.make_shards", description="Make shards of curated videos.")
    parser.add_argument("curation", type=Path, help="the folder that curation wrote")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the folder for the shards")
    parser.add_argument("--from", dest="base", required=True, metavar="CHECKPOINT", help="a name or a folder")
    parser.add_argument("--tokens", type=int, default=8192, help="of a piece, at most")
    parser.add_argument("--frames", type=int, default=121, help="of a piece, at most")
    parser.add_argument("--rounds", type=int, default=1, help="how often each video is cut up")
    parser.add_argument("--pixels", metavar="FEWEST-MOST", default="250000-2000000", help="of a picture")
    parser.add_argument("--region", choices=("lips", "face", "head"), default="lips", help="of the masks")
    parser.add_argument("--uncaptioned", metavar="TEXT", help="what to say of videos without a caption")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def _recipe(chosen: argparse.Namespace, base: Checkpoint, cell: int) -> Recipe:
    fewest, _, most = chosen.pixels.partition("-")
    try:
        sizes = Sizes(fewest=int(fewest), most=int(most), cell=cell)
    except ValueError as error:
        raise BadSamples(f"--pixels {chosen.pixels}: write it as 250000-2000000") from error
    if min(chosen.tokens, chosen.frames, chosen.rounds, sizes.fewest) < 1 or sizes.most < sizes.fewest:
        raise BadSamples("tokens, frames, rounds and pixels are numbers from 1 on, the most not the fewest")
    return Recipe(
        tokens=chosen.tokens,
        frames=chosen.frames,
        rounds=chosen.rounds,
        region=chosen.region,
        seed=chosen.seed,
        sizes=sizes,
        autoencoder=base.name,
        features=base.config.audio.representation,
    )


def main(arguments: list[str] | None = None) -> int:
    """Make shards; 0 when done, 2 for wrong arguments, 3 for bad input, 5 where they cannot be written."""
    chosen = _parser().parse_args(arguments)
    try:
        report = read_report(chosen.curation)
        base, device = open_checkpoint(chosen.base), best_device()
        encoders = encoders_of(base, device, embed=captions(base, device))
        recipe = _recipe(chosen, base, encoders.autoencoder.spatial)
        sources = sources_of(report.kept, chosen.uncaptioned)
        index = precompute(Path(report.folder), sources, recipe, encoders, out=chosen.out, follow=_shown)
    except EngineError as error:
        return failed(error)
    except KeyboardInterrupt:
        sys.stderr.write("stopped: the same command goes on from here\n")
        return 130
    held = sum(len(shard.held) for shard in index.shards)
    sys.stdout.write(
        f"{held} pieces in {len(index.shards)} shards, {len(index.left_out)} left out: {chosen.out}\n"
    )
    for piece in index.left_out:
        sys.stderr.write(f"left out: {piece.file} from {piece.first}: {piece.reason}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
