"""What a route needs of a study, from the cache: graph, names, places, prices; no table is read.

A study whose files have not changed is known by their fingerprint, so that a warm ``route`` reads
a few arrays instead of forty tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from opencorridor.network import Graph, Reduced, build, reduced
from opencorridor.routing import rules, tariffs
from opencorridor.routing.asking import Goods
from opencorridor.routing.labels import Labels, labels_of
from opencorridor.routing.priced import PricedGraph
from opencorridor.study import Table, cache
from opencorridor.study.load import find_study, open_study
from opencorridor.study.places import PlaceIndex, place_index
from opencorridor.study.settings import Defaults

if TYPE_CHECKING:
    from opencorridor.costs import ArcHours
    from opencorridor.routing.ends import Pricer
    from opencorridor.routing.pareto import Ground
    from opencorridor.routing.reliability import Stays
    from opencorridor.study import Study

__all__ = ["Pack", "open_pack"]

_KEY = "route-pack-8"
# Small tables that a route by the clock, or a cargo with needs, asks.
_TABLES = (*rules.CLOCK_TABLES, *rules.TABLES, *tariffs.TABLES, "document")
_PRICED = "arc-prices-2"
_STAYS = ("mean_h", "spread_h", "headway_h")
_PRICES = ("time_h", "spread_h", "co2_kg_per_t", "money_usd_per_t", "gc_usd_per_t")


@dataclass(frozen=True, eq=False)
class Pack:
    """Everything for routes of one study.

    Attributes
    ----------
    folder
        Folder of the study, or None for one made in memory.
    study_id, study_hash, baseline_date, price_year
        Identity and basis, echoed in every answer.
    default
        Cargo assumed where none is asked for.
    goods, graph, labels, places
        Commodity classes, the whole graph, its names, and what people call places.
    tables
        Small tables of days, hours, rules, tariffs and restrictions.
    wagons, rate_status
        Whose wagons are assumed; status of the rates that are the base of a tariff.
    insurance_share
        Premium as a share of the goods' value (parameter ``insurance_share``).
    """

    folder: Path | None
    study_id: str
    study_hash: str
    baseline_date: str
    price_year: int
    default: Defaults
    goods: Goods
    graph: Graph
    labels: Labels
    places: PlaceIndex
    tables: dict[str, Table] = field(default_factory=dict, repr=False)
    wagons: str = "private"
    insurance_share: float = 0.0
    rate_status: dict[str, str] = field(default_factory=dict, repr=False)
    opened: list[Study] = field(default_factory=list, repr=False)

    @cached_property
    def study(self) -> Study:
        """The study itself, read when something is not in the cache."""
        if not self.opened:
            assert self.folder is not None
            self.opened.append(open_study(self.folder))
        return self.opened[0]

    def changed(self, study: Study, graph: Graph, labels: Labels) -> Pack:
        """Return what the tables of a changed study say of tariffs, rules and goods.

        Nothing of it is in the cache: it is not to be asked for prices or hours.
        """
        return replace(
            self,
            graph=graph,
            labels=labels,
            goods=Goods.of(study["commodity"]),
            tables={name: study[name] for name in _TABLES},
            insurance_share=_insurance_share(study),
            rate_status=_rate_status(study),
            opened=[study],
        )

    def priced(self, class_id: str, cargo: str, date: str) -> PricedGraph:
        """Return the graph priced for a class, cargo and date, from the cache if it is there."""
        return self._priced(self.graph, _PRICED, class_id, cargo, date)

    def _priced(self, graph: Graph, name: str, class_id: str, cargo: str, date: str) -> PricedGraph:
        key = f"{name}-{class_id}-{cargo}-{date}"
        found = cache.load_arrays(self.study_hash, key)
        if found is None:
            from opencorridor.routing.api import price_graph

            made = price_graph(graph, self.study, class_id, cargo, date)
            arrays = {name: np.ascontiguousarray(getattr(made, name)) for name in _PRICES}
            if made.tariff_row is not None:
                arrays["tariff_row"] = made.tariff_row
            cache.save_arrays(self.study_hash, key, {**arrays, "open": made.graph.open})
            return made
        prices = {name: found[name] for name in _PRICES}
        opened = graph.with_open(found["open"])
        return PricedGraph(opened, **prices, tariff_row=found.get("tariff_row"))

    def hours(self, cargo: str, date: str) -> ArcHours:
        """Return the parts of the hours of every arc on a date, from the cache if it is there."""
        from opencorridor.costs import ArcHours, arc_hours, cost_plan

        key = f"arc-hours-1-{cargo}-{date}"
        found = cache.load_arrays(self.study_hash, key)
        if found is None:
            made = arc_hours(cost_plan(self.graph, self.study, date), self.study, cargo)
            cache.save_arrays(self.study_hash, key, made.arrays())
            return made
        found.pop("meta", None)
        return ArcHours(**found)

    @cached_property
    def small(self) -> Reduced:
        """The reduced graph, from the cache if it is there."""
        found = cache.load_arrays(self.study_hash, f"{_KEY}-small")
        if found is not None:
            return Reduced.restore(found, found.pop("meta"))
        small = reduced(self.study, self.graph)
        cache.save_arrays(self.study_hash, f"{_KEY}-small", small.arrays(), small.graph.meta())
        return small

    def ground(self, class_id: str, cargo: str, date: str) -> Ground:
        """Return the graphs on which fronts of routes are searched."""
        from opencorridor.routing.pareto import Ground, Terrain

        small = self._priced(self.small.graph, f"{_PRICED}-small", class_id, cargo, date)
        return Ground(Terrain(self.priced(class_id, cargo, date)), Terrain(small, self.small))

    def stays(self, cargo: str, date: str) -> Stays:
        """Return what may vary on the arcs, from the cache if it is there."""
        from opencorridor.routing.reliability import Stays, stays_of

        key = f"{_PRICED}-stays-{cargo}-{date}"
        found = cache.load_arrays(self.study_hash, key)
        if found is None:
            from opencorridor.costs import cost_plan

            made = stays_of(cost_plan(self.graph, self.study, date), self.study, cargo)
            cache.save_arrays(self.study_hash, key, {name: getattr(made, name) for name in _STAYS})
            return made
        return Stays(**{name: found[name] for name in _STAYS})

    def pricer(self, class_id: str, cargo: str, date: str) -> Pricer:
        """Return the price of first and last kilometres from coordinates."""
        from opencorridor.routing.ends import Approach

        made: list[Pricer] = []

        def approach(country: str, mode: str, km: float) -> Approach:
            # Rates are read only when coordinates are asked for.
            if not made:
                from opencorridor.routing.api import approach_pricer

                made.append(approach_pricer(self.study, class_id, cargo, date))
            return made[0](country, mode, km)

        return approach


def _meta(study: Study) -> dict[str, Any]:
    settings = study.settings
    default = settings.default
    return {
        "study_id": study.id,
        "baseline_date": settings.baseline_date,
        "price_year": settings.price_year,
        "default": [default.commodity, default.unit, default.cargo],
        "goods": list(Goods.of(study["commodity"]).rows),
        "wagons": settings.tariffs.wagons,
        "insurance_share": _insurance_share(study),
        "rate_status": _rate_status(study),
        "tables": {name: [_plain(row) for row in study[name].rows()] for name in _TABLES},
    }


def _insurance_share(study: Study) -> float:
    """Return the premium as a share of the goods' value; 0 where the study has none."""
    t = study["parameter"]
    found = t["value"][t["parameter_id"] == "insurance_share"]
    return float(found[0]) if len(found) else 0.0


def _rate_status(study: Study) -> dict[str, str]:
    """Return the status of the rates that a tariff has for its base."""
    rates, named = study["mode_rate"], set(study["tariff_rail"]["base_rate_id"])
    pairs = zip(rates["rate_id"], rates["status"], strict=True)
    return {str(name): str(status) for name, status in pairs if name in named}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return the filled cells of a row."""
    return {k: v for k, v in row.items() if v not in ("", None) and v == v}


def _pack(
    folder: Path | None,
    study_hash: str,
    meta: dict[str, Any],
    graph: Graph,
    labels: Labels,
    places: PlaceIndex,
    study: Study | None,
) -> Pack:
    return Pack(
        folder=folder,
        study_id=meta["study_id"],
        study_hash=study_hash,
        baseline_date=meta["baseline_date"],
        price_year=meta["price_year"],
        default=Defaults(*meta["default"]),
        goods=Goods(tuple(meta["goods"])),
        graph=graph,
        labels=labels,
        places=places,
        tables={name: Table.from_rows(name, rows) for name, rows in meta["tables"].items()},
        wagons=meta["wagons"],
        rate_status=meta["rate_status"],
        insurance_share=meta["insurance_share"],
        opened=[study] if study is not None else [],
    )


def _restore(folder: Path, study_hash: str) -> Pack | None:
    labels = cache.load_arrays(study_hash, f"{_KEY}-labels")
    places = cache.load_arrays(study_hash, f"{_KEY}-places")
    graph = cache.load_arrays(study_hash, f"{_KEY}-graph")
    if labels is None or places is None or graph is None:
        return None
    meta = labels.pop("meta")
    return _pack(
        folder,
        study_hash,
        meta,
        Graph.restore(graph, graph.pop("meta")),
        Labels.from_arrays(labels),
        PlaceIndex.from_arrays(places),
        None,
    )


def pack_of(study: Study) -> Pack:
    """Make the pack of a study that is in memory, and keep it in the cache."""
    graph = build(study)
    labels = labels_of(study, graph)
    places = place_index(study)
    meta = _meta(study)
    cache.save_arrays(study.hash, f"{_KEY}-graph", graph.arrays(), graph.meta())
    cache.save_arrays(study.hash, f"{_KEY}-labels", labels.arrays(), meta)
    cache.save_arrays(study.hash, f"{_KEY}-places", places.to_arrays())
    cache.remember_hash(study)
    return _pack(study.folder, study.hash, meta, graph, labels, places, study)


def open_pack(study: str | Path | Study, progress: Callable[[str], None] | None = None) -> Pack:
    """Return the pack of a study given by name, folder or object.

    ``progress`` is told when the study has to be read, which takes a few seconds.

    Raises
    ------
    OpenCorridorError
        ``unknown_study``, or every problem of its tables.
    """
    if not isinstance(study, str | Path):
        return pack_of(study)
    folder = find_study(study)
    known = cache.known_hash(folder)
    found = _restore(folder, known) if known else None
    if found is not None:
        return found
    if progress is not None:
        progress("Reading the study and preparing its network; the next route is faster")
    return pack_of(open_study(folder))
