"""A folder of videos made into shards for one model, as `pickup train --data` reads them.

`python -m engine.training.precompute FOLDER -o OUT --model CHECKPOINT` curates the folder first (into
OUT/curation), or takes what `--curation` of an earlier one kept. A run that was stopped goes on where it was;
one with other videos, another recipe or other weights is refused, and not mixed with it.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from engine.errors import BadCheckpoint, EngineError, MissingMedia, MissingModel
from engine.face.mesh import Landmarks
from engine.face.models import INSTALL_HINT, FaceModels, find_models
from engine.face.view import find_landmarks
from engine.media.picture import Picture
from engine.model.acceleration import best_device
from engine.model.assembly import load_autoencoder
from engine.model.checkpoint import WHISPER, Checkpoint, open_checkpoint
from engine.model.weights import sha256_of
from engine.paths import models_folder
from engine.protocol import Value
from engine.speech.features import FeatureExtractor, LogMelFeatures, load_whisper
from engine.training.caption_embedding import captions
from engine.training.command import Parser, failed
from engine.training.curation import Tools, curate, read_report
from engine.training.errors import BadSamples
from engine.training.fitting import Sizes
from engine.training.piece_encoding import Encoders
from engine.training.shard_plan import Recipe, Source, sources_of
from engine.training.shards import Index, LeftOut, precompute

# ours: a piece of the paper's 121 frames, 16 latents, has as many at about half a megapixel.
TOKENS = 8192
_NAMED = 3  # of what was rejected
_PIXELS = re.compile(r"(\d{1,9})-(\d{1,9})")


class Summary(Value, frozen=True, kw_only=True):
    """What `--json` prints. `seconds` of video are in `pieces`; `bytes` in `shards`."""

    out: str
    videos: int
    pieces: int
    seconds: float
    shards: int
    bytes: int
    left_out: tuple[LeftOut, ...]


def summary(index: Index, out: Path) -> Summary:
    held = [held.piece for shard in index.shards for held in shard.held]
    seconds = sum(piece.fit.frames / piece.source.rate.exact for piece in held)
    return Summary(
        out=str(out),
        videos=len({piece.source.fingerprint for piece in held}),
        pieces=len(held),
        seconds=round(float(seconds), 3),
        shards=len(index.shards),
        bytes=sum(shard.size for shard in index.shards),
        left_out=index.left_out,
    )


# ------------------------------------------------------------------------------------- the model's


def extractor(checkpoint: Checkpoint, device: torch.device) -> FeatureExtractor:
    """What the model hears with, whether it was trained to yet or not. Raises MissingModel, BadCheckpoint."""
    wanted, own = checkpoint.config.audio, whisper_folder(checkpoint)
    found = LogMelFeatures() if own is None else load_whisper(own, str(device))
    if (found.layers, found.channels) != (wanted.layers, wanted.channels):
        raise BadCheckpoint(
            f"{own or 'log-mel'} gives {found.layers} layers of {found.channels} channels, and"
            f" {checkpoint.name} reads {wanted.layers} of {wanted.channels}: it is another Whisper"
        )
    return found


def whisper_folder(checkpoint: Checkpoint) -> Path | None:
    """None where it hears log-mel. `Checkpoint.whisper` is of what is trained; this, of what is to be."""
    if checkpoint.config.audio.representation != "whisper":
        return None
    own = checkpoint.folder / WHISPER
    return own if own.exists() else models_folder() / WHISPER


def weights_name(folder: Path) -> str:
    """The folder's name, and a sign of what is in it: other weights make other shards."""
    files = sorted(path for path in folder.glob("*") if path.suffix in {".safetensors", ".json"})
    told = "".join(f"{path.name} {sha256_of(path)}\n" for path in files)
    return f"{folder.name} {hashlib.sha256(told.encode()).hexdigest()[:16]}"


def _recipe(chosen: argparse.Namespace, checkpoint: Checkpoint, cell: int) -> Recipe:
    fewest, most = chosen.pixels
    whisper = whisper_folder(checkpoint)
    return Recipe(
        tokens=chosen.tokens,
        frames=chosen.frames,
        rounds=chosen.rounds,
        seed=chosen.seed,
        region=chosen.region,
        shard_bytes=chosen.shard_bytes,
        sizes=Sizes(fewest=fewest, most=most, cell=cell),
        autoencoder=weights_name(checkpoint.vae),
        features="log-mel" if whisper is None else weights_name(whisper),
    )


# ------------------------------------------------------------------------------------- the videos


def _sources(chosen: argparse.Namespace, models: FaceModels) -> tuple[Source, ...]:
    """What curation kept, of this folder or of a report. Raises MissingMedia, BadMedia."""
    if chosen.curation is None:
        report = curate(chosen.folder, chosen.out / "curation", Tools(models=models))
    else:
        report = read_report(chosen.curation)
    if not report.kept:
        why = "; ".join(f"{judged.file}: {judged.verdict.reason}" for judged in report.files[:_NAMED])
        raise BadSamples(f"curation kept none of {len(report.files)} videos ({why})")
    kept = sources_of(report.kept, chosen.uncaptioned)
    gone = [source.file for source in kept if not (chosen.folder / source.file).exists()]
    if gone:
        raise MissingMedia(
            f"{len(gone)} of {len(kept)} videos are not in {chosen.folder}, such as {gone[0]}:"
            f" the report is of {report.folder}"
        )
    return kept


# ------------------------------------------------------------------------------------ the command


@dataclass(slots=True)
class _Bar:
    """How many pieces are done, on stderr: each begins with its faces."""

    progress: Progress = field(
        default_factory=lambda: Progress(
            TextColumn("encoding"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
    )
    begun: int = 0

    def spans(self, spans: Sequence[range]) -> Iterator[range]:
        task = self.progress.add_task("", total=spans[-1].stop)
        with self.progress:
            for span in spans:
                self.begun = span.start
                self.progress.update(task, completed=span.start)
                yield span
            self.progress.update(task, completed=spans[-1].stop)

    def faces(self, pictures: Iterable[Picture], models: FaceModels) -> Iterator[Landmarks | None]:
        for task in self.progress.task_ids:
            self.progress.update(task, completed=self.begun)
        self.begun += 1
        return find_landmarks(pictures, models)


def run(chosen: argparse.Namespace) -> Index:
    """Raises BadMedia (nothing to do, or amiss), RenderFailed (cannot be written)."""
    models = find_models()
    if models is None:
        raise MissingModel(f"the face models are not installed: {INSTALL_HINT}")
    checkpoint, device, bar = open_checkpoint(chosen.model), best_device(), _Bar()
    sources = _sources(chosen, models)
    dtype = torch.float32 if device.type == "cpu" else torch.bfloat16
    encoders = Encoders(
        autoencoder=load_autoencoder(checkpoint, dtype, device),
        features=extractor(checkpoint, device),
        find_faces=functools.partial(bar.faces, models=models),
        # Without a text encoder the trainer says the checkpoint's own prompt of every clip.
        embed=None if checkpoint.text_encoder is None else captions(checkpoint, device),
    )
    recipe = _recipe(chosen, checkpoint, encoders.autoencoder.spatial)
    return precompute(chosen.folder, sources, recipe, encoders, out=chosen.out, follow=bar.spans)


def main(arguments: list[str] | None = None) -> int:
    """Make shards; 0 when done, 2 for wrong arguments, 3 for bad input, 5 where they cannot be written."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    fewest, most = chosen.pixels
    counts = chosen.tokens, chosen.frames, chosen.rounds, chosen.shard_bytes, fewest
    if min(counts) < 1 or most < fewest or chosen.seed < 0:
        parser.error(
            "--tokens, --frames, --rounds, --pixels and --shard-bytes are from 1 on, --seed from 0 on"
        )
    try:
        made = summary(run(chosen), chosen.out)
    except EngineError as error:
        return failed(error)
    except KeyboardInterrupt:
        sys.stderr.write("stopped: the same command goes on from here\n")
        return 130
    if chosen.json:
        sys.stdout.write(msgspec.json.encode(made).decode() + "\n")
        return 0
    for piece in made.left_out:
        sys.stderr.write(f"left out: {piece.file} from frame {piece.first} on: {piece.reason}\n")
    sys.stdout.write(
        f"{made.pieces} pieces of {made.videos} videos, {made.seconds:.0f} s, in {made.shards} shards of"
        f" {made.bytes / 1e6:.1f} MB: {made.out}\n"
    )
    return 0


def _parser() -> Parser:
    parser = Parser(prog="engine.training.precompute", description="Make shards of videos to train on.")
    parser.add_argument("folder", type=Path, help="where the videos lie, at any depth")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the folder for the shards")
    parser.add_argument("--model", required=True, metavar="CHECKPOINT", help="a name or a folder")
    parser.add_argument("--curation", type=Path, metavar="REPORT", help="curation.json, or its folder")
    parser.add_argument("--uncaptioned", metavar="TEXT", help="what to say of videos without a caption")
    parser.add_argument("--tokens", type=int, default=TOKENS, help="of a piece, at most")
    parser.add_argument("--frames", type=int, default=121, help="of a piece, at most")
    parser.add_argument("--rounds", type=int, default=1, help="how often each video is cut up")
    parser.add_argument(
        "--pixels", type=_range, default=(Sizes().fewest, Sizes().most), metavar="FEWEST-MOST"
    )
    parser.add_argument("--region", choices=("lips", "face", "head"), default="lips", help="of the masks")
    parser.add_argument("--seed", type=int, default=0, help="of the places and sizes of pieces")
    parser.add_argument("--shard-bytes", type=int, default=512 << 20, help="a shard holds no more, if it can")
    parser.add_argument("--json", action="store_true", help="print what was made as JSON")
    return parser


def _range(text: str) -> tuple[int, int]:
    found = _PIXELS.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text}: write it as 250000-2000000")
    return int(found[1]), int(found[2])


if __name__ == "__main__":
    sys.exit(main())
