"""A project file as a tree, whatever its format; and what of one tree is not in another.

An edit changes times everywhere, and some things in one place of each list. So times and ids are not told
here (`raw_file` leaves them out), two lists are alike but for their middles, and a thing that was cut in two
is held against both of its pieces, whose numbers may be others: half a fade ends elsewhere. What a tree has
more than the other is no matter: it is what an edit adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# What cutting a thing in two may make another number of: a fade's level, keyframes and their times.
_NUMBERS = re.compile(r"[\d\s.:;=~|,+\-eE%/]+")
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
    return tuple(_Search(elsewhere).missing(before, (after,), before.tag, in_pieces=False))


class _Search:
    """Looks for what is missing. `elsewhere`: the movable nodes that are there, wherever that is."""

    def __init__(self, elsewhere: frozenset[int]) -> None:
        self._elsewhere = elsewhere

    def missing(
        self, node: Node, pieces: Sequence[Node], path: str, *, in_pieces: bool
    ) -> Iterator[Vanished]:
        """What of the node is in none of the pieces that it, or what it is in, became."""
        there = {pair for piece in pieces for pair in piece.own}
        numbers = {name for name, value in there if _NUMBERS.fullmatch(value)} if in_pieces else set()
        for name, value in node.own:
            if (name, value) not in there and not (name in numbers and _NUMBERS.fullmatch(value)):
                yield Vanished(path=path, node=node, name=name, value=value)
        left, right = _unlike(node.children, tuple(child for piece in pieces for child in piece.children))
        for kind, children in left.items():
            kept = [one for one in children if not (one.movable and one.digest in self._elsewhere)]
            found = right.get(kind, [])
            yield from self._in_pieces(kept, found, path) if in_pieces else self._in_order(kept, found, path)

    def _in_pieces(self, nodes: Sequence[Node], found: Sequence[Node], path: str) -> Iterator[Vanished]:
        """Inside of what was cut, where each piece may have something of everything."""
        spare = max(len(found) - len(nodes), 0)
        for index, node in enumerate(nodes):
            pieces = found[index : index + 1 + spare]
            yield from self._at(node, pieces, path, in_pieces=True)

    def _in_order(self, nodes: Sequence[Node], found: Sequence[Node], path: str) -> Iterator[Vanished]:
        """Nodes and found ones of one tag and name.

        Where more are found than there were, as many of the nodes may have been cut in two: those of which
        one piece alone lacks something.
        """
        spare = max(len(found) - len(nodes), 0)
        first = 0
        for node in nodes:
            lost = self._at(node, found[first : first + 1], path, in_pieces=False)
            if lost and spare and first + 1 < len(found):
                of_both = self._at(node, found[first : first + 2], path, in_pieces=True)
                if len(of_both) < len(lost):
                    lost, spare, first = of_both, spare - 1, first + 1
            first += 1
            yield from lost

    def _at(self, node: Node, pieces: Sequence[Node], path: str, *, in_pieces: bool) -> list[Vanished]:
        where = f"{path}/{node}"
        if not pieces:
            return [Vanished(path=where, node=node)]
        return list(self.missing(node, pieces, where, in_pieces=in_pieces))


def _unlike(
    before: Sequence[Node], after: Sequence[Node]
) -> tuple[dict[tuple[str, str], list[Node]], dict[tuple[str, str], list[Node]]]:
    """The nodes of either list that have no twin in the other, by tag and name.

    What the lists begin and end with alike is set aside first: an edit changes something between.
    """
    first, last = 0, 0
    shorter = min(len(before), len(after))
    while first < shorter and before[first].digest == after[first].digest:
        first += 1
    while last < shorter - first and before[-1 - last].digest == after[-1 - last].digest:
        last += 1
    before, after = before[first : len(before) - last], after[first : len(after) - last]
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
