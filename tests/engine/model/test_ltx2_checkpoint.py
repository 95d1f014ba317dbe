"""Folders of LTX-2.x: told apart by what is in them, refused by what is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tiny_ltx2
from safetensors.torch import load_file, save_file

from bridge.errors import BAD_INPUT, exit_code_of
from engine.errors import BadCheckpoint, MissingModel, PickledCheckpoint
from engine.model.checkpoint import open_checkpoint
from engine.model.ltx2.checkpoint import open_ltx2
from engine.model.ltx2.config import LTX_2_0, LTX_2_3, LTX_2_5, Ltx2Config
from engine.model.pulled import Pulled, write_note
from engine.model.weights_folder import parameters_in
from tests import tiny_checkpoint

COMMIT = "0123456789abcdef0123456789abcdef01234567"
WEIGHTS = "diffusion_pytorch_model.safetensors"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "tiny"
    return tiny_ltx2.make(folder, upsampler=True, text_encoder=True)


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A checkpoint of one's own, to spoil."""
    return Path(shutil.copytree(made, tmp_path / "tiny"))


def changed(path: Path, **values: Any) -> None:
    told = json.loads(path.read_text())
    path.write_text(json.dumps({name: at for name, at in (told | values).items() if at is not None}))


def in_two_files(part: Path) -> tuple[Path, Path]:
    """The part's weights as diffusers saves large ones, with an index."""
    tensors = load_file(part / WEIGHTS)
    names = sorted(tensors)
    halves = {"a-00001-of-00002.safetensors": names[::2], "a-00002-of-00002.safetensors": names[1::2]}
    for file, its in halves.items():
        save_file({name: tensors[name] for name in its}, part / file)
    total = sum(at.nbytes for at in tensors.values())
    index = {
        "metadata": {"total_size": total},
        "weight_map": {name: file for file, its in halves.items() for name in its},
    }
    (part / f"{WEIGHTS}.index.json").write_text(json.dumps(index))
    (part / WEIGHTS).unlink()
    first, second = (part / file for file in halves)
    return first, second


# ---------------------------------------------------------------------------------------- what it is


@pytest.mark.parametrize("version", ["2.0", "2.3", "2.5"])
def test_versions_are_told_apart_by_the_transformers_description(tmp_path: Path, version: str) -> None:
    checkpoint = open_ltx2(tiny_ltx2.make(tmp_path / "some", version=version))
    assert (checkpoint.version, checkpoint.name) == (version, "some")


@pytest.mark.parametrize("config", [LTX_2_0, LTX_2_3, LTX_2_5])
def test_what_is_left_out_of_a_description_is_as_diffusers_has_it(config: Ltx2Config) -> None:
    differing = {name: at for name, at in config.diffusers().items() if at != Ltx2Config().diffusers()[name]}
    written = json.dumps({"_class_name": config.kind, "some_later_setting": 1} | differing)
    assert msgspec.json.decode(written, type=Ltx2Config) == config


@pytest.mark.parametrize("distilled", [True, False])
def test_a_distilled_models_noise_levels_are_not_shifted(tmp_path: Path, distilled: bool) -> None:
    assert open_ltx2(tiny_ltx2.make(tmp_path / "a", distilled=distilled)).distilled is distilled


def test_2_5_is_published_distilled_whatever_its_scheduler_says(tmp_path: Path) -> None:
    assert open_ltx2(tiny_ltx2.make(tmp_path / "a", version="2.5", distilled=False)).distilled


def test_without_a_scheduler_nothing_tells_whether_it_is_distilled(folder: Path) -> None:
    shutil.rmtree(folder / "scheduler")
    with pytest.raises(MissingModel, match="tells whether the model is distilled: copy it there whole"):
        open_ltx2(folder)


def test_parts_that_are_optional_are_there_or_are_not(folder: Path) -> None:
    whole = open_ltx2(folder)
    assert (whole.upsampler, whole.text_encoder) == (folder / "latent_upsampler", folder / "text_encoder")
    assert whole.prompt == folder / "prompt.safetensors"
    for part in ("latent_upsampler", "text_encoder", "tokenizer", "connectors"):
        shutil.rmtree(folder / part)
    less = open_ltx2(folder)
    assert (less.upsampler, less.text_encoder) == (None, None)


def test_its_audio_path_is_the_models_own_and_so_is_trained(made: Path) -> None:
    checkpoint = open_ltx2(made)
    assert checkpoint.audio_trained
    assert not checkpoint.knows_references
    assert (checkpoint.spatial, checkpoint.temporal) == (32, 8)


def test_what_lies_beside_the_transformer_is_counted_by_headers(made: Path) -> None:
    parts = ("vae", "audio_vae", "latent_upsampler")
    assert open_ltx2(made).beside == parameters_in(made / part / WEIGHTS for part in parts)
    assert open_ltx2(made).beside == sum(
        at.numel() for part in parts for at in load_file(made / part / WEIGHTS).values()
    )


def test_the_sha256_is_of_all_that_decides_how_things_look(folder: Path, made: Path) -> None:
    same = open_ltx2(made).sha256
    (folder / "model_index.json").unlink()
    (folder / "README.md").write_text("a note")
    assert open_ltx2(folder).sha256 == same
    vae = folder / "audio_vae" / WEIGHTS
    save_file({name: at + 1 for name, at in load_file(vae).items()}, vae)
    assert open_ltx2(folder).sha256 != same


# ---------------------------------------------------------------------------------------- where it is from


@pytest.mark.parametrize(
    ("version", "licence"),
    [
        ("2.0", "LTX-2 Community License Agreement"),
        ("2.3", "LTX-2 Community License Agreement"),
        ("2.5", "LTX-2.x Community License Agreement"),
    ],
)
def test_each_version_has_the_licence_that_it_was_published_under(
    tmp_path: Path, version: str, licence: str
) -> None:
    assert open_ltx2(tiny_ltx2.make(tmp_path / "some", version=version)).licence == licence


def test_the_licence_is_the_published_one_where_nothing_tells_another(folder: Path) -> None:
    (folder / "README.md").write_text("---\nlicense: other\n---\nlicense_name: none of it")
    assert open_ltx2(folder).licence == "LTX-2 Community License Agreement"


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: other\nlicense_name: ltx-2-community\n---\n# LTX", "ltx-2-community"),
        ("---\nlicense: 'apache-2.0'\n---\n", "apache-2.0"),
    ],
)
def test_the_licence_is_the_model_cards(folder: Path, card: str, licence: str) -> None:
    (folder / "README.md").write_text(card)
    assert open_ltx2(folder).licence == licence


def test_what_was_pulled_tells_its_licence_and_revision(folder: Path) -> None:
    write_note(folder, Pulled(revisions={"a/b": COMMIT}, sha256={}, licence="of the hub"))
    checkpoint = open_ltx2(folder)
    assert (checkpoint.licence, checkpoint.revision) == ("of the hub", f"a/b@{COMMIT}")


def test_a_folder_of_the_hubs_cache_tells_its_revision(made: Path, tmp_path: Path) -> None:
    """As diffusers' from_pretrained leaves it on a disk."""
    snapshot = tmp_path / "models--Lightricks--LTX-2" / "snapshots" / COMMIT
    shutil.copytree(made, snapshot)
    assert open_ltx2(snapshot).revision == f"Lightricks/LTX-2@{COMMIT}"


def test_files_that_the_hubs_tool_put_there_tell_their_revision(folder: Path) -> None:
    """As `hf download --local-dir` leaves them."""
    kept = folder / ".cache" / "huggingface" / "download" / "transformer" / "config.json.metadata"
    kept.parent.mkdir(parents=True)
    kept.write_text(f"{COMMIT}\netag\n1700000000.0\n")
    assert open_ltx2(folder).revision == COMMIT


def test_files_put_there_by_hand_have_no_revision(folder: Path) -> None:
    assert open_ltx2(folder).revision == ""


# ---------------------------------------------------------------------------------------- what is wrong


def test_the_renderer_takes_the_distilled_2_3_unasked(home: Path) -> None:
    with pytest.raises(MissingModel, match=r"`pickup models pull ltx2\.3-distilled`, or put its") as told:
        open_ltx2("ltx2")
    assert str(home / "models" / "ltx2.3-distilled") in str(told.value)
    assert exit_code_of(told.value) == BAD_INPUT


@pytest.mark.parametrize("part", ["transformer", "vae", "audio_vae", "connectors"])
def test_a_part_that_is_missing_is_named(folder: Path, part: str) -> None:
    shutil.rmtree(folder / part)
    with pytest.raises(MissingModel, match=rf"has no {part}/ with config\.json and weights"):
        open_ltx2(folder)


def test_a_file_that_is_missing_is_named_with_how_much_there_is_to_fetch(folder: Path) -> None:
    _, second = in_two_files(folder / "transformer")
    open_ltx2(folder)
    second.unlink()
    index = folder / "transformer" / f"{WEIGHTS}.index.json"
    changed(index, metadata={"total_size": 38_000_000_000})
    lacks = r"transformer lacks a-00002-of-00002\.safetensors \(1 of 2 files, 38\.0 of 38\.0 GB\): copy"
    with pytest.raises(MissingModel, match=lacks):
        open_ltx2(folder)


@pytest.mark.parametrize(("name", "pulled"), [("ltx2.3-dev", "ltx2.3-dev"), ("a--b-c", "a/b-c")])
def test_among_the_installed_models_it_is_told_how_to_go_on(
    made: Path, home: Path, name: str, pulled: str
) -> None:
    folder = Path(shutil.copytree(made, home / "models" / name))
    (folder / "vae" / WEIGHTS).unlink()
    with pytest.raises(MissingModel, match=f"`pickup models pull {pulled}` goes on where it stopped"):
        open_ltx2(folder)


@pytest.mark.parametrize("part", ["transformer", "latent_upsampler", "text_encoder"])
def test_a_file_cut_short_is_named_with_both_sizes(folder: Path, part: str) -> None:
    path = next((folder / part).glob("*.safetensors"))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(BadCheckpoint, match=rf"{path.name} has \d+ bytes and should have \d+: fetch it"):
        open_ltx2(folder)


def test_another_model_is_told_by_its_name(tmp_path: Path) -> None:
    ltx_video = tiny_checkpoint.make(tmp_path / "ltx-video")
    changed(ltx_video / "transformer" / "config.json", _class_name="LTXVideoTransformer3DModel")
    with pytest.raises(BadCheckpoint, match="is of LTX-Video, which --renderer edityourself takes"):
        open_ltx2(ltx_video)
    changed(ltx_video / "transformer" / "config.json", _class_name="WanTransformer3DModel")
    with pytest.raises(BadCheckpoint, match=r"is not LTX-2: its transformer/ is of WanTransformer3DModel\."):
        open_ltx2(ltx_video)


def test_ltx2_is_refused_by_edityourself_by_its_name(made: Path) -> None:
    with pytest.raises(BadCheckpoint, match=r"is not LTX-Video: .* is of LTX-2, which --renderer ltx2 takes"):
        open_checkpoint(made)


def test_weights_in_one_file_as_first_published_are_told_where_to_get_others(tmp_path: Path) -> None:
    (tmp_path / "ltx-2.3-22b-distilled.safetensors").write_bytes(b"")
    with pytest.raises(
        BadCheckpoint, match=r"holds ltx-2\.3-22b-distilled\.safetensors, and no transformer/"
    ):
        open_ltx2(tmp_path)


def test_one_file_is_no_folder(folder: Path) -> None:
    with pytest.raises(MissingModel, match="name the folder that holds it and vae/"):
        open_ltx2(folder / "transformer" / WEIGHTS)


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"_class_name": "LTX2VideoTransformer3DModel", "num_layers": "x"}']
)
def test_a_description_that_is_none_is_named(folder: Path, content: str) -> None:
    (folder / "transformer" / "config.json").write_text(content)
    with pytest.raises(
        BadCheckpoint, match=r"config\.json (is not a description|does not tell the model's sizes)"
    ):
        open_ltx2(folder)


@pytest.mark.parametrize("name", ["model.ckpt", "text_encoder/pytorch_model.bin", "connectors/x.pt"])
def test_a_pickle_anywhere_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(PickledCheckpoint, match=f"{name} is a pickle"):
        open_ltx2(folder)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (
            ["../../elsewhere.safetensors"],
            r"names '\.\./\.\./elsewhere\.safetensors', which is no .safetensors file",
        ),
        (["..\\up.safetensors"], "which is no .safetensors file beside it"),
        (["/etc/passwd"], "names '/etc/passwd', which is no .safetensors file beside it"),
        (["x" * 5000 + ".safetensors"], "which is no .safetensors file beside it"),
        ([], "names no file: fetch it again"),
        ([5], "is not an index of weights"),
    ],
)
def test_an_index_names_files_beside_it_and_no_others(folder: Path, named: list[object], words: str) -> None:
    index = {"weight_map": {f"tensor {at}": name for at, name in enumerate(named)}}
    (folder / "transformer" / f"{WEIGHTS}.index.json").write_text(json.dumps(index))
    with pytest.raises(BadCheckpoint, match=words):
        open_ltx2(folder)


def test_an_index_that_names_a_pickle_is_refused_whether_it_is_there_or_not(folder: Path) -> None:
    index = {"weight_map": {"a": "pytorch_model.bin"}}
    (folder / "vae" / f"{WEIGHTS}.index.json").write_text(json.dumps(index))
    with pytest.raises(PickledCheckpoint, match=r"pytorch_model\.bin is a pickle"):
        open_ltx2(folder)


def test_of_many_missing_files_a_few_are_named(folder: Path) -> None:
    index = {"weight_map": {f"{n}": f"part-{n}.safetensors" for n in range(8)}}
    (folder / "transformer" / f"{WEIGHTS}.index.json").write_text(json.dumps(index))
    with pytest.raises(MissingModel, match=r"lacks part-0\.safetensors, part-1.*and 5 more \(8 of 8 files\)"):
        open_ltx2(folder)


def test_a_link_to_a_file_that_is_gone_is_a_file_that_is_missing(folder: Path) -> None:
    """As a hub's cache looks of which blobs were deleted."""
    (folder / "vae" / WEIGHTS).unlink()
    (folder / "vae" / WEIGHTS).symlink_to(folder / "blobs" / "gone")
    with pytest.raises(MissingModel, match=rf"vae lacks {WEIGHTS}: copy it there whole"):
        open_ltx2(folder)


def test_a_folder_of_links_is_the_files_that_they_lead_to(made: Path, tmp_path: Path) -> None:
    """As a hub's cache has it."""
    linked = tmp_path / "linked"
    for path in (path for path in made.rglob("*") if path.is_file()):
        (linked / path.relative_to(made)).parent.mkdir(parents=True, exist_ok=True)
        (linked / path.relative_to(made)).symlink_to(path)
    assert open_ltx2(linked).sha256 == open_ltx2(made).sha256


def test_weights_that_are_there_in_several_precisions_are_read_once(folder: Path, made: Path) -> None:
    shutil.copy(folder / "vae" / WEIGHTS, folder / "vae" / "diffusion_pytorch_model.fp16.safetensors")
    assert open_ltx2(folder).beside == open_ltx2(made).beside


def test_of_a_text_encoder_that_is_there_twice_that_one_counts_which_is_read(
    folder: Path, made: Path
) -> None:
    """Lightricks/LTX-2 has Gemma as transformers reads it, and again as nothing does."""
    index = {"weight_map": {"a": "diffusion_pytorch_model-00001-of-00012.safetensors"}}
    (folder / "text_encoder" / f"{WEIGHTS}.index.json").write_text(json.dumps(index))
    assert open_ltx2(folder).files == tuple(folder / path.relative_to(made) for path in open_ltx2(made).files)


@pytest.mark.parametrize(
    ("part", "kind"),
    [("vae", "AutoencoderKLWan"), ("audio_vae", "AutoencoderKLLTX2Video"), ("connectors", "Other")],
)
def test_a_part_of_another_model_is_named(folder: Path, part: str, kind: str) -> None:
    changed(folder / part / "config.json", _class_name=kind)
    with pytest.raises(
        BadCheckpoint, match=f"{part} is of {kind}, and should be of .* do not belong together"
    ):
        open_ltx2(folder)


def test_the_text_encoder_of_another_version_is_named(folder: Path) -> None:
    """Gemma 4, which 2.5 reads with, has the layers and widths of Gemma 3."""
    changed(folder / "text_encoder" / "config.json", model_type="gemma4_unified")
    with pytest.raises(
        BadCheckpoint, match=r"is of gemma4_unified, and LTX-2\.3 reads prompts with its own gemma3"
    ):
        open_ltx2(folder)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("num_layers", 10**9),
        ("num_layers", 0),
        ("num_attention_heads", -1),
        ("attention_head_dim", 2**40),
        ("in_channels", 0),
        ("audio_cross_attention_dim", 10**30),
        ("attention_head_dim", 60_000),
    ],
)
def test_sizes_that_no_model_has_are_refused_before_anything_is_made_of_them(
    folder: Path, name: str, size: int
) -> None:
    changed(folder / "transformer" / "config.json", **{name: size})
    with pytest.raises(
        BadCheckpoint, match=r"config\.json does not tell the model's sizes: .*(\$|wider than any)"
    ):
        open_ltx2(folder)


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":' * 100_000, b'{"_class_name":"\xff"}'])
def test_a_description_that_is_made_to_trip_its_reader_is_refused(folder: Path, content: bytes) -> None:
    (folder / "vae" / "config.json").write_bytes(content)
    with pytest.raises(BadCheckpoint, match=r"config\.json is not a description in JSON"):
        open_ltx2(folder)


def test_a_damaged_file_among_the_installed_models_is_told_how_to_be_repaired(made: Path, home: Path) -> None:
    folder = Path(shutil.copytree(made, home / "models" / "ltx2.3-dev"))
    path = folder / "vae" / WEIGHTS
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(
        BadCheckpoint, match=r"fetch it again \(delete it, then `pickup models pull ltx2\.3-dev`\)"
    ):
        open_ltx2(folder)
