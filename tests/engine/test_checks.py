"""What the doctor finds out about the diffusion stack: present or not, on what, with which weights."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from msgspec.structs import replace
from signed_take import DAY, DOCUMENTS, NOW, Issuer, key_pem, new_key, pem

from engine import checks
from engine.checks import EngineCheck
from engine.consent import giving
from engine.consent.record import Record, Scope
from engine.keys import load_or_make_key
from engine.paths import EnginePaths
from engine.private_files import write_private
from engine.provenance.certificate import certificate_path, make
from engine.provenance.timestamps import name_authority

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


def test_the_doctor_tells_what_cards_can_render_with_the_large_models(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from engine.model import acceleration

    monkeypatch.setattr(acceleration, "best_device", lambda: acceleration.torch.device("cpu"))
    ltx2 = found()["ltx2 memory"]
    assert not ltx2.ok
    assert ltx2.found == (
        "here: no CUDA GPU; 24 GiB: whole frames of 1080p and a head of 640 x 640 with offload=true"
        " (19 GiB, and 35 of main memory);"
        " 80 GiB: whole frames of 1080p and a head of 640 x 640 with precision=bf16 (52 GiB)"
    )
    assert "80 GiB: whole frames of 1080p and a head" in found()["edityourself memory"].found


def test_the_doctor_tells_what_this_machines_card_can_render(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.model import acceleration

    cuda = acceleration.torch.cuda
    card = type("Card", (), {"total_memory": 32 * 2**30, "name": "a card"})
    monkeypatch.setattr(acceleration, "best_device", lambda: acceleration.torch.device("cuda"))
    monkeypatch.setattr(cuda, "get_device_properties", lambda _: card)
    monkeypatch.setattr(cuda, "get_device_capability", lambda _: (8, 6))  # Ampere
    monkeypatch.setattr(cuda, "is_bf16_supported", lambda *_: True)
    monkeypatch.setattr(checks, "_memory_gib", lambda: 64.0)
    ltx2 = found()["ltx2 memory"]
    assert ltx2.ok
    assert ltx2.found.startswith("32 GiB here: whole frames of 1080p with offload=true (19 GiB, ")
    assert "a head of 640 x 640 with precision=fp8-stored (23 GiB, " in ltx2.found.partition(";")[0]
    monkeypatch.setattr(checks, "_memory_gib", lambda: 32.0)
    assert found()["ltx2 memory"].found.startswith(
        "32 GiB here: whole frames of 1080p and a head of 640 x 640 not at all;"
    )


def test_without_ltx2s_weights_the_doctor_says_how_to_get_them() -> None:
    weights = found()["ltx2 weights"]
    assert (weights.ok, weights.found) == (False, "not here")
    assert "pickup models pull ltx2.3-distilled: 96 GB, LTX-2 Community License: free below" in weights.fix


def test_ltx2s_weights_that_are_here_are_named_with_their_licence(home: Path) -> None:
    import tiny_ltx2

    tiny_ltx2.make(home / "models" / "ltx2.3-distilled")
    weights = found()["ltx2 weights"]
    told = "ltx2.3-distilled, LTX-2.3, distilled, LTX-2 Community License Agreement"
    assert (weights.ok, weights.found) == (True, told)


def test_ltx2s_weights_of_which_a_part_is_missing_are_told_how_to_be_completed(home: Path) -> None:
    import tiny_ltx2

    folder = tiny_ltx2.make(home / "models" / "ltx2.3-distilled")
    (folder / "audio_vae" / "diffusion_pytorch_model.safetensors").unlink()
    told = found()["ltx2 weights"].found
    assert "audio_vae has no .safetensors weights: `pickup models pull ltx2.3-distilled` goes on" in told


@pytest.mark.parametrize("audio", [False, True])
def test_the_packages_model_is_named_with_its_audio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audio: bool
) -> None:
    from engine.model.installed import PACKAGED
    from tests import tiny_checkpoint

    monkeypatch.setitem(PACKAGED, "demo", tiny_checkpoint.make_demo(tmp_path / "demo", audio=audio))
    told = "in the package, audio trained" if audio else "in the package, audio not trained"
    assert (found()["demo weights"].ok, found()["demo weights"].found) == (audio, told)


def test_an_installation_without_the_packages_model_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.model.installed import PACKAGED

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


# ------------------------------------------------------------------------------- the certificate

YEAR = datetime.timedelta(days=365)


def studios(home: Path, *, until: datetime.datetime, use: x509.ObjectIdentifier = DOCUMENTS) -> Path:
    """Where the studio's certificate is, however it came there."""
    studio, key = Issuer.new(until=NOW + 2 * YEAR), new_key()
    place = certificate_path(home / "keys")
    write_private(place, key_pem(key) + pem(studio.issue(key, use=use, until=until), studio.certificate))
    return place


def test_the_studios_certificate_is_told_with_its_end(home: Path) -> None:
    studios(home, until=NOW + YEAR)
    told = found()["certificate"]
    assert told.ok
    assert told.found == f"Signer of takes, by Studio Root, until {NOW + YEAR:%Y-%m-%d}"


def test_one_that_ends_within_a_month_is_told_in_time(home: Path) -> None:
    studios(home, until=NOW + 20 * DAY)
    assert not found()["certificate"].ok


def test_a_test_certificate_is_no_studios(home: Path) -> None:
    make(home / "keys", NOW)
    told = found()["certificate"]
    assert not told.ok
    assert told.found.startswith("a TEST certificate, which names nobody, until ")
    assert "pickup certificate import" in told.fix


def test_one_that_is_over_or_for_something_else_is_told_by_what_is_wrong(home: Path) -> None:
    studios(home, until=NOW - DAY)
    assert "expired on" in found()["certificate"].found
    studios(home, until=NOW + YEAR, use=ExtendedKeyUsageOID.SERVER_AUTH)
    assert "is for serverAuth, and C2PA wants one for" in found()["certificate"].found


def test_where_there_is_none_that_is_told() -> None:
    assert "there is no signing certificate" in found()["certificate"].found


def test_who_stamps_the_time_is_told(home: Path, tmp_path: Path) -> None:
    studios(home, until=NOW + YEAR)
    (tmp_path / "issuer.pem").write_bytes(pem(Issuer.new().certificate))
    name_authority(home / "keys", "https://stamps.example/", tmp_path / "issuer.pem")
    assert found()["certificate"].found.endswith("; time stamps by https://stamps.example/")


def test_what_faces_are_compared_with_is_named_with_where_it_goes(home: Path) -> None:
    before = found()["face comparison"]
    assert (before.ok, before.found) == (False, "not here")
    model = home / "models" / "sface" / "face_recognition_sface_2021dec.onnx"
    assert before.fix.endswith(f"as {model}")
    model.parent.mkdir(parents=True)
    model.write_bytes(b"something else")
    assert (found()["face comparison"].ok, found()["face comparison"].found) == (
        False,
        "a file that is not SFace of 2021dec",
    )
