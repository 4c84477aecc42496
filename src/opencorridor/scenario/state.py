"""One state of the world: prices of all options, and the fixed point of trade and traffic.

The baseline is a fixed point of its own: trade is the observed matrix and waits clear the
places. Every later state is relative to it: costs of cells against the baseline's give the
change of trade costs, trade gives tonnes, tonnes give waits, waits give costs, until both
agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import arc_parts, part_weights
from opencorridor.freight.choice import choice_of_classes
from opencorridor.freight.clearing import (
    Clearing,
    WaitCurve,
    clear_places,
    stranded,
    violation,
)
from opencorridor.freight.demand import CARGOES
from opencorridor.freight.fleets import place_use
from opencorridor.freight.kernels.loading import choose_and_load
from opencorridor.freight.places import capacities, delays
from opencorridor.network import open_mask
from opencorridor.network.opening import valid_on
from opencorridor.scenario.closures import shut_to_trade
from opencorridor.scenario.mixing import Mixer
from opencorridor.scenario.model import Model
from opencorridor.scenario.response import cell_mean, log_price, own_elasticity, trade_costs
from opencorridor.scenario.rounds import Round, Rounds, not_settled
from opencorridor.scenario.tariffs import classes_with_tariffs, tariff_costs
from opencorridor.study import NotConverged, Problem, Study
from opencorridor.trade import World
from opencorridor.trade import world as world_of

__all__ = ["Baseline", "Prices", "State", "baseline", "prices", "run_state"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Prices:
    """What a study's tables say on a date, for the options and cells of a model.

    ``cost`` (O,) generalised cost without waits, US$/t, infinite where closed; ``tonnes_per_usd``
    (C, S); ``sector_share`` (C, S); ``value_density`` (C,); ``weight`` (R,); ``vot`` (R,);
    ``choice`` (3, R) scale, dissimilarity and path size of the choice of routes;
    ``capacity`` (F,); ``use`` (Q,) what a tonne takes of each place on each option, in the unit of
    the place's capacity, by entry of ``options.place``; ``tariff`` one plus the sum of ad valorem
    rates by (sector, pair); ``allowed`` (C,) share of a cell that restrictions on goods let pass;
    ``theta`` (S,).
    """

    cost: Floats
    tonnes_per_usd: Floats
    sector_share: Floats
    value_density: Floats
    weight: Floats
    vot: Floats
    capacity: Floats
    use: Floats
    tariff: Mapping[tuple[int, int], float]
    allowed: Floats
    theta: Floats
    choice: Floats
    curve: WaitCurve


@dataclass(frozen=True)
class Baseline:
    """Frozen baseline: waits (F,), loads (F,), row costs (R,), cell costs (C,), live share (C,)."""

    prices: Prices
    clearing: Clearing
    row_cost: Floats
    cell_cost: Floats
    live_share: Floats
    share: Floats


@dataclass(frozen=True)
class State:
    """A solved state: flows (S, N, N) in US$ of price_year, waits, loads, shares, residuals.

    ``clearing.gap`` is the assignment gap, ``cost_change`` the largest relative change of a row's
    generalised cost between the last two rounds, NaN where the loop was left open.
    """

    prices: Prices
    flows: Floats
    tonnes: Floats
    share: Floats
    row_cost: Floats
    cell_cost: Floats
    tau: Floats
    clearing: Clearing
    welfare_hat: Floats
    cost_change: float
    iterations: int


def _tariffs(model: Model, study: Study, date: str) -> dict[tuple[int, int], float]:
    """One plus the ad valorem rates in force on a date, by sector and pair."""
    table = study["tariff"]
    sector = {s: n for n, s in enumerate(model.sectors)}
    out: dict[tuple[int, int], float] = {}
    for row in np.flatnonzero(valid_on(table, date)):
        pair = model.pair_of.get((table["exporter"][row], table["importer"][row]))
        if pair is None:
            continue
        named = table["sector_id"][row]
        for s in [sector[named]] if named else range(len(sector)):
            key = (s, pair)
            out[key] = out.get(key, 1.0) + float(table["rate_share"][row])
    return out


def _allowed(model: Model, study: Study, date: str) -> tuple[dict[tuple[str, str], float], Floats]:
    """Shares let through by restrictions: by place and class ("" all), and by cell for goods."""
    table = study["restriction"]
    places: dict[tuple[str, str], float] = {}
    cells = np.ones(model.cells.n)
    classes = study["commodity"]["class_id"]
    index = {c: n for n, c in enumerate(model.countries)}
    for row in np.flatnonzero(valid_on(table, date)):
        share = float(table["allowed_share"][row])
        if table["place_kind"][row] != "flow":
            for place in table["place_ids"][row].split(";"):
                for klass in table["class_ids"][row].split(";"):
                    places[place, klass] = min(places.get((place, klass), 1.0), share)
            continue
        hit = np.ones(model.cells.n, dtype=bool)
        if table["exporter"][row]:
            hit &= model.cells.exporter == index.get(table["exporter"][row], -1)
        if table["importer"][row]:
            hit &= model.cells.importer == index.get(table["importer"][row], -1)
        if table["class_ids"][row]:
            wanted = [n for n, c in enumerate(classes) if c in table["class_ids"][row].split(";")]
            hit &= np.isin(model.cells.klass, wanted)
        cells[hit] = np.minimum(cells[hit], share)
    return places, cells


def _open(model: Model, study: Study, date: str) -> dict[int, NDArray[np.bool_]]:
    """Arcs that may be used: by all classes under -1, by those with closures of their own."""
    graph, table = model.used.graph, study["restriction"]
    named = {c for ids in table["class_ids"][valid_on(table, date)] for c in ids.split(";") if c}
    named |= classes_with_tariffs(study, date)
    masks = {-1: open_mask(study, graph, date)}
    for klass, class_id in enumerate(study["commodity"]["class_id"]):
        if class_id in named:
            masks[klass] = open_mask(study, graph, date, class_id)
    return masks


def prices(model: Model, study: Study, date: str) -> Prices:
    """Prices of all options and cells of a model under a study's tables on a date."""
    used = model.used
    table = study["commodity"]
    plan = model.cost_plan(study, date, used.graph)
    parts = {cargo: arc_parts(plan, study, cargo) for cargo in CARGOES}
    cost = model.options.costs(
        model.routes, used.fare, parts, part_weights(study), _open(model, study, date)
    )
    tariffs = tariff_costs(model, study, date, parts)
    if tariffs is not None:
        cost = cost + tariffs
    cost[shut_to_trade(model, study, date)] = np.inf
    places, allowed = _allowed(model, study, date)
    value = model.parameter(study)
    klass = model.cells.klass[model.rows.cell]
    theta_of = dict(
        zip(study["elasticity"]["sector_id"], study["elasticity"]["theta"], strict=True)
    )
    return Prices(
        cost=cost,
        tonnes_per_usd=model.cells.tonnes_per_usd(study),
        sector_share=model.cells.sector_share(study) * model.cells.freight_share(study),
        value_density=model.cells.value_density(study),
        weight=model.rows.weight(study, model.cells),
        vot=table["value_of_time_usd_per_t_h"][klass],
        capacity=capacities(study, model.places, places),
        use=place_use(study, used, model.options, model.routes, model.places, parts),
        tariff=_tariffs(model, study, date),
        allowed=allowed,
        theta=np.array([theta_of[s] for s in model.sectors]),
        choice=choice_of_classes(study)[:, klass],
        curve=WaitCurve(
            value["wait_free_share"],
            value["wait_scale_h"],
            value["wait_max_h"],
            *(delays(study, model.places) or ()),
        ),
    )


@dataclass(frozen=True)
class _Demand:
    """Tonnes by cell (C,), and how they answer the costs of their rows.

    ``anchor`` (R,) are the row costs at which the tonnes hold; ``elasticity`` (C,) is that of
    tonnes by delivered price there. Without an anchor the tonnes are fixed.
    """

    tonnes: Floats
    anchor: Floats | None = None
    elasticity: Floats | None = None


class _Choice:
    """Choice and loading at the prices of a state.

    Rows that pass no place choose alike whatever the waits: they are done once.
    """

    def __init__(self, model: Model, p: Prices) -> None:
        self.model, self.p = model, p
        o, free = model.options, model.options.free
        self.part = o.watched
        self.cell = model.rows.cell[self.part.rows]
        self.cost, self.vot = p.cost[self.part.options], p.vot[self.part.rows]
        self.use = p.use[self.part.entries]
        self.ways = model.ways.of(self.part.rows, p.choice)
        self.density, self.fixed = p.value_density[self.cell], np.zeros(self.cell.size)
        none = np.zeros(free.rows.size)
        asked = (
            free.row_first, none, p.vot[free.rows], p.cost[free.options], free.place_first,
            free.place, p.use[free.entries], np.zeros(p.capacity.size),
            *model.ways.of(free.rows, p.choice), none, none, none, False,
        )  # fmt: skip
        share, row_cost, _, _ = choose_and_load(*asked)
        self.share, self.row_cost = np.empty(o.n), np.empty(model.rows.n)
        self.share[free.options], self.row_cost[free.rows] = share, row_cost

    def __call__(self, demand: _Demand, wait: Floats, *, slopes: bool = True) -> tuple[Floats, ...]:
        """Shares and costs of the watched rows, loads (F,), and slopes (F, F) by the waits (F,).

        Without ``slopes`` those are 0: they take most of the time.
        """
        part, p = self.part, self.p
        tonnes = (demand.tonnes * self.model.covered)[self.cell] * p.weight[part.rows]
        anchor, elasticity = self.fixed, self.fixed
        if demand.anchor is not None and demand.elasticity is not None:
            anchor, elasticity = demand.anchor[part.rows], demand.elasticity[self.cell]
        asked = (
            part.row_first, tonnes, self.vot, self.cost, part.place_first, part.place, self.use,
            wait, *self.ways, anchor, self.density, elasticity, slopes,
        )  # fmt: skip
        found: tuple[Floats, ...] = choose_and_load(*asked)
        return found

    def whole(self, share: Floats, row_cost: Floats) -> tuple[Floats, Floats]:
        """Shares (O,) and composite costs (R,) of all rows, those of the watched ones given."""
        shares, costs = self.share.copy(), self.row_cost.copy()
        shares[self.part.options], costs[self.part.rows] = share, row_cost
        return shares, costs

    def clear(
        self, demand: _Demand, start: Floats, tolerance: float
    ) -> tuple[Clearing, Floats, Floats]:
        """Find waits that clear the places at a demand; also shares and row costs there."""
        p = self.p
        where = np.flatnonzero(np.isfinite(p.capacity))
        last: list[Floats] = []

        def loads(wait: Floats) -> tuple[Floats, Floats]:
            full = np.zeros(p.capacity.size)
            full[where] = wait
            share, row_cost, load, slope = self(demand, full)
            last[:] = [full, share, row_cost, load]
            return load[where], slope[np.ix_(where, where)]

        curve = p.curve.take(where)
        got = clear_places(loads, p.capacity[where], curve, start[where], tolerance=tolerance)
        wait, share, row_cost, load = last
        left = np.zeros(p.capacity.size)
        left[where] = got.stranded_t
        full = Clearing(wait, load, left, got.gap, got.iterations, got.converged, got.path)
        return full, *self.whole(share, row_cost)

    def judge(self, tonnes: Floats, wait: Floats) -> Clearing:
        """Return loads of given tonnes at given waits, and how far the places are from clear."""
        p = self.p
        load = self(_Demand(tonnes), wait, slopes=False)[2]
        where = np.flatnonzero(np.isfinite(p.capacity))
        curve = p.curve.take(where)
        gap = violation(wait[where], load[where], p.capacity[where], curve)
        left = np.zeros(load.size)
        left[where] = stranded(wait[where], load[where], p.capacity[where], curve)
        return Clearing(wait, load, left, gap, 0, True, ())


# Factors on the waits to start from, and hours more.
_OTHER_STARTS = ((0.5, 0.0), (0.0, 0.0), (2.0, 5.0))


def baseline(
    model: Model,
    p: Prices,
    start_wait: Floats | None = None,
    tolerance: float = 1e-11,
    *,
    allow_unconverged: bool = False,
) -> Baseline:
    """Find waits that clear the places at the observed trade, and the costs frozen there.

    Raises
    ------
    NotConverged
        If the waits do not clear the places within the tolerance.
    """
    tonnes = (p.tonnes_per_usd * model.cell_values(model.flows)).sum(axis=1)
    start = np.zeros(p.capacity.size) if start_wait is None else start_wait
    choice, demand = _Choice(model, p), _Demand(tonnes)
    clearing, share, row_cost = choice.clear(demand, start, tolerance)
    # Far from the start the steps can end where none leads on: other starts then do.
    for factor, more_h in _OTHER_STARTS:
        if clearing.converged:
            break
        clearing, share, row_cost = choice.clear(demand, factor * start + more_h, tolerance)
    _require(clearing.converged or allow_unconverged, "baseline", clearing.gap)
    live = np.isfinite(row_cost)
    live_weight = np.bincount(
        model.rows.cell, weights=np.where(live, p.weight, 0.0), minlength=model.cells.n
    )
    cost = cell_mean(model, p, row_cost, live)
    return Baseline(p, clearing, row_cost, cost, live_weight * model.covered, share)


def _require(converged: bool, what: str, gap: float) -> None:
    if not converged:
        raise NotConverged(
            [
                Problem(
                    code="loop_not_converged",
                    message=f"{what}: the waits do not clear the places, gap {gap:.2e}",
                    expected="a gap of at most 1e-6",
                    mend="raise wait_max_h, or look for a place with far less capacity than load",
                )
            ]
        )


def run_state(
    model: Model,
    p: Prices,
    base: Baseline,
    flows: Floats,
    *,
    loop: bool = True,
    start_wait: Floats | None = None,
    tolerance: float = 1e-6,
    max_iterations: int = 40,
    accelerate: bool = True,
    like: World | None = None,
) -> State:
    """Solve the trade-traffic fixed point from flows (S, N, N) that costs have not touched.

    Without the loop places clear at the tonnes of the flows as given, trade answers once, and what
    it adds does not come back as waits: a measure's effect before congestion takes its part.
    ``accelerate`` False repeats plainly, tonnes held while the places clear: it shows what a loop
    without damping does. ``like`` is a similar world whose Jacobian starts the solution of trade.

    Raises
    ------
    NotConverged
        If the residuals do not both fall below the tolerance within the iterations: codes
        ``loop_cycles``, ``loop_stalled`` and ``loop_not_converged``.
    """
    wait = base.clearing.wait_h.copy() if start_wait is None else start_wait
    economy = world_of(flows, p.theta, countries=model.countries, sectors=model.sectors)
    choice = _Choice(model, p)
    tonnes = (p.tonnes_per_usd * model.cell_values(flows)).sum(axis=1)
    elasticity = own_elasticity(model, p, base, flows) if accelerate else np.zeros(tonnes.size)
    wage: Floats | None = None
    mixer, rounds = Mixer(tonnes, plain=not accelerate), Rounds(tolerance)
    if loop:
        # Trade answers the costs at the first waits before any place is cleared.
        share, row_cost = choice.whole(*choice(_Demand(tonnes), wait, slopes=False)[:2])
    else:
        cleared, share, row_cost = choice.clear(_Demand(tonnes), wait, 0.1 * tolerance)
        wait = cleared.wait_h
    iteration = 0
    while True:
        tau, cost = trade_costs(model, p, base, row_cost)
        world = economy.solve(model.shock(tau), wage0=wage, tol=1e-6 * tolerance, like=like)
        wage = world.wage_hat
        tonnes = (p.tonnes_per_usd * model.cell_values(world.flows)).sum(axis=1)
        found = choice.judge(tonnes, wait)
        if not loop:
            found, left = replace(found, gap=cleared.gap), Round(cleared.gap, float("nan"))
            break
        left = rounds.add(found.gap, row_cost, wait)
        if rounds.settled:
            break
        if rounds.period or rounds.stuck or iteration == max_iterations:
            if mixer.plain or mixer.calm or iteration == max_iterations:
                raise not_settled(rounds, iteration, model.places.capacity_id)
            mixer.calm_down()
            rounds.forget()
        iteration += 1
        # What trade would ask for at the costs of the baseline, as far as a cell's own costs say.
        level = np.log(np.where(tonnes > 0.0, tonnes, 1.0)) + elasticity * log_price(p, cost)
        guess = mixer.next(level)
        demand = _Demand(tonnes * np.exp(guess - level), row_cost, elasticity)
        clearing, share, row_cost = choice.clear(
            demand, wait, max(1e-3 * tolerance, 0.01 * found.gap)
        )
        wait = clearing.wait_h
    return State(
        prices=p,
        flows=world.flows,
        tonnes=tonnes,
        share=share,
        row_cost=row_cost,
        cell_cost=cost,
        tau=tau,
        clearing=found,
        welfare_hat=world.welfare_hat,
        cost_change=left.cost_change,
        iterations=iteration,
    )
