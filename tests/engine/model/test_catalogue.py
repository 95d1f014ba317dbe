"""Models listed, fetched, verified and described, through the command that people use."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny_hub
import tiny_ltx2
from tiny_hub import REVISION, Hub

from engine.errors import BadCheckpoint, MissingModel
from engine.model import catalogue, hub
from engine.model.catalogue import listed, pull, verify
from engine.model.checkpoint import open_checkpoint
from engine.model.description import as_text, describe
from engine.model.installed import PACKAGED
from tests import tiny_checkpoint


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_checkpoint.make(tmp_path_factory.mktemp("made") / "tiny", upsampler=True)


def pickup(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "pickup"), "models", *words]
    around = os.environ | {"PICKUP_HOME": str(home), "NO_COLOR": "1"} | environment
    return subprocess.run(command, env=around, capture_output=True, text=True, check=False, timeout=120)


def fetched_from(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", server.address)
    monkeypatch.setattr(huggingface_hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.address + TEMPLATE)


TEMPLATE = "/{repo_id}/resolve/{revision}/{filename}"


# ---------------------------------------------------------------------------------------- list


def test_a_list_says_what_there_is_and_what_is_here(home: Path, made: Path) -> None:
    shutil.copytree(made, home / "models" / "mine")
    done = pickup(home, "list", "--json")
    found = {model["name"]: model for model in json.loads(done.stdout)["models"]}
    known = {"face", "demo", "edityourself-13b", "edityourself-13b-distilled", "whisper-small"}
    known |= {"ltx2.3-distilled", "ltx2.3-dev", "ltx2.0", "ltx2.5"}
    assert known | {"mine"} == set(found)
    assert found["edityourself-13b"]["state"] == "absent"
    assert found["edityourself-13b"]["folder"] == str(home / "models" / "edityourself-13b")
    assert (found["mine"]["state"], found["mine"]["found"]) == ("installed", "no audio weights")


def test_some_models_alone_are_listed_wherever_they_are(home: Path, made: Path, tmp_path: Path) -> None:
    ltx2 = tiny_ltx2.make(tmp_path / "other")
    names = ("ltx2.5", "owner/name", str(made), str(ltx2), str(tmp_path / "nothing"))
    found = json.loads(pickup(home, "list", "--json", *names).stdout)["models"]
    assert [(model["name"], model["state"], model["found"]) for model in found] == [
        ("ltx2.5", "absent", ""),
        ("owner/name", "absent", ""),
        (str(made), "installed", "no audio weights"),
        (str(ltx2), "installed", "LTX-2.3, distilled, one pass"),
        (str(tmp_path / "nothing"), "absent", ""),
    ]


def test_a_list_for_people_is_a_line_each(home: Path) -> None:
    lines = pickup(home, "list").stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == [entry.name for entry in catalogue.CATALOGUE]


def test_a_damaged_model_is_listed_as_such(home: Path, made: Path) -> None:
    folder = Path(shutil.copytree(made, home / "models" / "edityourself-13b"))
    (folder / "transformer" / "model.bin").write_bytes(b"")
    state = {model.name: model for model in listed()}["edityourself-13b"]
    assert state.state == "damaged"
    assert "is a pickle" in state.found


# ---------------------------------------------------------------------------------------- pull


@pytest.mark.parametrize(
    ("environment", "reason"),
    [({"HF_HUB_OFFLINE": "1"}, "offline mode"), ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "refused")],
)
def test_without_a_network_pull_says_in_a_line_where_to_put_files(
    home: Path, environment: dict[str, str], reason: str
) -> None:
    started = time.monotonic()
    done = pickup(home, "pull", "edityourself-13b", **environment)
    assert done.returncode == 3
    (line,) = done.stderr.strip().splitlines()
    assert reason in line
    assert f"put by hand into {home / 'models' / 'edityourself-13b'}: transformer/, vae/, text" in line
    assert "of Lightricks/LTX-Video-0.9.7-dev; latent_upsampler/ of" in line
    assert time.monotonic() - started < 30


def test_a_hub_that_never_answers_is_not_waited_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        server = type("Deaf", (), {"address": f"http://127.0.0.1:{deaf.getsockname()[1]}"})
        fetched_from(server, monkeypatch)
        started = time.monotonic()
        with pytest.raises(MissingModel, match="was not fetched"):
            pull("whisper-small")
        assert time.monotonic() - started < 10


def test_an_unknown_name_tells_the_known_ones(home: Path) -> None:
    with pytest.raises(MissingModel, match='there are "face", "demo", "edityourself-13b", '):
        pull("everything")


def test_a_pull_fetches_weights_and_configs_and_no_pickle(
    home: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {str(path.relative_to(made)): path.read_bytes() for path in made.rglob("*") if path.is_file()}
    files |= {"transformer/pytorch_model.bin": b"evil", "vae/run.py": b"evil", "README.md": b"no need"}
    with tiny_hub.hub(files) as server:
        fetched_from(server, monkeypatch)
        folder = pull("edityourself-13b")
        assert verify("edityourself-13b").startswith("3 files of weights, each with the sha256")
        fetched = set(server.served)
        pull("edityourself-13b")
        assert set(server.served) == fetched  # nothing twice, and the second time nothing at all
        assert len(server.served) == len(fetched)
    assert fetched == {
        f"{part}/{name}"
        for part in ("transformer", "vae", "latent_upsampler")
        for name in ("config.json", "diffusion_pytorch_model.safetensors")
    }
    note = json.loads((folder / "pulled.json").read_text())
    assert note["revisions"]["Lightricks/LTX-Video-0.9.7-dev"] == REVISION


def test_a_repository_of_the_hub_is_a_checkpoint_by_its_own_name(
    home: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {str(path.relative_to(made)): path.read_bytes() for path in made.rglob("*") if path.is_file()}
    with pytest.raises(MissingModel, match=r"`pickup models pull somebody/an-ltx\.video`"):
        open_checkpoint("somebody/an-ltx.video")
    with tiny_hub.hub(files) as server:
        fetched_from(server, monkeypatch)
        assert pull("somebody/an-ltx.video") == home / "models" / "somebody--an-ltx.video"
    assert verify("somebody/an-ltx.video").startswith("3 files of weights, each with the sha256")
    checkpoint, expected = open_checkpoint("somebody/an-ltx.video"), open_checkpoint(made)
    assert (checkpoint.config, len(checkpoint.transformer)) == (expected.config, 1)
    assert checkpoint.upsampler is not None


def test_a_speech_model_is_its_weights_and_config(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"config.json": b"{}", "model.safetensors": b"x", "pytorch_model.bin": b"evil"}
    with tiny_hub.hub(files) as server:
        fetched_from(server, monkeypatch)
        pull("whisper-small")
        assert sorted(server.served) == ["config.json", "model.safetensors"]


# ---------------------------------------------------------------------------------------- verify


def test_files_put_there_by_hand_are_read_as_far_as_can_be(made: Path) -> None:
    assert verify(str(made)) == (
        "4 files of weights, whole by their headers; there is no sha256 to compare them with"
    )


def test_a_changed_file_is_named(home: Path, made: Path) -> None:
    folder = Path(shutil.copytree(made, home / "models" / "edityourself-13b"))
    name = "vae/diffusion_pytorch_model.safetensors"
    (folder / "pulled.json").write_text(json.dumps({"revisions": {}, "sha256": {name: "0" * 64}}))
    with pytest.raises(BadCheckpoint, match=f"{name} is damaged"):
        verify("edityourself-13b")
    (folder / "pulled.json").write_text(json.dumps({"revisions": {}, "sha256": {"vae/more": "0" * 64}}))
    with pytest.raises(MissingModel, match="vae/more is missing"):
        verify("edityourself-13b")


def test_a_model_that_is_not_here_cannot_be_verified(home: Path) -> None:
    done = pickup(home, "verify", "edityourself-13b")
    assert done.returncode == 3
    assert "models pull edityourself-13b" in done.stderr


# ---------------------------------------------------------------------------------------- describe


def test_the_papers_model_is_described_without_being_here(home: Path) -> None:
    told = json.loads(pickup(home, "describe", "edityourself-13b", "--json").stdout)
    assert (told["layers"], told["heads"], told["head_dim"], told["width"]) == (48, 32, 128, 4096)
    assert told["audio"] == {
        "representation": "whisper",
        "layers": 12,
        "channels": 768,
        "rate": 50.0,
        "window": 10,
        "width": 768,
    }
    assert round(told["parameters"]["base"] / 1e9, 2) == 13.04
    assert round(told["parameters"]["audio"] / 1e9, 1) == 1.9
    assert told["parameters"]["total"] == told["parameters"]["base"] + told["parameters"]["audio"]


def test_ltx2_is_described_with_its_two_streams() -> None:
    told = describe("ltx2.3-distilled")
    assert (told.layers, told.width, told.in_channels) == (48, 4096, 128)
    assert (told.audio.channels, told.audio.rate, told.audio.width) == (128, 25, 2048)
    assert round(told.parameters.base / 1e9, 1) == 13.1
    assert round(told.parameters.total / 1e9, 2) == 18.99
    assert "hears latents: 1 x 128 at 25 Hz, all of a block, attention width 2048" in as_text(told)


def test_a_folder_of_ltx2_is_described_by_what_is_in_it(tmp_path: Path) -> None:
    told = describe(str(tiny_ltx2.make(tmp_path / "small")))
    assert (told.name, told.layers, told.width, told.audio.width) == ("small", 2, 32, 16)


def test_a_folder_of_another_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "wan" / "transformer").mkdir(parents=True)
    (tmp_path / "wan" / "transformer" / "config.json").write_text('{"_class_name": "WanTransformer3DModel"}')
    with pytest.raises(BadCheckpoint, match=r"is not LTX-Video or LTX-2: .* is of WanTransformer3DModel\."):
        describe(str(tmp_path / "wan"))


def test_a_folder_is_described_by_what_is_in_it(home: Path, made: Path) -> None:
    done = pickup(home, "describe", str(made))
    assert done.stdout.startswith("tiny: 2 blocks, 2 heads of 16 (width 32), 8 latent channels")


# ---------------------------------------------------------------------------------------- of the package


@pytest.fixture
def packaged(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small model where the package has its own."""
    monkeypatch.setitem(PACKAGED, "demo", tiny_checkpoint.make_demo(tmp_path / "package" / "demo"))
    return PACKAGED["demo"]


def test_the_packages_model_is_listed_as_installed(packaged: Path) -> None:
    found = {model.name: model for model in listed()}["demo"]
    assert (found.state, found.found, found.folder) == ("installed", "audio trained", str(packaged))
    assert "of the package, nothing to fetch" in found.what


def test_the_packages_model_is_not_fetched(packaged: Path, home: Path) -> None:
    assert pull("demo") == packaged
    assert not (home / "models").exists()


def test_the_packages_model_is_verified_and_described(packaged: Path) -> None:
    assert verify("demo").startswith("4 files of weights, whole by their headers")
    assert describe("demo").in_channels == tiny_checkpoint.SMALL.channels


def test_an_installation_without_the_packages_model_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(PACKAGED, "demo", tmp_path / "nowhere")
    assert {model.name: model.state for model in listed()}["demo"] == "absent"
    for asked in (pull, verify, describe):
        with pytest.raises(MissingModel, match=r"nowhere is not there.*a part of Pickup"):
            asked("demo")
