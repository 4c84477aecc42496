"""Money of arcs under dated rail tariffs: through rates, and coefficients of a base rate.

Where several discounts hold, the lowest price is taken, or the product of the coefficients that
say so; it is compared with the rate in force by the search, which chooses the layer. A surcharge
multiplies whatever is paid on its links.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.network import Graph
from opencorridor.network.tariffs import KIND_BIT, TariffBook, tariff_book
from opencorridor.study import Study

__all__ = ["TariffPrices", "tariff_prices"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class TariffPrices:
    """Arcs (T) whose kilometres a tariff prices for one class and cargo.

    Attributes
    ----------
    arc
        Shape T.
    usd_per_t
        Shape (T, 3): money for the kilometres by flow kind; the usual one where no row holds.
        NaN in a layer that holds for other cargo only.
    row
        Shape (T, 3): row of tariff_rail, the last surcharge first; -1 none.
    """

    arc: Ints
    usd_per_t: Floats
    row: Ints


class _Pricer:
    """Prices per km and tonne of rows of tariff_rail for one class."""

    def __init__(self, study: Study, payload: Mapping[str, float]) -> None:
        self.t, self.rate, self.payload = study["tariff_rail"], study["mode_rate"], payload
        self.rate_row = {name: i for i, name in enumerate(self.rate["rate_id"])}

    def _per_t(self, i: int, column: str) -> float:
        unit = self.t["unit"][i] or "t"
        return float(np.nan_to_num(self.t[column][i])) / self.payload[unit]

    def base(self, i: int, usual: Floats, km: Floats) -> Floats:
        """Return what the coefficient of a row multiplies on arcs, US$ per tonne."""
        named = self.t["base_rate_id"][i]
        if named:
            at = self.rate_row[named]
            per_km = self.rate["rate_usd_per_unit_km"][at] / self.payload[self.rate["unit"][at]]
            return np.asarray(km * per_km)
        if np.isfinite(self.t["base_usd_per_unit_km"][i]):
            return np.asarray(km * self._per_t(i, "base_usd_per_unit_km"))
        return usual

    def addon(self, i: int, km: Floats) -> Floats:
        """Return wagon and container on top of an infrastructure tariff, US$ per tonne."""
        return np.asarray(km * self._per_t(i, "addon_usd_per_unit_km"))

    def price(self, i: int, usual: Floats, km: Floats) -> Floats:
        """Return the price of a row on arcs, US$ per tonne."""
        if np.isfinite(self.t["rate_usd_per_unit_km"][i]):
            return np.asarray(km * self._per_t(i, "rate_usd_per_unit_km")) + self.addon(i, km)
        base = self.base(i, usual, km)
        return np.asarray(float(self.t["coefficient"][i]) * base) + self.addon(i, km)

    def product(self, rows: list[int], usual: Floats, km: Floats) -> Floats:
        """Return the price under coefficients that multiply, with base and addon of the first."""
        coefficient = float(np.prod([self.t["coefficient"][i] for i in rows]))
        first = rows[0]
        return np.asarray(coefficient * self.base(first, usual, km)) + self.addon(first, km)


def tariff_prices(
    graph: Graph,
    study: Study,
    class_id: str,
    cargo: str,
    date: str,
    usual_usd_per_t: Floats,
    payload: Mapping[str, float],
) -> TariffPrices | None:
    """Return the prices of arcs under the tariffs that hold on a date; None where none does.

    Parameters
    ----------
    graph, study
        The graph, whole or reduced, of this study, or of a draw from it.
    class_id, cargo, date
        What is carried and when.
    usual_usd_per_t
        Shape (A, 3): money for the kilometres at the rates in force.
    payload
        Tonnes in a unit, by unit.
    """
    book = tariff_book(study)
    if book is None:
        return None
    valid = book.rows(date, class_id)
    rows = [i for i in valid if book.table["cargo"][i] in ("all", cargo)]
    rail = (graph.layer == 0) & (graph.mode == 0) & (graph.length_km > 0) & (graph.kind <= 1)
    pricer = _Pricer(study, payload)
    arc: list[Ints] = []
    usd: list[Floats] = []
    row: list[Ints] = []
    for country in sorted({book.terms[i].country for i in valid} & set(graph.countries)):
        mine = [i for i in rows if book.terms[i].country == country]
        home = rail & (graph.country == graph.country_index(country))
        for layer in (-1, *np.unique(graph.tariff[home & (graph.tariff >= 0)]).tolist()):
            if layer >= 0 and book.layers[layer].country != country:
                continue
            arcs = np.flatnonzero(home & (graph.tariff == layer)).astype(np.int32)
            part = _layer(book, pricer, graph, study, layer, mine, arcs, usual_usd_per_t[arcs])
            hit = (part[1] >= 0).any(axis=1) | np.isnan(part[0]).all(axis=1)
            arc.append(arcs[hit])
            usd.append(part[0][hit])
            row.append(part[1][hit])
    if not sum(len(part) for part in arc):
        return None
    found = TariffPrices(np.concatenate(arc), np.concatenate(usd), np.concatenate(row))
    return _with_fixed(found, book, graph, rows, usual_usd_per_t, payload)


def _with_fixed(
    found: TariffPrices,
    book: TariffBook,
    graph: Graph,
    rows: list[int],
    usual: Floats,
    payload: Mapping[str, float],
) -> TariffPrices:
    """Charge the fixed part of a row where its layer is entered: once a stay."""
    t = book.table
    for i in rows:
        if not book.terms[i].own or book.terms[i] not in book.layers:
            continue
        layer = book.layers.index(book.terms[i])
        home = graph.country_index(book.terms[i].country)
        inside = (graph.node_mode == 0) & (graph.node_country == home)
        into = (graph.tariff == layer) & inside[graph.head] & ~inside[graph.tail]
        new = np.setdiff1d(np.flatnonzero(into), found.arc).astype(np.int32)
        found = TariffPrices(
            np.append(found.arc, new),
            np.concatenate([found.usd_per_t, usual[new]]),
            np.concatenate([found.row, np.full((len(new), 3), i, np.int32)]),
        )
        fixed = float(t["fixed_usd_per_unit"][i]) / payload[t["unit"][i] or "t"]
        found.usd_per_t[into[found.arc]] += fixed
    return found


def _layer(
    book: TariffBook,
    pricer: _Pricer,
    graph: Graph,
    study: Study,
    layer: int,
    rows: list[int],
    arcs: Ints,
    usual: Floats,
) -> tuple[Floats, Ints]:
    """Return money (T, 3) and rows (T, 3) of the arcs of one layer, -1 the railway itself."""
    usd, which = usual.copy(), np.full(usual.shape, -1, np.int32)
    applies, km = book.table["applies"], graph.length_km[arcs]
    whole = [i for i in rows if _whole(book, layer, i)]
    if layer >= 0 and not whole:
        return np.full(usual.shape, np.nan), which
    sections = [i for i in rows if book.table["link_ids"][i]]
    for kind, bit in enumerate(KIND_BIT.values()):
        best = np.full(len(arcs), np.inf)
        joint = [i for i in whole if book.terms[i].kinds & bit and applies[i] == "discount"]
        many = [i for i in joint if book.table["several"][i] == "product"]
        for i in joint:
            if i not in many[1:]:
                price = (pricer.product(many, usual[:, kind], km) if i in many
                         else pricer.price(i, usual[:, kind], km))  # fmt: skip
                _lower(best, which[:, kind], price, i)
        for i in sections:
            on = _on_section(book, graph, study, i, arcs)
            if applies[i] == "discount" and book.terms[i].kinds & bit and on.any():
                price = np.where(on, pricer.price(i, usual[:, kind], km), np.inf)
                _lower(best, which[:, kind], price, i)
        if layer < 0:  # the rate in force is a choice too
            dearer = best > usual[:, kind]
            which[dearer, kind] = -1
            best = np.minimum(best, usual[:, kind])
        usd[:, kind] = np.where(np.isfinite(best), best, usual[:, kind])
        for i in sections:
            on = _on_section(book, graph, study, i, arcs)
            if applies[i] == "surcharge" and book.terms[i].kinds & bit:
                usd[on, kind] *= float(book.table["coefficient"][i])
                which[on, kind] = i
    return usd, which


def _whole(book: TariffBook, layer: int, i: int) -> bool:
    """Return whether a row prices the whole stay of cargo in a layer."""
    if book.table["link_ids"][i]:
        return False
    return book.is_local(i) if layer < 0 else book.layers[layer] <= book.terms[i]


def _lower(best: Floats, which: npt.NDArray[np.int32], price: Floats, row: int) -> None:
    """Take a row's price where it is below the best so far."""
    less = price < best
    best[less] = price[less]
    which[less] = row


def _on_section(
    book: TariffBook, graph: Graph, study: Study, i: int, arcs: Ints
) -> npt.NDArray[np.bool_]:
    ids = set(book.table["link_ids"][i].split(";"))
    links = [n for n, name in enumerate(study["link"]["link_id"]) if name in ids]
    return np.isin(graph.ref[arcs], links)
