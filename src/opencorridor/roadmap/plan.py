"""The roadmap of a study: measures alone, the best set together, and what binds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from opencorridor.network import BORDER
from opencorridor.roadmap.portfolio import Choice, Option, Problem, search
from opencorridor.scenario.measures import edited_places
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import (
    effect_date,
    mid_year,
    pair_trade,
    priced_of_year,
    schedule,
    year_flows,
)
from opencorridor.scenario.prices import Prices
from opencorridor.scenario.state import Baseline, State, run_state
from opencorridor.study import Study

__all__ = ["Alone", "Planner", "candidates", "cost_of", "decision_date"]

Floats = NDArray[np.float64]

# To be worth a place in the plan a measure must add at least this share of the pair's trade, and
# this many dollars of trade a year per dollar of cost.
LEAST_GAIN_SHARE = 1e-4
LEAST_YIELD_SHARE = 0.005


def decision_date(study: Study) -> str:
    """Day on which a plan is decided: ``decision_date`` of ``[run]``, else the year after next."""
    default = f"{study.settings.baseline_year + 1}-01-01"
    return str(study.settings.run.get("decision_date", default))


def cost_of(study: Study, row: int, until_year: int, from_date: str) -> float:
    """Capital cost and yearly cost up to the target year, US$; NaN counts as 0."""
    table = study["measure"]
    years = max(until_year - int(from_date[:4]) + 1, 0)
    capex, yearly = table["capex_usd"][row], table["yearly_cost_usd"][row]
    return float(np.nan_to_num(capex) + np.nan_to_num(yearly) * years)


def candidates(study: Study) -> list[str]:
    """Expressed candidate measures in the order of the table, without ``exclude`` of ``[run]``."""
    table = study["measure"]
    barred = set(study.settings.run.get("exclude", ()))
    return [
        str(table["measure_id"][r])
        for r in range(table.n)
        if table["role"][r] == "candidate"
        and not table["not_expressed"][r]
        and table["measure_id"][r] not in barred
    ]


@dataclass(frozen=True)
class Alone:
    """What one measure does by itself to the pair's trade in the target year, constant US$."""

    measure_id: str
    cost_usd: float
    effect_date: str
    in_time: bool
    gain_usd: float
    moves: bool


class Planner:
    """Evaluates sets of measures in the target year and finds the best under a budget."""

    def __init__(
        self,
        model: Model,
        study: Study,
        base: Baseline,
        *,
        year: int,
        loop: bool = True,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> None:
        self.model, self.study, self.base = model, study, base
        self.year, self.loop = year, loop
        self.progress = progress
        self.decision = decision_date(study)
        self.flows = year_flows(model, study, year)
        self.states: dict[frozenset[str], State] = {}

    def _priced(self, chosen: frozenset[str]) -> Prices:
        """Prices of the target year with a set of measures, those too late left out."""
        new = schedule(self.study, sorted(chosen), self.decision)
        return priced_of_year(self.model, self.study, self.year, new)

    def state(self, chosen: frozenset[str], priced: Prices | None = None) -> State:
        """State of the target year with a set of measures."""
        if chosen not in self.states:
            start = None
            if self.loop and frozenset() in self.states:
                start = self.states[frozenset()].clearing.wait_h
            self.states[chosen] = run_state(
                self.model,
                priced or self._priced(chosen),
                self.base,
                self.flows,
                loop=self.loop,
                start_wait=start,
            )
        return self.states[chosen]

    def value(self, chosen: frozenset[str]) -> float:
        """Trade of the pair in the target year, constant US$."""
        return sum(pair_trade(self.model, self.state(chosen).flows))

    @cached_property
    def without(self) -> float:
        """Trade without new measures."""
        return self.value(frozenset())

    def alone(self, names: Sequence[str] | None = None) -> list[Alone]:
        """Every candidate by itself, with what it needs not counted."""
        chosen = candidates(self.study) if names is None else list(names)
        row_of = {m: n for n, m in enumerate(self.study["measure"]["measure_id"])}
        out = []
        for n, m in enumerate(chosen):
            if self.progress:
                self.progress("measures alone", n, len(chosen))
            start = effect_date(self.study, m, self.decision)
            in_time = start <= mid_year(self.year)
            gain, moves = 0.0, False
            if in_time:
                gain, moves = self._gain(m)
            cost = cost_of(self.study, row_of[m], self.year, start)
            out.append(Alone(m, cost, start, in_time, gain, moves))
        return out

    def _gain(self, measure: str) -> tuple[float, bool]:
        """Gain in trade, and whether any price, capacity or ad valorem cost of a route moves."""
        chosen = frozenset({measure})
        without = self.state(frozenset())
        priced = self._priced(chosen)
        before = without.prices
        if (
            np.array_equal(priced.cost, before.cost)
            and np.array_equal(priced.capacity, before.capacity)
            and np.array_equal(priced.allowed, before.allowed)
            and priced.tariff == before.tariff
        ):
            self.states[chosen] = without
            return 0.0, False
        self.state(chosen, priced)
        return self.value(chosen) - self.without, True

    def problem(self, singles: Sequence[Alone], budget_usd: float) -> Problem:
        """Rules and costs of the measures that act in time."""
        table = self.study["measure"]
        row_of = {m: n for n, m in enumerate(table["measure_id"])}
        timely = {a.measure_id: a for a in singles if a.in_time}

        def ids(column: str, m: str) -> frozenset[str]:
            cell = str(table[column][row_of[m]])
            return frozenset(x for x in cell.split(";") if x)

        options = {
            m: Option(m, a.cost_usd, ids("prerequisites", m), ids("excludes", m))
            for m, a in timely.items()
            if all(n in timely for n in ids("prerequisites", m))
        }
        return Problem(options, budget_usd, LEAST_GAIN_SHARE * self.without)

    def best(self, singles: Sequence[Alone], budget_usd: float = float("inf")) -> Choice:
        """Best set under a budget; measures that touch one place are also tried in pairs."""
        problem = self.problem(singles, budget_usd)
        weak = [
            a.measure_id
            for a in singles
            if a.measure_id in problem.options and abs(a.gain_usd) <= problem.least_gain
        ]
        nodes = {m: self._nodes(m) for m in weak}
        stated = self._complements(problem)
        pairs = stated | {
            frozenset((a, b)) for a in weak for b in weak if a < b and nodes[a] & nodes[b]
        }

        def worth(chosen: frozenset[str]) -> float:
            return self.value(chosen) - LEAST_YIELD_SHARE * problem.cost(chosen)

        found = search(problem, worth, pairs=sorted(pairs, key=sorted))
        return replace(found, value=self.value(found.chosen))

    def _nodes(self, measure: str) -> frozenset[int]:
        """Nodes at the links, crossings and terminals that a measure edits."""
        graph = self.model.graph
        named = edited_places(self.study, [measure])
        on = np.array([p in named for p in graph.places] + [False])[graph.place]
        links = graph.kind <= BORDER
        of_link = np.isin(self.study["link"]["link_id"].astype(str), sorted(named))
        on[links] |= of_link[graph.ref[links]]
        return frozenset(np.concatenate([graph.tail[on], graph.head[on]]).tolist())

    def _complements(self, problem: Problem) -> set[frozenset[str]]:
        """Pairs joined by a prerequisite."""
        return {
            frozenset((m, n))
            for m, option in problem.options.items()
            for n in option.needs
            if n in problem.options
        }
