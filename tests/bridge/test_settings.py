"""Settings of a diffusion renderer, as they are written on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.errors import UsageError
from bridge.settings import diffusion_of
from engine.protocol import Diffusion


def test_nothing_said_is_the_usual() -> None:
    assert diffusion_of("", ()) == Diffusion()


def test_values_have_the_types_of_their_names() -> None:
    settings = ("steps=8", "cache=0", "grid=latent", "references=false", "passes=1")
    wanted = Diffusion(steps=8, cache=0.0, grid="latent", references=False, passes=1)
    assert diffusion_of("", settings) == wanted


def test_the_last_value_of_a_name_counts() -> None:
    assert diffusion_of("", ("steps=8", "steps=9")).steps == 9


def test_a_prompt_may_hold_an_equals_sign() -> None:
    assert diffusion_of("", ("prompt=a=b",)).prompt == "a=b"


def test_a_folder_as_model_is_named_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("weights").mkdir()
    assert diffusion_of("weights", ()).model == str(tmp_path / "weights")
    assert diffusion_of("edityourself-13b", ()).model == "edityourself-13b"


def test_a_file_as_model_keeps_its_name_too_so_that_the_engine_can_refuse_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("weights.ckpt").touch()
    assert diffusion_of("weights.ckpt", ()).model == str(tmp_path / "weights.ckpt")


@pytest.mark.parametrize(
    "setting", ["steps", "stepz=3", "model=x", "steps=0", "steps=few", "grid=cell", "cache=nan"]
)
def test_what_cannot_be_set_is_refused_by_name(setting: str) -> None:
    with pytest.raises(UsageError, match=setting.partition("=")[0]):
        diffusion_of("", (setting,))
