"""What rows' outputs are called."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from bridge.batch.manifest import Entry, Row
from bridge.batch.output import ENVIRONMENT, Template, template_of
from bridge.errors import BadManifest

HERE = Path("/show")


def template(output: str, environment: dict[str, str] | None = None, **tags: str) -> Template:
    row = Row(timeline="in/cut.kdenlive", clip="A", output=output, language="de", seed=7)
    return template_of(Entry(line=2, row=row, tags=tags), HERE, environment or {})


def test_columns_fill_its_fields() -> None:
    told = template("{show}/{shot}/{lang}_{clip}_{seed:03d}.otio", show="dune", shot="sh010")
    assert told.at(0) == HERE / "dune/sh010/de_A_007.otio"


def test_without_a_suffix_it_is_written_as_what_was_read() -> None:
    assert template("cut").at(0) == HERE / "cut.kdenlive"


def test_versions_are_counted_from_one() -> None:
    assert list(islice(template("v{version:03d}.otio").versions(), 3)) == [
        HERE / "v001.otio",
        HERE / "v002.otio",
        HERE / "v003.otio",
    ]


def test_an_output_without_a_version_is_one() -> None:
    assert list(template("cut.otio").versions()) == [HERE / "cut.otio"]


def test_the_pipelines_variables_fill_what_no_column_does() -> None:
    ayon = {"AYON_PROJECT_NAME": "dune", "AYON_FOLDER_PATH": "/shots/sh010", "AYON_TASK_NAME": "dub"}
    assert template("{project}/{folder}/{task}", ayon).at(0) == HERE / "dune/shots/sh010/dub.kdenlive"
    assert template("{show}/{shot}", {"CUE_SHOW": "dune", "CUE_SHOT": "sh010"}, show="mine").at(0) == (
        HERE / "mine/sh010.kdenlive"
    )


@pytest.mark.parametrize(
    ("variable", "field"),
    [
        ("AYON_PROJECT_NAME", "project"),
        ("AYON_FOLDER_PATH", "folder"),
        ("AYON_TASK_NAME", "task"),
        ("CUE_SHOW", "show"),
        ("CUE_SHOT", "shot"),
        ("CUE_JOB", "job"),
    ],
)
def test_each_variable_fills_its_field_and_an_empty_one_none(variable: str, field: str) -> None:
    assert template(f"{{{field}}}.otio", {variable: "value"}).at(0) == HERE / "value.otio"
    with pytest.raises(BadManifest, match=rf"\{{{field}\}} is no column of the row"):
        template(f"{{{field}}}.otio", {variable: ""})


def test_every_variable_that_is_read_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "batch.md").read_text(encoding="utf-8")
    assert [name for name in ENVIRONMENT if f"`{name}`" not in page] == []


def test_the_pipelines_variables_cannot_lead_out_of_the_folder_either() -> None:
    with pytest.raises(BadManifest, match="leads out of its folder"):
        template("{folder}/cut", {"AYON_FOLDER_PATH": "/../../etc"})


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("{show}", r"\{show\} is no column of the row"),
        ("{clip.__class__}", "write fields as"),
        ("{clip!r}", "write fields as"),
        ("../../{clip}", "leads out of its folder"),
        ("a|b", "every system can write"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(output: str, told: str) -> None:
    with pytest.raises(BadManifest, match=told):
        template(output)


def test_a_cell_cannot_lead_out_of_the_folder() -> None:
    with pytest.raises(BadManifest, match="leads out of its folder"):
        template("{show}/cut", show="../../etc")
