"""LTX-2 fetched from a hub: whole, of one commit, gone on with, and nothing that is not needed."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_hub
import tiny_ltx2
from huggingface_hub import constants
from safetensors.torch import load_file, save_file
from tiny_hub import REVISION, Hub

from engine.errors import BadCheckpoint, DiskFull, MissingModel
from engine.model import hub
from engine.model.catalogue import CATALOGUE, listed, pull, verify
from engine.model.hub import Source
from engine.model.ltx2.checkpoint import open_ltx2
from engine.model.pulled import read_note

NAME = "ltx2.3-distilled"
REPOSITORY = "diffusers/LTX-2.3-Distilled-Diffusers"
UPSAMPLER = "rootonchair/LTX-2.3-spatial-upscaler-x2-v1.1-Diffusers"
WEIGHTS = "diffusion_pytorch_model.safetensors"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """As the hub has them: the transformer in two files, and what else lies in such repositories."""
    made = tiny_ltx2.make(tmp_path_factory.mktemp("made") / "tiny", upsampler=True, text_encoder=True)
    (made / "prompt.safetensors").unlink()
    part = made / "transformer"
    tensors = load_file(part / WEIGHTS)
    halves = {f"{n}-of-2.safetensors": sorted(tensors)[n - 1 :: 2] for n in (1, 2)}
    for name, its in halves.items():
        save_file({at: tensors[at] for at in its}, part / name)
    index = {"weight_map": {at: name for name, its in halves.items() for at in its}}
    (part / f"{WEIGHTS}.index.json").write_text(json.dumps(index))
    found = {
        path.relative_to(made).as_posix(): path.read_bytes() for path in made.rglob("*") if path.is_file()
    }
    more = (
        "vocoder/config.json",
        f"vocoder/{WEIGHTS}",
        "text_encoder/pytorch_model.bin",
        "run.py",
        "one.safetensors",
    )
    return found | dict.fromkeys(more, b"no need")


@pytest.fixture
def server(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with tiny_hub.hub(dict(files)) as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.address)
        address = server.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", address)
        yield server


def test_what_is_pulled_is_opened_with_its_licence_and_the_commit_that_it_is_of(
    home: Path, server: Hub
) -> None:
    server.card = {"license": "other", "license_name": "ltx-2-community"}
    assert pull(NAME) == home / "models" / NAME
    checkpoint = open_ltx2("ltx2")
    assert (checkpoint.name, checkpoint.version, checkpoint.distilled) == (NAME, "2.3", True)
    assert checkpoint.revision == f"{REPOSITORY}@{REVISION}, {UPSAMPLER}@{REVISION}"
    assert checkpoint.licence == "ltx-2-community"
    assert checkpoint.text_encoder is not None


def test_what_no_render_needs_is_not_fetched(server: Hub) -> None:
    pull(NAME)
    folders = {name.partition("/")[0] for name in server.served}
    assert folders == {
        *("transformer", "vae", "audio_vae", "connectors", "scheduler"),
        *("latent_upsampler", "text_encoder", "tokenizer"),
    }
    assert not [name for name in server.served if not name.endswith((".json", ".safetensors"))]


def test_of_weights_that_are_there_twice_those_are_fetched_that_the_index_names(server: Hub) -> None:
    pull(NAME)
    fetched = {name for name in server.served if name.startswith("transformer/") and name.endswith("tensors")}
    assert fetched == {"transformer/1-of-2.safetensors", "transformer/2-of-2.safetensors"}


def test_what_was_pulled_is_verified_by_the_hubs_sha256(home: Path, server: Hub) -> None:
    pull(NAME)
    assert verify(NAME) == "7 files of weights, each with the sha256 that the hub gives"
    assert {model.name: (model.state, model.found) for model in listed()}[NAME] == (
        "installed",
        "LTX-2.3, distilled, two passes",
    )


def test_an_upsampler_that_somebody_took_back_leaves_the_model_with_one_pass(server: Hub) -> None:
    for name in [name for name in server.files if name.startswith("latent_upsampler/")]:
        del server.files[name]
    server.unknown.add(UPSAMPLER)
    pull(NAME)
    assert open_ltx2(NAME).revision == f"{REPOSITORY}@{REVISION}"
    assert {model.name: model.found for model in listed()}[NAME] == "LTX-2.3, distilled, one pass"


def test_a_model_that_somebody_took_back_is_named(server: Hub) -> None:
    server.unknown.add(REPOSITORY)
    with pytest.raises(MissingModel, match=r"ltx2\.3-distilled was not fetched"):
        pull(NAME)


def test_a_connection_that_breaks_is_taken_up_in_the_middle_of_the_file(
    server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1024)
    broken = "vae/" + WEIGHTS
    server.broken.add(broken)
    pull(NAME)
    half = len(server.files[broken]) // 2
    assert half - 1024 < server.from_byte[broken] <= half
    assert verify(NAME).startswith("7 files of weights")


def test_a_pull_that_stopped_is_gone_on_with_behind_its_last_whole_file(home: Path, server: Hub) -> None:
    broken = "vae/" + WEIGHTS
    server.broken.add(broken)
    server.gone = True
    with pytest.raises(MissingModel, match=r"was not fetched .*run it again: it goes on where it stopped"):
        pull(NAME)
    model = {model.name: model for model in listed()}[NAME]
    assert model.state == "partial"
    assert "vae has no .safetensors weights: `pickup models pull ltx2.3-distilled` goes on" in model.found
    killed = home / "models" / NAME / ".cache" / "huggingface" / "download" / "vae" / "a.b.incomplete"
    killed.write_bytes(b"half")
    server.broken.clear()
    before = set(server.served)
    server.served.clear()
    pull(NAME)
    assert broken in server.served
    assert not before & set(server.served)
    assert verify(NAME).startswith("7 files of weights")
    assert not killed.exists()


def test_while_files_are_fetched_none_are_said_to_be_of_an_earlier_commit(home: Path, server: Hub) -> None:
    folder = pull(NAME)
    (folder / "vae" / WEIGHTS).unlink()
    server.gated = True
    with pytest.raises(MissingModel):
        pull(NAME)
    assert read_note(folder).revision == ""


def test_a_revision_of_ones_own_is_fetched_where_it_is_named(home: Path, server: Hub) -> None:
    assert pull("somebody/their-ltx2@v1.1") == home / "models" / "somebody--their-ltx2"
    assert server.revisions == ["v1.1"]
    assert open_ltx2("somebody/their-ltx2").revision == f"somebody/their-ltx2@{REVISION}"


def test_weights_that_are_given_to_those_who_agree_are_told_how_to_be_asked_for(server: Hub) -> None:
    server.gated = True
    with pytest.raises(
        MissingModel, match=r"agree to its licence: .* \(Lightricks/LTX-2\.5-Diffusers\), `hf auth"
    ):
        pull("ltx2.5")


def test_without_room_nothing_large_is_begun(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.disk, "free", lambda _: 100_000)
    with pytest.raises(
        DiskFull, match=r"GB are to be fetched into .*, and 0\.0 GB are free there: make room"
    ):
        pull(NAME)
    assert not [name for name in server.served if name.endswith(".safetensors")]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (None, "somebody/else has no transformer/ as diffusers saves it.*often end in -Diffusers"),
        (
            {"_class_name": "WanTransformer3DModel"},
            r"is not LTX-Video or LTX-2: .* is of WanTransformer3DModel\.",
        ),
    ],
)
def test_a_repository_of_something_else_is_refused_before_anything_large_is_fetched(
    server: Hub, config: dict[str, str] | None, words: str
) -> None:
    """As Lightricks/LTX-2.3 is, whose weights lie in one file."""
    del server.files["transformer/config.json"]
    if config is not None:
        server.files["transformer/config.json"] = json.dumps(config).encode()
    with pytest.raises(BadCheckpoint, match=words):
        pull("somebody/else")
    assert not [name for name in server.served if name.endswith(".safetensors")]


def test_a_repository_that_has_half_a_model_is_told_once_it_is_here(server: Hub) -> None:
    for name in [name for name in server.files if name.startswith("audio_vae/")]:
        del server.files[name]
    with pytest.raises(
        BadCheckpoint, match=r"all that the hub has of some/half is here, and .* no audio_vae/ with"
    ):
        pull("some/half")


def test_of_a_text_encoder_that_is_there_twice_that_one_is_fetched_which_is_read(server: Hub) -> None:
    """As in Lightricks/LTX-2, whose second one is of 52 GB and no use."""
    index = {"weight_map": {"a": "diffusion_pytorch_model-00001-of-00012.safetensors"}}
    server.files |= {
        f"text_encoder/{WEIGHTS}.index.json": json.dumps(index).encode(),
        "text_encoder/diffusion_pytorch_model-00001-of-00012.safetensors": b"no need",
        "text_encoder/model.safetensors.index.json": json.dumps(
            {"weight_map": {"a": "model.safetensors"}}
        ).encode(),
    }
    pull(NAME)
    assert [
        name for name in server.served if name.startswith("text_encoder/") and name.endswith("tensors")
    ] == ["text_encoder/model.safetensors"]
    assert open_ltx2("ltx2").text_encoder is not None


def test_without_a_network_it_is_told_what_to_put_where(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        started = time.monotonic()
        with pytest.raises(MissingModel) as told:
            pull(NAME)
        assert time.monotonic() - started < 10
    assert f"put by hand into {home / 'models' / NAME}: transformer/, vae/, audio_vae/, " in str(told.value)
    wanted = f"text_encoder/, tokenizer/ of {REPOSITORY}; latent_upsampler/ of {UPSAMPLER}"
    assert str(told.value).endswith(wanted)


def test_without_the_hubs_library_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "find_spec", lambda _: None)
    with pytest.raises(
        MissingModel, match=r"needs huggingface_hub: pip install 'pickup-editor\[diffusion\]'"
    ):
        pull(NAME)


def test_what_is_wanted_of_a_repository_are_no_pickles(tmp_path: Path) -> None:
    source = Source(repository="a/b", folders=("vae",))
    assert source.read_first == ["vae/*.json", "vae/spiece.model", "vae/tokenizer.model"]
    assert source.weights(tmp_path) == ["vae/*.safetensors"]


def test_every_ltx2_of_the_catalogue_tells_its_licence() -> None:
    ltx2 = [entry for entry in CATALOGUE if entry.name.startswith("ltx2.")]
    assert len(ltx2) == 4
    licences = {entry.name: entry.licence.partition(":")[0] for entry in ltx2}
    assert licences.pop("ltx2.5") == "LTX-2.x Community License"
    assert set(licences.values()) == {"LTX-2 Community License"}
