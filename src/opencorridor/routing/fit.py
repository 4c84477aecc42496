"""Modelled against observed: times and costs of known trips, untuned, beside a naive rival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.costs import cost_plan, generalised, price, weights
from opencorridor.network import Graph, build, open_mask, reduced
from opencorridor.network.geo import haversine_km
from opencorridor.routing.ends import End, crossing_end, terminal_end, zone_end
from opencorridor.routing.labels import Labels, labels_of
from opencorridor.routing.masks import mode_mask, parse_modes, present_bits
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.through import path_through

if TYPE_CHECKING:
    from opencorridor.costs import CostPlan
    from opencorridor.study import Study, Table

__all__ = ["Fit", "FitRow", "FitSummary", "fit", "weighted_median"]

Floats = npt.NDArray[np.float64]
_WATER_ONLY = {"sea", "inland_water"}


@dataclass(frozen=True)
class FitRow:
    """One observed trip: ``value`` observed, ``modelled`` and ``naive`` in the same unit."""

    obs_id: str
    quantity: str
    family: str
    kind: str
    origin_id: str
    destination_id: str
    value: float
    modelled: float
    naive: float
    weight: float
    distance_km: float
    reason: str

    @property
    def error(self) -> float:
        """Modelled over observed, less 1."""
        return self.modelled / self.value - 1.0

    @property
    def naive_error(self) -> float:
        """Naive rival over observed, less 1."""
        return self.naive / self.value - 1.0


@dataclass(frozen=True)
class FitSummary:
    """Median absolute errors of one quantity, for all trips or by one column.

    ``by`` is ``all``, ``family`` (of routes) or ``kind`` (of observations); ``group`` its value.
    """

    quantity: str
    by: str
    group: str
    rows: int
    trips: float
    not_modelled: int
    median_error_share: float
    naive_error_share: float
    median_bias_share: float


@dataclass(frozen=True)
class Fit:
    """The fit of a study to its observations."""

    rows: tuple[FitRow, ...]
    summary: tuple[FitSummary, ...]
    naive_speed_km_per_h: float
    naive_rate_usd_per_tkm: float

    def worst(self, n: int = 10) -> tuple[FitRow, ...]:
        """Return the rows with the largest absolute error, largest first."""
        found = [row for row in self.rows if np.isfinite(row.error)]
        return tuple(sorted(found, key=lambda row: (-abs(row.error), row.obs_id))[:n])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON (NaN as None)."""
        rows = [
            {**asdict(row), "error_share": row.error, "naive_error_share": row.naive_error}
            for row in self.rows
        ]
        return {
            "summary": [_no_nan(asdict(line)) for line in self.summary],
            "rows": [_no_nan(row) for row in rows],
            "naive_speed_km_per_h": self.naive_speed_km_per_h,
            "naive_rate_usd_per_tkm": self.naive_rate_usd_per_tkm,
        }


def _no_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in values.items()}


def weighted_median(values: Floats, weight: Floats) -> float:
    """Return the weighted median: the middle of the two values where exactly half lies below."""
    keep = np.isfinite(values) & (weight > 0)
    if not keep.any():
        return float("nan")
    order = np.argsort(values[keep], kind="stable")
    v, w = values[keep][order], weight[keep][order]
    share = np.cumsum(w) / w.sum()
    i = int(np.searchsorted(share, 0.5 - 1e-12))
    if abs(share[i] - 0.5) < 1e-12 and i + 1 < len(v):
        return float((v[i] + v[i + 1]) / 2)
    return float(v[i])


def _without_stops(study: Study, all_stops: bool) -> Study:
    """Return the study without fixed hours at access, or without any hours but movement.

    Prices are linear in these hours, so a second pricing separates movement from stays.
    """

    def zero(name: str, *columns: str) -> Table:
        table = study[name]
        return table.with_columns({c: np.where(np.isnan(table[c]), np.nan, 0.0) for c in columns})

    tables = {"speed": zero("speed", "fixed_h")}
    if all_stops:
        tables["border_dwell"] = zero("border_dwell", "mean_h")
        tables["transshipment"] = zero("transshipment", "time_h")
        tables["timetable"] = zero("timetable", "headway_h", "berth_h")
    return study.replace(tables=tables)


@dataclass(eq=False)
class _Model:
    """Prices a reduced graph once per class and cargo."""

    study: Study
    graph: Graph
    labels: Labels
    plan: CostPlan
    bare: Study
    moving: Study
    known: dict[tuple[str, str], tuple[PricedGraph, Floats, Floats]]

    @classmethod
    def of(cls, study: Study) -> _Model:
        whole = build(study)
        small = reduced(study, whole)
        labels = labels_of(study, whole).of_nodes(small.node)
        return cls(
            study,
            small.graph,
            labels,
            cost_plan(small.graph, study),
            _without_stops(study, False),
            _without_stops(study, True),
            {},
        )

    def priced(self, class_id: str, cargo: str) -> tuple[PricedGraph, Floats, Floats]:
        """Return the priced graph, and hours without access stays, and of movement only."""
        key = class_id, cargo
        if key not in self.known:
            costs = price(self.plan, self.study, class_id, cargo)
            gc = generalised(costs, weights(self.study, class_id))
            graph = self.graph.with_open(open_mask(self.study, self.graph, "", class_id))
            self.known[key] = (
                PricedGraph(
                    graph,
                    costs.time_h,
                    costs.spread_h,
                    costs.co2_kg_per_t,
                    np.ascontiguousarray(costs.money_usd_per_t.T),
                    np.ascontiguousarray(np.stack(gc, axis=1)),
                ),
                price(self.plan, self.bare, class_id, cargo).time_h,
                price(self.plan, self.moving, class_id, cargo).time_h,
            )
        return self.known[key]

    def end(self, text: str, modes: Sequence[str], quay: bool) -> End:
        """Return the end that ``zone:ID``, ``port:ID``, ``crossing:ID`` or a node id names."""
        kind, _, name = text.partition(":")
        if kind == "zone":
            return zone_end(self.graph, self.labels, name)
        if kind == "port":
            return terminal_end(self.graph, self.labels, name, modes, quay)
        if kind == "crossing":
            return crossing_end(self.graph, self.labels, name, modes=modes)
        ids = self.graph.node_id
        nodes = np.flatnonzero((ids == text) | np.char.startswith(ids, f"{text}:"))
        countries = tuple(self.graph.node_country[nodes].tolist())
        reason = "" if len(nodes) else f"the network has no node {text}"
        return End("station", text, text, tuple(nodes.tolist()), countries, (), reason)


def _kilometres(graph: Graph, a: End, b: End) -> float:
    """Great-circle kilometres between the first nodes of two ends."""
    i, j = a.nodes[0], b.nodes[0]
    lon, lat = graph.node_lon, graph.node_lat
    return float(haversine_km(lon[i], lat[i], lon[j], lat[j]))


def _via(row: dict[str, Any]) -> list[str]:
    """Return places to pass in order; a crossing at an end counts where its stay does."""
    via = [v for v in str(row["via_ids"]).split(";") if v]
    if row["end_dwell"] == "yes":
        start, _, name = str(row["origin_id"]).partition(":")
        if start == "crossing" and (not via or via[0] != name):
            via.insert(0, name)
        end, _, name = str(row["destination_id"]).partition(":")
        if end == "crossing" and (not via or via[-1] != name):
            via.append(name)
    return via


def _modelled(model: _Model, row: dict[str, Any]) -> tuple[float, float, float, str]:
    """Return (modelled value, km of the route, great-circle km, reason) of one match."""
    nan = float("nan")
    priced, bare_h, moving_h = model.priced(str(row["class_id"]), str(row["cargo"]))
    modes = parse_modes(str(row["modes"]).split(";"))
    quay = row["end_dwell"] == "no" or set(modes) <= _WATER_ONLY
    a = model.end(str(row["origin_id"]), modes, quay)
    b = model.end(str(row["destination_id"]), modes, quay)
    for end in (a, b):
        if not end.nodes:
            return nan, nan, nan, end.reason
    straight = _kilometres(priced.graph, a, b)
    graph = priced.graph
    mask = graph.open & graph.carries(str(row["cargo"])) & priced.usable
    present = present_bits(mask & mode_mask(graph, modes))
    via = _via(row)
    found = path_through(priced, present, a, via, b)
    if found is None:
        return nan, nan, straight, "no way " + (f"through {', '.join(via)}" if via else "")
    arcs, i, j = found
    km = float(graph.length_km[arcs].sum())
    if row["quantity"] == "cost":
        kind = priced.flow_kind(arcs, a.countries[i], b.countries[j])
        return float(priced.money_usd_per_t[arcs, kind].sum()), km, straight, ""
    hours = priced.time_h
    if row["time_scope"] == "moving":
        hours = moving_h
    elif row["end_dwell"] == "no":
        hours = bare_h
    return float(hours[arcs].sum()), km, straight, ""


def _parameter(study: Study, name: str) -> float:
    table = study["parameter"]
    at = np.flatnonzero(table["parameter_id"] == name)
    return float(table["value"][at[0]]) if len(at) else float("nan")


def _trip_weights(match: Table) -> Floats:
    """Return weights in which every trip group counts once per quantity."""
    weight = np.where(np.isnan(match["weight"]), 1.0, match["weight"])
    total: dict[tuple[str, str], float] = {}
    groups = list(zip(match["quantity"], match["trip_group"], strict=True))
    for key, w in zip(groups, weight, strict=True):
        total[key] = total.get(key, 0.0) + float(w)
    return np.array(
        [
            w / total[key] if key[1] and total[key] > 0 else w
            for key, w in zip(groups, weight, strict=True)
        ]
    )


def _summary(rows: Sequence[FitRow], quantity: str, by: str, group: str) -> FitSummary:
    # Both are judged on the same trips: those that the model reaches.
    found = [r for r in rows if np.isfinite(r.modelled)]
    weight = np.array([r.weight for r in found])
    error = np.array([r.error for r in found])
    naive = np.array([r.naive_error for r in found])
    return FitSummary(
        quantity=quantity,
        by=by,
        group=group,
        rows=len(rows),
        trips=float(sum(r.weight for r in rows)),
        not_modelled=len(rows) - len(found),
        median_error_share=weighted_median(np.abs(error), weight),
        naive_error_share=weighted_median(np.abs(naive), weight),
        median_bias_share=weighted_median(error, weight),
    )


def _summaries(rows: Sequence[FitRow]) -> Iterable[FitSummary]:
    for quantity in ("time", "cost"):
        mine = [r for r in rows if r.quantity == quantity]
        if mine:
            yield _summary(mine, quantity, "all", "all")
        for by in ("family", "kind"):
            for group in sorted({str(getattr(r, by)) for r in mine}):
                picked = [r for r in mine if getattr(r, by) == group]
                yield _summary(picked, quantity, by, group)


def fit(study: Study) -> Fit:
    """Compare the model with every used row of ``observation_match``.

    Nothing is tuned: rates, speeds and stays are those of the tables. The route is the cheapest
    by generalised cost over the modes and through the places that the trip is known to have
    passed. Hours are those of the observation's scope: movement only, without stays at the ends,
    or all. The naive rival is great-circle distance × one speed or one rate (parameters
    ``naive_speed_km_per_h``, ``naive_rate_usd_per_tkm``).

    Returns
    -------
    Fit
        Rows without a way hold NaN and a reason, and are counted.
    """
    match = study["observation_match"]
    match = match.where(match["use"] == "used")
    speed, rate = (_parameter(study, n) for n in ("naive_speed_km_per_h", "naive_rate_usd_per_tkm"))
    seen = study["observation"]
    kind = dict(zip(seen["obs_id"], seen["kind"], strict=True))
    rows: list[FitRow] = []
    if match.n:
        model = _Model.of(study)
        weight = _trip_weights(match)
        for k, row in enumerate(match.rows()):
            value, km, straight, reason = _modelled(model, row)
            naive = straight / speed if row["quantity"] == "time" else straight * rate
            rows.append(
                FitRow(
                    obs_id=row["obs_id"],
                    quantity=row["quantity"],
                    family=row["family"],
                    kind=kind.get(row["obs_id"], ""),
                    origin_id=row["origin_id"],
                    destination_id=row["destination_id"],
                    value=float(row["value"]),
                    modelled=value,
                    naive=naive,
                    weight=float(weight[k]),
                    distance_km=km,
                    reason=reason,
                )
            )
    return Fit(tuple(rows), tuple(_summaries(rows)), speed, rate)
