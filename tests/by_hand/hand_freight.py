"""Freight of the teaching study: tonnes, choice of route, load, wait; and the loop with trade."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hand_figures import (
    BASE,
    CLASS_SHARE,
    CLASSES,
    COUNTRIES,
    EXPONENT,
    EXPORT_SHARE,
    IMPORT_SHARE,
    SECTORS,
    VALUE_DENSITY,
    VALUE_DENSITY_PAIR,
    WAIT_FREE_SHARE,
    WAIT_SCALE_H,
    Figures,
)
from hand_routes import Route, offered
from hand_trade import Flows, equilibrium, matrix, pair

GATE, TOWARDS = "BC_RAIL", "CCC"
Row = tuple[str, str, str]  # class, zone from, zone to


def density(k: str, i: str, j: str) -> float:
    """US$ per tonne of a class and direction."""
    return VALUE_DENSITY_PAIR.get((k, i, j), VALUE_DENSITY[k])


def tonnes(flows: Flows) -> dict[Row, float]:
    """Tonnes a year between zones of different countries."""
    found: dict[Row, float] = {}
    for k in CLASSES:
        for i in COUNTRIES:
            for j in COUNTRIES:
                if i == j:
                    continue
                value = sum(flows[s, i, j] * CLASS_SHARE.get((s, k), 0.0) for s in SECTORS)
                for start, out in EXPORT_SHARE[i, k].items():
                    for end, into in IMPORT_SHARE[j].items():
                        found[k, start, end] = value / density(k, i, j) * out * into
    return found


def cost_with_wait(route: Route, wait_h: float) -> float:
    """Generalised cost with the wait for capacity at Beacon Gate, towards Charlieland."""
    queue = wait_h if route.passes(GATE, TOWARDS) else 0.0
    return route.cost + route.value_of_time * queue


def shares(options: list[Route], wait_h: float) -> list[float]:
    """Power logit: weights cost to the power of minus the exponent."""
    cost = [cost_with_wait(route, wait_h) for route in options]
    least = min(cost)
    weight = [(c / least) ** -EXPONENT for c in cost]
    return [w / sum(weight) for w in weight]


def composite(options: list[Route], wait_h: float) -> float:
    """Cost of the whole choice: (sum of cost^-k)^(-1/k), a little below the cheapest."""
    cost = [cost_with_wait(route, wait_h) for route in options]
    least = min(cost)
    return least * sum((c / least) ** -EXPONENT for c in cost) ** (-1 / EXPONENT)


def options_of(f: Figures) -> dict[Row, list[Route]]:
    """Routes on offer for every row."""
    return {
        (k, start, end): offered(f, start, end, k)
        for k in CLASSES
        for i in COUNTRIES
        for j in COUNTRIES
        if i != j
        for start in EXPORT_SHARE[i, k]
        for end in IMPORT_SHARE[j]
    }


def load(rows: dict[Row, float], options: dict[Row, list[Route]], wait_h: float,
         gate: str = GATE, towards: str = TOWARDS) -> float:  # fmt: skip
    """Tonnes a year through a crossing in one direction, at a wait at Beacon Gate."""
    total = 0.0
    for row, t in rows.items():
        for route, share in zip(options[row], shares(options[row], wait_h), strict=True):
            if route.passes(gate, towards):
                total += t * share
    return total


def allowed(wait_h: float, capacity_t: float) -> float:
    """Load let through at a wait: capacity x (s w0 + w) / (w0 + w)."""
    s, w0 = WAIT_FREE_SHARE, WAIT_SCALE_H
    return capacity_t * (s * w0 + wait_h) / (w0 + wait_h)


def clearing_wait(rows: dict[Row, float], options: dict[Row, list[Route]], cap: float) -> float:
    """Wait at which the load that chooses the gate equals the load let through, by bisection."""
    if load(rows, options, 0.0) <= allowed(0.0, cap):
        return 0.0
    low, high = 0.0, 720.0
    for _ in range(200):
        middle = (low + high) / 2
        if load(rows, options, middle) > allowed(middle, cap):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def cell_cost(options: dict[Row, list[Route]], wait_h: float) -> dict[tuple[str, str, str], float]:
    """Cost of a class from country to country: composite costs by the shares of zones."""
    found: dict[tuple[str, str, str], float] = {}
    for k in CLASSES:
        for i in COUNTRIES:
            for j in COUNTRIES:
                if i != j:
                    found[k, i, j] = math.fsum(
                        out * into * composite(options[k, start, end], wait_h)
                        for start, out in EXPORT_SHARE[i, k].items()
                        for end, into in IMPORT_SHARE[j].items()
                    )
    return found


def tau_hat(
    f: Figures,
    new: dict[tuple[str, str, str], float],
    old: dict[tuple[str, str, str], float],
    before: Figures = BASE,
) -> Flows:
    """Change of trade costs: freight by class, weighed by value, times that of the tariffs."""
    found: Flows = {}
    for s in ("AGR", "MFG"):
        for i in COUNTRIES:
            for j in COUNTRIES:
                if i == j:
                    continue
                freight = 0.0
                for k in CLASSES:
                    v = density(k, i, j)
                    ratio = (1 + new[k, i, j] / v) / (1 + old[k, i, j] / v)
                    freight += CLASS_SHARE.get((s, k), 0.0) * ratio
                tariff = f.tariff.get((j, i, s), 0.0), before.tariff.get((j, i, s), 0.0)
                found[s, i, j] = freight * (1 + tariff[0]) / (1 + tariff[1])
    return found


@dataclass(frozen=True)
class Baseline:
    """The world of 2024 with its queue, frozen: every change is relative to it."""

    flows: Flows
    wait_h: float
    load_t: float
    cost: dict[tuple[str, str, str], float]


def baseline(f: Figures = BASE) -> Baseline:
    """Trade as observed, loads by choice, and the wait that clears Beacon Gate."""
    flows = matrix()
    rows, options = tonnes(flows), options_of(f)
    wait = clearing_wait(rows, options, f.capacity_t)
    return Baseline(flows, wait, load(rows, options, wait), cell_cost(options, wait))


@dataclass(frozen=True)
class Outcome:
    """The fixed point of trade and traffic."""

    flows: Flows
    wait_h: float
    load_t: float
    wage: dict[str, float]
    rounds: int

    @property
    def pair_usd(self) -> float:
        return pair(self.flows)


def scenario(f: Figures, base: Baseline, flows: Flows | None = None) -> Outcome:
    """Loop: wait -> costs -> trade -> tonnes -> wait, until nothing moves.

    ``flows`` is the world before the change: 2024, or 2024 grown to another year.
    """
    start = base.flows if flows is None else flows
    options = options_of(f)
    wait, wage = base.wait_h, None
    for rounds in range(1, 500):
        factors = tau_hat(f, cell_cost(options, wait), base.cost)
        after, wage, _ = equilibrium(start, factors, first_guess=wage)
        rows = tonnes(after)
        wanted = clearing_wait(rows, options, f.capacity_t)
        if abs(wanted - wait) < 1e-11:
            return Outcome(after, wait, load(rows, options, wait), wage, rounds)
        wait = wanted
    raise ArithmeticError("the loop did not settle")


def first_answer(f: Figures, base: Baseline) -> Flows:
    """Trade with the queue as it was: costs change, trade answers, and nobody queues for it."""
    factors = tau_hat(f, cell_cost(options_of(f), base.wait_h), base.cost)
    return equilibrium(base.flows, factors)[0]


def cleared_answer(f: Figures, base: Baseline) -> tuple[Flows, float]:
    """Trade, and the wait, where goods choose anew and the queue clears at the old trade."""
    options = options_of(f)
    wait = clearing_wait(tonnes(base.flows), options, f.capacity_t)
    factors = tau_hat(f, cell_cost(options, wait), base.cost)
    return equilibrium(base.flows, factors)[0], wait
