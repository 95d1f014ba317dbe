"""What `pickup doctor` asks of the engine: found by entry point, so that the command need not know it."""

from __future__ import annotations

import datetime
import hashlib
import os
from dataclasses import dataclass
from importlib.util import find_spec

from engine.paths import EnginePaths
from engine.private_files import looseness


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCheck:
    """Fields as the doctor shows them."""

    name: str
    ok: bool
    found: str
    needed_for: str
    fix: str = ""


def checks() -> tuple[EngineCheck, ...]:
    return (
        _face_models(),
        _keys(),
        _certificate(),
        _consents(),
        _comparing(),
        _renderers(),
        _diffusion(),
        _device(),
        *_capacity(),
        _demo(),
        _checkpoint(),
        _ltx2_checkpoint(),
    )


def _face_models() -> EngineCheck:
    if find_spec("cv2") is None:
        there = None
    else:
        from engine.face.models import find_models  # noqa: PLC0415

        there = find_models()
    return EngineCheck(
        name="face mesh",
        ok=there is not None,
        found="installed" if there else "not installed",
        needed_for="face boxes in takes, and the metrics",
        fix="pickup models pull face",
    )


def _keys() -> EngineCheck:
    """A key that others may read is refused by the engine: better said here than at a deadline."""
    paths = EnginePaths.default()
    keys = (paths.server_key, paths.client_key, *sorted(paths.clients.glob("*.json")))
    loose = [looseness(path) for path in keys if path.exists()]
    found, _, fix = next(filter(None, loose), "private, or not made yet: ").partition(": ")
    return EngineCheck(
        name="engine keys", ok=not any(loose), found=found, needed_for="talking to the engine", fix=fix
    )


def _consents() -> EngineCheck:
    """A record that holds is needed for new words. What was tampered with is said before somebody asks."""
    from engine.consent.giving import look_over  # noqa: PLC0415
    from engine.consent.record import standing  # noqa: PLC0415
    from engine.consent.store import Consents  # noqa: PLC0415
    from engine.errors import BadConsent  # noqa: PLC0415

    paths = EnginePaths.default()
    today = datetime.datetime.now(datetime.UTC).date()
    hold = sum(standing(consent, today) is None for consent in Consents(paths.consents).all())
    try:
        sound = look_over(paths).sound
    except BadConsent:
        sound = False
    ledger = "its ledger sound" if sound else "its ledger or a record tampered with"
    return EngineCheck(
        name="consent",
        ok=sound and hold > 0,
        found=f"records that hold: {hold}; {ledger}",
        needed_for="new words onto a person; without, drafts are marked",
        fix="pickup consent add --help" if sound else "pickup consent audit",
    )


_SOON = datetime.timedelta(days=30)  # ours: for whoever has to order a new one


def _certificate() -> EngineCheck:
    """Each machine that has none of the studio's makes one of its own, and a farm's takes differ by it."""
    from engine.errors import BadCertificate, MissingModel  # noqa: PLC0415
    from engine.provenance import certificate  # noqa: PLC0415
    from engine.provenance.pem import require_extra  # noqa: PLC0415

    now = datetime.datetime.now(datetime.UTC)
    ok, fix = False, "pickup certificate import CHAIN.pem KEY.pem: the studio's, on each machine that renders"
    try:
        require_extra()
        known = certificate.load(EnginePaths.default().keys, now)
    except MissingModel as error:
        found, _, fix = str(error).partition(": ")
    except BadCertificate as error:
        found = str(error)
    else:
        ok = not known.test and known.expires > now + _SOON
        kind = (
            "a TEST certificate, which names nobody" if known.test else f"{known.subject}, by {known.issuer}"
        )
        found = f"{kind}, until {known.expires:%Y-%m-%d}"
        if known.time_authority:
            found += f"; time stamps by {known.time_authority}"
    return EngineCheck(
        name="certificate", ok=ok, found=found, needed_for="takes that say who made them", fix=fix
    )


def _comparing() -> EngineCheck:
    """Of faces, with those of the stills of a consent."""
    needed_for, found, known, fix = "comparing faces with the stills of a consent", "not here", False, ""
    if find_spec("cv2") is not None:
        from engine.face import recognition  # noqa: PLC0415

        model = recognition.model_file()
        fix = f"{recognition.FILE} of {recognition.WHERE}, as {model}"
        if model.is_file():
            known = hashlib.sha256(model.read_bytes()).hexdigest() == recognition.SHA256
            found = "SFace" if known else "a file that is not SFace of 2021dec"
    return EngineCheck(name="face comparison", ok=known, found=found, needed_for=needed_for, fix=fix)


def _renderers() -> EngineCheck:
    ready = find_spec("av") is not None and find_spec("cv2") is not None
    return EngineCheck(
        name="renderers",
        ok=ready,
        found="draft (CPU)" if ready else "none",
        needed_for="rendering takes",
        fix="pip install 'pickup-editor[engine]'",
    )


_DIFFUSION = ("torch", "diffusers", "transformers", "safetensors", "accelerate")
_FOR_DIFFUSION = "the edityourself and ltx2 renderers"


def _diffusion() -> EngineCheck:
    missing = [name for name in _DIFFUSION if find_spec(name) is None]
    return EngineCheck(
        name="diffusion",
        ok=not missing,
        found=f"not installed: {', '.join(missing)}" if missing else "installed",
        needed_for=_FOR_DIFFUSION,
        fix="pip install 'pickup-editor[diffusion]'",
    )


def _device() -> EngineCheck:
    """What the model would run on, and what makes it faster there. torch takes a second to say so."""
    if find_spec("torch") is None:
        return EngineCheck(
            name="device",
            ok=False,
            found="torch is not installed",
            needed_for=_FOR_DIFFUSION,
            fix="pip install torch, built for your GPU: see docs/models.md",
        )
    from engine.model.acceleration import best_device, what_this_machine_can_do  # noqa: PLC0415

    device, *settings = what_this_machine_can_do()
    able = ", ".join(ability.setting for ability in settings if ability.able)
    return EngineCheck(
        name="device",
        ok=best_device().type != "cpu",
        found=f"{device.found}, {_memory_gib():.0f} GiB of main memory; it can do {able}",
        needed_for="the 13B model at a speed to work with",
        fix="a GPU, and torch built for it (docs/models.md); the weights take 28 GiB in bf16, half in fp8",
    )


_CARDS = (24, 80)  # GiB: what people have at home, and in a rack


def _capacity() -> tuple[EngineCheck, ...]:
    """What cards can render with the large models, this machine's among them. Nothing is loaded for it."""
    if find_spec("torch") is None:
        return ()
    import torch  # noqa: PLC0415  an extra

    from engine.model.acceleration import best_device, computes_in_fp8  # noqa: PLC0415
    from engine.model.capacity import MODELS, fits, in_words  # noqa: PLC0415
    from engine.model.footprint import GIB  # noqa: PLC0415

    device = best_device()
    card = torch.cuda.get_device_properties(device).total_memory if device.type == "cuda" else 0
    main = int(_memory_gib() * GIB) or None
    told = []
    for name, model in MODELS.items():
        cards = [f"{size} GiB: {in_words(fits(model, size * GIB))}" for size in _CARDS]
        found = fits(model, card, fp8=computes_in_fp8(device), main=main) if card else ()
        here = f"{card / GIB:.0f} GiB here: {in_words(found)}" if found else "here: no CUDA GPU"
        told.append(
            EngineCheck(
                name=f"{name} memory",
                ok=any(fit.setting for fit in found),
                found="; ".join([here, *cards]),
                needed_for=f"the {name} renderer",
                fix="a CUDA GPU of 24 GiB or more; smaller pictures need less (docs/ltx2.md: what counts)",
            )
        )
    return tuple(told)


def _memory_gib() -> float:
    """Of the machine; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 0.0


def _demo() -> EngineCheck:
    from engine.errors import BadMedia  # noqa: PLC0415
    from engine.model.checkpoint import open_checkpoint  # noqa: PLC0415

    ok, found = False, ""
    try:
        ok = open_checkpoint("demo").audio_trained
        found = "in the package, audio trained" if ok else "in the package, audio not trained"
    except BadMedia as error:
        found = str(error)
    return EngineCheck(
        name="demo weights",
        ok=ok,
        found=found,
        needed_for="lip-sync by the demo renderer, on drawn faces",
        fix="install pickup-editor again: they are a part of it",
    )


def _checkpoint() -> EngineCheck:
    from engine.errors import BadMedia  # noqa: PLC0415
    from engine.model.checkpoint import open_checkpoint  # noqa: PLC0415
    from engine.model.installed import checkpoint_folder  # noqa: PLC0415

    ok, found = False, "not here"
    if checkpoint_folder("edityourself").exists():
        try:
            checkpoint = open_checkpoint("edityourself")
        except BadMedia as error:
            found = str(error)
        else:
            ok = checkpoint.audio_trained
            audio = "audio trained" if ok else "audio not trained: removals and re-renders only"
            found = f"{checkpoint.name}, {audio}"
    return EngineCheck(
        name="edityourself weights",
        ok=ok,
        found=found,
        needed_for="lip-sync by the edityourself renderer",
        fix="pickup models pull edityourself-13b; audio.safetensors and audio.json are trained, or copied",
    )


def _ltx2_checkpoint() -> EngineCheck:
    from engine.errors import BadMedia  # noqa: PLC0415
    from engine.model.catalogue import entry_of  # noqa: PLC0415
    from engine.model.installed import OF_RENDERER, checkpoint_folder  # noqa: PLC0415
    from engine.model.ltx2.checkpoint import open_ltx2  # noqa: PLC0415

    usual = entry_of(OF_RENDERER["ltx2"])
    ok, found = False, "not here"
    if checkpoint_folder("ltx2").exists():
        try:
            checkpoint = open_ltx2("ltx2")
        except BadMedia as error:
            found = str(error)
        else:
            ok = True
            kind = "distilled" if checkpoint.distilled else "for guidance"
            told = (
                checkpoint.name,
                f"LTX-{checkpoint.version}",
                kind,
                checkpoint.licence,
                checkpoint.revision,
            )
            found = ", ".join(filter(None, told))
    return EngineCheck(
        name="ltx2 weights",
        ok=ok,
        found=found,
        needed_for="lip-sync by the ltx2 renderer",
        fix=f"pickup models pull {usual.name}: {usual.gigabytes:g} GB, {usual.licence}",
    )
