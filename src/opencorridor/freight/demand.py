"""Tonnes from trade: sector values to classes, classes to tonnes, countries to zones.

A *cell* is a class of goods from one country to another; a *row* is the part of a cell that
moves between two zones in one form of cargo. Tonnes of a cell are linear in the sector values
of its pair of countries,

    T_c = (1 - captive_ij) sum_s X_s,ij * (1 - pipeline_s,ij - tanker_s,ij) * share_s,c,ij / v_c,ij,

v the value density of class and direction, captive the goods that go by deep sea whatever land
costs (captivity of Gaudry and Dagenais 1979: part of the demand does not weigh the ways), and a
row takes a fixed weight of its cell: share of the origin zone in the country's exports of the
class x share of the destination zone in its imports x share of the form of cargo.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.kernels.rows import cell_rows
from opencorridor.study import Study

__all__ = ["CARGOES", "Cells", "Rows", "plan_cells", "plan_rows"]

CARGOES = ("container", "bulk")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Class x pair of countries: indices into classes and countries, rows of the tables.

    ``share_row`` and ``pipeline_row`` are (C, S), ``density_row`` and ``captive_row`` are (C,);
    -1 means no row.
    """

    klass: Ints
    exporter: Ints
    importer: Ints
    share_row: Ints
    pipeline_row: Ints
    density_row: Ints
    captive_row: Ints

    @property
    def n(self) -> int:
        """Number of cells."""
        return int(self.klass.size)

    def take(self, which: Ints) -> Cells:
        """Cells of the given positions."""
        return Cells(
            self.klass[which],
            self.exporter[which],
            self.importer[which],
            self.share_row[which],
            self.pipeline_row[which],
            self.density_row[which],
            self.captive_row[which],
        )

    def sector_share(self, study: Study) -> Floats:
        """(C, S) share of each sector's value of the pair that is this class."""
        share = study["concordance"]["share"]
        return np.where(self.share_row >= 0, share[self.share_row], 0.0)

    def value_density(self, study: Study) -> Floats:
        """(C,) US$ of price_year per tonne."""
        own = study["commodity"]["value_density_usd_per_t"][self.klass]
        pair = study["value_density"]["value_density_usd_per_t"]
        if pair.size == 0:
            return own
        return np.where(self.density_row >= 0, pair[self.density_row], own)

    def freight_share(self, study: Study) -> Floats:
        """(C, S) share of the value that rides on the network: no pipe, tanker or captive ship."""
        table, captive = study["pipeline"], study["captive"]["share"]
        off = np.minimum(table["pipeline_share"] + table["tanker_share"], 1.0)
        left = np.ones(self.pipeline_row.shape)
        if off.size:
            left = np.where(self.pipeline_row >= 0, 1.0 - off[self.pipeline_row], 1.0)
        if captive.size:
            left *= np.where(self.captive_row >= 0, 1.0 - captive[self.captive_row], 1.0)[:, None]
        return left

    def tonnes_per_usd(self, study: Study) -> Floats:
        """(C, S) tonnes per US$ of each sector's value of the pair."""
        moved = self.sector_share(study) * self.freight_share(study)
        result: Floats = moved / self.value_density(study)[:, None]
        return result

    def tonnes(self, study: Study, flows_usd: Floats) -> Floats:
        """(C,) tonnes a year of flows (S, N, N) in US$ of price_year."""
        values = flows_usd[:, self.exporter, self.importer].T
        result: Floats = (self.tonnes_per_usd(study) * values).sum(axis=1)
        return result


@dataclass(frozen=True)
class Rows:
    """Parts of cells between zones: positions of cell, zones, cargo and share rows.

    ``export_row`` and ``import_row`` point into ``zone_share`` where >= 0 and into
    ``zone_country`` as -1 - row where negative.
    """

    cell: Ints
    origin: Ints
    destination: Ints
    cargo: Ints
    export_row: Ints
    import_row: Ints

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.cell.size)

    def of_cells(self, position: Ints) -> Rows:
        """Rows with their cells renumbered by ``position`` (old -> new, -1: dropped)."""
        new = position[self.cell]
        kept = np.flatnonzero(new >= 0)
        return Rows(
            new[kept],
            self.origin[kept],
            self.destination[kept],
            self.cargo[kept],
            self.export_row[kept],
            self.import_row[kept],
        )

    def weight(self, study: Study, cells: Cells) -> Floats:
        """(R,) share of each row in what its cell's rows move; adds to 1 per cell."""
        raw = _zone_share(study, self.export_row) * _zone_share(study, self.import_row)
        boxed = study["commodity"]["containerised_share"][cells.klass[self.cell]]
        raw = raw * np.where(self.cargo == 0, boxed, 1.0 - boxed)
        total = np.bincount(self.cell, weights=raw, minlength=cells.n)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(total[self.cell] > 0.0, raw / total[self.cell], 0.0)


def _zone_share(study: Study, row: Ints) -> Floats:
    shares = study["zone_share"]["share"]
    gateways = study["zone_country"]["share"]
    out = np.empty(row.size)
    own = row >= 0
    out[own] = shares[row[own]]
    out[~own] = gateways[-1 - row[~own]]
    return out


def plan_cells(
    study: Study,
    countries: tuple[str, ...],
    sectors: tuple[str, ...],
    flows_usd: Floats,
    pairs: NDArray[np.bool_],
    least_t: float,
) -> tuple[Cells, float]:
    """Cells of the given pairs of countries that move at least ``least_t`` tonnes a year.

    ``pairs`` is (N, N). The study's own pair keeps every cell. Returns the cells and the
    tonnes that were left out.
    """
    freight = study["sector"]["loads_freight"] == "1"
    freight_of = dict(zip(study["sector"]["sector_id"], freight, strict=True))
    loads = np.array([freight_of[s] for s in sectors])
    klass_of = {c: k for k, c in enumerate(study["commodity"]["class_id"])}
    share_row = _share_rows(study, countries, sectors, klass_of, pairs)
    exporter, importer = np.nonzero(pairs)
    n_class = len(klass_of)
    cells = Cells(
        klass=np.tile(np.arange(n_class), exporter.size),
        exporter=np.repeat(exporter, n_class),
        importer=np.repeat(importer, n_class),
        share_row=np.where(loads[None, :], share_row.reshape(-1, len(sectors)), -1),
        pipeline_row=np.repeat(
            _pipeline_rows(study, countries, sectors, exporter, importer), n_class, 0
        ),
        density_row=_density_rows(study, countries, klass_of, exporter, importer),
        captive_row=np.repeat(_captive_rows(study, countries, exporter, importer), n_class),
    )
    tonnes = cells.tonnes(study, flows_usd)
    pair = set(study.settings.pair)
    of_pair = np.array([c in pair for c in countries])
    own = of_pair[cells.exporter] & of_pair[cells.importer]
    keep = (tonnes > 0.0) & (own | (tonnes >= least_t))
    return cells.take(np.flatnonzero(keep)), float(tonnes[~keep].sum())


def _share_rows(
    study: Study,
    countries: tuple[str, ...],
    sectors: tuple[str, ...],
    klass_of: dict[str, int],
    pairs: NDArray[np.bool_],
) -> Ints:
    """(P, K, S) row of ``concordance`` for each pair, class and sector; -1 without one."""
    table = study["concordance"]
    sector_of = {s: n for n, s in enumerate(sectors)}
    index = {c: n for n, c in enumerate(countries)}
    default = np.full((len(klass_of), len(sectors)), -1, dtype=np.int64)
    special: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for row in range(table.n):
        k, s = klass_of[table["class_id"][row]], sector_of[table["sector_id"][row]]
        a, b = table["exporter"][row], table["importer"][row]
        if a and b:
            if a in index and b in index:
                special[index[a], index[b]].append((k, s, row))
        else:
            default[k, s] = row
    exporter, importer = np.nonzero(pairs)
    out = np.broadcast_to(default, (exporter.size, *default.shape)).copy()
    position = {
        (int(i), int(j)): p for p, (i, j) in enumerate(zip(exporter, importer, strict=True))
    }
    for pair, entries in special.items():
        if pair not in position:
            continue
        target = out[position[pair]]
        for s in {s for _, s, _ in entries}:
            target[:, s] = -1
        for k, s, row in entries:
            target[k, s] = row
    return out


def _pipeline_rows(
    study: Study,
    countries: tuple[str, ...],
    sectors: tuple[str, ...],
    exporter: Ints,
    importer: Ints,
) -> Ints:
    table = study["pipeline"]
    lookup = {
        (a, b, s): row
        for row, (a, b, s) in enumerate(
            zip(table["exporter"], table["importer"], table["sector_id"], strict=True)
        )
    }
    out = np.full((exporter.size, len(sectors)), -1, dtype=np.int64)
    if lookup:
        for p, (i, j) in enumerate(zip(exporter, importer, strict=True)):
            for n, s in enumerate(sectors):
                out[p, n] = lookup.get((countries[i], countries[j], s), -1)
    return out


def _captive_rows(study: Study, countries: tuple[str, ...], exporter: Ints, importer: Ints) -> Ints:
    """(P,) row of ``captive`` that holds for each pair: the first that names both."""
    table = study["captive"]
    out = np.full(exporter.size, -1, dtype=np.int64)
    for row in range(table.n - 1, -1, -1):
        ends = (
            np.isin(countries, table[name][row].split(";"))[which]
            for name, which in (("exporters", exporter), ("importers", importer))
        )
        out[np.logical_and(*ends)] = row
    return out


def _density_rows(
    study: Study,
    countries: tuple[str, ...],
    klass_of: dict[str, int],
    exporter: Ints,
    importer: Ints,
) -> Ints:
    table = study["value_density"]
    index = {c: n for n, c in enumerate(countries)}
    out = np.full((exporter.size, len(klass_of)), -1, dtype=np.int64)
    position = {
        (int(i), int(j)): p for p, (i, j) in enumerate(zip(exporter, importer, strict=True))
    }
    for row in range(table.n):
        pair = (index.get(table["exporter"][row], -1), index.get(table["importer"][row], -1))
        if pair in position:
            out[position[pair], klass_of[table["class_id"][row]]] = row
    return out.ravel()


class _Zones:
    """Lists of zones and their share rows, by country, direction and class."""

    def __init__(self, study: Study) -> None:
        zone_of = {z: n for n, z in enumerate(study["zone"]["zone_id"])}
        found: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
        table = study["zone_share"]
        keys = (table[name] for name in ("country_id", "direction", "class_id", "zone_id"))
        for row, (country, direction, klass, zone) in enumerate(zip(*keys, strict=True)):
            found[country, direction, klass].append((zone_of[zone], row))
        table = study["zone_country"]
        for row, (country, zone) in enumerate(
            zip(table["country_id"], table["zone_id"], strict=True)
        ):
            found[country, "", ""].append((zone_of[zone], -1 - row))
        self.number = {key: n for n, key in enumerate([("", "", ""), *found])}
        counts = [0, 0, *(len(entries) for entries in found.values())]
        self.first = np.cumsum(np.array(counts, dtype=np.int64))
        both = np.array([e for entries in found.values() for e in entries], dtype=np.int64)
        self.zone, self.row = np.ascontiguousarray(both.reshape(-1, 2).T)

    def of(
        self, names: Sequence[str], country: Ints, direction: str, classes: Sequence[str],
        klass: Ints,
    ) -> Ints:  # fmt: skip
        """List of each of C cells' ends: that of its class, of all classes, or the gateways.

        ``names`` and ``classes`` are the ids that ``country`` and ``klass`` (C,) point into.
        """
        number = np.array(
            [
                [
                    next(
                        (
                            self.number[key]
                            for key in ((c, direction, k), (c, direction, ""), (c, "", ""))
                            if key in self.number
                        ),
                        0,
                    )
                    for k in classes
                ]
                for c in names
            ],
            dtype=np.int64,
        )
        return number[country, klass]


def plan_rows(
    study: Study,
    countries: tuple[str, ...],
    cells: Cells,
    tonnes: Floats,
    live: NDArray[np.bool_],
    least_t: float,
    least_own_t: float,
) -> tuple[Rows, Floats]:
    """Rows between live pairs of zones (Z, Z) that move at least ``least_t`` tonnes a year.

    The study's own pair uses ``least_own_t``. Rows that are left out are stood for by the others
    of their cell. Returns the rows and the share of each cell that moves between live pairs (C,).
    """
    zones = _Zones(study)
    table = study["commodity"]
    classes = [str(c) for c in table["class_id"]]
    pair = np.isin(countries, study.settings.pair)
    own = pair[cells.exporter] & pair[cells.importer]
    rows, covered = cell_rows(
        zones.of(countries, cells.exporter, "export", classes, cells.klass),
        zones.of(countries, cells.importer, "import", classes, cells.klass),
        zones.first,
        zones.zone,
        _zone_share(study, zones.row),
        table["containerised_share"][cells.klass],
        tonnes,
        np.where(own, least_own_t, least_t),
        live,
    )
    cell, start, end, form = np.ascontiguousarray(rows.T)
    made = Rows(cell, zones.zone[start], zones.zone[end], form, zones.row[start], zones.row[end])
    return made, covered
