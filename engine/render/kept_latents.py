"""Latents of a render that is under way, kept on the disk, so that one that is killed goes on where it stood.

    <cache>/unfinished/<job hash>/latents.safetensors       the latest ones alone, whole or not at all

After a step the rest of a render follows from its latents and from what the cache of block outputs holds:
with both it comes to the same bits as one that was never stopped. Whatever is not of this very render, made
by the same engine on the same machine, or is not whole, is removed and not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec
import torch
from msgspec.structs import replace
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.diffusion.cache import BlockMemory, CacheState, TeaCache
from engine.diffusion.denoise import Begun, Step
from engine.diffusion.two_pass import Planned, Shape, shape_after, total_steps
from engine.errors import BadCheckpoint, EngineError
from engine.job_name import job_hash
from engine.model.acceleration import acceleration_of, best_device
from engine.model.weights import SUFFIX, Header, read_header
from engine.protocol import Render
from engine.version import engine_version
from engine.whole_file import written_beside

log = logging.getLogger(__name__)

EVERY = 30.0  # seconds
SHARE = 200  # ours: and as many times as long as the last time took, so that it costs half a percent at most
_NAME = f"latents{SUFFIX}"
_LATENTS, _STANDING = "latents", "standing"
_PARTS = _ANEW, _SIGNAL, _RESIDUAL = "anew", "signal", "residual"  # of a block, by its number: "signal 3"
_FLOATS = ("F32", "BF16", "F16")


class Origin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What decides each bit of a render: latents are of use to one of the same origin alone.

    `job`: its hash, which covers media, plan, settings and seed. `weights`: the checkpoint's sha256.
    """

    job: str
    weights: str
    engine: str
    libraries: str
    device: str
    acceleration: str

    @classmethod
    def of(cls, job: Render, weights: str) -> Origin:
        """On this machine's best device."""
        device = best_device()
        return cls(
            job=job_hash(job, engine_version(), weights),
            weights=weights,
            engine=engine_version(),
            libraries=_libraries(),
            device=_described(device),
            acceleration=str(acceleration_of(job.diffusion, device)),
        )


class Standing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says of itself. `blocks`: names of those that the cache remembers, and their `changes`.

    `sha256`: of all the rest, see `_digest`.
    """

    origin: Origin
    done: int
    total: int
    calls: int
    skips: int
    blocks: tuple[str, ...]
    changes: tuple[float, ...]
    sha256: str = ""


class KeptLatents:
    """Of one render. `folder`: None where nothing is to be kept. `clock`: seconds, never set back."""

    def __init__(
        self, folder: Path | None, origin: Origin, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = None if folder is None else folder / _NAME
        self._origin = origin
        self._clock = clock
        self._due = clock() + EVERY
        self.standing = self._found()

    def begun(self, passes: Sequence[Planned], cache: TeaCache | None) -> Begun | None:
        """Where to go on, with the cache as it was then; None where the render begins at its beginning."""
        if self._path is None or self.standing is None:
            return None
        try:
            # Read once more: a worker whose engine was killed writes for a second or two, and may be further.
            standing = _read_standing(self._path, self._origin)
            tensors = _read(self._path, standing, passes)
        except (EngineError, SafetensorError, OSError) as error:
            self._remove(error)
            return None
        if cache is not None:
            cache.restore(_cache_state(standing, tensors))
        return Begun(done=standing.done, x_CFHW=tensors[_LATENTS])

    def keep(self, step: Step, cache: TeaCache | None) -> None:
        """Keep the step, if it is time; the last one of a pass in any case.

        Where it cannot be kept, for want of room or because a part of the cache is in other processes, the
        render goes on without.
        """
        begun = self._clock()
        if self._path is None or (begun < self._due and step.sigma > 0):
            return
        state = CacheState(calls=0, skips=0, memories={}) if cache is None else cache.state
        if not state.whole:
            return
        try:
            _write(self._path, self._origin, step, state)
        except (OSError, SafetensorError) as error:
            log.warning("the render goes on, though its latents were not kept in %s: %s", self._path, error)
        ended = self._clock()
        self._due = ended + max(EVERY, SHARE * (ended - begun))

    def _found(self) -> Standing | None:
        """What the file says, if it is of this render."""
        if self._path is None:
            return None
        for half in self._path.parent.glob(f".{_NAME}.*.part"):  # of a process that was killed as it wrote
            _delete(half)
        if not self._path.exists():
            return None
        try:
            return _read_standing(self._path, self._origin)
        except EngineError as error:
            self._remove(error)
            return None

    def _remove(self, error: Exception) -> None:
        assert self._path is not None
        log.warning("the latents in %s are not used, the render begins anew: %s", self._path, error)
        self.standing = None
        _delete(self._path)


def _delete(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _write(path: Path, origin: Origin, step: Step, state: CacheState) -> None:
    """Raises OSError, SafetensorError."""
    tensors = {_LATENTS: step.x_CFHW.detach().cpu().contiguous()}
    for number, memory in enumerate(state.memories.values()):
        tensors |= {
            f"{_ANEW} {number}": memory.anew_S.clone(),  # what is said with guidance shares it
            f"{_SIGNAL} {number}": memory.signal_BMD.contiguous(),
            f"{_RESIDUAL} {number}": memory.residual.contiguous(),
        }
    standing = Standing(
        origin=origin,
        done=step.done,
        total=step.total,
        calls=state.calls,
        skips=state.skips,
        blocks=tuple(state.memories),
        changes=tuple(memory.change for memory in state.memories.values()),
    )
    standing = replace(standing, sha256=_digest(standing, tensors))
    with written_beside(path) as beside:
        save_file(tensors, beside, metadata={_STANDING: msgspec.json.encode(standing).decode()})


def _read(path: Path, standing: Standing, passes: Sequence[Planned]) -> dict[str, Tensor]:
    """The file's tensors, once their sizes are found good.

    Raises EngineError, SafetensorError, OSError.
    """
    if standing.total != total_steps(passes):
        raise BadCheckpoint(f"it is of {standing.total} steps, and the render has {total_steps(passes)}")
    _check_shapes(read_header(path), standing, shape_after(passes, standing.done))
    # Copies: what is loaded is the mapped file, which Windows would not let be replaced.
    tensors = {name: tensor.clone() for name, tensor in load_file(path).items()}
    if _digest(standing, tensors) != standing.sha256:
        raise BadCheckpoint("it is damaged")
    return tensors


def _read_standing(path: Path, wanted: Origin) -> Standing:
    """Raises EngineError where it says nothing, or is of another origin."""
    header = read_header(path)
    try:
        standing = msgspec.json.decode(header.metadata[_STANDING], type=Standing)
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise BadCheckpoint("it does not say whose latents it holds") from error
    fields = Origin.__struct_fields__
    others = [name for name in fields if getattr(standing.origin, name) != getattr(wanted, name)]
    if others:
        raise BadCheckpoint(f"they are of another {', '.join(others)}")
    return standing


def _check_shapes(header: Header, standing: Standing, shape: Shape | None) -> None:
    """Before anything is read: each tensor that must be there has the shape that it must have."""
    stored = dict(header.tensors)
    names = [f"{part} {number}" for number in range(len(standing.blocks)) for part in _PARTS]
    if sorted(stored) != sorted([_LATENTS, *names]) or len(standing.changes) != len(standing.blocks):
        raise BadCheckpoint("it does not hold what it says")
    latents = stored[_LATENTS]
    if (latents.dtype, latents.shape) != ("F32", shape):
        raise BadCheckpoint("its latents are not of this picture's size")
    for number in range(len(standing.blocks)):
        anew, signal, residual = (stored[f"{part} {number}"] for part in _PARTS)
        alike = (signal.dtype, signal.shape) == (residual.dtype, residual.shape)
        if not alike or signal.dtype not in _FLOATS or (anew.dtype, len(anew.shape)) != ("BOOL", 1):
            raise BadCheckpoint("what it holds of the cache does not fit together")


def _cache_state(standing: Standing, tensors: Mapping[str, Tensor]) -> CacheState:
    memories: dict[str, BlockMemory] = {}
    for number, (name, change) in enumerate(zip(standing.blocks, standing.changes, strict=True)):
        anew_S, signal_BMD, residual_BMD = (tensors[f"{part} {number}"] for part in _PARTS)
        memories[name] = BlockMemory(
            anew_S=anew_S, signal_BMD=signal_BMD, residual=residual_BMD, compact=True, change=change
        )
    return CacheState(calls=standing.calls, skips=standing.skips, memories=memories)


def _digest(standing: Standing, tensors: Mapping[str, Tensor]) -> str:
    """The sha256 of what is said, and of contiguous tensors in the order of their names."""
    digest = hashlib.sha256(msgspec.json.encode(replace(standing, sha256="")))
    for name in sorted(tensors):
        digest.update(f"{name}\0".encode())
        digest.update(tensors[name].flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _libraries() -> str:
    return f"torch {torch.__version__}, CUDA {torch.version.cuda}, diffusers {version('diffusers')}"


def _described(device: torch.device) -> str:
    """What of a device the last bits of its sums depend on."""
    if device.type == "cuda":
        return f"{torch.cuda.get_device_name(device)}, cuDNN {torch.backends.cudnn.version()}"
    capability = torch.backends.cpu.get_cpu_capability()
    return f"{device.type}, {platform.machine()} {capability}, {torch.get_num_threads()} threads"
