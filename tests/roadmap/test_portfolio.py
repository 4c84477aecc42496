"""The portfolio search against full enumeration, substitutes and complements included."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.roadmap.portfolio import Option, Problem, enumerate_best, search


def case(seed: int) -> tuple[Problem, object, list[frozenset[str]]]:
    """Eight measures: A and B substitutes, C and D complements, E needs F, G excludes H."""
    rng = np.random.default_rng(seed)
    names = "ABCDEFGH"
    cost = dict(zip(names, rng.integers(1, 20, 8).astype(float), strict=True))
    gain = dict(zip(names, rng.integers(1, 30, 8).astype(float), strict=True))
    options = {m: Option(m, cost[m]) for m in names}
    options["E"] = Option("E", cost["E"], needs=frozenset("F"))
    options["G"] = Option("G", cost["G"], excludes=frozenset("H"))
    options["H"] = Option("H", cost["H"], excludes=frozenset("G"))

    def value(chosen: frozenset[str]) -> float:
        total = sum(gain[m] for m in chosen if m not in "ABCD")
        total += max((gain[m] for m in chosen if m in "AB"), default=0.0)
        if {"C", "D"} <= chosen:
            total += gain["C"] + gain["D"]
        return total

    budget = float(rng.integers(5, 60))
    return Problem(options, budget), value, [frozenset("CD")]


def test_search_finds_the_enumerated_best() -> None:
    missed = 0
    for seed in range(150):
        problem, value, pairs = case(seed)
        want = enumerate_best(problem, value)
        got = search(problem, value, pairs=pairs)
        assert problem.feasible(got.chosen)
        assert got.value <= want.value
        missed += got.value < want.value
    # Exchange moves can stop short under a tight budget; more than one in fifty is a defect.
    assert missed <= 3


def test_without_a_budget_search_equals_enumeration() -> None:
    for seed in range(40):
        problem, value, pairs = case(seed)
        problem = Problem(problem.options)
        want = enumerate_best(problem, value)
        got = search(problem, value, pairs=pairs)
        assert got.value == pytest.approx(want.value)
        assert got.cost_usd == pytest.approx(want.cost_usd)


def test_complements_are_found_only_together() -> None:
    options = {m: Option(m, 1.0) for m in "CD"}

    def value(chosen: frozenset[str]) -> float:
        return 5.0 if chosen == frozenset("CD") else 0.0

    assert search(Problem(options), value, pairs=[frozenset("CD")]).chosen == frozenset("CD")
    assert search(Problem(options, budget_usd=1.0), value).chosen == frozenset()


def test_a_measure_without_effect_is_left_out() -> None:
    options = {m: Option(m, 1.0) for m in "AB"}
    got = search(Problem(options, least_gain=0.1), lambda s: 3.0 * ("A" in s) + 0.05 * ("B" in s))
    assert got.chosen == frozenset("A")


def test_search_among_many_measures_comes_close_to_enumeration() -> None:
    rng = np.random.default_rng(5)
    names = "ABCDEFGHIJKLM"
    short = 0.0
    for _ in range(12):
        cost = dict(zip(names, rng.integers(1, 20, 13).astype(float), strict=True))
        gain = dict(zip(names, rng.integers(1, 30, 13).astype(float), strict=True))
        options = {m: Option(m, cost[m]) for m in names}
        options["E"] = Option("E", cost["E"], needs=frozenset("F"))
        options["G"] = Option("G", cost["G"], excludes=frozenset("H"))
        options["H"] = Option("H", cost["H"], excludes=frozenset("G"))

        def value(chosen: frozenset[str], gain: dict[str, float] = gain) -> float:
            total = sum(gain[m] for m in chosen if m not in "ABCD")
            total += max((gain[m] for m in chosen if m in "AB"), default=0.0)
            return total + (gain["C"] + gain["D"]) * ({"C", "D"} <= chosen)

        for budget in (float("inf"), 40.0):
            problem = Problem(options, budget)
            want = enumerate_best(problem, value)
            got = search(problem, value, pairs=[frozenset("CD")])
            assert problem.feasible(got.chosen)
            if budget == float("inf"):
                assert got.value == pytest.approx(want.value)
            short = max(short, 1.0 - got.value / want.value)
    assert short < 0.2
