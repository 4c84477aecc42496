"""Closures: by hand on the teaching study, what must hold for any, and ways as a full search."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.freight.kept import Kept, merge
from opencorridor.freight.options import make_options
from opencorridor.operations.workbench.edits import close
from opencorridor.scenario.build import extend
from opencorridor.scenario.closure_effect import Effect
from opencorridor.scenario.detours import detours, place_arcs, searches
from opencorridor.scenario.model import Model
from opencorridor.scenario.moving import moved, row_tonnes, side_of_base, side_of_state
from opencorridor.scenario.prices import prices
from opencorridor.scenario.resilience import (
    HALF,
    SHUT,
    Case,
    Solved,
    carried,
    cases_of,
    solve_all,
    solve_case,
)
from opencorridor.scenario.state import baseline, run_state
from tests.scenario.worlds import World, changed, teaching_world, world_of

PLACES = ("AB_RAIL", "AAA-BBB-RO01", "BC_RAIL", "BC_ROAD", "PORT_A", "PORT_C")


def solved(world: World, *places: str, share: float = SHUT, fixed: bool = False) -> Solved:
    return solve_case(world.model, world.base, Case("case", places, share), fixed=fixed)


def power_mean(cost: np.ndarray, exponent: float) -> float:
    """Composite cost of ways as the manual writes it: (sum c ** -k) ** (-1 / k)."""
    cost = cost[np.isfinite(cost)]
    return float((cost**-exponent).sum() ** (-1.0 / exponent)) if cost.size else float("nan")


def by_hand(world: World, found: Solved, crossing: str) -> tuple[float, float, float]:
    """Tonnes over a crossing and extra cost if it shuts while no place binds, row by row.

    Waits before are those of the baseline; after, with the queue gone, they are none. The last
    value is the extra cost if they stayed.
    """
    m, p, before = found.model, world.prices, found.before
    assert m is not None
    assert before is not None
    o, wait = m.options, before.clearing.wait_h
    over = m.routes.passes(place_arcs(m, [crossing]))[o.route]
    tonnes = row_tonnes(m, before)
    passed = extra = held = 0.0
    for r in range(m.rows.n):
        mine = np.arange(o.row_first[r], o.row_first[r + 1])
        waits = [wait[o.place[o.place_first[i] : o.place_first[i + 1]]].sum() for i in mine]
        now = before.prices.cost[mine] + p.vot[r] * np.array(waits)
        then = np.where(over[mine], np.inf, before.prices.cost[mine])
        mean = power_mean(now, p.choice[0, r])
        passed += tonnes[r] * float(((now / mean) ** -p.choice[0, r])[over[mine]].sum())
        extra += tonnes[r] * (power_mean(then, p.choice[0, r]) - mean)
        queued = np.where(over[mine], np.inf, now)
        held += tonnes[r] * (power_mean(queued, p.choice[0, r]) - mean)
    return passed, extra, held


def test_one_of_two_crossings_by_hand(world: World) -> None:
    """The gate with the queue shuts: all goes by road, which has room, and no wait is left."""
    found = solved(world, "BC_RAIL", fixed=True)
    passed, extra, held = by_hand(world, found, "BC_RAIL")
    effect = found.effect
    assert effect.passed_t == pytest.approx(passed, rel=1e-9)
    assert effect.extra_usd == pytest.approx(extra, rel=1e-7)
    assert effect.held_usd == pytest.approx(held, rel=1e-9)
    # All that passed goes elsewhere, and none of the rest has a reason to move.
    assert effect.rerouted_t == pytest.approx(passed, rel=1e-6)
    assert effect.stranded_t == effect.lost_usd == 0.0
    assert effect.bottleneck == -1


def test_the_only_ways_shut_strand_everything(world: World) -> None:
    """Both gates and both ports: between A and C moves only what goes from port to port.

    From A to C go 2,100,000 t of grain at 200 US$ and 180,000 t of machinery at 1,000, of which
    5 and 12.5 % from port to port; from C to A 520,000 t at 250 US$ and 270,000 t at 1,000, of
    which 12.5 %.
    """
    shut = solved(world, "BC_RAIL", "BC_ROAD", "PORT_A", "PORT_C", fixed=True)
    m, z = world.model, world.study["zone"]["zone_id"]
    tonnes = row_tonnes(m, side_of_base(m, world.base))
    left = 0.0
    for r in range(m.rows.n):
        ends = {str(z[m.rows.origin[r]]), str(z[m.rows.destination[r]])}
        abroad = any(e[0] == "C" for e in ends) and any(e[0] != "C" for e in ends)
        left += tonnes[r] if abroad and ends != {"A2", "C2"} else 0.0
    assert shut.effect.no_way_t == pytest.approx(left, rel=1e-12)
    assert shut.effect.rerouted_t == shut.effect.extra_usd == 0.0
    there = 0.95 * 2_100_000 * 200 + 0.875 * 180_000 * 1_000
    back = 0.875 * (520_000 * 250 + 270_000 * 1_000)
    assert there + back == 906_500_000
    assert shut.effect.lost_pair_usd == pytest.approx(there + back, rel=1e-12)
    assert shut.effect.lost_usd > shut.effect.lost_pair_usd


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("place", PLACES)
def test_nothing_passes_what_is_shut(world: World, place: str, fixed: bool) -> None:
    found = solved(world, place, fixed=fixed)
    assert found.model is not None
    assert found.after is not None
    assert found.before is not None
    over = found.model.routes.passes(place_arcs(found.model, [place]))[found.model.options.route]
    assert found.after.share[over].sum() == 0.0
    assert found.before.share[over].sum() > 0.0
    assert found.effect.passed_t > 0.0
    # Whoever still has a way sends all his goods.
    total = np.bincount(found.model.options.row, found.after.share, minlength=world.model.rows.n)
    np.testing.assert_allclose(total[np.isfinite(found.after.row_cost)], 1.0, rtol=1e-12)


def test_a_closure_relieves_queues_further_on(world: World) -> None:
    """Goods that can no longer cross at AB do not wait at the next gate either."""
    found = solved(world, "AB_RAIL")
    effect, at = found.effect, world.at("CAP01")
    assert found.before is not None
    assert found.after is not None
    assert effect.relief == at
    assert effect.relief_wait_h == found.after.clearing.wait_h[at]
    assert effect.relief_fall_h == pytest.approx(found.before.clearing.wait_h[at], abs=0.05)
    assert 0.0 < effect.extra_usd < effect.held_usd
    # A queue that is gone because its place is shut is no relief.
    assert solved(world, "BC_RAIL").effect.relief == -1


@pytest.mark.parametrize("place", PLACES)
def test_at_the_waits_of_before_a_closure_is_never_a_gain(world: World, place: str) -> None:
    shut, half = (solved(world, place, share=share).effect for share in (SHUT, HALF))
    assert shut.held_usd > 0.0
    assert half.held_usd == pytest.approx(0.0, abs=1e-6 * shut.held_usd)


@pytest.mark.parametrize("place", ["AAA-BBB-RO01", "BC_RAIL"])
@pytest.mark.parametrize("fixed", [False, True])
def test_half_lies_between_nothing_and_shut(world: World, place: str, fixed: bool) -> None:
    """Where no other place queues for it: with queues elsewhere a closure may even be a relief."""
    shut = solved(world, place, fixed=fixed).effect
    half = solved(world, place, share=HALF, fixed=fixed).effect
    assert 0.0 < half.extra_usd < shut.extra_usd
    assert 0.0 < half.rerouted_t < shut.rerouted_t
    assert half.lost_usd >= 0.0
    assert half.damage_usd < shut.damage_usd


def test_a_halved_place_lets_half_through(world: World) -> None:
    """Its own capacity where it has one, half of what passed where none is known."""
    known = solved(world, "BC_RAIL", share=HALF)
    assert known.capacity_known
    assert known.after is not None
    at = world.at("CAP01")
    assert known.after.prices.capacity[at] == 0.5 * world.prices.capacity[at] == 500_000.0
    assert known.after.clearing.load_t[at] <= 500_000.0 * (1 + 1e-6)
    unknown = solved(world, "AB_RAIL", share=HALF)
    assert not unknown.capacity_known
    assert unknown.after is not None
    assert unknown.after.clearing.load_t[-1] <= 0.5 * unknown.effect.passed_t * (1 + 1e-6)
    assert unknown.effect.bottleneck == world.model.places.n, "the place itself"
    assert unknown.effect.bottleneck_new


def test_what_carries_nothing_is_worth_nothing(world: World) -> None:
    """A gate that is only planned: no solution is needed to know."""
    case = Case("BC_BRIGHT", ("BC_BRIGHT",))
    assert not carried(world.model, world.base, case)
    found = solve_case(world.model, world.base, case)
    assert found.effect == Effect()
    assert found.model is None
    # The state itself says the same.
    study = close(world.study, ["BC_BRIGHT"])
    state = run_state(
        world.model, prices(world.model, study, world.day), world.base, world.model.flows
    )
    np.testing.assert_allclose(state.flows, world.model.flows, rtol=1e-12)
    np.testing.assert_array_equal(state.clearing.wait_h, world.base.clearing.wait_h)


def test_a_list_is_its_closures_one_by_one(world: World) -> None:
    told: list[tuple[str, int, int]] = []
    found = solve_all(
        world.model, world.base, cases_of([*PLACES, "BC_BRIGHT"]),
        progress=lambda *step: told.append(step),
    )  # fmt: skip
    assert [one.case.name for one in found] == [*PLACES, "BC_BRIGHT"]
    for one in found[:-1]:
        alone = solved(world, one.case.name).effect
        assert one.effect.damage_usd == pytest.approx(alone.damage_usd, rel=1e-9)
        assert one.effect.rerouted_t == pytest.approx(alone.rerouted_t, rel=1e-9)
        assert one.model is None
        assert not one.problem
    assert found[-1].effect.damage_usd == 0.0
    assert told[-1] == ("closures", len(PLACES), len(PLACES))


def test_a_closure_without_a_state_says_why(world: World) -> None:
    """Two countries cut off from each other: trade finds no wages that balance."""
    case = Case("south", ("BC_RAIL", "BC_ROAD", "PORT_A", "PORT_C"))
    found = solve_all(world.model, world.base, [case, *cases_of(["BC_RAIL"])])
    assert "does not clear" in found[0].problem
    assert not found[1].problem
    assert found[1].effect.damage_usd > 0.0


def test_ways_round_are_those_of_a_search_for_all(world: World) -> None:
    """The same effect as with all ways searched anew while the place is shut."""
    m, day = world.model, world.day
    for place in ("BC_RAIL", "BC_ROAD", "PORT_A"):
        study = close(world.study, [place])
        wide = extend(m, searches(study, day))
        base = baseline(wide, prices(wide, world.study, day), world.base.clearing.wait_h)
        state = run_state(wide, prices(wide, study, day), base, wide.flows)
        whole = moved(wide, side_of_base(wide, base), side_of_state(study, day, state))
        found = solved(world, place)
        assert found.effect.rerouted_t == pytest.approx(whole.rerouted_t, rel=1e-4)
        assert found.effect.extra_usd == pytest.approx(whole.extra_usd, rel=1e-4)
        lost = (wide.flows - state.flows).sum(axis=0)
        np.fill_diagonal(lost, 0.0)
        assert found.effect.lost_usd == pytest.approx(lost.sum(), rel=1e-4)


def generated(seed: int) -> World:
    """The teaching study with links of other lengths; goods mind chains and overlap."""
    rng = np.random.default_rng(seed)

    def other(cells: np.ndarray) -> np.ndarray:
        return cells * rng.uniform(0.8, 1.25, cells.size)

    study = teaching_world().study
    every = np.ones(study["choice"].n, dtype=bool)
    study = changed(study, "choice", every, dissimilarity=0.5, path_size=0.8, scale=15.0)
    return world_of(changed(study, "link", np.ones(study["link"].n, dtype=bool), length_km=other))


def of_its_own(w: World, place: str) -> Model:
    """A model with the kept ways, and the new ones of a full search for goods that pass a place."""
    m = w.model
    every = extend(m, searches(close(w.study, [place]), w.day)).routes

    def pairs(kept: Kept) -> np.ndarray:
        return np.stack([kept.group, kept.origin, kept.destination], axis=1)

    asked = pairs(m.routes.take(np.flatnonzero(m.routes.passes(place_arcs(m, [place])))))
    mine = (pairs(every)[:, None] == asked[None]).all(axis=2).any(axis=1)
    routes = merge([m.routes, every.take(np.flatnonzero(mine))])
    options = make_options(m.study, m.cells, m.rows, routes, m.places)
    return m.with_demand(routes=routes, options=options, _plans={}, _used=[], _ways=[])


@pytest.mark.parametrize("seed", [2, 3, 8])
def test_a_list_counts_only_the_ways_that_a_closure_knows(cache_folder: object, seed: int) -> None:
    """Each closure of a list, against a model of its own whose overlaps are counted anew.

    The list's model holds the ways round all places, whose chains and pieces are others.
    """
    w = generated(seed)
    m, day = w.model, w.day
    found = {one.case.name: one for one in solve_all(m, w.base, cases_of(PLACES))}
    wide = detours(m, {place: place_arcs(m, [place]) for place in PLACES}).model
    fewer = 0
    for place in PLACES:
        study, own = close(w.study, [place]), of_its_own(w, place)
        fewer += own.ways.member.size < wide.ways.member.size and own.options.n < wide.options.n
        base = baseline(own, prices(own, w.study, day), w.base.clearing.wait_h)
        state = run_state(own, prices(own, study, day), base, own.flows)
        whole = moved(own, side_of_base(own, base), side_of_state(study, day, state))
        effect = found[place].effect
        assert effect.rerouted_t == pytest.approx(whole.rerouted_t, rel=1e-6)
        assert effect.extra_usd == pytest.approx(whole.extra_usd, rel=1e-6)
        assert effect.extra_t_h == pytest.approx(whole.extra_t_h, rel=1e-6)
        lost = (own.flows - state.flows).sum(axis=0)
        np.fill_diagonal(lost, 0.0)
        assert effect.lost_usd == pytest.approx(lost.sum(), rel=1e-6)
        rise = state.clearing.wait_h - base.clearing.wait_h
        assert effect.bottleneck_rise_h == pytest.approx(rise.max(), rel=1e-6, abs=0.05)
    assert fewer > 0, "no closure knows less than the list"


def test_a_link_shuts_as_the_crossing_on_it(world: World) -> None:
    link, crossing = (solved(world, place).effect for place in ("L03", "AB_RAIL"))
    assert link == crossing


def test_ways_are_searched_only_for_goods_that_pass(world: World) -> None:
    m = world.model
    shut = {place: place_arcs(m, [place]) for place in PLACES}
    ways = detours(m, shut)
    assert ways.known.sum() == m.options.n
    for place in PLACES:
        over = m.routes.passes(shut[place])
        pairs = set(zip(m.routes.origin[over], m.routes.destination[over], strict=True))
        mine = ways.round[place]
        routes = ways.model.routes
        assert set(zip(routes.origin[mine], routes.destination[mine], strict=True)) <= pairs
        assert not routes.take(mine).passes(shut[place]).any()
