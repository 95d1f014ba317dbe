"""What renders the next takes, as it is chosen."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bridge.rendering import Rendering
from engine.protocol import Box, Diffusion, FaceRegion
from nle_panels.rendering.choice import RenderingChoice

BOX = Box(x=10, y=20, width=64, height=64)
MISSING = (
    "ltx2.3-distilled is not on this machine. Fetch it in a terminal: pickup models pull ltx2.3-distilled"
)


@pytest.fixture
def choice(qtbot: QtBot) -> RenderingChoice:
    choice = RenderingChoice()
    qtbot.addWidget(choice)
    return choice


@pytest.fixture
def told(choice: RenderingChoice) -> list[Rendering]:
    told: list[Rendering] = []
    choice.changed.connect(told.append)
    return told


def test_a_region_that_is_drawn_holds_from_when_it_is_there(
    choice: RenderingChoice, told: list[Rendering]
) -> None:
    wanted: list[bool] = []
    choice.box_wanted.connect(wanted.append)
    choice.region.setCurrentIndex(choice.region.findData("box"))
    assert (told[-1].region, wanted) == (FaceRegion(name="lips"), [True])
    choice.set_box(BOX)
    assert told[-1].region == BOX
    choice.region.setCurrentIndex(choice.region.findData("face"))
    assert told[-1].region == FaceRegion(name="face")
    assert wanted[-1] is False


def test_a_renderer_that_is_chosen_before_the_box_is_drawn_is_the_one(
    choice: RenderingChoice, told: list[Rendering]
) -> None:
    choice.region.setCurrentIndex(choice.region.findData("box"))
    choice.renderer.setCurrentText("ltx2")
    assert told[-1].renderer == "ltx2"


def test_each_renderer_has_settings_of_its_own(choice: RenderingChoice, told: list[Rendering]) -> None:
    own = Diffusion(model="/weights", precision="fp8")
    choice.set_settings({"ltx2": own})
    assert told[-1].diffusion == Diffusion()
    choice.renderer.setCurrentText("ltx2")
    assert told[-1].diffusion == own
    choice.renderer.setCurrentText("edityourself")
    assert told[-1].diffusion == Diffusion()


def test_what_the_chosen_renderer_lacks_stands_below_it(choice: RenderingChoice) -> None:
    choice.tell_lack("ltx2", MISSING)
    assert choice.lack.isHidden()
    choice.renderer.setCurrentText("ltx2")
    assert (choice.lack.text(), choice.lack.isHidden()) == (MISSING, False)
    choice.tell_lack("ltx2", "")
    assert choice.lack.isHidden()


def test_with_other_settings_a_renderer_may_be_tried_again(choice: RenderingChoice) -> None:
    choice.renderer.setCurrentText("ltx2")
    choice.tell_lack("ltx2", MISSING)
    choice.set_settings({"edityourself": Diffusion(offload=True)})
    assert not choice.lack.isHidden()
    choice.set_settings({"edityourself": Diffusion(offload=True), "ltx2": Diffusion(model="/weights")})
    assert choice.lack.isHidden()
