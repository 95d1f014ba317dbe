"""What the doctor finds out about the diffusion stack: present or not, on what, with which weights."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine import checks
from engine.checks import EngineCheck
from engine.consent import giving
from engine.consent.record import Record, Scope
from engine.keys import load_or_make_key
from engine.paths import EnginePaths

ANNA = Record(
    person="Anna Lee",
    likeness="Anna Lee",
    given_by="Anna Lee",
    scope=Scope(uses=("insert",)),
    begins=datetime.date(2026, 1, 1),
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
    return tmp_path


def found() -> dict[str, EngineCheck]:
    return {check.name: check for check in checks.checks()}


def test_a_machine_without_torch_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = checks.find_spec
    monkeypatch.setattr(
        checks, "find_spec", lambda name: None if name in {"torch", "diffusers"} else spec(name)
    )
    named = found()
    assert (named["diffusion"].ok, named["device"].ok) == (False, False)
    assert named["diffusion"].found == "not installed: torch, diffusers"
    assert "pickup-editor[diffusion]" in named["diffusion"].fix


def test_the_device_and_its_memory_are_named() -> None:
    device = found()["device"]
    assert device.found.startswith(("cpu, ", "mps, ")) or "GiB, " in device.found
    assert "GiB of main memory; it can do" in device.found


def test_without_weights_the_doctor_says_how_to_get_them() -> None:
    weights = found()["edityourself weights"]
    assert not weights.ok
    assert "pickup models pull edityourself-13b" in weights.fix


@pytest.mark.parametrize("audio", [False, True])
def test_weights_that_are_here_are_named_with_their_audio(home: Path, audio: bool) -> None:
    from tests import tiny_checkpoint

    tiny_checkpoint.make(home / "models" / "edityourself-13b", audio=audio)
    weights = found()["edityourself weights"]
    told = "audio trained" if audio else "audio not trained: removals and re-renders only"
    assert (weights.ok, weights.found) == (audio, f"edityourself-13b, {told}")


def test_weights_that_are_damaged_are_named(home: Path) -> None:
    folder = home / "models" / "edityourself-13b"
    folder.mkdir(parents=True)
    (folder / "model.ckpt").write_bytes(b"")
    assert "model.ckpt is a pickle" in found()["edityourself weights"].found


@pytest.mark.parametrize("audio", [False, True])
def test_the_packages_model_is_named_with_its_audio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audio: bool
) -> None:
    from engine.model.checkpoint import PACKAGED
    from tests import tiny_checkpoint

    monkeypatch.setitem(PACKAGED, "demo", tiny_checkpoint.make_demo(tmp_path / "demo", audio=audio))
    told = "in the package, audio trained" if audio else "in the package, audio not trained"
    assert (found()["demo weights"].ok, found()["demo weights"].found) == (audio, told)


def test_an_installation_without_the_packages_model_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.model.checkpoint import PACKAGED

    monkeypatch.setitem(PACKAGED, "demo", tmp_path / "nowhere")
    assert not found()["demo weights"].ok
    assert "nowhere is not there" in found()["demo weights"].found


def test_help_loads_nothing_heavy_and_is_there_at_once() -> None:
    code = (
        "import sys; sys.argv = ['pickup', '--help']\n"
        "from bridge.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'huggingface_hub', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    took = []
    for _ in range(3):
        before = os.times().children_user
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
        took.append(os.times().children_user - before)
    assert min(took) < 0.5


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by access lists, not modes")
def test_a_key_that_others_could_read_is_told_with_its_fix() -> None:
    load_or_make_key(key := EnginePaths.default().client_key)
    assert found()["engine keys"].ok
    key.chmod(0o644)
    told = found()["engine keys"]
    assert not told.ok
    assert told.found == f"others may read {key}"
    assert told.fix.endswith(f"chmod 600 {key}")


def test_consent_on_record_is_counted_and_its_ledger_looked_through(home: Path) -> None:
    before = found()["consent"]
    assert (before.ok, before.found) == (False, "records that hold: 0; its ledger sound")
    assert before.fix == "pickup consent add --help"
    paths = EnginePaths.under(home)
    now = datetime.datetime.now(datetime.UTC)
    giving.give(paths, ANNA, now)
    giving.give(paths, replace(ANNA, expires=ANNA.begins), now)
    assert (found()["consent"].ok, found()["consent"].found) == (
        True,
        "records that hold: 1; its ledger sound",
    )


def test_a_ledger_that_was_tampered_with_is_told_with_what_shows_where(home: Path) -> None:
    paths = EnginePaths.under(home)
    giving.give(paths, ANNA, datetime.datetime.now(datetime.UTC))
    paths.consent_ledger.write_bytes(b"")
    consent = found()["consent"]
    assert (consent.ok, consent.fix) == (False, "pickup consent audit")
