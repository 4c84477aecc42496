"""Tables of what moves: by link, crossing or terminal, mode, country, pair of countries, class.

Every table is made from the same steps, so the amounts of all but the last two add up over links,
modes and countries to those of pairs and classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.flows import AMOUNTS, GROUPS, mode_of, sums, to_whole, touching, transit
from opencorridor.freight.indicators import arc_loads, link_loads
from opencorridor.network import BORDER, Graph
from opencorridor.scenario.movement import Movement

__all__ = ["BY", "class_rows", "country_rows", "link_rows", "load_rows", "mode_rows", "pair_rows",
           "place_rows", "total_row", "transit_rows"]  # fmt: skip

Row = dict[str, Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# A tonne a year: less is the rounding of a share.
_LEAST_T = 1.0


def _cells(tonnes: float, teu: float, amounts: Sequence[float]) -> Row:
    return {
        "t_per_year": float(tonnes),
        "teu_per_year": float(teu),
        **dict(zip(AMOUNTS, map(float, amounts), strict=True)),
    }


def _moved(m: Movement) -> Floats:
    """Return tonnes and containers of every option (O, 2)."""
    return np.stack([m.goods.tonnes, m.goods.teu], axis=1)


def _grouped(m: Movement, key: Ints, names: Sequence[Row]) -> list[tuple[int, Row]]:
    """Return the groups of steps (S,) that carry anything, with what each is called."""
    n = len(names)
    tonnes, teu = touching(m.steps.option, key, n, _moved(m)).T
    amount = sums(key, n, m.steps.amount)
    return [
        (g, {**names[g], **_cells(tonnes[g], teu[g], amount[g])})
        for g in range(n)
        if tonnes[g] >= _LEAST_T
    ]


def total_row(m: Movement) -> Row:
    """Return the sums over all goods, and the tonnes of the study's own pair among them."""
    own, every = float(m.goods.tonnes[_own(m)].sum()), float(m.goods.tonnes.sum())
    return {
        **_cells(every, m.goods.teu.sum(), m.steps.amount.sum(axis=0)),
        "own_t_per_year": own,
        "third_share": 1.0 - own / every if every > 0.0 else 0.0,
    }


def mode_rows(m: Movement) -> list[Row]:
    """Return the sums by mode, at terminals and on the ways to and from the network."""
    key = mode_of(m.graph)[m.steps.arc]
    return [row for _, row in _grouped(m, key, [{"mode": name} for name in GROUPS])]


def _transit(m: Movement) -> tuple[Ints, Ints]:
    """Country (S,) of every step, and the same where the goods are in transit, else -1.

    A way that cuts a corner of a country without its border is none into it.
    """
    graph, arc = m.graph, m.steps.arc
    country = graph.country[arc].astype(np.int64)
    corner = (graph.kind[arc] == BORDER) & ~graph.enters[arc]
    passing = transit(m.goods, m.steps.option, country, m.steps.kind) & ~corner
    return country, np.where(passing, country, -1)


def country_rows(m: Movement) -> list[Row]:
    """Return the sums by country, "" on open water, and those of goods in transit there."""
    country, passing = _transit(m)
    countries = m.graph.countries
    n = len(countries)
    t, teu = touching(m.steps.option, passing, n, _moved(m)).T
    amount = sums(passing, n, m.steps.amount)
    names = [{"country": c} for c in (*countries, "")]
    out = []
    for g, row in _grouped(m, np.where(country < 0, n, country), names):
        here = dict(zip(AMOUNTS, amount[g].tolist() if g < n else [0.0] * 6, strict=True))
        row["transit_t_per_year"] = float(t[g]) if g < n else 0.0
        row["transit_teu_per_year"] = float(teu[g]) if g < n else 0.0
        row["transit_tkm_per_year"] = here["tkm_per_year"]
        row["transit_carriage_usd_per_year"] = here["carriage_usd_per_year"]
        row["transit_fee_usd_per_year"] = here["fee_usd_per_year"]
        row["transit_usd_per_year"] = here["carriage_usd_per_year"] + here["fee_usd_per_year"]
        out.append(row)
    return sorted(out, key=lambda r: -r["transit_usd_per_year"])


def transit_rows(m: Movement) -> list[Row]:
    """Return what goods in transit pay in every country: by mode, at terminals, and at borders.

    ``at`` is a mode, or the crossing or terminal where the fee is charged.
    """
    _, passing = _transit(m)
    countries, places = m.graph.countries, m.graph.places
    at = mode_of(m.graph)[m.steps.arc]
    place = np.where(m.graph.charged, m.graph.place, -1).astype(np.int64)[m.steps.arc]
    names = (*GROUPS, *places)
    n = len(names)
    out = []
    for kind, column, key in (
        ("carriage", "carriage_usd_per_year", at),
        ("fee", "fee_usd_per_year", np.where(place >= 0, place + len(GROUPS), at)),
    ):
        q = AMOUNTS.index(column)
        own = passing >= 0
        usd = np.bincount(passing[own] * n + key[own], weights=m.steps.amount[own, q],
                          minlength=len(countries) * n)  # fmt: skip
        for g in np.flatnonzero(usd >= 1.0).tolist():
            name = names[g % n]
            out.append({"country": countries[g // n], "charge": kind,
                        "at_kind": _at_kind(m.graph, g % n), "at": name,
                        "usd_per_year": float(usd[g])})  # fmt: skip
    return sorted(out, key=lambda r: (r["country"], -r["usd_per_year"]))


def _at_kind(graph: Graph, key: int) -> str:
    if key < len(GROUPS):
        return "mode"
    return "border_crossing" if key - len(GROUPS) < graph.n_crossings else "terminal"


def _by_option(m: Movement) -> Floats:
    """Return the amounts (O, AMOUNTS) of whole options."""
    return sums(m.steps.option, m.goods.tonnes.size, m.steps.amount)


def _of_options(m: Movement, key: Ints, name: Callable[[int], Row]) -> list[Row]:
    """Return sums of options (O,) by key, the largest first."""
    found, group = np.unique(key, return_inverse=True)
    n = found.size
    tonnes, teu = (
        np.bincount(group, weights=q, minlength=n) for q in (m.goods.tonnes, m.goods.teu)
    )
    amount = sums(group.astype(np.int64), n, _by_option(m))
    rows = [
        {**name(int(found[g])), **_cells(tonnes[g], teu[g], amount[g])}
        for g in range(n)
        if tonnes[g] >= _LEAST_T
    ]
    return sorted(rows, key=lambda r: -r["t_per_year"])


def pair_rows(m: Movement) -> list[Row]:
    """Return the sums by exporter and importer."""
    cells, names = m.model.cells, m.model.countries
    cell = m.model.rows.cell[m.model.options.row]
    n = len(names)
    key = cells.exporter[cell] * n + cells.importer[cell]
    return _of_options(m, key, lambda k: {"exporter": names[k // n], "importer": names[k % n]})


def class_rows(m: Movement) -> list[Row]:
    """Return the sums by class of goods."""
    ids = m.model.study["commodity"]["class_id"]
    return _of_options(m, m.goods.klass, lambda k: {"class_id": str(ids[k])})


def _own(m: Movement) -> NDArray[np.bool_]:
    """Whether every option (O,) carries goods between the two countries of the study."""
    a, b = (m.graph.countries.index(c) for c in m.model.study.settings.pair)
    forth = (m.goods.exporter == a) & (m.goods.importer == b)
    return np.asarray(forth | ((m.goods.exporter == b) & (m.goods.importer == a)))


def place_rows(m: Movement) -> list[Row]:
    """Return the sums at border crossings and terminals, the largest first.

    ``t_forward`` goes from country a to b of a crossing, or into the country of a port;
    ``own_t_per_year`` is of goods of the study's pair; ``transit_t_per_year`` of goods that
    neither start nor end in any country that the place belongs to.
    """
    graph, steps = m.graph, m.steps
    n = len(graph.places)
    of_arc = np.where(graph.charged, graph.place, -1).astype(np.int64)
    key, back = of_arc[steps.arc], graph.direction[steps.arc] == 1
    at = np.flatnonzero(key >= 0)
    tonnes = m.goods.tonnes[:, None]
    own = touching(steps.option[at], key[at], n, np.where(_own(m)[:, None], tonnes, 0.0))[:, 0]
    there = touching(steps.option, np.where(back, -1, key), n, tonnes)[:, 0]
    again = touching(steps.option, np.where(back, key, -1), n, tonnes)[:, 0]
    ends = _countries_of_places(m)
    met = np.unique(steps.option[at] * n + key[at])
    option, place = met // n, met % n
    at_home = (ends[place] == m.goods.exporter[option][:, None]) | (
        ends[place] == m.goods.importer[option][:, None]
    )
    through = np.where(at_home.any(axis=1), 0.0, m.goods.tonnes[option])
    passing = np.bincount(place, weights=through, minlength=n)
    names: list[Row] = [
        {"place_id": p, "place_kind": "border_crossing" if i < graph.n_crossings else "terminal"}
        for i, p in enumerate(graph.places)
    ]
    rows = [
        {
            **row,
            "t_forward": float(there[g]),
            "t_backward": float(again[g]),
            "own_t_per_year": float(own[g]),
            "third_share": 1.0 - float(own[g]) / row["t_per_year"],
            "transit_t_per_year": float(passing[g]),
        }
        for g, row in _grouped(m, key, names)
    ]
    return sorted(rows, key=lambda r: -r["t_per_year"])


def _countries_of_places(m: Movement) -> Ints:
    """Return the two countries of every crossing, and that of every terminal twice (P, 2)."""
    study, graph = m.model.study, m.graph
    known = {name: i for i, name in enumerate(graph.countries)}
    x, t = study["border_crossing"], study["terminal"]
    crossing = dict(zip(x["border_crossing_id"].tolist(),
                        zip(x["country_a"], x["country_b"], strict=True), strict=True))  # fmt: skip
    terminal = dict(zip(t["terminal_id"].tolist(), t["country_id"], strict=True))
    ends = []
    for i, place in enumerate(graph.places):
        at = terminal.get(place, "")
        pair = crossing[place] if i < graph.n_crossings else (at, at)
        ends.append([known.get(str(c), -2) for c in pair])
    return np.array(ends, dtype=np.int64).reshape(-1, 2)


def load_rows(m: Movement, whole: Graph, least_t: float) -> list[Row]:
    """Return tonnes on links that carry at least so many, along and against the drawn line."""
    model, table = m.model, m.model.study["link"]
    load = arc_loads(model.options, model.routes, m.goods.tonnes, model.graph.n_arcs)
    found = link_loads(model.reduced, whole, load, table["from_node_id"])
    both = found.forward_t + found.backward_t
    return [
        {
            "link_id": str(table["link_id"][found.row[i]]),
            "t_per_year": round(float(both[i]), 1),
            "t_forward": round(float(found.forward_t[i]), 1),
            "t_backward": round(float(found.backward_t[i]), 1),
        }
        for i in np.flatnonzero(both >= max(least_t, _LEAST_T)).tolist()
    ]


def link_rows(m: Movement, whole: Graph) -> list[Row]:
    """Return the sums on links; those of a chain that the model takes as one go by km."""
    model, table = m.model, m.model.study["link"]
    n = model.graph.n_arcs
    load = arc_loads(model.options, model.routes, m.goods.tonnes, n)
    boxes = arc_loads(model.options, model.routes, m.goods.teu, n)
    found = link_loads(model.reduced, whole, load, table["from_node_id"])
    on_arc = np.zeros((n, len(AMOUNTS)))
    on_arc[m.on_reduced] = sums(m.steps.arc, m.graph.n_arcs, m.steps.amount)
    per_arc = [model.reduced.spread(boxes)]
    per_arc += [to_whole(model.reduced, whole, one) for one in on_arc.T]
    links = whole.kind <= BORDER
    by_row = [
        np.bincount(whole.ref[links], weights=q[links], minlength=table.n)[found.row]
        for q in per_arc
    ]
    rows: list[Row] = []
    for i, r in enumerate(found.row.tolist()):
        forward, backward = float(found.forward_t[i]), float(found.backward_t[i])
        if forward + backward < _LEAST_T:
            continue
        names = {c: str(table[c][r]) for c in ("link_id", "mode", "name")}
        values = [float(q[i]) for q in by_row]
        rows.append(
            {**names, "country": str(table["country_id"][r]),
             **_cells(forward + backward, values[0], values[1:]),
             "t_forward": forward, "t_backward": backward}
        )  # fmt: skip
    return sorted(rows, key=lambda r: -r["t_per_year"])


BY: Mapping[str, Callable[[Movement], list[Row]]] = {
    "crossing": place_rows,
    "mode": mode_rows,
    "country": country_rows,
    "pair": pair_rows,
    "class": class_rows,
    "transit": transit_rows,
}
"""Tables that need nothing but the movement, by the word that asks for them."""
