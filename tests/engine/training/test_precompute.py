"""The command that makes shards of a folder of videos, with the model of a checkpoint."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
import tiny_checkpoint
import torch
from drawn_faces import installed_models
from transformers import T5Config, T5EncoderModel, WhisperConfig, WhisperModel

from engine.errors import BadCheckpoint, DiskFull, MissingModel
from engine.face.mesh import Landmarks
from engine.face.view import find_landmarks
from engine.media.picture import Picture
from engine.model.assembly import load_autoencoder
from engine.model.checkpoint import Checkpoint, open_checkpoint
from engine.model.config import WHISPER_SMALL, AudioConfig
from engine.model.prompt import load_prompt
from engine.speech.features import LogMelFeatures, WhisperFeatures
from engine.training import precompute, shards
from engine.training.precompute import Summary, extractor, weights_name
from engine.training.shard_samples import open_shards
from engine.training.shards import read_index
from engine.training.synthetic import ClipSpec, draw_clip, write_clip

CPU = torch.device("cpu")
LINE = "Hello, and welcome to Pickup. This feature rocks, and we will most likely launch it."
SMALL = ["--pixels", "4096-16384", "--tokens", "48", "--frames", "33", "--uncaptioned", "a person talks"]


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two presenters who say enough, one of them with a caption, and one who says too little."""
    folder = tmp_path_factory.mktemp("videos")
    for seed, text in ((3, LINE), (5, LINE), (6, "Hi.")):
        clip = draw_clip(ClipSpec(seed=seed, text=text, width=128, height=128))
        write_clip(clip, folder, f"presenter_{seed}")
    (folder / "presenter_5.txt").write_text("a man with dark hair")
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_checkpoint.make(tmp_path_factory.mktemp("model") / "tiny", audio=True)


def run(videos: Path, model: Path, out: Path, *arguments: str) -> int:
    installed_models()
    return precompute.main([str(videos), "--model", str(model), "-o", str(out), *SMALL, *arguments])


@pytest.fixture(scope="module")
def made(videos: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made") / "shards"
    assert run(videos, model, out, "--shard-bytes", "150000") == 0
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


# ---------------------------------------------------------------------------------- what is made


def test_the_shards_hold_every_kept_video_with_its_caption(made: Path) -> None:
    folder = open_shards(made, verify=True)
    held = {folder.held(number).piece.source.file: folder[number].caption for number in range(len(folder))}
    assert held == {"presenter_3.mov": "a person talks", "presenter_5.mov": "a man with dark hair"}


def test_what_was_rejected_is_told_beside_the_shards(made: Path) -> None:
    assert "121" in (made / "curation" / "curation.txt").read_text()


def test_pieces_have_latents_of_the_checkpoints_autoencoder_a_mask_and_log_mel(
    made: Path, model: Path
) -> None:
    autoencoder = load_autoencoder(open_checkpoint(model), torch.float32, CPU)
    folder = open_shards(made)
    for number in range(len(folder)):
        piece, fit = folder[number], folder.held(number).piece.fit
        assert fit.cell == autoencoder.spatial
        assert piece.latents_CFHW.shape == (autoencoder.channels, fit.latents, fit.rows, fit.columns)
        assert 0 < piece.mask_FHW.float().mean() < 1
        assert piece.features.values.shape[1:] == (1, 80)
        assert piece.text_XE is None


def test_a_report_stands_for_curating_again(
    videos: Path, model: Path, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precompute, "curate", lambda *_: pytest.fail("curated again"))
    arguments = "--curation", str(made / "curation"), "--shard-bytes", "150000"
    assert run(videos, model, tmp_path / "out", *arguments) == 0
    assert contents(tmp_path / "out") == contents(made)


def test_as_json_the_command_says_what_it_made(
    videos: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(videos, model, tmp_path, "--json") == 0
    told = msgspec.json.decode(capsys.readouterr().out, type=Summary)
    index = read_index(tmp_path)
    assert (told.videos, told.shards, told.left_out) == (2, len(index.shards), ())
    assert told.pieces == len(open_shards(tmp_path))
    assert told.bytes == sum(path.stat().st_size for path in tmp_path.glob("*.safetensors"))


def test_a_text_encoder_embeds_each_caption(videos: Path, tmp_path: Path) -> None:
    model = with_text_encoder(tiny_checkpoint.make(tmp_path / "tiny", audio=True))
    assert run(videos, model, tmp_path / "out", "--uncaptioned", "a person") == 0
    folder = open_shards(tmp_path / "out")
    assert {folder[number].caption for number in range(len(folder))} == {"a person", "a man with dark hair"}
    for number in range(len(folder)):
        piece = folder[number]
        wanted = load_prompt(open_checkpoint(model), piece.caption, CPU).unpadded().embeddings_BXE[0]
        assert piece.text_XE is not None
        assert torch.equal(piece.text_XE, wanted.bfloat16().float())
        assert len(piece.text_XE) == len(piece.caption.split())


def with_text_encoder(folder: Path) -> Path:
    """A T5 of random weights, and a tokenizer that knows the words of the captions."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {
        word: number for number, word in enumerate("<pad> <unk> a man with dark hair person talks".split())
    }
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>")  # noqa: S106
    fast.save_pretrained(folder / "tokenizer")
    torch.manual_seed(0)
    config = T5Config(vocab_size=16, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    T5EncoderModel(config).save_pretrained(folder / "text_encoder")
    return folder


# ------------------------------------------------------------------------------------- features


def whisper_in(checkpoint: Checkpoint, channels: int) -> None:
    config = WhisperConfig(
        d_model=channels,
        encoder_layers=2,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
    )
    WhisperModel(config).save_pretrained(checkpoint.folder / "whisper-small")


def hearing(model: Path, tmp_path: Path, audio: AudioConfig) -> Checkpoint:
    """A copy of the checkpoint whose model is made for these features."""
    checkpoint = open_checkpoint(shutil.copytree(model, tmp_path / "tiny"))
    return dataclasses.replace(checkpoint, config=dataclasses.replace(checkpoint.config, audio=audio))


TWO_LAYERS = dataclasses.replace(WHISPER_SMALL, layers=2, channels=16)


def test_a_model_of_log_mel_hears_log_mel(model: Path) -> None:
    assert isinstance(extractor(open_checkpoint(model), CPU), LogMelFeatures)


def test_a_model_of_whispers_features_hears_the_whisper_beside_it(model: Path, tmp_path: Path) -> None:
    checkpoint = hearing(model, tmp_path, TWO_LAYERS)
    whisper_in(checkpoint, 16)
    found = extractor(checkpoint, CPU)
    assert isinstance(found, WhisperFeatures)
    assert (found.layers, found.channels, found.rate) == (2, 16, Fraction(50))


def test_another_whisper_than_the_model_is_made_for_is_refused(model: Path, tmp_path: Path) -> None:
    checkpoint = hearing(model, tmp_path, TWO_LAYERS)
    whisper_in(checkpoint, 8)
    with pytest.raises(BadCheckpoint, match="another Whisper"):
        extractor(checkpoint, CPU)


def test_a_whisper_that_is_not_here_is_missing(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    with pytest.raises(MissingModel, match="models pull whisper-small"):
        extractor(hearing(model, tmp_path, TWO_LAYERS), CPU)


# ------------------------------------------------------------------------------- stopped, gone on


def stopping_after(pieces: int, find: Callable[..., Iterator[Landmarks | None]]) -> Callable[..., object]:
    left = [pieces]

    def finding(pictures: Iterable[Picture], models: object) -> Iterator[Landmarks | None]:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return find(pictures, models)

    return finding


def test_a_run_that_was_stopped_goes_on_and_makes_the_same(
    videos: Path,
    model: Path,
    made: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = "--curation", str(made / "curation"), "--shard-bytes", "150000"
    pieces = len(open_shards(made))
    assert len(read_index(made).shards) > 1
    with monkeypatch.context() as patch:
        patch.setattr(precompute, "find_landmarks", stopping_after(pieces - 1, find_landmarks))
        assert run(videos, model, tmp_path, *arguments) == 130
    assert "the same command goes on" in capsys.readouterr().err
    assert 0 < read_index(tmp_path).done < read_index(tmp_path).planned
    assert run(videos, model, tmp_path, *arguments) == 0
    assert contents(tmp_path) == contents(made)


def test_other_weights_do_not_go_on_with_what_was_begun(
    videos: Path, model: Path, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shutil.copytree(made, tmp_path / "out")
    other = shutil.copytree(model, tmp_path / "other" / "tiny")
    settings = other / "vae" / "config.json"
    settings.write_text(settings.read_text() + "\n")
    assert weights_name(other / "vae") != weights_name(model / "vae")
    assert run(videos, other, out, "--shard-bytes", "150000") == 3
    assert "was begun with other videos or another recipe" in capsys.readouterr().err
    assert contents(out) == contents(made)


def test_a_full_disk_is_a_line_and_leaves_no_half_shard(
    videos: Path,
    model: Path,
    made: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise DiskFull(f"cannot write {path}: No space left on device")

    monkeypatch.setattr(shards, "save_whole", full)
    assert run(videos, model, tmp_path / "out", "--curation", str(made / "curation")) == 5
    assert "No space left" in last_line(capsys)
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------------------------------- bad input


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--tokens", "0"], "from 1 on"),
        (["--pixels", "9-4"], "from 1 on"),
        (["--pixels", "big"], "250000-2000000"),
        (["--region", "hat"], "--region"),
        (["--seed", "-1"], "from 0 on"),
    ],
)
def test_wrong_arguments_are_one_line(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        precompute.main([str(tmp_path), "--model", "x", "-o", str(tmp_path / "out"), *arguments])
    assert stopped.value.code == 2
    assert says in last_line(capsys)


def test_what_is_not_there_is_one_line(
    videos: Path, model: Path, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing, report = tmp_path / "nothing", ["--curation", str(made / "curation")]
    nothing.mkdir()
    for folder, checkpoint, arguments, says in (
        (tmp_path / "no", model, [], "is no folder"),
        (nothing, model, [], "holds no video"),
        (videos, tmp_path / "no", [], "is not on this machine"),
        (videos, model, ["--curation", str(nothing)], "Curate a folder first"),
        (nothing, model, report, "the report is of"),
    ):
        assert run(folder, checkpoint, tmp_path / "out", *arguments) == 3
        assert says in last_line(capsys)


def test_videos_that_are_all_rejected_are_named_with_their_reason(
    videos: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = tmp_path / "short"
    short.mkdir()
    shutil.copy(videos / "presenter_6.mov", short)
    assert run(short, model, tmp_path / "out") == 3
    assert "kept none of 1 videos (presenter_6.mov: " in last_line(capsys)


def test_videos_without_a_caption_are_refused_where_nothing_stands_in(
    videos: Path, model: Path, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(videos), "--model", str(model), "--curation", str(made / "curation")]
    assert precompute.main([*arguments, "-o", str(tmp_path / "out")]) == 3
    assert "presenter_3.mov has no caption" in last_line(capsys)
