"""Units that goods ride in, and empties: where boxes, wagons and trucks pile up, and go back to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.empties import Empties, empty_moves, trip_ends
from opencorridor.freight.indicators import crossing_loads
from opencorridor.freight.units import UNITS, layers_of, payloads, unit_loads, units_of
from opencorridor.network import Graph, open_mask
from opencorridor.operations.workbench.places import names_of
from opencorridor.operations.workbench.session import Session
from opencorridor.scenario.model import Model
from opencorridor.study import Study

__all__ = ["EmptiesFound", "empties"]

Floats = NDArray[np.float64]
Row = dict[str, Any]
# Units a year below which a line of a table is left out.
_LEAST = 0.5


@dataclass(frozen=True)
class EmptiesFound:
    """Units of the goods of a study at its baseline.

    ``units``: by kind loaded trips a year and a day, unit-kilometres loaded and empty, trips run
    empty, and units that find no way back. ``balance``: by kind and country, loaded units that
    start and end there, and what is left over (units pile up; negative: they are lacking).
    ``crossings``: by kind, crossing and direction, units loaded and empty a year. ``returns``: by
    kind the flows of empties between countries.
    """

    working_days: float
    units: tuple[Row, ...]
    balance: tuple[Row, ...]
    crossings: tuple[Row, ...]
    returns: tuple[Row, ...]

    def as_dict(self) -> Row:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True)
class _Kind:
    """One kind of unit: loaded units on the arcs, where trips start and end, and its empties."""

    name: str
    load: Floats
    leave: Floats
    arrive: Floats
    empty: Empties


def _kinds(model: Model, tonnes: Floats) -> list[_Kind]:
    """Every kind of unit with its loads and its empties, from tonnes by option (O,)."""
    o, routes, graph, study = model.options, model.routes, model.graph, model.study
    boxed = model.rows.cargo[o.row] == 0
    loads = unit_loads(study, o, boxed, routes, tonnes, graph)
    is_open = open_mask(study, graph, study.settings.baseline_date)
    p, out = payloads(study), []
    for unit, name in enumerate(UNITS):
        each = units_of(p, unit, o.klass, boxed, tonnes)
        by_route = np.bincount(o.route, weights=each, minlength=routes.n).astype(np.float64)
        leave, arrive = trip_ends(graph, routes, by_route, layers_of(unit))
        empty = empty_moves(graph, arrive - leave, layers_of(unit), is_open)
        out.append(_Kind(name, loads[unit], leave, arrive, empty))
    return out


def _unit_rows(graph: Graph, kinds: list[_Kind], days: float) -> tuple[Row, ...]:
    km = graph.length_km.astype(np.float64)
    rows = []
    for kind in kinds:
        trips, loaded = float(kind.leave.sum()), float(kind.load @ km)
        run = float(kind.empty.load @ km)
        if trips < _LEAST:
            continue
        rows.append({
            "unit": kind.name,
            "loaded_per_year": trips,
            "loaded_per_day": trips / days,
            "empty_per_year": float(kind.empty.units.sum()),
            "loaded_unit_km": loaded,
            "empty_unit_km": run,
            "empty_km_share": run / (run + loaded) if run + loaded > 0.0 else None,
            "stuck_per_year": kind.empty.stuck,
        })  # fmt: skip
    return tuple(rows)


def _country(graph: Graph, values: Floats) -> Floats:
    """Sum by country of the graph, with what lies in none last."""
    at = np.where(graph.node_country < 0, len(graph.countries), graph.node_country)
    return np.bincount(at, weights=values, minlength=len(graph.countries) + 1).astype(np.float64)


def _names(study: Study) -> dict[str, dict[str, str]]:
    table = study["country"]
    return {str(c): names_of(table, n) for n, c in enumerate(table["country_id"])}


def _balance_rows(study: Study, graph: Graph, kinds: list[_Kind]) -> tuple[Row, ...]:
    names, rows = _names(study), list[Row]()
    for kind in kinds:
        leave, arrive = _country(graph, kind.leave), _country(graph, kind.arrive)
        for c, country in enumerate(graph.countries):
            if leave[c] + arrive[c] < _LEAST:
                continue
            rows.append({
                "unit": kind.name,
                "country_id": country,
                "names": names.get(country, {}),
                "loaded_out": float(leave[c]),
                "loaded_in": float(arrive[c]),
                "left_over": float(arrive[c] - leave[c]),
            })  # fmt: skip
    rows.sort(key=lambda r: (UNITS.index(r["unit"]), -abs(r["left_over"]), r["country_id"]))
    return tuple(rows)


def _crossing_rows(study: Study, graph: Graph, kinds: list[_Kind]) -> tuple[Row, ...]:
    table, rows = study["border_crossing"], list[Row]()
    at = {str(c): n for n, c in enumerate(table["border_crossing_id"])}
    for kind in kinds:
        loaded, empty = crossing_loads(graph, kind.load), crossing_loads(graph, kind.empty.load)
        for place in sorted({*loaded, *empty} & set(at)):
            row = at[place]
            ends = (str(table["country_a"][row]), str(table["country_b"][row]))
            for way in (0, 1):
                full = loaded.get(place, (0.0, 0.0))[way]
                none = empty.get(place, (0.0, 0.0))[way]
                if full + none < _LEAST:
                    continue
                rows.append({
                    "unit": kind.name,
                    "border_crossing_id": place,
                    "names": names_of(table, row),
                    "from_country": ends[way],
                    "to_country": ends[1 - way],
                    "loaded_per_year": full,
                    "empty_per_year": none,
                    "empty_share": none / (full + none),
                })  # fmt: skip
    rows.sort(key=lambda r: (UNITS.index(r["unit"]), -r["empty_per_year"]))
    return tuple(rows)


def _return_rows(study: Study, graph: Graph, kinds: list[_Kind]) -> tuple[Row, ...]:
    names, rows = _names(study), []
    for kind in kinds:
        found: dict[tuple[str, str], list[float]] = {}
        e = kind.empty
        for start, end, units, km in zip(e.start, e.end, e.units, e.km, strict=True):
            ends = (_at(graph, int(start)), _at(graph, int(end)))
            total = found.setdefault(ends, [0.0, 0.0])
            total[0] += float(units)
            total[1] += float(units * km)
        rows += [
            {
                "unit": kind.name,
                "from_country": a, "from_names": names.get(a, {}),
                "to_country": b, "to_names": names.get(b, {}),
                "units_per_year": units,
                "mean_km": km / units,
            }
            for (a, b), (units, km) in sorted(found.items(), key=lambda kv: -kv[1][0])
            if units >= _LEAST
        ]  # fmt: skip
    return tuple(rows)


def _at(graph: Graph, node: int) -> str:
    country = int(graph.node_country[node])
    return graph.countries[country] if country >= 0 else ""


def empties(session: Session) -> EmptiesFound:
    """Units and empties of a study at its baseline; kept with the session."""

    def make() -> EmptiesFound:
        # Before the lock: whoever makes the baseline waits for it.
        model, base = session.model, session.base
        with session.solving:
            p, o = base.prices, model.options
            cells = (p.tonnes_per_usd * model.cell_values(model.flows)).sum(axis=1)
            tonnes = (cells * model.covered)[model.rows.cell[o.row]] * p.weight[o.row] * base.share
            kinds = _kinds(model, tonnes)
        study, graph = session.study, model.graph
        days = model.parameter(study).get("working_year_days", 365.0)
        return EmptiesFound(
            days,
            _unit_rows(graph, kinds, days),
            _balance_rows(study, graph, kinds),
            _crossing_rows(study, graph, kinds),
            _return_rows(study, graph, kinds),
        )

    found: EmptiesFound = session.kept("empties", 1).get("all", make)
    return found
