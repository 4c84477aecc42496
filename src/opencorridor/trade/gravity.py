"""Structural gravity of one year: what a pair of countries would trade if it were usual.

The table is a study's own world matrix, or anyone's. Eight variants are estimated: with and without
effects of countries, with and without counting coasts on the same closed sea as a border, and with
distance or the generalised cost of the study's network as the cost of trade.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.study.study import Study
from opencorridor.trade.estimate import Estimate as TableEstimate
from opencorridor.trade.estimate import estimate as estimate_table
from opencorridor.trade.prediction import Projection

__all__ = [
    "HEADLINE",
    "VARIANTS",
    "Comparable",
    "Estimate",
    "PairFacts",
    "Variant",
    "comparable",
    "estimate",
    "pair_facts",
]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Cost = Literal["distance", "network", "both"]

_QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)


@dataclass(frozen=True)
class Variant:
    """One way to estimate: effects of countries, coasts as borders, and the cost of trade."""

    effects: bool
    coast: bool
    cost: Cost

    @property
    def id(self) -> str:
        """Short name such as ``effects-coast-distance``."""
        coast = "coast" if self.coast else "land"
        return f"{'effects' if self.effects else 'gdp'}-{coast}-{self.cost}"


VARIANTS = tuple(
    Variant(effects, coast, cost)
    for cost in ("distance", "network")
    for effects in (True, False)
    for coast in (True, False)
)
HEADLINE = VARIANTS[0]


@dataclass(frozen=True, eq=False)
class PairFacts:
    """What is known of pairs of countries.

    Attributes
    ----------
    countries
        Names along ``N``.
    distance_km
        ``[N, N]``, NaN where unknown and on the diagonal.
    contiguous, coast_contiguous, common_language, colony
        ``bool[N, N]``, symmetric.
    gdp_usd_current
        ``[N]``, NaN where unknown.
    cost_usd_per_t
        Generalised cost of the network ``[N, N]``, exporter by importer, or None.
    """

    countries: tuple[str, ...]
    distance_km: Floats
    contiguous: Bools
    coast_contiguous: Bools
    common_language: Bools
    colony: Bools
    gdp_usd_current: Floats
    cost_usd_per_t: Floats | None = None


def pair_facts(
    study: Study, countries: tuple[str, ...], year: int, cost_usd_per_t: Floats | None = None
) -> PairFacts:
    """Return the facts of a study for countries in order; GDP of the last year up to ``year``.

    Raises
    ------
    OpenCorridorError
        ``pair_facts_missing`` where the study has no table ``pair_fact``.
    """
    table = study["pair_fact"]
    if not table.n:
        text = "the study has no distances between countries"
        mend = "fill in the table pair_fact"
        raise OpenCorridorError(
            [Problem("pair_facts_missing", text, table="pair_fact", expected="rows", mend=mend)]
        )
    index = {name: i for i, name in enumerate(countries)}
    ends = zip(table["country_a"], table["country_b"], strict=True)
    known = np.array([a in index and b in index for a, b in ends], dtype=bool)
    a = np.array([index[c] for c in table["country_a"][known]], dtype=np.intp)
    b = np.array([index[c] for c in table["country_b"][known]], dtype=np.intp)
    size = (len(countries), len(countries))
    distance = np.full(size, np.nan)
    distance[a, b] = distance[b, a] = table["distance_km"][known]

    def flag(column: str) -> Bools:
        values = np.zeros(size, dtype=bool)
        values[a, b] = values[b, a] = table[column][known] == "1"
        return values

    return PairFacts(
        countries,
        distance,
        flag("contiguous"),
        flag("coast_contiguous"),
        flag("common_language"),
        flag("colony"),
        _gdp(study, index, year),
        cost_usd_per_t,
    )


def _gdp(study: Study, index: dict[str, int], year: int) -> Floats:
    table = study["gdp"]
    value, of_year = np.full(len(index), np.nan), np.full(len(index), -np.inf)
    for country, when, amount in zip(
        table["country_id"], table["year"], table["gdp_usd_current"], strict=True
    ):
        i = index.get(country)
        if i is not None and of_year[i] < when <= year:
            value[i], of_year[i] = amount, when
    return value


@dataclass(frozen=True, eq=False)
class Estimate:
    """One variant, estimated.

    Attributes
    ----------
    variant
        What was estimated.
    found
        The estimate, its rows being the cells that were used.
    cells
        Exporter and importer of its rows ``[2, n]``.
    expected
        Expected trade ``[N, N]``, exporter by importer, 0 where not estimated.
    """

    variant: Variant
    found: TableEstimate
    cells: npt.NDArray[np.intp]
    expected: Floats

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return self.found.names

    @property
    def coefficients(self) -> Floats:
        """Coefficients ``[K]``."""
        return self.found.coefficients

    @property
    def std_error(self) -> Floats:
        """Standard errors ``[K]``, clustered by pair."""
        return self.found.std_errors

    @cached_property
    def _projection(self) -> Projection:
        return Projection(self.found)

    def both_ways(self, a: int, b: int) -> float:
        """Return the expected trade of a pair, both directions."""
        return float(self.expected[a, b] + self.expected[b, a])

    def log_std(self, cells: list[tuple[int, int]]) -> float:
        """Return the standard error of the log of the expected trade of cells together."""
        place = np.ravel_multi_index(tuple(self.cells), self.expected.shape)
        wanted = [i * len(self.expected) + j for i, j in cells]
        return self._projection.log_std(np.flatnonzero(np.isin(place, wanted)))

    def beyond(self, name: str) -> Floats:
        """Return what a variable has beyond the other ones and the effects ``[N, N]``.

        Its residual in the weighted regression on all others, with the fitted trade as weights:
        its coefficient times this is what it alone does to a cell (Frisch, Waugh and Lovell). NaN
        where not estimated.
        """
        found = np.full(self.expected.shape, np.nan)
        found[tuple(self.cells)] = self._projection.beyond(name)
        return found


def estimate(flows: Floats, facts: PairFacts, variant: Variant) -> Estimate:
    """Return the PPML estimate of one variant on trade between countries.

    Parameters
    ----------
    flows
        ``[N, N]``, exporter by importer, any unit, NaN where unknown; sales at home are not used.
    facts
        Of the same countries in the same order.
    variant
        What to estimate.

    Raises
    ------
    OpenCorridorError
        ``gravity_without_cost`` where the variant needs the network's cost and there is none; as
        :func:`opencorridor.trade.estimate.estimate` otherwise.
    NotConverged
        Where the coefficients do not settle.
    """
    names, planes, used = _design(facts, variant)
    used &= np.isfinite(flows)
    names, planes = _varying(names, planes, used)
    cells = np.stack(np.nonzero(used))
    columns = {name: plane[used] for name, plane in zip(names, planes, strict=True)}
    columns |= {"exporter": cells[0], "importer": cells[1], "trade": flows[used]}
    effects = ("exporter", "importer") if variant.effects else ()
    found = estimate_table(
        columns, names, effects, errors="symmetric-pair", keep_singletons=True, year=None
    )
    cells = cells[:, found.rows]
    expected = np.zeros(flows.shape)
    expected[tuple(cells)] = found.fitted
    return Estimate(variant, found, cells, expected)


def _design(facts: PairFacts, variant: Variant) -> tuple[tuple[str, ...], list[Floats], Bools]:
    """Return names and planes of the variables, and the cells where all are known."""
    size = facts.distance_km.shape
    used = ~np.eye(size[0], dtype=bool) & np.isfinite(facts.distance_km)
    names, planes = [], []
    if variant.cost != "network":
        names.append("log_distance")
        planes.append(_log(facts.distance_km, used))
    if variant.cost != "distance":
        if facts.cost_usd_per_t is None:
            text = "there is no cost of the network between the countries"
            raise OpenCorridorError([Problem("gravity_without_cost", text)])
        used &= np.isfinite(facts.cost_usd_per_t)
        names.append("log_network_cost")
        planes.append(_log(facts.cost_usd_per_t, used))
    border = facts.contiguous | facts.coast_contiguous if variant.coast else facts.contiguous
    names += ["contiguous", "common_language", "colony"]
    planes += [np.asarray(f, np.float64) for f in (border, facts.common_language, facts.colony)]
    if not variant.effects:
        known = np.isfinite(facts.gdp_usd_current)
        used &= known[:, None] & known[None, :]
        size_of = _log(facts.gdp_usd_current, known)
        names += ["log_gdp_exporter", "log_gdp_importer"]
        planes += [
            np.broadcast_to(size_of[:, None], size),
            np.broadcast_to(size_of[None, :], size),
        ]
    return tuple(names), planes, used


def _varying(
    names: tuple[str, ...], planes: list[Floats], used: Bools
) -> tuple[tuple[str, ...], list[Floats]]:
    """Return the variables without those that say nothing: flags that are nowhere set."""
    keep = [k for k, plane in enumerate(planes) if np.ptp(plane[used])]
    return tuple(names[k] for k in keep), [planes[k] for k in keep]


def _log(values: Floats, known: Bools) -> Floats:
    """Return logs around their mean, which keeps the normal equations well conditioned."""
    logs = np.log(np.where(known, values, 1.0))
    return np.asarray(np.where(known, logs - logs[known].mean(), 0.0))


@dataclass(frozen=True)
class Comparable:
    """Actual over expected trade of pairs whose expected trade is like that of a pair.

    ``quantiles`` are at 10, 25, 50, 75 and 90 %; ``pair_share`` is that of the pair itself, and
    ``rank_share`` the share of the pairs that stand below it.
    """

    pairs: int
    quantiles: tuple[float, ...]
    pair_share: float
    rank_share: float


def comparable(flows: Floats, expected: Floats, a: int, b: int, within: float = 3.0) -> Comparable:
    """Return where a pair stands among those whose expected trade is within a factor of its own.

    Both directions count together; the pair itself is not among them.
    """
    actual, usual = flows + flows.T, expected + expected.T
    rows, columns = np.triu_indices(len(flows), 1)
    own = usual[a, b]
    near = (usual[rows, columns] > own / within) & (usual[rows, columns] < own * within)
    near &= ~(np.isin(rows, (a, b)) & np.isin(columns, (a, b)))
    share = actual[rows[near], columns[near]] / usual[rows[near], columns[near]]
    mine = float(actual[a, b] / own) if own > 0 else float("nan")
    if not share.size:
        return Comparable(0, (float("nan"),) * len(_QUANTILES), mine, float("nan"))
    found = tuple(float(q) for q in np.quantile(share, _QUANTILES))
    return Comparable(int(near.sum()), found, mine, float((share < mine).mean()))
