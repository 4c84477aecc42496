"""Skims of one study again and again, as a person changes a border, a rate or a tariff."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.costs import arc_parts, cost_plan, generalised, price, weights
from opencorridor.costs.guard import guarded
from opencorridor.network import open_mask, reduced
from opencorridor.routing.elimination import elimination_of
from opencorridor.routing.manyskims import Sums, skim_classes
from opencorridor.routing.masks import mode_mask, parse_modes, present_bits
from opencorridor.routing.priced import PricedGraph

if TYPE_CHECKING:
    from opencorridor.costs import ArcParts
    from opencorridor.study import Study

__all__ = ["Skimmer", "main_cargoes"]

Bits = npt.NDArray[np.uint8]


def main_cargoes(study: Study) -> list[tuple[str, str]]:
    """Return every class and how most of it travels: ``container`` or ``bulk``."""
    rows = study["commodity"]
    return [
        (str(class_id), "container" if float(share) >= 0.5 else "bulk")
        for class_id, share in zip(rows["class_id"], rows["containerised_share"], strict=True)
    ]


@dataclass(frozen=True)
class _Prices:
    """What all classes of a changed study share."""

    study: Study
    parts: dict[str, ArcParts]


class Skimmer:
    """Keeps what no number of a study changes: reduced graph, order, the choice of rows.

    Parameters
    ----------
    study
        Studies skimmed later are this one with other numbers, states or dates of validity.
    date
        ISO 8601; by default the study's ``baseline_date``.
    modes
        Allowed modes; none: all.
    """

    def __init__(self, study: Study, date: str = "", modes: Sequence[str] = ()) -> None:
        self.study = study
        self.date = date or study.settings.baseline_date
        self.graph = reduced(study).graph
        self.order = elimination_of(study, self.graph)
        self.plan = cost_plan(self.graph, study, self.date)
        self._modes = mode_mask(self.graph, parse_modes(modes))

    def _priced(self, shared: _Prices, class_id: str, cargo: str) -> tuple[PricedGraph, Bits]:
        study = shared.study
        costs = price(self.plan, study, class_id, cargo, self.date, shared.parts[cargo])
        graph = self.graph.with_open(open_mask(study, self.graph, self.date, class_id))
        priced = PricedGraph(
            graph,
            costs.time_h,
            costs.spread_h,
            costs.co2_kg_per_t,
            costs.money_usd_per_t.T,
            np.stack(generalised(costs, weights(study, class_id)), axis=1),
            costs.tariff_row,
        )
        mask = graph.open & graph.carries(cargo) & priced.usable & self._modes
        return priced, present_bits(mask, graph.kinds)

    def priced(
        self, goods: Sequence[tuple[str, str]], study: Study | None = None
    ) -> list[tuple[PricedGraph, Bits]]:
        """Price the graph for classes and their cargo; see :meth:`sums`."""
        changed = study or self.study
        guarded(self.plan.guard, changed)
        parts = {cargo: arc_parts(self.plan, changed, cargo) for cargo in {c for _, c in goods}}
        shared = _Prices(changed, parts)
        with ThreadPoolExecutor() as pool:
            return list(pool.map(lambda one: self._priced(shared, *one), goods))

    def sums(self, goods: Sequence[tuple[str, str]], study: Study | None = None) -> Sums:
        """Skim all zones for classes and their cargo, of the study or of one with other numbers.

        Raises
        ------
        OpenCorridorError
            ``cost_plan_void`` where rows would be chosen otherwise, ``negative_cost``, and as
            :func:`opencorridor.costs.price`.
        """
        return skim_classes(self.order, self.priced(goods, study))
