"""Estimate gravity on a user's own table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from opencorridor.study.errors import Problem, raise_if
from opencorridor.trade.csvfile import FlowTable, has_column, read_flows
from opencorridor.trade.estimate import PLAIN_ERRORS, Estimate, Reset, estimate, reset_test
from opencorridor.trade.panel import EFFECTS, REASONS

__all__ = ["EstimateAnswer", "EstimateRequest", "run"]

_LOG = "log("
_SHOWN = 10


@dataclass(frozen=True)
class EstimateRequest:
    """What to estimate, on which columns of which file.

    Attributes
    ----------
    file
        CSV with a header, one row per pair and year.
    regressors
        Columns, or ``log(COLUMN)``.
    effects, method, errors, correct_bias, keep_singletons
        As in :func:`opencorridor.trade.estimate.estimate`; effects may also be columns.
    exporter, importer, year, trade
        Names of the columns; without a year a column called year is taken, if there is one.
    iso
        Whether countries have to be ISO 3166-1 alpha-3 codes.
    reset
        Whether to test the form (RESET).
    """

    file: Path
    regressors: tuple[str, ...]
    effects: tuple[str, ...] = ("exporter-year", "importer-year")
    method: str = "ppml"
    errors: str = "pair"
    correct_bias: bool = False
    keep_singletons: bool = False
    exporter: str = "exporter"
    importer: str = "importer"
    year: str | None = None
    trade: str = "trade"
    iso: bool = False
    reset: bool = False


@dataclass(frozen=True, eq=False)
class EstimateAnswer:
    """The estimate, its RESET where asked for, and what is worth knowing of the file."""

    estimate: Estimate
    reset: Reset | None
    file: str
    notices: tuple[Problem, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Return one line per coefficient: estimate, standard error, z, p, ends of 95 %."""
        from scipy.special import ndtr

        found, lines = self.estimate, []
        for k, name in enumerate(found.names):
            value, error = float(found.coefficients[k]), float(found.std_errors[k])
            z = value / error if error > 0 else float("nan")
            line = {
                "variable": name,
                "estimate": value,
                "std_error": error,
                "z": z,
                "p": float(2 * ndtr(-abs(z))),
                "low": value - 1.959964 * error,
                "high": value + 1.959964 * error,
            }
            if found.bias is not None:
                line["bias"] = float(found.bias[k])
            lines.append(line)
        return lines

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values; rows count as a spreadsheet does, from 2."""
        found = self.estimate
        return {
            "file": self.file,
            "method": found.method,
            "effects": list(found.effects),
            "errors": found.errors,
            "clusters": found.clusters or None,
            "bias_corrected": found.bias is not None,
            "coefficients": self.rows(),
            "covariance": found.covariance.tolist(),
            "rows_read": found.rows_read,
            "rows_used": found.rows_used,
            "rows_dropped": [
                {"reason": reason, "text": REASONS[reason], "count": len(rows),
                 "rows": (rows + 2).tolist()}
                for reason, rows in found.dropped.items()
            ],
            "regressors_dropped": dict(found.dropped_regressors),
            "groups": found.groups,
            "deviance": found.deviance,
            "log_likelihood": found.log_likelihood,
            "pseudo_r2": found.pseudo_r2,
            "reset": None if self.reset is None else {
                "estimate": self.reset.coefficient,
                "std_error": self.reset.std_error,
                "p": self.reset.p,
            },
            "notices": [problem.as_dict() for problem in self.notices],
            "seconds": found.seconds,
        }  # fmt: skip


def run(request: EstimateRequest) -> EstimateAnswer:
    """Read the file and estimate.

    Raises
    ------
    OpenCorridorError
        With every problem of the file, or of what was asked.
    NotConverged
        Where the fit does not settle.
    """
    year = request.year
    if year is None and has_column(request.file, "year"):
        year = "year"
    table = _read(request, year)
    columns = {table.names[role]: values for role, values in table.columns.items()}
    for name in request.regressors:
        if name.startswith(_LOG):
            columns[name] = _logarithm(table, name)
    found = estimate(
        columns, request.regressors, request.effects, method=request.method, errors=request.errors,
        correct_bias=request.correct_bias, keep_singletons=request.keep_singletons,
        trade=request.trade, exporter=request.exporter, importer=request.importer, year=year,
        file=table.file,
    )  # fmt: skip
    reset = reset_test(found) if request.reset else None
    return EstimateAnswer(found, reset, table.file, table.notices)


def _plain_name(regressor: str) -> str:
    return regressor[len(_LOG) : -1].strip() if regressor.startswith(_LOG) else regressor


def _read(request: EstimateRequest, year: str | None) -> FlowTable:
    ids = {"exporter": request.exporter, "importer": request.importer}
    if year:
        ids["year"] = year
    more = [*request.effects, *([] if request.errors in PLAIN_ERRORS else [request.errors])]
    ids |= {f"effect {name}": name for name in more if name not in EFFECTS}
    numbers = {"trade": request.trade}
    numbers |= {f"regressor {_plain_name(name)}": _plain_name(name) for name in request.regressors}
    return read_flows(
        request.file, ids, numbers, allow_missing=True, iso=request.iso, also=tuple(EFFECTS)
    )


def _logarithm(table: FlowTable, name: str) -> Any:
    role = f"regressor {_plain_name(name)}"
    values = table[role]
    bad = np.flatnonzero(values <= 0)
    problems = [
        table.problem(
            "no_logarithm", f"{values[i]:g} has no logarithm", int(i), role, expected="above 0"
        )
        for i in bad[:_SHOWN]
    ]
    if len(bad) > _SHOWN:
        more = f"{len(bad) - _SHOWN} more such cells"
        problems.append(Problem("no_logarithm", more, "", table.file, column=table.names[role]))
    raise_if(problems)
    return np.log(values)
