"""What a study's tables say on a date, for the options and cells of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import arc_parts, part_weights
from opencorridor.freight.choice import choice_of_classes
from opencorridor.freight.clearing import WaitCurve
from opencorridor.freight.demand import CARGOES
from opencorridor.freight.fleets import place_use
from opencorridor.freight.places import capacities, delays
from opencorridor.network import open_mask
from opencorridor.network.opening import valid_on
from opencorridor.scenario.closures import shut_to_trade
from opencorridor.scenario.constants import cost_factors
from opencorridor.scenario.model import Model
from opencorridor.scenario.tariffs import classes_with_tariffs, tariff_costs
from opencorridor.study import Study

__all__ = ["Prices", "prices"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Prices:
    """What a study's tables say on a date, for the options and cells of a model.

    ``cost`` (O,) generalised cost without waits, US$/t, constants of the choice included, infinite
    where closed; ``tonnes_per_usd``
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
    constants = cost_factors(model, study)
    if constants is not None:
        cost = cost * constants
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
