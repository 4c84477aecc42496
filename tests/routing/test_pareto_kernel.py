"""The exact front of the kernel: against all simple paths, and against plain label setting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.routing.kernels import pareto_plain
from opencorridor.routing.kernels.pareto import pareto

Arc = tuple[int, int, tuple[int, int, int]]
Vector = tuple[int, ...]
ZERO = (0, 0, 0)
AMPLE = 1_000_000


class Net:
    """A network as the kernel takes it."""

    def __init__(self, n: int, arcs: list[Arc]) -> None:
        arcs = sorted(arcs, key=lambda arc: arc[0])
        self.n = n
        self.tail = np.array([arc[0] for arc in arcs], np.int64)
        self.head = np.array([arc[1] for arc in arcs], np.int64)
        self.cost = np.array([arc[2] for arc in arcs], np.int64).reshape(-1, 3)
        self.first = np.searchsorted(self.tail, np.arange(n + 1)).astype(np.int64)
        self.back_arc = np.argsort(self.head, kind="stable").astype(np.int64)
        self.back_first = np.searchsorted(self.head[self.back_arc], np.arange(n + 1))
        self.use = np.ones(len(arcs), bool)

    def search(
        self,
        sources: list[tuple[int, Vector]],
        targets: list[tuple[int, Vector]],
        limit: int = AMPLE,
    ) -> Any:
        def nodes(ends: list[tuple[int, Vector]]) -> Any:
            return np.array([end[0] for end in ends], np.int64)

        def costs(ends: list[tuple[int, Vector]]) -> Any:
            return np.array([end[1] for end in ends], np.int64)

        return pareto(
            self.first, self.head, self.tail, self.back_first, self.back_arc, self.cost, self.use,
            nodes(sources), costs(sources), nodes(targets), costs(targets), limit,
        )  # fmt: skip

    def front(self, sources: list[tuple[int, Vector]], targets: list[tuple[int, Vector]]) -> Any:
        """Return the vectors, having checked that each is the sum of a way that can be gone."""
        vectors, last, before, by, node, complete = self.search(sources, targets)
        assert complete
        for vector, label in zip(vectors, last, strict=True):
            arcs = pareto_plain.way(before, by, label)
            start, end = dict(sources), dict(targets)
            while before[label] >= 0:
                label = before[label]
            at = int(node[label])
            total = np.array(start[at])
            for arc in arcs:
                assert self.tail[arc] == at
                assert self.use[arc]
                total = total + self.cost[arc]
                at = int(self.head[arc])
            assert (total + end[at] == vector).all()
        return [tuple(vector) for vector in vectors.tolist()]


def sums(net: Net, start: int, vector: Vector, ends: dict[int, Vector]) -> Iterator[Vector]:
    """Yield the vector of every simple path."""
    stack: list[tuple[int, Vector, frozenset[int]]] = [(start, vector, frozenset({start}))]
    while stack:
        at, so_far, seen = stack.pop()
        if at in ends:
            yield tuple(a + b for a, b in zip(so_far, ends[at], strict=True))
        for arc in range(net.first[at], net.first[at + 1]):
            to = int(net.head[arc])
            if to not in seen and net.use[arc]:
                new = tuple(a + int(b) for a, b in zip(so_far, net.cost[arc], strict=True))
                stack.append((to, new, seen | {to}))


def nondominated(vectors: set[Vector]) -> list[Vector]:
    def beats(a: Vector, b: Vector) -> bool:
        return a != b and all(x <= y for x, y in zip(a, b, strict=True))

    return sorted(v for v in vectors if not any(beats(other, v) for other in vectors))


@st.composite
def questions(draw: st.DrawFn) -> tuple[Net, list[tuple[int, Vector]], list[tuple[int, Vector]]]:
    n = draw(st.integers(2, 7))
    # Small numbers: zero costs, ties and equal vectors are common.
    vector = st.tuples(*[st.integers(0, draw(st.sampled_from((1, 4, 1000))))] * 3)
    node = st.integers(0, n - 1)
    net = Net(n, draw(st.lists(st.tuples(node, node, vector), max_size=18)))
    net.use = np.array(draw(st.lists(st.booleans(), min_size=len(net.tail),
                                     max_size=len(net.tail))), bool) | (draw(node) > 0)  # fmt: skip
    ends = st.dictionaries(node, vector, min_size=1, max_size=2)
    return net, list(draw(ends).items()), list(draw(ends).items())


@settings(max_examples=300)
@given(questions())
def test_the_front_is_that_of_all_simple_paths(asked: Any) -> None:
    net, sources, targets = asked
    every = {v for at, vector in sources for v in sums(net, at, vector, dict(targets))}
    assert net.front(sources, targets) == nondominated(every)
    plain, ways = pareto_plain.pareto(net.first, net.head, net.cost, net.use, sources, targets)
    assert plain == nondominated(every)
    assert len(ways) == len(plain)


@settings(max_examples=50)
@given(questions())
def test_two_criteria_are_three_of_which_one_is_zero(asked: Any) -> None:
    net, sources, targets = asked
    net.cost[:, 2] = 0
    sources = [(at, (*vector[:2], 0)) for at, vector in sources]
    targets = [(at, (*vector[:2], 0)) for at, vector in targets]
    every = {v for at, vector in sources for v in sums(net, at, vector, dict(targets))}
    assert net.front(sources, targets) == nondominated(every)


def random_net(seed: int, n: int = 60, m: int = 240) -> Net:
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, n, (m, 2))
    base = rng.integers(1, 100, m)
    cost = np.stack([base, 100 - base, rng.integers(0, 30, m)], axis=1)
    rows = np.concatenate([ends, cost], axis=1).tolist()
    return Net(n, [(a, b, (x, y, z)) for a, b, x, y, z in rows])


@pytest.mark.parametrize("seed", range(6))
def test_larger_networks_agree_with_plain_label_setting(seed: int) -> None:
    net = random_net(seed)
    sources: list[tuple[int, Vector]] = [(0, ZERO), (1, (5, 0, 2))]
    targets: list[tuple[int, Vector]] = [(58, (0, 9, 0)), (59, ZERO)]
    plain, _ = pareto_plain.pareto(net.first, net.head, net.cost, net.use, sources, targets)
    assert net.front(sources, targets) == plain
    assert len(plain) > 1


def test_parallel_arcs_with_equal_vectors_count_once_and_the_first_is_taken() -> None:
    net = Net(2, [(0, 1, (3, 3, 3)), (0, 1, (3, 3, 3)), (0, 1, (2, 4, 3)), (0, 1, (3, 4, 3))])
    vectors, last, before, by, _, _ = net.search([(0, ZERO)], [(1, ZERO)])
    assert vectors.tolist() == [[2, 4, 3], [3, 3, 3]]
    assert [pareto_plain.way(before, by, label) for label in last] == [[2], [0]]


def test_a_cycle_of_no_cost_ends() -> None:
    net = Net(3, [(0, 1, ZERO), (1, 0, ZERO), (1, 2, (1, 0, 0)), (0, 2, (0, 1, 0))])
    assert net.front([(0, ZERO)], [(2, ZERO)]) == [(0, 1, 0), (1, 0, 0)]


def test_an_unreachable_target_has_no_front() -> None:
    net = Net(3, [(0, 1, (1, 1, 1)), (2, 0, (1, 1, 1))])
    assert net.front([(0, ZERO)], [(2, ZERO)]) == []


def test_a_limit_is_told_and_what_was_found_is_of_the_front() -> None:
    net = random_net(3, n=40, m=300)
    whole = net.front([(0, ZERO)], [(39, ZERO)])
    n_label = len(net.search([(0, ZERO)], [(39, ZERO)])[2])
    assert net.search([(0, ZERO)], [(39, ZERO)], limit=n_label)[5]
    vectors, *_, complete = net.search([(0, ZERO)], [(39, ZERO)], limit=n_label - 1)
    assert not complete
    assert {tuple(v) for v in vectors.tolist()} <= set(whole)


def test_two_searches_give_the_same_ways() -> None:
    net = random_net(5)
    one, two = (net.search([(0, ZERO)], [(59, ZERO)]) for _ in range(2))
    for a, b in zip(one[:5], two[:5], strict=True):
        np.testing.assert_array_equal(a, b)
