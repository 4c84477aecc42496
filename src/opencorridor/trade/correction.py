"""From a fitted panel to the dense arrays of the bias correction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import Problem, raise_if
from opencorridor.trade.fitting import Fit
from opencorridor.trade.kernels import bias as kernel
from opencorridor.trade.panel import Panel, levels

__all__ = ["three_way"]

Floats = npt.NDArray[np.float64]


def three_way(data: Panel, fit: Fit) -> tuple[Floats, Floats]:
    """Return the bias of three-way Poisson coefficients ``[k]`` and their covariance ``[k, k]``.

    Raises
    ------
    OpenCorridorError
        With rows that stand twice for a pair and year, or fewer than two countries at one end.
    """
    keep = data.keep
    exporter, importer = data.exporter[keep], data.importer[keep]
    pair, year = levels(exporter, importer), levels(data.year[keep])
    shape = (int(pair.max()) + 1, int(year.max()) + 1)
    place = pair * shape[1] + year
    _check(place, exporter, importer)
    size = shape[0] * shape[1]

    def dense(values: Floats) -> Floats:
        made = np.zeros(size)
        made[place] = values
        return made.reshape(shape)

    scale = data.trade[keep].mean()
    y, lam = dense(data.trade[keep] / scale), dense(np.exp(fit.index) / scale)
    x = np.stack([dense(column) for column in fit.residual_x.T], axis=2)
    first = np.unique(pair, return_index=True)[1]
    ends = levels(exporter[first]), levels(importer[first])
    found = kernel.three_way_bias(y, lam, x, *ends)
    return found.total, kernel.three_way_covariance(y, lam, x, *ends)


def _check(
    place: npt.NDArray[np.intp], exporter: npt.NDArray[np.intp], importer: npt.NDArray[np.intp]
) -> None:
    problems = []
    twice = len(place) - len(np.unique(place))
    if twice:
        text = f"{twice} rows stand twice for their pair and year"
        mend = "correct the bias on one row per pair and year"
        problems.append(Problem("duplicate_key", text, mend=mend))
    for name, ends in (("exporter", exporter), ("importer", importer)):
        if len(np.unique(ends)) < 2:
            text = f"there is only one {name}"
            problems.append(Problem("no_bias_correction", text, expected="two or more"))
    raise_if(problems)
