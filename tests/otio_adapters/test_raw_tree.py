"""What of one tree is not in another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from otio_adapters.raw_tree import Node, vanished


def clip(name: str, *children: Node, **own: str) -> Node:
    return Node(tag="clip", key=name, own=tuple(own.items()), children=children)


def effect(name: str, value: str = "1") -> Node:
    return Node(tag="effect", key=name, own=(("value", value),))


def track(*clips: Node) -> Node:
    return Node(tag="track", children=clips)


def told(before: Node, after: Node) -> list[str]:
    return [str(one) for one in vanished(before, after)]


def test_a_value_that_is_another_is_told_with_its_path() -> None:
    before = track(clip("a", effect("blur", "0.5")))
    after = track(clip("a", effect("blur", "0.3")))
    assert told(before, after) == ["track/clip 'a'/effect 'blur': value '0.5'"]


def test_an_element_that_is_gone_is_told_as_a_whole() -> None:
    before = track(clip("a", effect("blur"), effect("glow")), clip("b"))
    after = track(clip("a", effect("glow")), clip("b"))
    assert told(before, after) == ["track/clip 'a'/effect 'blur'"]


def test_an_effect_on_another_clip_is_lost_on_its_own() -> None:
    before = track(clip("a", effect("blur")), clip("b"))
    after = track(clip("a"), clip("b", effect("blur")))
    assert told(before, after) == ["track/clip 'a'/effect 'blur'"]


def test_one_of_two_like_effects_is_lost() -> None:
    before = track(clip("a", effect("blur"), effect("blur")))
    assert told(before, track(clip("a", effect("blur")))) == ["track/clip 'a'/effect 'blur'"]


def test_a_clip_that_was_cut_has_what_either_piece_has() -> None:
    before = track(clip("x"), clip("a", effect("first"), effect("last")), clip("y"))
    after = track(clip("x"), clip("a", effect("first")), clip("a", effect("last")), clip("y"))
    assert told(before, after) == []


def test_half_a_fade_of_a_clip_that_was_cut_ends_at_another_level() -> None:
    before = track(clip("a", effect("fade", "1")), clip("a", effect("fade", "1"), effect("text", "title")))
    after = track(clip("a"), clip("a", effect("fade", "0.8")), *before.children[1:])
    assert told(before, after) == []


def test_a_number_of_a_clip_that_was_not_cut_is_told_beside_one_that_was() -> None:
    before = track(clip("a", effect("fade", "1"), effect("glow")), clip("a", effect("fade", "0.5")))
    cut = (clip("a", effect("fade", "1")), clip("a", effect("glow")))
    after = track(*cut, clip("a", effect("fade", "0.4")))
    assert told(before, after) == ["track/clip 'a'/effect 'fade': value '0.5'"]


def test_what_is_written_out_at_another_place_is_there() -> None:
    whole = Node(tag="file", key="1", own=(("name", "a.mov"),), movable=True)
    named = Node(tag="file", key="1", movable=True)
    before = track(clip("a", whole), clip("b", named))
    assert told(before, track(clip("a", named), clip("b", whole))) == []
    assert told(before, track(clip("a", named), clip("b", named))) == [
        "track/clip 'a'/file '1': name 'a.mov'"
    ]


LEAVES = st.builds(
    Node,
    tag=st.sampled_from("abc"),
    own=st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("12"))).map(tuple),
)
TREES = st.recursive(
    LEAVES,
    lambda inside: st.builds(
        Node, tag=st.sampled_from("abc"), children=st.lists(inside, max_size=5).map(tuple)
    ),
    max_leaves=20,
)


@given(TREES)
def test_nothing_of_a_tree_is_not_in_itself(tree: Node) -> None:
    assert vanished(tree, tree) == ()


@given(st.lists(TREES, max_size=6), st.lists(st.tuples(st.integers(0, 6), TREES), max_size=3))
def test_what_is_put_in_makes_nothing_vanish(nodes: list[Node], new: list[tuple[int, Node]]) -> None:
    grown = list(nodes)
    for at, node in new:
        grown.insert(at, Node(tag="new", children=(node,)))
    assert vanished(track(*nodes), track(*grown)) == ()


@given(st.lists(TREES, min_size=1, max_size=6), st.data())
def test_what_is_taken_out_is_told(nodes: list[Node], data: st.DataObject) -> None:
    gone = data.draw(st.integers(0, len(nodes) - 1))
    assert vanished(track(*nodes), track(*nodes[:gone], *nodes[gone + 1 :])) != ()
