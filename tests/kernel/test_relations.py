"""Relations between sets of states against the same written out pair by pair."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.kernel.diagrams import ALL, NONE, Diagrams
from mingjing.kernel.relations import Closure, Images, Relation, TooLargeError, unchanged

BITS = 5
State = tuple[bool, ...]
STATES = list(product((False, True), repeat=BITS))
states = st.frozensets(st.sampled_from(STATES), max_size=6)


@st.composite
def moves(draw: st.DrawFn) -> tuple[tuple[int, ...], frozenset[tuple[State, State]]]:
    """The bits that a move concerns, and its pairs of those bits before and after."""
    bits = tuple(sorted(draw(st.sets(st.integers(0, BITS - 1), min_size=1, max_size=3))))
    vectors = st.tuples(*[st.booleans()] * len(bits))
    return bits, draw(st.frozensets(st.tuples(vectors, vectors), max_size=5))


def set_of(chosen: frozenset[State], diagrams: Diagrams) -> int:
    """The states as a diagram; the bit numbered n has level 2n."""
    return diagrams.any_of(
        diagrams.cube({2 * bit: value for bit, value in enumerate(state)}) for state in chosen
    )


def states_in(diagram: int, diagrams: Diagrams) -> frozenset[State]:
    """The states of a diagram."""
    return frozenset(one for one in STATES if diagrams.both(diagram, set_of(frozenset({one}), diagrams)))


def relation_of(move: tuple[tuple[int, ...], frozenset[tuple[State, State]]], diagrams: Diagrams) -> Relation:
    bits, pairs = move
    return Relation(
        tuple(2 * bit for bit in bits),
        diagrams.any_of(
            diagrams.cube(
                {2 * bit: value for bit, value in zip(bits, after, strict=True)}
                | {2 * bit + 1: value for bit, value in zip(bits, before, strict=True)}
            )
            for before, after in pairs
        ),
    )


def following(move: tuple[tuple[int, ...], frozenset[tuple[State, State]]], state: State) -> set[State]:
    """The states that the move leads to from one state."""
    bits, pairs = move
    found = set()
    for before, after in pairs:
        if tuple(state[bit] for bit in bits) == before:
            changed = dict(zip(bits, after, strict=True))
            found.add(tuple(changed.get(bit, value) for bit, value in enumerate(state)))
    return found


@given(moves(), states)
def test_what_follows_and_what_leads_there(move, chosen):
    diagrams = Diagrams()
    images, relation = Images(diagrams), relation_of(move, diagrams)

    after = images.after(relation, set_of(chosen, diagrams))
    before = images.before(relation, set_of(chosen, diagrams))

    assert states_in(after, diagrams) == {one for state in chosen for one in following(move, state)}
    assert states_in(before, diagrams) == {one for one in STATES if following(move, one) & chosen}


@settings(max_examples=300)
@given(st.lists(moves(), max_size=5), states)
def test_everything_that_ever_follows(some_moves, chosen):
    diagrams = Diagrams()
    relations = [relation_of(move, diagrams) for move in some_moves]
    expected, waiting = set(chosen), list(chosen)
    while waiting:
        state = waiting.pop()
        new = {one for move in some_moves for one in following(move, state)} - expected
        expected |= new
        waiting += new

    closure = Closure(diagrams, relations, most_nodes=100_000).of(set_of(chosen, diagrams))

    assert states_in(closure, diagrams) == expected


@given(states)
def test_what_is_unchanged_relates_each_state_to_itself(chosen):
    diagrams = Diagrams()
    levels = (0, 4)
    same = Relation(levels, unchanged(levels, diagrams))

    assert Images(diagrams).after(same, set_of(chosen, diagrams)) == set_of(chosen, diagrams)


def test_nothing_follows_from_no_state_and_all_from_all():
    diagrams = Diagrams()
    relation = Relation((0,), ALL)

    assert Closure(diagrams, [relation], 100).of(NONE) == NONE
    assert Closure(diagrams, [relation], 100).of(ALL) == ALL


def test_a_closure_that_grows_beyond_its_limit_stops():
    diagrams = Diagrams()
    relation = Relation((0,), unchanged([0], diagrams))

    with pytest.raises(TooLargeError):
        Closure(diagrams, [relation], most_nodes=1).of(diagrams.bit(0))
