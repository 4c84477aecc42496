"""The world matrix of a study with what gravity expects of every pair: made once per session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.operations.workbench.places import names_of, traded_countries
from opencorridor.scenario.model import parameters
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.cache import code_version, load_arrays, save_arrays
from opencorridor.study.errors import suggest
from opencorridor.trade import (
    TradeMatrix,
    World,
    deflator,
    elasticities,
    grow,
    growth_index,
    matrix,
    to_constant,
    to_current,
    world,
)
from opencorridor.trade.gravity import (
    HEADLINE,
    VARIANTS,
    Estimate,
    PairFacts,
    Variant,
    estimate,
    pair_facts,
)
from opencorridor.trade.size_only import SizeOnly, by_size

if TYPE_CHECKING:
    from opencorridor.operations.workbench.session import Session

__all__ = [
    "TradeWorld",
    "country_of",
    "last_year",
    "pair_flows",
    "pair_of",
    "pair_path",
    "trade_world",
    "world_of_year",
]

Floats = npt.NDArray[np.float64]

_COST = "country-cost"
_EXPECTED = "expected-trade"
_LISTED = 30


@dataclass(frozen=True, eq=False)
class TradeWorld:
    """One study's matrix in current US$ of its year, and estimates on it, made when asked for."""

    study: Study
    matrix: TradeMatrix

    @cached_property
    def facts(self) -> PairFacts:
        """Distances, borders, GDP and network costs of all pairs."""
        m = self.matrix
        return pair_facts(self.study, m.countries, m.year, _network_cost(self.study, m.countries))

    @cached_property
    def total(self) -> Floats:
        """Trade between countries over all sectors ``[N, N]``."""
        return np.asarray(self.matrix.flows.sum(axis=0))

    @property
    def estimated(self) -> bool:
        """Whether gravity is estimated: without distances between countries only size counts."""
        return bool(self.study["pair_fact"].n)

    @cached_property
    def variants(self) -> dict[Variant, Estimate]:
        """Every variant, and the one with distance and cost together, on trade of all sectors."""
        if not self.estimated:
            return {}
        wanted = (*VARIANTS, Variant(HEADLINE.effects, HEADLINE.coast, "both"))
        return {variant: estimate(self.total, self.facts, variant) for variant in wanted}

    @cached_property
    def by_sector(self) -> tuple[Estimate | SizeOnly, ...]:
        """The headline variant on every sector, or what size alone says."""
        if not self.estimated:
            return tuple(by_size(flow) for flow in self.matrix.flows)
        return tuple(estimate(flow, self.facts, HEADLINE) for flow in self.matrix.flows)

    @cached_property
    def expected(self) -> Floats:
        """Expected trade ``[S, N, N]``, sector by sector; kept in the cache."""
        key = f"{_EXPECTED}-{code_version()}"
        kept = load_arrays(self.study.hash, key)
        if kept is not None:
            return np.asarray(kept["expected"])
        found = np.stack([found.expected for found in self.by_sector])
        save_arrays(self.study.hash, key, {"expected": found})
        return found

    @cached_property
    def cost_beyond(self) -> Floats:
        """Log cost of the network beyond what distance, ties and both countries say ``[N, N]``."""
        if not self.estimated:
            return np.full(self.total.shape, np.nan)
        return self.variants[Variant(HEADLINE.effects, HEADLINE.coast, "both")].beyond(
            "log_network_cost"
        )

    @cached_property
    def economy(self) -> World:
        """The world ready for equilibria."""
        return world(self.matrix, elasticities(self.study, self.matrix.sectors))


def _network_cost(study: Study, countries: tuple[str, ...]) -> Floats:
    """Return the generalised cost between countries, US$/t, of the study's usual cargo.

    A mean over zones by their weight in the trade of both countries; NaN where no way joins them.
    Kept in the cache: the skim behind it takes seconds.
    """
    key = f"{_COST}-{code_version()}"
    found = load_arrays(study.hash, key)
    if found is None:
        from opencorridor.routing.api import skims

        data = skims(study, by="country", allow_disconnected=True)
        wanted = list(countries)
        cost = data["gc_usd_per_t"].sel(origin=wanted, destination=wanted).values
        save_arrays(study.hash, key, {"cost": cost})
        return np.asarray(cost)
    return np.asarray(found["cost"])


def trade_world(session: Session) -> TradeWorld:
    """Return the trade world of a session, made by whoever asks first."""
    made: TradeWorld = session.kept("trade world", 1).get(
        "", lambda: TradeWorld(session.study, matrix(session.study))
    )
    return made


def country_of(study: Study, text: str, field: str) -> str:
    """Return the id of a country of the trade matrix by id or name, in any language.

    Raises
    ------
    OpenCorridorError
        ``unknown_country`` at ``field``, with the nearest names.
    """
    table = study["country"]
    word = text.strip().casefold()
    for row, country in enumerate(table["country_id"]):
        names = (country, *names_of(table, row).values())
        if word in {name.casefold() for name in names}:
            return str(country)
    known = [*table["country_id"].tolist(), *table["name_en"].tolist()]
    raise OpenCorridorError(
        [
            Problem(
                "unknown_country",
                f"there is no country {text}",
                column=field,
                value=text,
                expected="a code such as those of table country, or a name",
                mend=suggest(text, known),
            )
        ]
    )


def pair_of(study: Study, pair: tuple[str, str], fields: tuple[str, str]) -> tuple[str, str]:
    """Return the ids of two different countries of the matrix, or raise with every problem."""
    problems: list[Problem] = []
    found: list[str] = []
    traded = traded_countries(study)
    for text, field in zip(pair, fields, strict=True):
        try:
            country = country_of(study, text, field)
        except OpenCorridorError as error:
            problems += [replace(p, expected=_askable(study, traded)) for p in error.problems]
            continue
        if country not in traded:
            problems.append(_not_traded(study, country, traded, field))
        found.append(country)
    if not problems and found[0] == found[1]:
        message = "the two countries are the same"
        problems.append(Problem("trade_pair", message, column=fields[1], value=pair[1]))
    if problems:
        raise OpenCorridorError(problems)
    return found[0], found[1]


def _askable(study: Study, traded: set[str]) -> str:
    """Return in words which countries can be asked: by name where they are few."""
    if len(traded) > _LISTED:
        return f"one of the {len(traded)} countries of table trade_flow"
    table = study["country"]
    names = [n for c, n in zip(table["country_id"], table["name_en"], strict=True) if c in traded]
    return f"one of the countries of table trade_flow: {', '.join(sorted(names))}"


def _not_traded(study: Study, country: str, traded: set[str], field: str) -> Problem:
    table = study["country"]
    row = table["country_id"].tolist().index(country)
    name = str(table["name_en"][row])
    return Problem(
        "country_without_trade",
        f"{name} has no row in the study's trade, so it cannot be asked",
        table="trade_flow",
        column=field,
        value=country,
        expected=_askable(study, traded),
        mend="choose another country, or add its flows to trade_flow",
    )


def last_year(study: Study) -> int:
    """Return the last year with a path of growth."""
    years = study["growth"]["year"]
    return int(years.max()) if years.size else study.settings.baseline_year


def world_of_year(session: Session, year: int | None) -> World:
    """Return the world before any lever in current US$ of a year, kept; None: the baseline's."""
    if year is None or year == session.study.settings.baseline_year:
        return trade_world(session).economy
    found: World = session.kept("grown world", 2).get(year, lambda: _grown(session, year))
    return found


def _grown(session: Session, year: int) -> World:
    """Return the matrix grown with the economies of both ends to a year."""
    made, study = trade_world(session), session.study
    m, prices = made.matrix, deflator(study)
    growth = growth_index(study, year, m.countries)
    elasticity = parameters(study).get("growth_elasticity", 1.0)
    flows = grow(to_constant(m.flows, m.year, prices), growth.index, elasticity).flows
    now = replace(m, flows=to_current(flows, year, prices), year=year)
    return world(now, elasticities(study, m.sectors))


def pair_flows(values: Floats, at: tuple[int, int]) -> Floats:
    """Return cells of a pair ``[S, 2]`` (a to b, b to a) out of ``[S, N, N]``."""
    i, j = at
    return np.stack([values[:, i, j], values[:, j, i]], axis=1)


def pair_path(session: Session, at: tuple[int, int], year: int) -> tuple[Floats, Floats]:
    """Return the pair's flows of a year before any lever and their import shares, kept."""

    def make() -> tuple[Floats, Floats]:
        economy = world_of_year(session, year)
        return pair_flows(economy.flows, at), pair_flows(economy.base.share, at)

    found: tuple[Floats, Floats] = session.kept("pair path", 60).get((at, year), make)
    return found
