"""A render that was killed and goes on comes to the same take as one that was never stopped, to the bit."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
import tiny_checkpoint
import torch
from consents import ALLOWED
from drawn_faces import installed_models
from filmed import drifting, film, footage, line
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError
from safetensors.torch import save
from studio import PLANS, Studio, filmed_job, presenter, spoken
from torch import Tensor

from engine.diffusion.blocks import Block
from engine.diffusion.tokens import Scene, Tokens
from engine.diffusion.velocity import TransformerVelocity
from engine.errors import JobCancelled
from engine.model import warm
from engine.model.prompt import Prompt
from engine.protocol import Add, Box, Diffusion, EditPlan, Keep, Progress, Ratio, Render, Take
from engine.render import kept_latents
from engine.render.generation import Generation
from engine.render.renderer import find_renderer
from engine.render.stage import Stage
from engine.render.workspace import Workspace
from engine.training.synthetic import ClipSpec, draw_clip, write_clip

WHOLE = Box(x=0, y=0, width=32, height=32)


@pytest.fixture(autouse=True)
def each_step_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_latents, "EVERY", 0.0)
    monkeypatch.setattr(kept_latents, "SHARE", 0)


@pytest.fixture(autouse=True)
def an_empty_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """What guidance leads away from: the tiny checkpoints have none."""
    prompt = tiny_checkpoint.a_prompt()
    empty = Prompt(embeddings_BXE=prompt.embeddings_BXE * 0, mask_BX=prompt.mask_BX)
    monkeypatch.setattr("engine.model.loaded.load_empty_prompt", lambda *_: empty)


def rendered(job: Render, folder: Path, told: Callable[[Progress], None] = lambda _: None) -> Take:
    workspace = Workspace(
        folder=folder / "take", face_models=installed_models(), unfinished=folder / "unfinished"
    )
    return find_renderer(job.renderer).render(job, workspace, told)


class Killer:
    """Ends a render as it tells of the `count`th time of a phase."""

    def __init__(self, phase: str, count: int = 1) -> None:
        self.phase, self.left = phase, count

    def __call__(self, progress: Progress) -> None:
        self.left -= progress.phase == self.phase
        if not self.left:
            raise JobCancelled("killed")


def killed(job: Render, folder: Path, phase: str = "denoise", count: int = 1) -> None:
    with pytest.raises(JobCancelled):
        rendered(job, folder, Killer(phase, count))


def plain(take: Take) -> Take:
    """Without what is another's for each file: its place, and the date in the container."""
    return msgspec.structs.replace(take, path="", sha256="")


@contextmanager
def steps_taken() -> Iterator[list[tuple[int, int]]]:
    """At which steps, of how many, the model was asked."""
    run, seen = TransformerVelocity.__call__, []

    def noted(self: TransformerVelocity, tokens: Tokens, block: Block, at: tuple[int, int]) -> Tensor:
        seen.append(at)
        return run(self, tokens, block, at)

    with patch.object(TransformerVelocity, "__call__", noted):
        yield seen


# ------------------------------------------------------------------------------ every path

JOBS: dict[str, Callable[[Studio, Path], Render]] = {
    "a pass": lambda studio, _: studio.job(*PLANS["removal"], steps=6, cache=0.0),
    "cached": lambda studio, _: studio.job(*PLANS["removal"], steps=6, cache=0.2),
    "mostly cached": lambda studio, _: studio.job(*PLANS["everything"], steps=6, cache=1e6),
    "several ranges": lambda studio, _: studio.job(*PLANS["everything"], steps=6),
    "the whole picture": lambda studio, _: studio.job(*PLANS["re-render"], steps=4, crop=False),
    "the head": lambda studio, _: studio.job(*PLANS["re-render"], steps=4, footage=studio.large),
    "latents' grid": lambda studio, _: studio.job(
        Keep(start=0, end=17), Keep(start=25, end=49), steps=4, grid="latent"
    ),
    "a step": lambda studio, _: studio.job(*PLANS["addition"], steps=1),
    "two passes": lambda studio, _: two_passes(studio, steps=10, cache=0.0),
    "two cached passes": lambda studio, _: two_passes(studio, distilled=True, cache=0.3),
    "a second pass of no steps": lambda studio, _: two_passes(studio, steps=1),
    "guidance": lambda studio, _: studio.job(
        *PLANS["addition"], steps=6, cache=0.2, guidance=2.0, audio_guidance=3.0
    ),
    "rolling blocks": lambda studio, folder: long_clip(studio, folder, cache=0.2),
    "rolling blocks around the ends": lambda studio, folder: long_clip(
        studio, folder, cache=0.2, ends="circular"
    ),
    "references": lambda studio, folder: filmed_job(
        studio, folder, presenter(18), model=knowing(folder), steps=6, cache=0.2
    ),
}


def two_passes(studio: Studio, **settings: object) -> Render:
    return studio.job(*PLANS["removal"], model=studio.two_pass, footage=studio.large, passes=2, **settings)


def long_clip(studio: Studio, folder: Path, **settings: object) -> Render:
    media = film(folder / "long.mkv", drifting(145, (32, 32)))
    return studio.job(
        Keep(start=0, end=145, resync=True),
        footage=footage(media, 145),
        region=WHOLE,
        model=studio.silent,
        steps=6,
        **settings,
    )


def knowing(folder: Path) -> Path:
    """A checkpoint that was trained with identity references."""
    made = tiny_checkpoint.make(folder / "knowing", audio=True)
    card = msgspec.json.decode((made / "audio.json").read_bytes())
    (made / "audio.json").write_bytes(msgspec.json.encode({**card, "references": True}))
    return made


@pytest.mark.parametrize("name", JOBS)
def test_killed_after_each_step_it_comes_to_the_same_take(studio: Studio, tmp_path: Path, name: str) -> None:
    job = JOBS[name](studio, tmp_path)
    with steps_taken() as wanted:
        whole = rendered(job, tmp_path / "whole")
    steps = len(dict.fromkeys(wanted))
    with steps_taken() as taken:
        for _ in range(steps):
            killed(job, tmp_path / "killed")
        again = rendered(job, tmp_path / "killed")
    assert plain(again) == plain(whole)
    assert taken == wanted  # no step twice, none left out


@pytest.mark.parametrize("name", ["cached", "two cached passes"])
def test_killed_at_any_step_it_comes_to_the_same_take(studio: Studio, tmp_path: Path, name: str) -> None:
    job = JOBS[name](studio, tmp_path)
    told: list[Progress] = []
    whole = rendered(job, tmp_path / "whole", told.append)
    assert 0 < whole.metrics["cache_skips"] < whole.metrics["cache_calls"]
    for step in range(1, 1 + sum(progress.phase == "denoise" for progress in told)):
        folder = tmp_path / f"killed{step}"
        killed(job, folder, "denoise", step)
        assert plain(rendered(job, folder)) == plain(whole), step


@settings(max_examples=4)
@given(
    kills=st.lists(st.tuples(st.sampled_from(["encode", "denoise", "decode"]), st.integers(1, 6)), max_size=6)
)
def test_however_often_it_is_killed_it_comes_to_the_same_take(
    studio: Studio, tmp_path_factory: pytest.TempPathFactory, kills: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("kills")
    job = two_passes(studio, distilled=True, cache=0.3)
    for phase, count in kills:
        with contextlib.suppress(JobCancelled):
            rendered(job, folder, Killer(phase, count))
    assert rendered(job, folder).content_sha256 == rendered(job, folder / "whole").content_sha256


def test_the_demo_model_goes_on_too(tmp_path: Path) -> None:
    clip = draw_clip(ClipSpec(seed=7, text="Hello.", width=256, height=192))
    write_clip(clip, tmp_path, "presenter")
    said = spoken(line(tmp_path / "low.wav", lambda at: 120 + 60 * at, 60))
    job = Render(
        footage=footage(tmp_path / "presenter.mov", 28),
        plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=2, end=12), Add(frames=49, speech=0))),
        bridge=3,
        speech=(said,),
        renderer="demo",
        diffusion=Diffusion(model=str(tiny_checkpoint.make_demo(tmp_path / "small")), cache=0.2),
        consent=ALLOWED,
    )
    whole = rendered(job, tmp_path / "whole")
    for phase, count in [("look", 5), ("denoise", 4), ("decode", 9)]:
        killed(job, tmp_path / "killed", phase, count)
    assert plain(rendered(job, tmp_path / "killed")) == plain(whole)


@pytest.mark.filterwarnings("ignore:`torch.distributed._functional:FutureWarning")  # of diffusers
def test_shared_by_processes_it_goes_on_from_where_none_of_them_had_cached(
    studio: Studio, tmp_path: Path
) -> None:
    job = studio.job(*PLANS["removal"], steps=6, cache=0.2, ulysses=2)
    try:
        whole = rendered(job, tmp_path / "whole")
        killed(job, tmp_path / "killed", "denoise", 4)
        warm.unload()  # the next attempt is another process, and has others beside it
        with steps_taken() as taken:
            again = rendered(job, tmp_path / "killed")
    finally:
        warm.unload()
    assert plain(again) == plain(whole)
    assert [step for step, _ in taken] == [1, 2, 3, 4, 5]


# ------------------------------------------------------------------------------ what is not done again


def test_what_is_denoised_already_is_only_decoded(studio: Studio, tmp_path: Path) -> None:
    job = two_passes(studio, distilled=True)
    killed(job, tmp_path, "decode", 3)
    told: list[Progress] = []
    with steps_taken() as taken:
        rendered(job, tmp_path, told.append)
    assert taken == []
    assert "encode" not in {progress.phase for progress in told}


def test_a_first_pass_that_is_over_is_not_encoded_again(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = two_passes(studio, distilled=True)
    killed(job, tmp_path, "denoise", 7 + 1)
    scene, grids = Generation._scene, []

    def noted(self: Generation, stage: Stage) -> Scene:
        grids.append(stage.grid)
        return scene(self, stage)

    monkeypatch.setattr(Generation, "_scene", noted)
    rendered(job, tmp_path)
    assert grids == [(2, 3)]


# ------------------------------------------------------------------------------ what it says


def test_the_bar_is_where_it_stood_and_says_so_until_it_moves_on(studio: Studio, tmp_path: Path) -> None:
    job = studio.job(*PLANS["removal"], steps=8)
    killed(job, tmp_path, "denoise", 5)
    told: list[Progress] = []
    rendered(job, tmp_path, told.append)
    phases = list(dict.fromkeys(progress.phase for progress in told))
    assert phases == ["resumed at step 5 of 8", "denoise", "decode"]
    assert (told[0].done, told[0].total) == (100 + 750 * 5 // 8, 1000)
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)


def test_a_render_that_begins_at_its_beginning_says_nothing_of_it(studio: Studio, tmp_path: Path) -> None:
    told: list[Progress] = []
    rendered(studio.job(*PLANS["removal"]), tmp_path, told.append)
    assert [progress for progress in told if "resumed" in progress.phase] == []


# ------------------------------------------------------------------------------ whose latents they are


def test_latents_of_another_seed_are_not_gone_on_from(studio: Studio, tmp_path: Path) -> None:
    job = studio.job(*PLANS["removal"], steps=4)
    check_anew(job, msgspec.structs.replace(job, seed=1), tmp_path)


def test_latents_of_other_weights_are_not_gone_on_from(studio: Studio, tmp_path: Path) -> None:
    model = tiny_checkpoint.make(tmp_path / "model", audio=True)
    job = studio.job(*PLANS["removal"], steps=4, model=model)
    killed(job, tmp_path / "killed", "denoise", 2)
    tiny_checkpoint.make(model, audio=True, seed=1)
    check_anew(job, job, tmp_path)


@pytest.mark.parametrize(
    ("place", "other"),
    [
        ("engine.render.kept_latents.engine_version", lambda: "0.0.9+000000000000"),
        ("torch.__version__", "2.10.0"),
        ("engine.render.kept_latents.version", lambda _: "0.38.0"),
        ("torch.get_num_threads", lambda: 64),
        ("torch.backends.cpu.get_cpu_capability", lambda: "AVX1024"),
    ],
)
def test_latents_of_another_engine_or_machine_are_not_gone_on_from(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, other: object
) -> None:
    job = studio.job(*PLANS["removal"], steps=4)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(place, other)
        killed(job, tmp_path / "killed", "denoise", 2)
    check_anew(job, job, tmp_path)


def check_anew(first: Render, job: Render, folder: Path) -> None:
    """After `first` was killed, all of `job` is done."""
    if not (folder / "killed").exists():
        killed(first, folder / "killed", "denoise", 2)
    with steps_taken() as taken:
        again = rendered(job, folder / "killed")
    assert {step for step, _ in taken} == {0, 1, 2, 3}
    assert again.content_sha256 == rendered(job, folder / "whole").content_sha256


# ------------------------------------------------------------------------------ damage


def damaged(folder: Path, how: Callable[[bytes], bytes]) -> None:
    path = folder / "unfinished" / "latents.safetensors"
    path.write_bytes(how(path.read_bytes()))


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut in its length": lambda held: held[:5],
    "cut in its header": lambda held: held[:100],
    "cut by a byte": lambda held: held[:-1],
    "longer": lambda held: held + b"\0",
    "a bit of the latents": lambda held: held[:-1] + bytes([held[-1] ^ 1]),
    "a bit of the header": lambda held: held[:40] + bytes([held[40] ^ 4]) + held[41:],
    "another step": lambda held: held.replace(b'\\"done\\":2', b'\\"done\\":3'),
    "no step": lambda held: held.replace(b'\\"done\\":2', b'\\"done\\":0'),
    "a step below": lambda held: held.replace(b'\\"done\\":2', b'\\"done\\":-1').replace(b" ", b"", 1),
    "another file": lambda _: save({"latents": torch.zeros(2, 2)}),
    "a huge header": lambda held: (1 << 62).to_bytes(8, "little") + held[8:],
    "a pickle": lambda _: pickle.dumps({"latents": [0]}),
    "noughts": lambda held: bytes(len(held)),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_what_is_damaged_is_not_gone_on_from(studio: Studio, tmp_path: Path, name: str) -> None:
    job = studio.job(*PLANS["removal"], steps=4)
    killed(job, tmp_path / "killed", "denoise", 2)
    damaged(tmp_path / "killed", DAMAGE[name])
    check_anew(job, job, tmp_path)


def test_a_full_disk_does_not_end_a_render(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_: object, path: Path, **__: object) -> None:
        path.write_bytes(b"a part of it")
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    job = studio.job(*PLANS["removal"], steps=2)
    whole = rendered(job, tmp_path / "whole")
    monkeypatch.setattr(kept_latents, "save_file", full)
    assert rendered(job, tmp_path / "full").content_sha256 == whole.content_sha256
    assert list((tmp_path / "full" / "unfinished").iterdir()) == []
    assert "No space left on device" in caplog.text
