"""Scales of the choice of routes, fitted to the tonnes observed at crossings and terminals.

Classes fall into groups (column ``choice_group`` of the table ``choice``) that share a scale. The
scales of all groups are fitted together to all places: the sum of squares of

    2 (modelled - observed) / (modelled + observed) / s   over the observed loads, and
    (ln k - ln k0) / s0                                   over the groups

is made least within the low and high of each k, k0 its ``scale_prior``. Modelled are the loads at
the waits that clear the places, so a place whose capacity binds says little of the scales.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from opencorridor.freight.choice import choice_of_classes
from opencorridor.freight.demand import CARGOES
from opencorridor.freight.kernels.options import shut_routes
from opencorridor.scenario.model import Model
from opencorridor.scenario.prices import Prices, prices
from opencorridor.scenario.state import Baseline, baseline
from opencorridor.study import Study, Table

__all__ = ["ChoiceFit", "Observed", "PlaceLoad", "fit_choice", "observed_loads", "place_loads"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

NEAR_YEARS = 3
"""Observations this far from the baseline year are compared with it."""
LEAST_SPREAD = 0.2
"""Standard deviation of the logarithm of an observed load, where the sources agree better."""
WHOLE = ("all", "all by rail", "rail", "all by road", "road")
BOXES = ("containers",)
# Chapters of the Harmonised System that a word of the column ``commodity`` stands for.
CHAPTERS = {"grain": "10", "wheat": "10", "barley": "10"}
_DIRECTION = re.compile(r"(?:export )?([A-Z]{3}) to ([A-Z]{3})")
_DONE = 1e-5


@dataclass(frozen=True)
class Observed:
    """Tonnes a year observed at a place: the median of several rows of ``traffic``.

    ``boxes`` is true where only containers were counted, ``exporter`` and ``importer`` name the
    countries and ``chapter`` the chapter of goods where only those were; ``spread`` is the standard
    deviation of the logarithm.
    """

    place_id: str
    goods: str
    boxes: bool
    exporter: str
    importer: str
    chapter: str
    t_per_year: float
    spread: float
    traffic_ids: tuple[str, ...]


@dataclass(frozen=True)
class PlaceLoad:
    """Tonnes a year that the model moves over a place, and whose they are.

    ``third_share`` is the part of goods of which neither end is a country of the study's pair,
    ``own_share`` that of goods between the two.
    """

    t_per_year: float
    third_share: float
    own_share: float


@dataclass(frozen=True, eq=False)
class ChoiceFit:
    """Scales before and after, by group, and the loads of the places at both.

    ``choice`` is the table with the fitted scales.
    """

    observed: tuple[Observed, ...]
    before: tuple[PlaceLoad, ...]
    after: tuple[PlaceLoad, ...]
    groups: tuple[str, ...]
    scale_before: Floats
    scale_after: Floats
    choice: Table

    def scales(self) -> list[tuple[str, float]]:
        """Return the fitted scale of every group."""
        return list(zip(self.groups, self.scale_after.tolist(), strict=True))


def observed_loads(study: Study) -> tuple[Observed, ...]:
    """Return the loads to fit to: those of ``choice_places`` of the study's settings ``[run]``.

    Rows of ``traffic`` with use=yes near the baseline year count: of all goods or all containers
    both ways, or of grain from one country to another.
    """
    table = study["traffic"]
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    near = np.abs(table["year"] - study.settings.baseline_year) <= NEAR_YEARS
    good = near & (table["use"] == "yes") & (table["kind"] == "observed")
    wanted = set(study.settings.run.get("choice_places", ()))
    for row in np.flatnonzero(good & (table["t_per_year"] > 0.0)):
        place, word = str(table["place_ids"][row]), str(table["commodity"][row])
        pair = _DIRECTION.fullmatch(str(table["direction"][row]))
        ends = pair.groups() if pair else ("", "")
        whole = table["direction"][row] == "both" and word in (*WHOLE, *BOXES)
        if place in wanted and (whole or (pair and word in CHAPTERS)):
            boxes = "containers" if word in BOXES else ""
            found[place, boxes, *ends, CHAPTERS.get(word, "")].append(int(row))
    return tuple(_observed(table, key, rows) for key, rows in sorted(found.items()))


def _observed(table: Table, key: tuple[str, ...], rows: list[int]) -> Observed:
    place, boxes, exporter, importer, chapter = key
    tonnes = table["t_per_year"][rows]
    spread = float(np.log(tonnes).std(ddof=1)) if len(rows) > 1 else 0.0
    goods = boxes or "all"
    if exporter:
        goods = f"{table['commodity'][rows[0]]} {exporter} to {importer}"
    return Observed(
        place, goods, bool(boxes), exporter, importer, chapter, float(np.median(tonnes)),
        max(spread, LEAST_SPREAD), tuple(str(name) for name in table["traffic_id"][rows]),
    )  # fmt: skip


def _counted(model: Model, one: Observed) -> Bools:
    """Whether each option (O,) is counted: it passes the place, with goods that were counted."""
    graph, used, options, cells = model.graph, model.used, model.options, model.cells
    arcs = (used.graph.place == graph.places.index(one.place_id)) & used.graph.charged
    hit = shut_routes(options.route, model.routes.first, used.fare, ~arcs)
    cell = model.rows.cell[options.row]
    for name, ends in ((one.exporter, cells.exporter), (one.importer, cells.importer)):
        if name:
            hit &= ends[cell] == model.countries.index(name)
    if one.chapter:
        chapters = model.study["commodity"]["hs2"]
        mine = [k for k, text in enumerate(chapters) if one.chapter in text.split(";")]
        hit &= np.isin(options.klass, mine)
    if one.boxes:
        hit &= model.rows.cargo[options.row] == CARGOES.index("container")
    return hit


def place_loads(
    model: Model, base: Baseline, observed: tuple[Observed, ...]
) -> tuple[PlaceLoad, ...]:
    """Return what the baseline moves of each of the loads."""
    return _Loads(model, observed).of(base)


class _Loads:
    """What is counted at some places, worked out once for many states."""

    def __init__(self, model: Model, observed: tuple[Observed, ...]) -> None:
        self.model = model
        self.counted = [_counted(model, one) for one in observed]
        cells, (a, b) = model.cells, model.pair
        ends = np.isin(cells.exporter, (a, b)).astype(int) + np.isin(cells.importer, (a, b))
        self.ends = ends[model.rows.cell][model.options.row]

    def of(self, base: Baseline) -> tuple[PlaceLoad, ...]:
        """Return the loads of a baseline."""
        model, p = self.model, base.prices
        tonnes = (p.tonnes_per_usd * model.cell_values(model.flows)).sum(axis=1) * model.covered
        by_option = (tonnes[model.rows.cell] * p.weight)[model.options.row] * base.share
        return tuple(self._one(by_option, hit) for hit in self.counted)

    def _one(self, by_option: Floats, hit: Bools) -> PlaceLoad:
        total = float(by_option[hit].sum())
        third, own = (float(by_option[hit & (self.ends == n)].sum()) for n in (0, 2))
        if total == 0.0:
            return PlaceLoad(0.0, float("nan"), float("nan"))
        return PlaceLoad(total, third / total, own / total)


class _Trial:
    """Loads of the baseline at given scales of the groups."""

    def __init__(self, model: Model, observed: tuple[Observed, ...]) -> None:
        study = model.study
        self.model, self.table = model, study["choice"]
        self.prices: Prices = prices(model, study, study.settings.baseline_date)
        self.loads = _Loads(model, observed)
        self.groups, self.group = np.unique(self.table["choice_group"], return_inverse=True)
        self.wait = baseline(model, self.prices).clearing.wait_h

    def choice(self, scale: Floats) -> Table:
        """Return the table with these scales of the groups; priors stay what they were."""
        table = self.table
        named = table["scale_prior"]
        prior = np.where(np.isfinite(named), named, table["scale"])
        return table.with_columns({"scale": scale[self.group], "scale_prior": prior})

    def __call__(self, scale: Floats) -> tuple[PlaceLoad, ...]:
        study = self.model.study.replace(tables={"choice": self.choice(scale)})
        klass = self.model.cells.klass[self.model.rows.cell]
        p = replace(self.prices, choice=choice_of_classes(study)[:, klass])
        base = baseline(self.model, p, self.wait, tolerance=1e-9)
        self.wait = base.clearing.wait_h
        return self.loads.of(base)


def fit_choice(model: Model, observed: tuple[Observed, ...]) -> ChoiceFit:
    """Fit the scales of all groups to all observed loads together.

    Parameters
    ----------
    model
        A study with rows of ``choice``; the low and high of a scale bound it, and its prior (its
        value where there is none) is what the fit starts from and is drawn to: a quarter of the
        logarithm of high over low is one deviation.
    observed
        Loads to fit to (:func:`observed_loads`), at least one.
    """
    trial = _Trial(model, observed)
    table = trial.table
    first = [int(np.flatnonzero(trial.group == g)[0]) for g in range(trial.groups.size)]
    named = table["scale_prior"][first]
    prior = np.where(np.isfinite(named), named, table["scale"][first])
    low, high = (np.where(np.isfinite(x := table[f"scale_{end}"][first]), x, prior)
                 for end in ("low", "high"))  # fmt: skip
    loose = np.flatnonzero(high > low)
    spread = np.array([o.spread for o in observed])
    tonnes = np.array([o.t_per_year for o in observed])
    tight = np.log(high[loose] / low[loose]) / 4.0

    def scales(x: Floats) -> Floats:
        out = prior.copy()
        out[loose] = np.exp(x)
        return out

    def residuals(x: Floats) -> Floats:
        load = np.array([one.t_per_year for one in trial(scales(x))])
        miss = 2.0 * (load - tonnes) / (load + tonnes) / spread
        return np.concatenate([miss, (x - np.log(prior[loose])) / tight])

    found = least_squares(
        residuals, np.log(prior[loose]), diff_step=0.01, ftol=_DONE, xtol=_DONE,
        bounds=(np.log(low[loose]) - 1e-9, np.log(high[loose]) + 1e-9),
    )  # fmt: skip
    # Three figures: the loads do not tell more, and the table then is the same on every machine.
    after = np.array([float(f"{k:.3g}") for k in scales(found.x)])
    return ChoiceFit(
        observed=observed,
        before=trial(prior),
        after=trial(after),
        groups=tuple(str(g) for g in trial.groups),
        scale_before=prior,
        scale_after=after,
        choice=trial.choice(after),
    )
