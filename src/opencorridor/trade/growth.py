"""Baseline growth of the matrix with the economies, balanced to their totals."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import NotConverged, OpenCorridorError, Problem, raise_if
from opencorridor.study.study import Study
from opencorridor.trade import labels as lb
from opencorridor.trade import validate

__all__ = ["Grown", "Growth", "grow", "growth_index"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Grown:
    """The matrix grown.

    Attributes
    ----------
    flows
        Flows ``[S, N, N]`` in constant money of the flows given.
    residual
        Largest relative distance of a row or column from its total.
    iterations
        Rounds of balancing.
    """

    flows: Any
    residual: float
    iterations: int


@dataclass(frozen=True)
class Growth:
    """Real GDP of a year over that of the baseline year.

    Attributes
    ----------
    index
        One number per country ``[N]``.
    basis
        Where it comes from: ``own``, ``region`` or ``world`` (mean of the countries with a path).
    """

    index: Floats
    basis: tuple[str, ...]


def grow(
    flows: Any,
    gdp_index: Any,
    elasticity: float = 1.0,
    *,
    tol: float = 1e-12,
    max_iter: int = 10_000,
) -> Grown:
    r"""Return the flows after growth of the economies.

    Between countries flows start at :math:`X_{sij} G (g_i/G)^\epsilon (g_j/G)^\epsilon`, with
    elasticity 1 at :math:`X_{sij} g_i g_j / G` (:math:`G` is the growth of world output), at home
    at :math:`X_{sii} g_i`. They are then balanced (biproportional fitting, Deming and Stephan
    1940) to the totals over all sectors: output :math:`Y_i g_i`, expenditure :math:`E_j g_j`
    scaled to the same world total.

    Balancing absorbs any factor of the exporter times one of the importer, so what counts is how
    the start treats trade against sales at home: were those to start at :math:`g_i^2`, the trade
    of mostly closed economies would grow with elasticity one half whatever :math:`\epsilon` says.

    Parameters
    ----------
    flows
        Flows ``[S, N, N]``: an array, a ``TradeMatrix`` or a DataArray.
    gdp_index
        Real GDP over that of the flows' year ``[N]``.
    elasticity
        Elasticity of trade between countries to the size of either end, relative to the world's.
    tol
        Largest relative distance of a total.
    max_iter
        Cap on the rounds.

    Raises
    ------
    NotConverged
        With the country whose total is not met.
    """
    values, labels = lb.read_flows(flows, None, None)
    raise_if(validate.check_flows(values, labels))
    g = lb.align(gdp_index, labels, ("country",), "gdp_index")
    raise_if(_check_index(g, labels))
    total = values.sum(axis=0)
    growth = float(total.sum(axis=1) @ g / total.sum())
    factor = growth * np.outer(g / growth, g / growth) ** elasticity
    np.fill_diagonal(factor, g)
    rows, columns = total.sum(axis=1) * g, total.sum(axis=0) * g
    columns *= rows.sum() / columns.sum()
    scale, residual, rounds, worst = _balance(total * factor, rows, columns, tol, max_iter)
    if residual > tol:
        name = labels.countries[worst]
        text = f"the output of {name} stays {residual:.3g} from its total after {rounds} rounds"
        raise NotConverged(
            [
                Problem(
                    "growth_not_balanced",
                    text,
                    table="growth",
                    value=name,
                    expected=f"at most {tol:g}",
                )
            ]
        )
    grown = values * (factor * scale)
    return Grown(lb.wrap(grown, labels, lb.DIMS, "flows", ""), residual, rounds)


def _check_index(g: Floats, labels: lb.Labels) -> list[Problem]:
    return [
        Problem(
            "growth_index",
            f"the growth index of {labels.countries[i]} is {g[i]:g}",
            table="growth",
            column="gdp_index",
            value=str(g[i]),
            expected="a positive number",
        )
        for i in np.flatnonzero(~(np.isfinite(g) & (g > 0)))
    ]


def _balance(
    seed: Floats, rows: Floats, columns: Floats, tol: float, max_iter: int
) -> tuple[Floats, float, int, int]:
    """Return row times column factors that bring ``seed`` to its totals, and how well.

    Biproportional fitting crawls where most of a row is on the diagonal, so Newton's method on the
    logs of the row factors, columns always met, takes its place; where a step of it does not
    bring the totals nearer, fitting goes on alone.
    """
    left = rows / seed.sum(axis=1)
    kept, least = left, np.inf
    newton = True
    count, worst, gap = 0, 0, np.inf
    while count < max_iter:
        count += 1
        right = columns / (left @ seed)
        bought = seed @ right
        off = left * bought / rows - 1.0
        worst = int(np.abs(off).argmax())
        gap = float(np.abs(off[worst]))
        if gap <= tol:
            break
        if not gap < least:
            # A step that made it worse is taken back, and no other one tried.
            left, newton, least = kept, False, np.inf
            continue
        kept, least = rows / bought, gap if newton else np.inf
        step = _newton_step(left[:, None] * seed * right, rows, columns) if newton else None
        left = kept if step is None else left * step
    return np.outer(left, right), gap, count, worst


def _newton_step(flow: Floats, rows: Floats, columns: Floats) -> Floats | None:
    """Return factors for the row factors; None where the slopes are singular or a step is wild."""
    made = flow.sum(axis=1)
    slope = np.diag(made) - (flow / columns) @ flow.T
    # A common factor of all rows changes nothing: it is pinned.
    slope += np.outer(rows, rows) / rows.sum()
    try:
        step = np.linalg.solve(slope, rows - made)
    except np.linalg.LinAlgError:
        return None
    return np.exp(step) if np.abs(step).max() < 1.0 else None


def growth_index(study: Study, year: int, countries: tuple[str, ...]) -> Growth:
    """Return the growth of real GDP from the baseline year to ``year``.

    Between two years of a country's path the index is interpolated at constant growth; nothing is
    extrapolated. Countries without a path take the mean of those of their region that have one,
    regions without any that of the world (plain means).

    Raises
    ------
    OpenCorridorError
        With every path that does not reach the year, or if there is no path at all.
    """
    table = study["growth"]
    start = study.settings.baseline_year
    problems: list[Problem] = []
    there = np.asarray(table["year"] == year)
    own = dict(
        zip(table["country_id"][there].tolist(), table["gdp_index"][there].tolist(), strict=True)
    )
    for country, path in _paths(study, own).items():
        known = {start: 1.0, **path}
        years = sorted(known)
        if not years[0] <= year <= years[-1]:
            problems.append(
                Problem(
                    "growth_year",
                    f"the path of {country} ends before {year}"
                    if year > years[-1]
                    else f"the path of {country} starts after {year}",
                    table="growth",
                    column="year",
                    value=str(year),
                    expected=f"{years[0]} to {years[-1]}",
                )
            )
            continue
        if year == start:
            own[country] = 1.0
            continue
        logs = np.log([known[y] for y in years])
        own[country] = float(np.exp(np.interp(year, years, logs)))
    if not len(there) and year != start:
        problems.append(Problem("growth_year", "there is no path of growth", table="growth"))
    if problems:
        raise OpenCorridorError(problems)
    if year == start:
        return Growth(np.ones(len(countries)), ("own",) * len(countries))
    return _fill(study, own, countries)


def _paths(study: Study, known: Container[str]) -> dict[str, dict[int, float]]:
    """Return the index by year of every country that is not known yet."""
    table = study["growth"]
    paths: dict[str, dict[int, float]] = {}
    for i, country in enumerate(table["country_id"].tolist()):
        if country not in known:
            paths.setdefault(country, {})[int(table["year"][i])] = float(table["gdp_index"][i])
    return paths


def _fill(study: Study, own: dict[str, float], countries: tuple[str, ...]) -> Growth:
    table = study["country"]
    region_of = dict(zip(table["country_id"], table["region"], strict=True))
    by_region: dict[str, list[float]] = {}
    for country, value in own.items():
        by_region.setdefault(region_of.get(country, ""), []).append(value)
    world = float(np.mean(list(own.values())))
    index, basis = [], []
    for country in countries:
        region = region_of.get(country, "")
        if country in own:
            index.append(own[country])
            basis.append("own")
        elif region and region in by_region:
            index.append(float(np.mean(by_region[region])))
            basis.append("region")
        else:
            index.append(world)
            basis.append("world")
    return Growth(np.array(index), tuple(basis))
