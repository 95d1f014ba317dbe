"""safetensors files: read by their headers, refused when cut short, never pickles."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.errors import BadCheckpoint, MissingModel, PickledCheckpoint
from engine.model.weights import fresh_sha256_of, is_zero, read_header, refuse_pickle, sha256_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "some.safetensors"
    tensors = {"a": torch.ones(2, 3), "b": torch.zeros(5, dtype=torch.bfloat16), "c": torch.tensor(1.0)}
    save_file(tensors, path, metadata={"by": "us"})
    return path


def test_a_header_names_every_tensor_with_its_shape(file: Path) -> None:
    header = read_header(file)
    assert {name: (at.dtype, at.shape) for name, at in header.tensors.items()} == {
        "a": ("F32", (2, 3)),
        "b": ("BF16", (5,)),
        "c": ("F32", ()),
    }
    assert header.metadata == {"by": "us"}


@pytest.mark.parametrize(
    "dtype",
    [
        *("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "uint16", "uint8", "int8"),
        *("bool", "complex64", "float8_e4m3fn", "float8_e5m2"),
    ],
)
def test_a_tensor_of_any_kind_is_whole(dtype: str, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file({"a": torch.ones(3, 5).to(getattr(torch, dtype))}, path)
    assert read_header(path).tensors["a"].shape == (3, 5)


@pytest.mark.parametrize("left", [0, 4, 8, 60, -1])
def test_a_file_cut_short_is_named(file: Path, left: int) -> None:
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(BadCheckpoint, match=r"some\.safetensors .*fetch it again"):
        read_header(file)


def test_a_longer_file_is_no_good_either(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"more")
    with pytest.raises(BadCheckpoint, match="250 bytes and should have 246"):
        read_header(file)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]},
        {"dtype": "F32", "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [-1, -1], "data_offsets": [0, 4]},
        {"dtype": "Q4", "shape": [8], "data_offsets": [0, 4]},
        "nothing",
    ],
)
def test_a_header_that_contradicts_itself_is_refused(tmp_path: Path, entry: object) -> None:
    with pytest.raises(BadCheckpoint):
        read_header(of_header(tmp_path, json.dumps({"a": entry}).encode(), 4))


def of_header(folder: Path, told: bytes, size: int = 0) -> Path:
    """A file that begins so, and has so many bytes of tensors."""
    path = folder / "some.safetensors"
    path.write_bytes(len(told).to_bytes(8, "little") + told + b"\0" * size)
    return path


@pytest.mark.parametrize(
    "told",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}}',
        b'{"__metadata__":[1]}',
        b'{"__metadata__":{"a":5}}',
        b'{"\xff":1}',
    ],
)
def test_a_header_that_is_made_to_trip_its_reader_is_refused(tmp_path: Path, told: bytes) -> None:
    with pytest.raises(BadCheckpoint, match=r"some\.safetensors is not a whole safetensors file"):
        read_header(of_header(tmp_path, told))


@pytest.mark.parametrize("second", [[0, 4], [8, 12]])
def test_tensors_that_share_bytes_or_leave_some_between_are_refused(
    tmp_path: Path, second: list[int]
) -> None:
    """As safetensors' own reader does: what no tensor owns may be anything."""
    entries = {
        name: {"dtype": "F32", "shape": [1], "data_offsets": at}
        for name, at in (("a", [0, 4]), ("b", second))
    }
    with pytest.raises(BadCheckpoint, match="not a whole safetensors file"):
        read_header(of_header(tmp_path, json.dumps(entries).encode(), second[1]))


def test_a_header_longer_than_any_weights_need_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="begins with 16000001 bytes of names"):
        read_header(of_header(tmp_path, b" " * 16_000_001))


@pytest.mark.parametrize("name", ["w.pt", "w.pth", "w.bin", "w.ckpt", "w.PKL"])
def test_a_pickle_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(PickledCheckpoint, match=f"{name} is a pickle.*safetensors"):
        refuse_pickle(tmp_path / name)


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match=r"none\.safetensors cannot be read"):
        read_header(tmp_path / "none.safetensors")


def test_zeros_are_told_from_weights(file: Path) -> None:
    header = read_header(file)
    assert [is_zero(header, name) for name in "abc"] == [False, True, False]


def test_a_file_is_measured_once_until_it_changes(file: Path, tmp_path: Path) -> None:
    notes = tmp_path / "cache" / "notes.json"
    first = sha256_of(file, known=notes)
    assert first == fresh_sha256_of(file)
    stat = file.stat()
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert sha256_of(file, known=notes) == first  # it was not read again
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert sha256_of(file, known=notes) == fresh_sha256_of(file) != first


def test_damaged_notes_are_forgotten(file: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.json"
    notes.write_bytes(b"{")
    assert sha256_of(file, known=notes) == fresh_sha256_of(file)
