"""Dated rail tariffs in the costs of options: what a class pays more or less than usual."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import ArcParts
from opencorridor.costs.arc_costs import payloads
from opencorridor.costs.plan import UNITS
from opencorridor.costs.tariffs import tariff_prices
from opencorridor.network import CARGOES
from opencorridor.network.tariffs import tariff_book
from opencorridor.scenario.model import Model
from opencorridor.study import Study

__all__ = ["classes_with_tariffs", "tariff_costs"]

Floats = NDArray[np.float64]


def classes_with_tariffs(study: Study, date: str) -> set[str]:
    """Return the classes that may find tariff layers open or shut on a date."""
    book = tariff_book(study)
    if book is None or not book.layers or not book.rows(date):
        return set()
    return {str(class_id) for class_id in study["commodity"]["class_id"]}


def _per_route(first: NDArray[np.int64], fare: NDArray[np.int32], value: Floats) -> Floats:
    """Return the sums of values by fare along every route."""
    steps = np.repeat(np.arange(len(first) - 1), np.diff(first))
    total = np.zeros(len(first) - 1)
    np.add.at(total, steps, value[fare])
    return total


def tariff_costs(
    model: Model, study: Study, date: str, parts: Mapping[str, ArcParts]
) -> Floats | None:
    """Return what tariffs add to or take off the cost of every option (O,); None where nothing.

    Parameters
    ----------
    model, study, date
        As for :func:`opencorridor.scenario.prices.prices`.
    parts
        Parts of the arcs' costs by cargo, at the rates in force.
    """
    book = tariff_book(study)
    if book is None or not book.rows(date):
        return None
    used, options = model.used, model.options
    group = model.routes.group[options.route]
    more = np.zeros(options.n)
    for c, cargo in enumerate(CARGOES):
        for k, class_id in enumerate(study["commodity"]["class_id"]):
            mine = np.flatnonzero((options.klass == k) & (group == c))
            if not mine.size:
                continue
            carried, part = payloads(study, class_id), parts[cargo]
            payload = np.array([carried[u] for u in UNITS])
            usual = part.charge_usd_per_unit / payload[part.unit]
            found = tariff_prices(used.graph, study, class_id, cargo, date, usual, carried)
            if found is None:
                continue
            change = np.zeros_like(usual)
            change[found.arc] = np.nan_to_num(
                found.usd_per_t - usual[found.arc], nan=np.inf, posinf=np.inf
            )
            by_route = _per_route(model.routes.first, used.fare, change.ravel())
            more[mine] += by_route[options.route[mine]]
    return more
