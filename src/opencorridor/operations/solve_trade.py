"""Solve for the equilibrium of one sector on a user's own table of flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.documents.csvfiles import csv_text
from opencorridor.routing.exports import check_target, whole_file
from opencorridor.study.errors import OpenCorridorError, Problem, raise_if, suggest
from opencorridor.trade import OneSector, OneSectorResult, one_sector
from opencorridor.trade.csvfile import FlowTable, read_flows

__all__ = ["COUNTRY_COLUMNS", "FLOW_COLUMNS", "SolveAnswer", "SolveRequest", "solve_trade"]

Floats = npt.NDArray[np.float64]

COUNTRY_COLUMNS = (
    "country",
    "welfare_hat",
    "real_output_hat",
    "wage_hat",
    "output_hat",
    "outlay_hat",
    "producer_price_hat",
    "price_hat",
    "outward_hat",
    "exports_hat",
    "imports_hat",
)
FLOW_COLUMNS = ("exporter", "importer", "trade_before", "trade_after", "change_share")


@dataclass(frozen=True)
class SolveRequest:
    """What to solve.

    Attributes
    ----------
    flows, changes
        CSV files: trade by pair with sales at home, and new over old trade cost factors.
    theta, sigma, psi, closure, reference, conditional
        As of :func:`opencorridor.trade.one_sector` and its ``solve``.
    exporter, importer, trade, tau_hat
        Names of columns; ``exporter`` and ``importer`` serve both files.
    year, at
        Column of the year in ``flows``, and the year to take (the only one by default).
    iso
        Whether countries have to be ISO 3166-1 alpha-3 codes.
    out, out_flows, force
        CSV files to write the countries and the flows to, and whether to replace them.
    """

    flows: Path
    changes: Path | None = None
    theta: float | None = None
    sigma: float | None = None
    psi: float = 0.0
    closure: str = "fixed_share"
    reference: str | None = None
    conditional: bool = False
    exporter: str = "exporter"
    importer: str = "importer"
    trade: str = "trade"
    tau_hat: str = "tau_hat"
    year: str | None = None
    at: str | None = None
    iso: bool = False
    out: Path | None = None
    out_flows: Path | None = None
    force: bool = False


@dataclass(frozen=True)
class SolveAnswer:
    """The equilibrium, and what it was solved on.

    Attributes
    ----------
    result
        The equilibrium.
    before
        Flows read ``[N, N]``, in the file's unit.
    notices
        What is worth knowing: pairs without a row, zeros at home.
    changed
        Pairs whose trade costs change.
    """

    result: OneSectorResult
    before: Floats
    notices: tuple[Problem, ...]
    changed: int

    def countries(self) -> list[dict[str, Any]]:
        """Return one row per country, by the columns of ``COUNTRY_COLUMNS``; no exports: None."""
        names = self.result.countries
        hats = {
            name: getattr(self.result, name)
            for name in COUNTRY_COLUMNS
            if name not in ("country", "exports_hat", "imports_hat")
        }
        old, new = (table - np.diag(table.diagonal()) for table in (self.before, self.result.flows))
        for name, axis in (("exports_hat", 1), ("imports_hat", 0)):
            total = old.sum(axis=axis)
            hats[name] = np.divide(
                new.sum(axis=axis), total, out=np.full(len(total), np.nan), where=total > 0
            )
        return [
            {"country": country}
            | {
                name: None if np.isnan(hats[name][i]) else float(hats[name][i])
                for name in COUNTRY_COLUMNS[1:]
            }
            for i, country in enumerate(names)
        ]

    def flows(self) -> list[dict[str, Any]]:
        """Return one row per pair that trades, by the columns of ``FLOW_COLUMNS``."""
        names, after = self.result.countries, self.result.flows
        return [
            {
                "exporter": names[i],
                "importer": names[j],
                "trade_before": float(self.before[i, j]),
                "trade_after": float(after[i, j]),
                "change_share": float(after[i, j] / self.before[i, j] - 1.0),
            }
            for i, j in np.argwhere(self.before > 0).tolist()
        ]


def solve_trade(request: SolveRequest) -> SolveAnswer:
    """Return the equilibrium after a change of trade costs, and write what is asked for.

    Raises
    ------
    NotConverged
        With the market of the largest excess demand and its residual.
    OpenCorridorError
        With every problem of the files, the elasticities and the change.
    """
    for path in (request.out, request.out_flows):
        if path is not None:
            check_target(path, (".csv",), request.force)
    table = _one_year(_read(request), request)
    countries = sorted({*table["exporter"].tolist(), *table["importer"].tolist()})
    before, notices = _square(table, countries)
    world = _world(request, table, before, countries)
    change = {} if request.changes is None else _changes(request, request.changes, countries)
    result = world.solve(change, conditional=request.conditional)
    answer = SolveAnswer(result, before, (*table.notices, *notices), len(change))
    _write(answer, request)
    return answer


def _read(request: SolveRequest) -> FlowTable:
    ids = {"exporter": request.exporter, "importer": request.importer}
    if request.year is not None:
        ids["year"] = request.year
    return read_flows(request.flows, ids, {"trade": request.trade}, iso=request.iso)


def _one_year(table: FlowTable, request: SolveRequest) -> FlowTable:
    """Return the rows of the year asked for; refuse to choose among several."""
    if request.year is None:
        return table
    years = sorted(set(table["year"].tolist()))
    at = request.at if request.at is not None else years[0]
    if at not in years or (request.at is None and len(years) > 1):
        message = f"there is no row of {at}" if request.at else f"the file holds {len(years)} years"
        raise OpenCorridorError(
            [
                Problem(
                    "trade_year",
                    message,
                    file=table.file,
                    column=request.year,
                    expected=f"one of {', '.join(years[:12])}",
                    mend="name the year with --at",
                )
            ]
        )
    taken = table["year"] == at
    return replace(table, columns={role: v[taken] for role, v in table.columns.items()})


def _places(names: npt.NDArray[Any], countries: Sequence[str]) -> npt.NDArray[np.intp]:
    place = {name: i for i, name in enumerate(countries)}
    return np.array([place[name] for name in names.tolist()], dtype=np.intp)


def _square(table: FlowTable, countries: Sequence[str]) -> tuple[Floats, list[Problem]]:
    """Return flows ``[N, N]`` and notices; a pair without a row does not trade, but for home."""
    n = len(countries)
    flows, seen = np.zeros((n, n)), np.zeros((n, n), dtype=bool)
    cell = (_places(table["exporter"], countries), _places(table["importer"], countries))
    flows[cell], seen[cell] = table["trade"], True
    expected = "a row with the country as exporter and importer: its output less its exports"
    raise_if(
        Problem(
            "trade_domestic_missing",
            f"{countries[i]} has no sales at home",
            file=table.file,
            column=table.names["trade"],
            value=countries[i],
            expected=expected,
            mend="add the row, or leave the country out",
        )
        for i in np.flatnonzero(~seen.diagonal()).tolist()
    )
    if not flows.diagonal().any():
        raise OpenCorridorError(
            [
                Problem(
                    "trade_domestic_missing",
                    "all sales at home are 0",
                    file=table.file,
                    column=table.names["trade"],
                    expected=expected,
                )
            ]
        )
    notices = [
        Problem(
            "trade_domestic_zero",
            f"{countries[i]} sells nothing at home",
            file=table.file,
            value=countries[i],
            severity="notice",
        )
        for i in np.flatnonzero(flows.diagonal() == 0).tolist()
    ]
    if not seen.all():
        text = f"{int((~seen).sum())} of {n * n} pairs have no row: no trade"
        notices.append(Problem("trade_pairs_missing", text, file=table.file, severity="notice"))
    return flows, notices


def _world(
    request: SolveRequest, table: FlowTable, before: Floats, countries: Sequence[str]
) -> OneSector:
    """Return the checked world; problems of a country name the file and its first row."""
    try:
        return one_sector(
            before,
            theta=request.theta,
            sigma=request.sigma,
            psi=request.psi,
            closure=request.closure,
            reference=request.reference,
            countries=countries,
        )
    except OpenCorridorError as error:
        found = [_located(problem, table) for problem in error.problems]
        raise OpenCorridorError(found, error.exit_code) from error


def _located(problem: Problem, table: FlowTable) -> Problem:
    named = (table["exporter"] == problem.value) | (table["importer"] == problem.value)
    # Rows of one year are not those of the file.
    if problem.table not in ("trade_flow", "output") or not named.any() or "year" in table.names:
        return replace(problem, table="") if problem.table == "elasticity" else problem
    row = int(np.flatnonzero(named)[0]) + 2
    return replace(problem, table="", file=table.file, row=row, column=table.names["trade"])


def _changes(
    request: SolveRequest, path: Path, countries: Sequence[str]
) -> dict[tuple[int, int], float]:
    """Return cost factors by positions of exporter and importer, or raise with unknown names."""
    ids = {"exporter": request.exporter, "importer": request.importer}
    table = read_flows(path, ids, {"tau_hat": request.tau_hat}, least={})
    place = {name: i for i, name in enumerate(countries)}
    problems = [
        table.problem(
            "trade_labels",
            f"{name} is not a country of the flows",
            row,
            role,
            mend=suggest(name, countries),
        )
        for role in ids
        for row, name in enumerate(table[role].tolist())
        if name not in place
    ]
    problems += [
        table.problem(
            "trade_cost_factor",
            f"the change of trade costs is {value:g}",
            row,
            "tau_hat",
            expected="a factor above 0: 1 for no change, 0.9 for costs a tenth lower",
        )
        for row, value in enumerate(table["tau_hat"].tolist())
        if not value > 0
    ]
    raise_if(problems)
    pairs = zip(table["exporter"].tolist(), table["importer"].tolist(), strict=True)
    values = table["tau_hat"].tolist()
    return {(place[a], place[b]): v for (a, b), v in zip(pairs, values, strict=True)}


def _write(answer: SolveAnswer, request: SolveRequest) -> None:
    for path, columns, rows in (
        (request.out, COUNTRY_COLUMNS, answer.countries),
        (request.out_flows, FLOW_COLUMNS, answer.flows),
    ):
        if path is not None:
            with whole_file(path) as part:
                part.write_bytes(csv_text(rows(), columns).encode())
