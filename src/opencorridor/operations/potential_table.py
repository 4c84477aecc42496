"""The potential of a pair on a user's own table of flows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.costs.spread import Z95
from opencorridor.study.errors import OpenCorridorError, Problem, suggest
from opencorridor.trade.csvfile import FlowTable, read_flows
from opencorridor.trade.gravity import Estimate, PairFacts, Variant, comparable, estimate
from opencorridor.trade.shortfall import advantage, export_potential

__all__ = ["TablePotential", "TableRequest", "potential_of_table"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TableRequest:
    """A CSV file and its columns by what they mean; one row per exporter, importer and sector."""

    path: str | Path
    a: str
    b: str
    exporter: str = "exporter"
    importer: str = "importer"
    trade: str = "trade"
    distance: str = "distance"
    contiguous: str | None = None
    sector: str | None = None


@dataclass(frozen=True)
class TablePotential:
    """Potential of a pair in the unit of the table; intervals 90 % by the coefficients.

    ``sectors`` has one row per sector and direction, the largest gap first.
    """

    pair: tuple[str, str]
    rows: int
    countries: int
    actual: float
    potential: float
    low: float
    high: float
    comparable: dict[str, Any]
    coefficients: tuple[dict[str, Any], ...]
    sectors: tuple[dict[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"schema_version": 1, **asdict(self)}


def potential_of_table(request: TableRequest) -> TablePotential:
    """Return what a pair would trade if it were usual, by gravity with effects of both ends.

    Rows that are not in the file are unknown, not zero. Sectors are estimated one by one and
    added up.

    Raises
    ------
    OpenCorridorError
        With every bad cell of the file, or the country that it does not name.
    """
    table = _read(request)
    countries = tuple(sorted({*table["exporter"].tolist(), *table["importer"].tolist()}))
    at = _pair(request, countries, table.file)
    flows, facts, sectors = _square(table, countries)
    variant = Variant(True, False, "distance")
    estimates = [estimate(flow, facts, variant) for flow in flows]
    expected = np.stack([found.expected for found in estimates])
    i, j = at
    total = float((expected[:, i, j] + expected[:, j, i]).sum())
    spread = _spread(estimates, at, total)
    wide = float(np.exp(Z95 * spread))
    stands = comparable(np.nan_to_num(flows).sum(axis=0), expected.sum(axis=0), i, j)
    known = np.nan_to_num(flows)
    return TablePotential(
        pair=(request.a, request.b),
        rows=table.n,
        countries=len(countries),
        actual=float((known[:, i, j] + known[:, j, i]).sum()),
        potential=total,
        low=total / wide,
        high=total * wide,
        comparable=asdict(stands),
        coefficients=_coefficients(estimates, sectors),
        sectors=_sectors(known, expected, sectors, at),
    )


def _read(request: TableRequest) -> FlowTable:
    ids = {"exporter": request.exporter, "importer": request.importer}
    numbers = {"trade": request.trade, "distance": request.distance}
    if request.sector:
        ids["sector"] = request.sector
    if request.contiguous:
        numbers["contiguous"] = request.contiguous
    key = ("exporter", "importer", "sector")
    return read_flows(request.path, ids, numbers, key=key, least={"trade": 0.0, "distance": 0.0})


def _pair(request: TableRequest, countries: tuple[str, ...], file: str) -> tuple[int, int]:
    problems = [
        Problem("unknown_country", f"{name} is not in the table", "", file, value=name,
                column=role, mend=suggest(name, countries))
        for role, name in (("a", request.a), ("b", request.b))
        if name not in countries
    ]  # fmt: skip
    if not problems and request.a == request.b:
        problems = [Problem("trade_pair", "the two countries are the same", value=request.b)]
    if problems:
        raise OpenCorridorError(problems)
    return countries.index(request.a), countries.index(request.b)


def _square(
    table: FlowTable, countries: tuple[str, ...]
) -> tuple[Floats, PairFacts, tuple[str, ...]]:
    """Return flows ``[S, N, N]`` (NaN where no row is), facts and sectors."""
    n = len(countries)
    place = {name: k for k, name in enumerate(countries)}
    rows = np.array([place[name] for name in table["exporter"]], dtype=np.intp)
    columns = np.array([place[name] for name in table["importer"]], dtype=np.intp)
    names = table["sector"] if "sector" in table.columns else np.full(table.n, "all", object)
    sectors = tuple(sorted(set(names.tolist())))
    sector = np.array([sectors.index(name) for name in names], dtype=np.intp)
    known = np.zeros((n, n), dtype=bool)
    known[rows, columns] = True
    # A pair that has a row in one sector is known: what it lacks in others is no trade.
    flows = np.where(known[None], np.zeros((len(sectors), n, n)), np.nan)
    flows[sector, rows, columns] = table["trade"]
    distance, border = np.full((n, n), np.nan), np.zeros((n, n), dtype=bool)
    distance[rows, columns] = np.where(table["distance"] > 0, table["distance"], np.nan)
    if "contiguous" in table.columns:
        border[rows, columns] = table["contiguous"] > 0
    none = np.zeros((n, n), dtype=bool)
    facts = PairFacts(countries, distance, border, none, none, none, np.full(n, np.nan))
    return flows, facts, sectors


def _spread(estimates: list[Estimate], at: tuple[int, int], total: float) -> float:
    """Return the standard error of the log of the sum over sectors, their errors independent."""
    i, j = at
    squares = [(f.both_ways(i, j) * f.log_std([(i, j), (j, i)])) ** 2 for f in estimates]
    return float(np.sqrt(sum(squares)) / total) if total > 0 else 0.0


def _coefficients(
    estimates: list[Estimate], sectors: tuple[str, ...]
) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"sector": sector, "variable": name, "estimate": float(value), "std_error": float(error)}
        for sector, found in zip(sectors, estimates, strict=True)
        for name, value, error in zip(
            found.variables, found.coefficients, found.std_error, strict=True
        )
    )


def _sectors(
    flows: Floats, expected: Floats, sectors: tuple[str, ...], at: tuple[int, int]
) -> tuple[dict[str, Any], ...]:
    edge = advantage(flows)
    rows = []
    for direction, (i, j) in (("a_to_b", at), ("b_to_a", at[::-1])):
        wanted = export_potential(flows, i, j)
        for s, sector in enumerate(sectors):
            actual, usual = float(flows[s, i, j]), float(expected[s, i, j])
            rows.append(
                {
                    "sector": sector,
                    "direction": direction,
                    "actual": actual,
                    "potential": usual,
                    "gap": usual - actual,
                    "rca": float(edge[s, i]) if np.isfinite(edge[s, i]) else None,
                    "export_potential": float(wanted[s]),
                }
            )
    return tuple(sorted(rows, key=lambda row: -row["gap"]))
