"""Manifests in their three forms, and what is told of rows that make no sense."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.batch.manifest import BrokenRow, Entry, read_manifest, schema
from bridge.errors import BadManifest
from engine.protocol import Diffusion

ROW = {"timeline": "cut.otio", "clip": "A", "output": "out.otio", "speech": "de.wav", "seed": 3}


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def csv(folder: Path, *lines: str) -> tuple[Entry | BrokenRow, ...]:
    return read_manifest(written(folder, "a.csv", "\n".join(lines) + "\n"))


def test_the_three_forms_say_the_same(tmp_path: Path) -> None:
    one = csv(tmp_path, ",".join(ROW), ",".join(map(str, ROW.values())))
    other = read_manifest(written(tmp_path, "a.json", json.dumps([ROW])))
    third = read_manifest(written(tmp_path, "a.jsonl", json.dumps(ROW) + "\n"))
    rows = [entry.row for (entry,) in (one, other, third) if isinstance(entry, Entry)]
    assert len(rows) == 3
    assert rows[0] == rows[1] == rows[2]


def test_a_spreadsheets_semicolons_and_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("timeline;clip;output\nSchnitt.otio;Müller;out\n".encode("utf-8-sig"))
    (entry,) = read_manifest(path)
    assert isinstance(entry, Entry)
    assert entry.row.clip == "Müller"


def test_several_clips_and_recordings_are_divided_by_semicolons(tmp_path: Path) -> None:
    (entry,) = csv(tmp_path, "timeline,clip,output,speech", "a.otio,A; B,o,a.wav;b.wav")
    assert isinstance(entry, Entry)
    assert (entry.row.clips, entry.row.recordings) == (("A", "B"), ("a.wav", "b.wav"))


def test_a_row_has_settings_of_its_own_beside_model_and_seed(tmp_path: Path) -> None:
    one, other = csv(tmp_path, "timeline,clip,output,model,set", "a,A,o,m,steps=20; guidance=3", "a,A,o,,")
    assert isinstance(one, Entry)
    assert isinstance(other, Entry)
    assert one.row.diffusion == Diffusion(model="m", steps=20, guidance=3.0)
    assert other.row.diffusion == Diffusion()


@pytest.mark.parametrize(
    ("renderer", "settings", "gpus"),
    [("draft", "ulysses=2", 0), ("demo", "", 0), ("ltx2", "", 1), ("edityourself", "ulysses=2;ring=2", 4)],
)
def test_a_row_holds_the_gpus_that_share_its_render(
    tmp_path: Path, renderer: str, settings: str, gpus: int
) -> None:
    (entry,) = csv(tmp_path, "timeline,clip,output,renderer,set", f"a,A,o,{renderer},{settings}")
    assert isinstance(entry, Entry)
    assert entry.row.gpus == gpus


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("steps=many", "line 2, set: steps=many: Expected `int | null`, got `str` - at `$.steps`"),
        ("steps=8;stepz=9", "line 2, set: stepz=9: write NAME=VALUE with one of: prompt, steps, "),
        ("steps", "line 2, set: steps: write NAME=VALUE"),
        ("ring=0", "line 2, set: ring=0: ulysses and ring are 1 or more"),
    ],
)
def test_settings_that_make_no_sense_are_told_by_line_and_column(
    tmp_path: Path, settings: str, told: str
) -> None:
    (row,) = csv(tmp_path, "timeline,clip,output,set", f"a.otio,A,o,{settings}")
    assert str(row).startswith(told)


def test_a_column_may_be_for_the_outputs_name_alone(tmp_path: Path) -> None:
    (entry,) = csv(tmp_path, "timeline,clip,output,show", "a.otio,A,{show}/v{version:03d},dune")
    assert isinstance(entry, Entry)
    assert entry.tags == {"show": "dune"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a.otio,,o,", "line 2, clip: is missing"),
        ("a.otio,A,o,later", "line 2, seed: Expected `int`, got `str`"),
        ("a.otio,A,o,3,more", "line 2, column 5: is no column, and not in the output's name"),
    ],
)
def test_a_broken_row_is_told_by_its_line_and_column(tmp_path: Path, line: str, told: str) -> None:
    (row,) = csv(tmp_path, "timeline,clip,output,seed", line)
    assert str(row) == told


def test_a_mistyped_column_is_answered_with_the_one_that_was_meant(tmp_path: Path) -> None:
    (row,) = csv(tmp_path, "timeline,clip,output,langauge", "a.otio,A,o,de")
    assert str(row).endswith("did you mean language?")


def test_a_row_with_line_ends_in_a_cell_is_counted_from_where_it_begins(tmp_path: Path) -> None:
    rows = csv(tmp_path, "timeline,clip,output", 'a.otio,"A\nB",o', "a.otio,,o")
    assert [row.line for row in rows] == [2, 4]


def test_a_broken_line_of_json_lines_is_one_row(tmp_path: Path) -> None:
    rows = read_manifest(written(tmp_path, "a.jsonl", json.dumps(ROW) + "\n{not json\n[1]\n"))
    assert [type(row) for row in rows] == [Entry, BrokenRow, BrokenRow]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.txt", "x", "a manifest is .csv, .json or .jsonl"),
        ("a.csv", "timeline,clip,output\n", "there is no row in it"),
        ("a.csv", "clip,clip\nA,B\n", "line 1: the column 'clip' is there 2 times"),
        ("a.csv", 'timeline,clip,output\n"a.otio,A\n', "line "),
        ("a.json", "{", "Expecting property name"),
        ("a.json", '{"a": 1}', "write a list of rows"),
        ("a.json", "[" * 100_000, "recursion"),
    ],
)
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(BadManifest, match=told):
        read_manifest(written(tmp_path, name, text))


def test_a_file_of_another_encoding_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("clip\nMüller\n".encode("latin-1"))
    with pytest.raises(BadManifest, match="not UTF-8, at byte 6"):
        read_manifest(tmp_path / "a.csv")


def test_the_schema_has_every_column_and_what_is_needed() -> None:
    told = schema()
    (row,) = told["$defs"].values()
    assert set(row["required"]) == {"timeline", "clip", "output"}
    assert {"speech", "script", "language", "region", "renderer", "seed"} <= set(row["properties"])
