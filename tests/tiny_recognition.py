"""A face recogniser of OpenCV's form that compares the colours of a face, eight by eight: ONNX, by hand."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

_SIZE = 112  # pixels of the face that it is given
_CELLS = 8


def make(path: Path) -> Path:
    """Averages of cells, without their mean."""
    width = 3 * _CELLS * _CELLS
    centring = (np.eye(width) - np.full((width, width), 1 / width)).astype("<f4")
    side = _SIZE // _CELLS
    nodes = [
        _node("AveragePool", ["data"], "cells", kernel_shape=[side, side], strides=[side, side]),
        _node("Flatten", ["cells"], "flat", axis=1),
        _node("MatMul", ["flat", "centring"], "features"),
    ]
    graph = b"".join(_bytes(1, node) for node in nodes) + _bytes(2, b"tiny")
    graph += _bytes(5, _tensor("centring", centring))
    graph += _bytes(11, _value("data", [1, 3, _SIZE, _SIZE])) + _bytes(12, _value("features", [1, width]))
    model = _int(1, 7) + _bytes(7, graph) + _bytes(8, _bytes(1, b"") + _int(2, 11))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model)
    return path


def _node(kind: str, inputs: list[str], output: str, **attributes: int | list[int]) -> bytes:
    told = b"".join(_bytes(1, name.encode()) for name in inputs) + _bytes(2, output.encode())
    told += _bytes(3, output.encode()) + _bytes(4, kind.encode())
    return told + b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())


def _attribute(name: str, value: int | list[int]) -> bytes:
    if isinstance(value, int):
        return _bytes(1, name.encode()) + _int(3, value) + _int(20, 2)
    return _bytes(1, name.encode()) + b"".join(_int(8, one) for one in value) + _int(20, 7)


def _tensor(name: str, values: np.ndarray) -> bytes:
    sizes = b"".join(_int(1, size) for size in values.shape)
    return sizes + _int(2, 1) + _bytes(8, name.encode()) + _bytes(9, values.tobytes())


def _value(name: str, sizes: list[int]) -> bytes:
    shape = b"".join(_bytes(1, _int(1, size)) for size in sizes)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _int(1, 1) + _bytes(2, shape)))


# Of protocol buffers, what ONNX is written in.
def _int(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = b""
    while value > 0x7F:
        found += struct.pack("B", value & 0x7F | 0x80)
        value >>= 7
    return found + struct.pack("B", value)
