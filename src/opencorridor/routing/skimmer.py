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
from opencorridor.routing.asking import Cargo, Goods, choose_cargo
from opencorridor.routing.elimination import elimination_of
from opencorridor.routing.labels import Rows
from opencorridor.routing.manyskims import Barred, Sums, skim_classes
from opencorridor.routing.masks import parse_modes
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.ruled import rules_of
from opencorridor.routing.skimming import bars_of
from opencorridor.routing.wanted import Wanted, presence

if TYPE_CHECKING:
    from opencorridor.costs import ArcParts
    from opencorridor.study import Study

__all__ = ["Skimmer", "main_cargoes"]

Bits = npt.NDArray[np.uint8]


def main_cargoes(study: Study) -> list[Cargo]:
    """Return every class as most of it travels: as container or bulk, in full units."""
    rows, goods = study["commodity"], Goods.of(study["commodity"])
    forms = (
        "container" if float(share) >= 0.5 else "bulk" for share in rows["containerised_share"]
    )
    return [
        choose_cargo(goods, study.settings.default, str(class_id), cargo=form)
        for class_id, form in zip(rows["class_id"], forms, strict=True)
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
        ISO 8601; by default a year about the study's ``baseline_date``, which meets all seasons.
    modes
        Allowed modes; none: all.
    vehicle
        Country in which trucks are registered; blank: none that a rule names.
    """

    def __init__(
        self, study: Study, date: str = "", modes: Sequence[str] = (), vehicle: str = ""
    ) -> None:
        self.study = study
        self.date = date or study.settings.baseline_date
        self.graph = reduced(study).graph
        self.order = elimination_of(study, self.graph)
        self.plan = cost_plan(self.graph, study, self.date)
        self._modes, self._vehicle, self._date_given = parse_modes(modes), vehicle, bool(date)

    def _priced(self, shared: _Prices, cargo: Cargo) -> tuple[PricedGraph, Bits, Barred]:
        study, class_id, form = shared.study, cargo.class_id, cargo.cargo
        costs = price(self.plan, study, class_id, form, self.date, shared.parts[form])
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
        rules = rules_of(
            graph, Rows.of(study.tables), study.tables, cargo, self.date, self._date_given,
            self._vehicle,
        )  # fmt: skip
        wanted = Wanted(form, self._modes, bans=rules.bans, shut=rules.shut)
        present = presence(priced, graph.carries(form) & priced.usable, wanted)
        return priced, present, bars_of(graph, rules, present)

    def priced(
        self, goods: Sequence[Cargo], study: Study | None = None
    ) -> list[tuple[PricedGraph, Bits, Barred]]:
        """Price the graph for cargoes, with what rules leave of it; see :meth:`sums`."""
        changed = study or self.study
        guarded(self.plan.guard, changed)
        parts = {form: arc_parts(self.plan, changed, form) for form in {c.cargo for c in goods}}
        shared = _Prices(changed, parts)
        with ThreadPoolExecutor() as pool:
            return list(pool.map(lambda cargo: self._priced(shared, cargo), goods))

    def sums(self, goods: Sequence[Cargo], study: Study | None = None) -> Sums:
        """Skim all zones for cargoes, of the study or of one with other numbers.

        Raises
        ------
        OpenCorridorError
            ``cost_plan_void`` where rows would be chosen otherwise, ``negative_cost``, and as
            :func:`opencorridor.costs.price`.
        """
        found = self.priced(goods, study)
        items = [(priced, present) for priced, present, _ in found]
        return skim_classes(self.order, items, [barred for _, _, barred in found])
