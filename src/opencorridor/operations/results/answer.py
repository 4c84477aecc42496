"""Put the answer together: summary, tables and map."""

from __future__ import annotations

from typing import Any

import numpy as np

from opencorridor import __version__
from opencorridor.documents import Answer, numbers
from opencorridor.network import build
from opencorridor.operations.results import flows, freight, measures, path, places, world
from opencorridor.operations.results.maps import map_of, route_lines
from opencorridor.operations.results.solve import Solved
from opencorridor.operations.route import RouteRequest, RouteResult, find
from opencorridor.routing.fit import Fit, fit
from opencorridor.scenario.path import pair_trade, price_index
from opencorridor.study import Study

__all__ = [
    "fit_rows",
    "make_answer",
    "printed_routes",
    "required_tonnes",
    "route_rows",
    "source_rows",
    "summary_of",
]

Row = dict[str, Any]


def printed_routes(study: Study) -> list[RouteResult]:
    """Return the routes that the study asks to be printed."""
    return [
        find(
            RouteRequest(
                r.origin,
                r.destination,
                study,
                commodity=r.commodity or None,
                unit=r.unit or None,
                modes=tuple(r.modes),
            )
        )
        for r in study.settings.routes
    ]


def route_title(result: RouteResult) -> str:
    """Title of a printed route."""
    cargo = result.cargo
    return f"{result.origin.name} to {result.destination.name}, {cargo.name} ({cargo.cargo})"


def route_rows(results: list[RouteResult]) -> list[Row]:
    """One row a leg of the printed routes."""
    rows: list[Row] = []
    for result in results:
        for n, leg in enumerate(result.as_dict()["legs"], 1):
            rows.append({"route": route_title(result), "leg": n, **leg})
    return rows


def fit_rows(found: Fit) -> list[Row]:
    """Median absolute errors beside the naive rival's."""
    return [
        {
            "quantity": line.quantity,
            "by": line.by,
            "kind": line.group,
            "n": line.rows,
            "median_abs_error_share": line.median_error_share,
            "naive_share": line.naive_error_share,
            "median_bias_share": line.median_bias_share,
            "status": "derived",
        }
        for line in found.summary
    ]


def source_rows(study: Study) -> list[Row]:
    """Return sources in use with the rows that rest on them."""
    count: dict[str, int] = {}
    for name, used in study.tables.items():
        if name != "source" and "source" in used.columns:
            ids, numbers = np.unique(used["source"].astype(str), return_counts=True)
            for source, n in zip(ids.tolist(), numbers.tolist(), strict=True):
                count[source] = count.get(source, 0) + n
    table = study["source"]
    rows = [
        {name: table[name][r] for name in table.columns} | {"rows": count[table["source_id"][r]]}
        for r in range(table.n)
        if count.get(table["source_id"][r])
    ]
    return sorted(rows, key=lambda row: -row["rows"])


def required_tonnes(solved: Solved) -> tuple[dict[str, float], float]:
    """Units of the pair's goods at the target, and tonnes over those without new measures."""
    year = solved.target_year
    now = solved.without[year]
    weight = now.prices.weight
    model = solved.model
    covered = model.covered
    if solved.required is None:
        return freight.own_units(solved, now.tonnes * covered, weight), 1.0
    flows = np.asarray(solved.required.equilibrium.flows)
    wanted = (now.prices.tonnes_per_usd * model.cell_values(flows)).sum(axis=1)
    at_target = freight.own_units(solved, wanted * covered, weight)
    today = freight.own_units(solved, now.tonnes * covered, weight)
    moved = today["tonnes_a_b"] + today["tonnes_b_a"]
    scale = (at_target["tonnes_a_b"] + at_target["tonnes_b_a"]) / moved if moved else 1.0
    return at_target, scale


def _binding(solved: Solved, rows: list[Row]) -> list[str]:
    """Return what holds the pair back: places where its goods wait, then the rest of costs."""
    own = freight.loads_of(solved, solved.plan[solved.target_year], own=True).places
    capacity = solved.model.places.table
    ids_of = dict(zip(capacity["capacity_id"], capacity["place_ids"], strict=True))
    least = 0.1 * max((sum(t) for t in own.values()), default=0.0)
    out = []
    for row in rows:
        places = str(ids_of[row["capacity_id"]]).split(";")
        if row["plan_wait_h"] > 0.5 and any(sum(own.get(p, (0, 0))) >= least for p in places):
            out.append(str(row["name"]))
    return out[:5]


def summary_of(solved: Solved, bottlenecks: list[Row], units: dict[str, float]) -> Row:
    """Numbers of the headline and of the run."""
    study = solved.study
    settings, target = study.settings, study.settings.target
    assert target is not None
    year, index = target.year, price_index(study, target.year)
    plan = solved.pair(solved.plan[year])
    drawn = [d.plan * d.price_index for d in solved.draws]
    low, high = path.band(drawn)
    names = dict(zip(study["country"]["country_id"], study["country"]["name_en"], strict=True))
    start = sum(pair_trade(solved.model, solved.model.flows))
    states = [*solved.without.values(), *solved.plan.values()]
    starts = solved.plan_starts
    backward: Row | None = None
    if solved.required is not None:
        backward = {
            "cost_fall_share": solved.required.fall_share,
            **units,
            "closest_usd_current": plan * index,
        }
    rerouted = [abs(b.plan / a.plan - 1.0) for a, b in solved.rerouted_draws]
    return {
        "title": settings.title,
        "study_id": settings.id,
        "study_hash": study.hash,
        "version": __version__,
        "seed": settings.run.seed if solved.seed is None else solved.seed,
        "draws": len(solved.draws),
        "baseline_year": settings.baseline_year,
        "price_year": settings.price_year,
        "target_year": year,
        "target_usd": target.usd,
        "pair": list(settings.pair),
        "pair_names": [names[c] for c in settings.pair],
        "sides": [
            {"side": s.side, "usd": s.usd, "stage": s.stage, "source": s.source}
            for s in target.sides
        ],
        "baseline_usd_current": start * price_index(study, settings.baseline_year),
        "plan_usd_current": plan * index,
        "plan_low": low,
        "plan_high": high,
        "plan_usd_constant": plan,
        "no_new_usd_current": solved.pair(solved.without[year]) * index,
        "gap_usd_current": target.usd - plan * index,
        "reached": bool(plan * index >= target.usd),
        "probability": float(np.mean([v >= target.usd for v in drawn])) if drawn else None,
        "measures": sorted(solved.choice.chosen),
        "plan_cost_usd": solved.choice.cost_usd,
        "binding": _binding(solved, bottlenecks),
        "backward": backward,
        "loop": solved.loop,
        "rerouted_difference": max(rerouted) if rerouted else solved.rerouted_share,
        "plan_rerouted_share": solved.rerouted_share,
        "residuals": {
            "assignment_gap": max(s.clearing.gap for s in states),
            "baseline_gap": solved.base.clearing.gap,
            "two_starts_h": solved.two_starts_h,
            "cost_change": max(s.cost_change for s in states) if solved.loop else None,
            "plan_two_starts_share": starts.trade_share if starts else None,
        },
        "congestion": path.congestion(solved),
        "left_out_t": solved.model.left_out_t,
        "assumption_counts": measures.status_counts(solved),
        "filled_costs": int((study["measure"]["cost_status"] == "assumed").sum()),
        "notes": [
            "Modelled tonnes count trade between countries that may meet a place with a capacity. "
            "Counts of ports also hold coastal goods, oil and goods of one country.",
            "Waits of weeks are the price at which goods with a low value of time take another "
            "way; nobody waits that long where a railway turns wagons away.",
        ],
        "price_basis": [
            f"Headline, target and observed series: current US$ (year {year} at the study's "
            "price path).",
            f"All else: constant US$ of {settings.price_year}.",
        ],
    }


def _map_finding(solved: Solved, doors: list[Row]) -> str:
    """Return the sentence over the map: the pair's largest doors today."""
    largest = sorted(doors, key=lambda r: -r["load_baseline_t"])[:3]
    parts = [f"{r['place']} ({numbers.tonnes(r['load_baseline_t'])})" for r in largest]
    return f"The pair's goods pass {', '.join(parts)} a year" if parts else ""


def make_answer(solved: Solved) -> Answer:
    """Answer of a solved study; bands are absent until draws were added."""
    study = solved.study
    bottlenecks = freight.bottleneck_rows(solved)
    units, scale = required_tonnes(solved)
    links = freight.link_rows(solved)
    routes = printed_routes(study)
    whole = build(study)
    lines = []
    for result in routes:
        rows = [whole.ref[a] for leg in result.route.legs for a in leg.arcs if whole.kind[a] <= 1]
        ids = [str(study["link"]["link_id"][r]) for r in rows]
        lines.append((route_title(result), route_lines(study, ids)))
    tables: dict[str, list[Row]] = {
        "trade_path": path.path_rows(solved),
        "decomposition": path.decomposition_rows(solved),
        "loop": path.loop_rows(solved),
        "measures": measures.measure_rows(solved),
        "doors": freight.door_rows(solved, scale),
        "bottleneck": bottlenecks,
        "load": links,
        "traffic_check": freight.traffic_rows(solved),
        "winners": world.winner_rows(solved),
        "sensitivity": measures.sensitivity_rows(solved),
        "routes": route_rows(routes),
        "fit": fit_rows(fit(study)),
        "skim_country": freight.skim_rows(solved),
        **places.place_tables(solved),
        **flows.flow_tables(solved, whole),
        "tonnes_check": world.tonnes_rows(solved),
        "commitments": measures.commitment_rows(solved),
        "sources": source_rows(study),
    }
    if not solved.swings:
        del tables["sensitivity"]
    if not solved.feedback:
        del tables["loop"]
    loads = freight.loads_of(solved, solved.base).places
    summary = summary_of(solved, bottlenecks, units)
    summary["map_finding"] = _map_finding(solved, tables["doors"])
    return Answer(
        summary=summary,
        tables=tables,
        map=map_of(study, links, bottlenecks, loads, lines),
    )
