"""Renderers by name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.errors import BadMedia, MissingModel
from engine.render import renderer
from engine.render.draft import DraftRenderer
from engine.render.renderer import find_renderer


def test_the_draft_renderer_is_there() -> None:
    assert isinstance(find_renderer("draft"), DraftRenderer)


def test_an_unknown_renderer_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(BadMedia, match=r"'crystal'.*there is: demo, draft, edityourself"):
        find_renderer("crystal")


def test_the_registry_alone_loads_no_codec() -> None:
    asked = "import sys, engine.render.renderer; print({'av', 'cv2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_renderer_whose_libraries_are_missing_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer, "RENDERERS", {"grand": "engine.no_such_library:Grand"})
    with pytest.raises(MissingModel, match=r"grand renderer needs engine.no_such_library"):
        find_renderer("grand")
