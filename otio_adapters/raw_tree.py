"""A project file as a tree, whatever its format; and what of one tree is not in another.

An edit changes times everywhere, and some things in one place of each list. So times and ids are not told
here (`raw_file` leaves them out), two lists are alike but for their middles, and a thing that was cut in two
is held against both of its pieces. What a tree has more than the other is no matter: it is what an edit adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_MAX_TEXT = 60  # ours: what of a value is shown fits a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One element, object or line. `own`: its attributes and text by name, "" for what an edit may change.

    `key` is what a person knows it by: a name, or "". A `movable` one is written out at its first use,
    wherever that is. `digest` stands for the whole of it, children too.
    """

    tag: str
    key: str = ""
    own: tuple[tuple[str, str], ...] = ()
    children: tuple[Node, ...] = ()
    movable: bool = False
    digest: int = field(init=False)

    def __post_init__(self) -> None:
        content = (self.tag, self.key, self.own, tuple(child.digest for child in self.children))
        object.__setattr__(self, "digest", hash(content))

    def __str__(self) -> str:
        return f"{self.tag} {self.key!r}" if self.key else self.tag

    def walk(self) -> Iterator[Node]:
        """The node and all that is in it."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """A node that is not in the other tree, or a value of its own that is not; its text has no name."""

    path: str
    node: Node
    name: str | None = None
    value: str = ""

    def __str__(self) -> str:
        if self.name is None:
            return self.path
        shown = self.value if len(self.value) <= _MAX_TEXT else self.value[:_MAX_TEXT] + "..."
        return f"{self.path}: {self.name or 'text'} {shown!r}"


def vanished(before: Node, after: Node) -> tuple[Vanished, ...]:
    """What `before` holds and `after` does not, in the order of `before`."""
    elsewhere = frozenset(node.digest for node in after.walk() if node.movable)
    return tuple(_missing(before, (after,), before.tag, elsewhere))


def _missing(node: Node, pieces: Sequence[Node], path: str, elsewhere: frozenset[int]) -> Iterator[Vanished]:
    """What of the node is in none of the pieces that it became."""
    there = {pair for piece in pieces for pair in piece.own}
    for name, value in node.own:
        if (name, value) not in there:
            yield Vanished(path=path, node=node, name=name, value=value)
    matched = _matched(node.children, tuple(child for piece in pieces for child in piece.children))
    for child, found in matched:
        where = f"{path}/{child}"
        if child.movable and child.digest in elsewhere:
            continue
        if found:
            yield from _missing(child, found, where, elsewhere)
        else:
            yield Vanished(path=where, node=child)


def _matched(before: Sequence[Node], after: Sequence[Node]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Each child that changed, with what may have become of it: nothing, one, or the pieces of it."""
    first = 0
    while first < min(len(before), len(after)) and before[first].digest == after[first].digest:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and before[-1 - last].digest == after[-1 - last].digest:
        last += 1
    left, right = _unlike(before[first : len(before) - last], after[first : len(after) - last])
    for kind, nodes in left.items():
        candidates = right.get(kind, ())
        spare = max(len(candidates) - len(nodes), 0)
        for index, node in enumerate(nodes):
            yield node, tuple(candidates[index : index + spare + 1])


def _unlike(
    before: Sequence[Node], after: Sequence[Node]
) -> tuple[dict[tuple[str, str], list[Node]], dict[tuple[str, str], list[Node]]]:
    """The nodes of either list that have no twin in the other, by tag and name."""
    twins: dict[int, int] = {}
    for node in after:
        twins[node.digest] = twins.get(node.digest, 0) + 1
    left: dict[tuple[str, str], list[Node]] = {}
    for node in before:
        if twins.get(node.digest, 0):
            twins[node.digest] -= 1
        else:
            left.setdefault((node.tag, node.key), []).append(node)
    right: dict[tuple[str, str], list[Node]] = {}
    for node in reversed(after):  # the twins taken were the first ones
        if twins.get(node.digest, 0):
            twins[node.digest] -= 1
            right.setdefault((node.tag, node.key), []).append(node)
    return left, {kind: nodes[::-1] for kind, nodes in right.items()}
