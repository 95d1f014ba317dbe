"""A renderer's settings: what is shown of them, and what comes of what is chosen."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog
from pytestqt.qtbot import QtBot

from engine.model.installed import OF_RENDERER
from engine.protocol import Diffusion
from nle_panels.rendering.dialog import SettingsDialog
from nle_panels.rendering.models import USUAL, Model

HERE = Model(name="ltx2.3-dev", licence="", gigabytes=71, state="installed", found="LTX-2.3, for guidance")
ABSENT = Model(name="ltx2.3-distilled", licence="its own", gigabytes=71, state="absent", found="")
OTHER = Model(name="whisper-small", licence="", gigabytes=1, state="absent", found="")
BROKEN = Model(
    name="/weights",
    licence="",
    gigabytes=0,
    state="partial",
    found="/weights has no vae/: copy it there whole",
)


def dialog(qtbot: QtBot, renderer: str = "ltx2", diffusion: Diffusion | None = None) -> SettingsDialog:
    made = SettingsDialog(renderer, diffusion or Diffusion())
    qtbot.addWidget(made)
    return made


def test_the_usual_weights_are_those_that_the_renderer_takes_unasked() -> None:
    assert {renderer: OF_RENDERER[renderer] for renderer in USUAL} == dict(USUAL)


def test_what_is_not_touched_is_the_usual(qtbot: QtBot) -> None:
    for renderer in USUAL:
        assert dialog(qtbot, renderer).diffusion == Diffusion()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(
    st.builds(
        Diffusion,
        model=st.sampled_from(["", "ltx2.5", "owner/name", "/weights"]),
        prompt=st.sampled_from(["", "a person"]),
        precision=st.sampled_from(["auto", "bf16", "fp8", "fp8-stored", "float32"]),
        offload=st.booleans(),
        steps=st.none() | st.integers(1, 1000),
        guidance=st.integers(1, 200).map(lambda tenths: tenths / 10),
        audio_guidance=st.none() | st.integers(1, 200).map(lambda tenths: tenths / 10),
        audio_gate=st.booleans(),
        audio_noise=st.integers(0, 100).map(lambda thousandths: thousandths / 1000),
    )
)
def test_settings_that_are_shown_and_left_alone_are_the_same_afterwards(
    qtbot: QtBot, given_ones: Diffusion
) -> None:
    assert dialog(qtbot, diffusion=given_ones).diffusion == given_ones


def test_each_setting_is_what_was_chosen(qtbot: QtBot) -> None:
    shown = dialog(qtbot)
    shown.weights.setEditText("owner/name")
    shown.precision.setCurrentIndex(shown.precision.findData("fp8-stored"))
    shown.offload.setChecked(True)
    shown.audio_gate.setChecked(True)
    shown.audio_noise.setValue(0.001)
    shown.guidance.setValue(3)
    assert shown.diffusion == Diffusion(
        model="owner/name",
        precision="fp8-stored",
        offload=True,
        audio_gate=True,
        audio_noise=0.001,
        guidance=3,
    )


def test_the_paper_s_model_is_not_asked_what_only_ltx2_knows(qtbot: QtBot) -> None:
    shown = dialog(qtbot, "edityourself")
    assert shown.audio_noise.parent() is None
    assert shown.precision.parent() is shown


def test_a_folder_is_chosen(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    shown = dialog(qtbot)
    shown.folder.click()
    assert shown.diffusion.model == str(tmp_path)


def test_weights_that_the_renderer_takes_are_offered_by_name(qtbot: QtBot) -> None:
    shown = dialog(qtbot)
    shown.show_models([ABSENT, HERE, OTHER])
    names = [shown.weights.itemText(row) for row in range(shown.weights.count())]
    assert names == ["ltx2.3-distilled", "ltx2.3-dev"]
    assert shown.diffusion == Diffusion()


def test_weights_that_are_not_here_are_told_with_what_to_do(qtbot: QtBot) -> None:
    shown = dialog(qtbot)
    shown.show_models([ABSENT, HERE])
    assert shown.state.text() == (
        "ltx2.3-distilled is not on this machine. Fetch it in a terminal (71\N{NO-BREAK SPACE}GB):\n"
        "pickup models pull ltx2.3-distilled\nLicence: its own."
    )
    shown.weights.setEditText("ltx2.3-dev")
    assert shown.state.text() == "On this machine: LTX-2.3, for guidance."


def test_a_folder_that_is_not_whole_is_told_as_the_engine_tells_it(qtbot: QtBot) -> None:
    shown = dialog(qtbot, diffusion=Diffusion(model="/weights"))
    shown.show_models([BROKEN])
    assert shown.state.text() == BROKEN.found


def test_a_long_line_of_weights_is_read_whole(qtbot: QtBot) -> None:
    shown = dialog(qtbot, diffusion=Diffusion(model="/weights"))
    shown.show()
    shown.show_models([msgspec.structs.replace(BROKEN, found=f"{BROKEN.found}, with all of it. " * 12)])
    qtbot.waitUntil(lambda: shown.state.height() >= shown.state.heightForWidth(shown.state.width()))


def test_a_name_is_looked_for_when_it_is_written(qtbot: QtBot) -> None:
    shown = dialog(qtbot)
    asked: list[str] = []
    shown.asked.connect(asked.append)
    for text in ("o", "owner/", "owner/name"):
        shown.weights.setEditText(text)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == ["owner/name"]


def test_the_usual_settings_come_back_at_a_click(qtbot: QtBot) -> None:
    shown = dialog(qtbot, diffusion=Diffusion(model="/weights", precision="fp8", steps=20, audio_noise=0.002))
    shown._buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults).click()
    assert shown.diffusion == Diffusion()


def test_what_is_not_asked_here_stays_as_it_was(qtbot: QtBot) -> None:
    own = Diffusion(prompt="a person", crop=False)
    shown = dialog(qtbot, diffusion=own)
    shown.offload.setChecked(True)
    assert shown.diffusion == msgspec.structs.replace(own, offload=True)
