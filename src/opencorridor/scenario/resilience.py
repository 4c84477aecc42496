"""What a crossing, terminal or link is worth: the state in which it is shut, or lets half through.

Each closure is solved by itself against the baseline. Before and after, goods choose from the same
ways: those that are kept, and those that were searched round the closure
(:mod:`opencorridor.scenario.detours`); only what passes the place is taken away, or, where it lets
a share through, limited. Numbers are those of a year; over N weeks a closure does N / 52 of it,
for goods move evenly over the year.

A place that carries nothing in the baseline changes nothing when it shuts: every share, load and
wait stays as it is, and with them every cost. Such places are not solved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.indicators import option_tonnes
from opencorridor.freight.kept import ByArc
from opencorridor.freight.options import Options
from opencorridor.scenario.closure_effect import Effect, effect_of
from opencorridor.scenario.detours import Detours, PlaceArcs, detours
from opencorridor.scenario.model import Model
from opencorridor.scenario.moving import (
    Side,
    route_hours,
    row_tonnes,
    side_of_base,
    side_of_state,
)
from opencorridor.scenario.prices import Prices, prices
from opencorridor.scenario.state import Baseline, State, baseline, run_state
from opencorridor.study import NotConverged
from opencorridor.trade import World
from opencorridor.trade import world as world_of

__all__ = ["HALF", "SHUT", "Case", "Solved", "carried", "cases_of", "solve_all", "solve_case"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]

SHUT, HALF = 0.0, 0.5


@dataclass(frozen=True)
class Case:
    """A closure: places that are shut, or that let a share of their capacity through."""

    name: str
    places: tuple[str, ...]
    share: float = SHUT


@dataclass(frozen=True, eq=False)
class Solved:
    """A closure, what it does, and both of its states.

    ``base`` and ``state`` are those of the fixed point, where trade answers.

    ``solved`` is false where it changes nothing, which is known without a solution, and where no
    state was found, for which ``problem`` says why. ``capacity_known`` is false where what passes
    today had to stand for the capacity that is halved.
    """

    case: Case
    effect: Effect
    solved: bool = False
    model: Model | None = None
    before: Side | None = None
    after: Side | None = None
    base: Baseline | None = None
    state: State | None = None
    gap: float = 0.0
    iterations: int = 0
    capacity_known: bool = True
    problem: str = ""


def cases_of(places: Sequence[str], share: float = SHUT) -> list[Case]:
    """Return the closures of several places, each alone."""
    return [Case(place, (place,), share) for place in places]


def carried(model: Model, base: Baseline, case: Case) -> bool:
    """Whether any goods pass the places in the baseline; else the closure changes nothing."""
    return bool(_carried(model, base, [case], PlaceArcs(model)))


def _carried(
    model: Model, base: Baseline, cases: Sequence[Case], arcs: PlaceArcs
) -> dict[str, Bools]:
    """Return the arcs (A,) of every closure that some goods pass in the baseline."""
    used = np.zeros(model.routes.n, dtype=bool)
    used[model.options.route[base.share > 0.0]] = True
    carrying = np.zeros(model.graph.n_arcs, dtype=bool)
    carrying[model.routes.take(np.flatnonzero(used)).arcs] = True
    found = {case.name: arcs(case.places) for case in cases}
    return {name: shut for name, shut in found.items() if (shut & carrying).any()}


@dataclass(frozen=True, eq=False)
class _Ready:
    """All that the closures of one model share."""

    shut: dict[str, Bools]
    ways: Detours
    by_arc: ByArc
    prices: Prices
    base: Baseline
    hours: Floats
    fixed: bool
    world: World


def _before(ready: _Ready, case: Case) -> tuple[Model, Baseline]:
    """Return the model with the ways that a closure knows, and the state before it.

    Where no way is new it is the baseline that there is.
    """
    model, p, known = ready.ways.of(case.name, ready.prices)
    if known.all():
        return model, replace(ready.base, prices=p)
    return model, baseline(model, p, ready.base.clearing.wait_h)


def _with_place(options: Options, p: Prices, passing: Bools) -> tuple[Options, Prices]:
    """Return options of which the marked ones (O,) pass one place more, still without a limit.

    A tonne takes a tonne of it, and its curve is that of a queue.
    """
    counts, place = np.diff(options.place_first), p.capacity.size
    at, curve = options.place_first[1:][passing], p.curve
    if curve.delay_h is not None and curve.power is not None:
        delay, power = np.append(curve.delay_h, np.nan), np.append(curve.power, np.nan)
        curve = replace(curve, delay_h=delay, power=power)
    wider = replace(
        options,
        place_first=np.concatenate([[0], np.cumsum(counts + passing)]).astype(np.int64),
        place=np.insert(options.place, at, place),
    )
    return wider, replace(
        p,
        capacity=np.append(p.capacity, np.inf),
        use=np.insert(p.use, at, 1.0),
        curve=curve,
    )


def _cut(model: Model, p: Prices, case: Case) -> tuple[Floats, bool]:
    """Return the capacities (F,) with those of the places cut, and whether one is of all goods."""
    table, capacity, known = model.places.table, p.capacity.copy(), False
    for f in np.flatnonzero(table["place_kind"] != "fleet"):
        if set(str(table["place_ids"][f]).split(";")) & set(case.places):
            capacity[f] *= case.share
            whole = table["cargo"][f] == "all" and not table["class_id"][f]
            known |= bool(whole and np.isfinite(capacity[f]))
    return capacity, known


def _widened(base: Baseline, p: Prices) -> Baseline:
    """Return the baseline with one place more, at which nothing waits."""
    c = base.clearing
    wider = replace(
        c,
        wait_h=np.append(c.wait_h, 0.0),
        load_t=np.append(c.load_t, 0.0),
        stranded_t=np.append(c.stranded_t, 0.0),
    )
    return replace(base, clearing=wider, prices=p)


def _limited(
    model: Model, p: Prices, base: Baseline, case: Case, passing: Bools
) -> tuple[Model, Baseline, Prices, bool]:
    """Return the model and baseline, and the prices with the capacities of the places cut.

    Where the study knows no capacity of a place for all goods, what passes today counts as one:
    it becomes a place of its own. The last value says whether one was known.
    """
    capacity, known = _cut(model, p, case)
    if known:
        return model, base, replace(p, capacity=capacity), True
    tonnes = row_tonnes(model, side_of_base(model, base))
    passed = option_tonnes(model.options, tonnes, base.share)[passing].sum()
    options, wider = _with_place(model.options, p, passing)
    capacity = np.append(capacity, max(case.share * float(passed), 1.0))
    base = _widened(base, wider)
    model = model.with_demand(options=options, places=model.places.with_one_more(case.name))
    return model, base, replace(wider, capacity=capacity), False


def _solve(ready: _Ready, case: Case) -> Solved:
    """Solve one closure; both states know the ways round it."""
    study, day = ready.ways.model.study, ready.ways.model.study.settings.baseline_date
    model, base = _before(ready, case)
    p = base.prices
    passes = ready.by_arc.passes(ready.shut[case.name])[model.options.route]
    known, then = True, replace(p, cost=np.where(passes, np.inf, p.cost))
    if case.share > 0.0:
        model, base, then, known = _limited(model, p, base, case, passes)
    before, state = side_of_base(model, base), None
    if ready.fixed:
        shut = baseline(model, then, base.clearing.wait_h, 1e-9)
        after, gap, rounds = side_of_base(model, shut), shut.clearing.gap, 0
    else:
        state = run_state(model, then, base, model.flows, like=ready.world)
        after, gap, rounds = side_of_state(study, day, state), state.clearing.gap, state.iterations
    effect = effect_of(model, before, after, passes, hours=ready.hours, fixed=ready.fixed)
    return Solved(case, effect, True, model, before, after, base, state, gap, rounds, known)


def _ready(
    model: Model,
    base: Baseline,
    shut: dict[str, Bools],
    fixed: bool,
    progress: Progress,
) -> _Ready:
    """Search the ways round closures, given the arcs (A,) of each, and price them."""
    study = model.study
    day = study.settings.baseline_date
    ways = detours(model, shut, lambda done, of: progress("routes", done, of))
    p, hours = prices(ways.model, study, day), route_hours(ways.model, study, day)
    # One world for all: its Jacobian is drawn up once.
    world = world_of(model.flows, p.theta, countries=model.countries, sectors=model.sectors)
    return _Ready(shut, ways, ByArc(ways.model.routes), p, base, hours, fixed, world)


def solve_case(model: Model, base: Baseline, case: Case, *, fixed: bool = False) -> Solved:
    """Solve one closure against the baseline, with both of its states.

    Parameters
    ----------
    model, base
        The model of a study, and its baseline.
    case
        What shuts.
    fixed
        Whether trade stays as it is: goods only look for other ways. Otherwise both settle in the
        fixed point of trade and traffic.

    Raises
    ------
    NotConverged
        If no state is found.
    """
    shut = _carried(model, base, [case], PlaceArcs(model))
    if not shut:
        return Solved(case, Effect())
    return _solve(_ready(model, base, shut, fixed, lambda *_: None), case)


def solve_all(
    model: Model,
    base: Baseline,
    cases: Sequence[Case],
    *,
    fixed: bool = False,
    progress: Progress = lambda *_: None,
) -> list[Solved]:
    """Solve many closures, each alone, as :func:`solve_case`; the answers do not keep the states.

    A closure for which no state is found says so in ``problem``. ``progress`` is told step, done
    and of how many.
    """
    shut = _carried(model, base, cases, PlaceArcs(model))
    used = [case for case in cases if case.name in shut]
    ready = _ready(model, base, shut, fixed, progress)
    found: dict[str, Solved] = {}
    for done, case in enumerate(used):
        progress("closures", done, len(used))
        try:
            one = _solve(ready, case)
        except NotConverged as error:
            found[case.name] = Solved(case, Effect(), problem=str(error))
            continue
        found[case.name] = replace(one, model=None, before=None, after=None, base=None, state=None)
    progress("closures", len(used), len(used))
    return [found.get(case.name) or Solved(case, Effect()) for case in cases]
