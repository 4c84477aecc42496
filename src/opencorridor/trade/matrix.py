"""From the tables of a study to the world matrix of trade, sales at home included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.study.check.registry import at
from opencorridor.study.errors import Problem, raise_if, suggest
from opencorridor.study.study import Study

__all__ = ["DomesticNote", "TradeMatrix", "domestic", "elasticities", "matrix"]

Floats = npt.NDArray[np.float64]

FLOOR = "domestic_floor_share"


@dataclass(frozen=True)
class DomesticNote:
    """A domestic flow that output does not give, so that the floor share stands in (assumed).

    ``reason`` is ``floor`` (exports come near output or exceed it, as with re-exports) or
    ``no_output_row``.
    """

    country: str
    sector: str
    reason: str
    gross_output_usd_current: float
    exports_usd_current: float
    domestic_usd_current: float


@dataclass(frozen=True, eq=False)
class TradeMatrix:
    """Flows between and within countries in the year of the baseline.

    Attributes
    ----------
    countries, sectors
        Names along the axes.
    flows
        Current US$ of ``year``, ``[S, N, N]``: sector, exporter, importer; read-only.
    year
        Year of the flows.
    notes
        Domestic flows that rest on the floor share.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: Floats
    year: int
    notes: tuple[DomesticNote, ...] = ()

    def index(self, country: str) -> int:
        """Return the position of a country, or raise with near names."""
        if country not in self.countries:
            raise_if(
                [
                    Problem(
                        "unknown_label",
                        f"{country} is not in the trade matrix",
                        value=country,
                        mend=suggest(country, self.countries),
                    )
                ]
            )
        return self.countries.index(country)

    def pair_usd_current(self, a: str, b: str) -> float:
        """Return the trade of two countries, both directions and all sectors."""
        i, j = self.index(a), self.index(b)
        return float(self.flows[:, i, j].sum() + self.flows[:, j, i].sum())


def domestic(output: Floats, exports: Floats, floor_share: float) -> Floats:
    """Return domestic flows: output less exports, at least a floor share of output.

    Where exports ``x`` come too near output or exceed it (re-exports), domestic flow is
    ``f / (1 - f) * x``, the share ``f`` of an output mended to ``x / (1 - f)``. NaN output (no
    row) gives the same.

    Parameters
    ----------
    output, exports
        Same unit and shape.
    floor_share
        Least share of output sold at home, in [0, 1).
    """
    if not 0.0 <= floor_share < 1.0:
        raise_if(
            [
                Problem(
                    "out_of_range",
                    f"the floor share is {floor_share:g}",
                    table="parameter",
                    column=FLOOR,
                    value=str(floor_share),
                    expected="0 or more, less than 1",
                )
            ]
        )
    return np.maximum(
        np.nan_to_num(output, nan=0.0) - exports, floor_share / (1 - floor_share) * exports
    )


def matrix(study: Study) -> TradeMatrix:
    """Return the trade matrix of a study: its flows as they stand, output less exports at home.

    Countries are those with trade or output, in the order of table ``country``; sectors in that of
    table ``sector``.

    Raises
    ------
    OpenCorridorError
        With every row that names an unknown country or sector, stands twice, runs from a country
        to itself or holds no amount, and every country that buys but neither produces nor exports.
    """
    flow, output = study["trade_flow"], study["output"]
    used = {*flow["exporter"].tolist(), *flow["importer"].tolist(), *output["country_id"].tolist()}
    countries = tuple(c for c in study["country"]["country_id"] if c in used)
    sectors = tuple(study["sector"]["sector_id"])
    problems = [
        *_unknown(study, "trade_flow", "exporter", countries, "country"),
        *_unknown(study, "trade_flow", "importer", countries, "country"),
        *_unknown(study, "trade_flow", "sector_id", sectors, "sector"),
        *_unknown(study, "output", "country_id", countries, "country"),
        *_unknown(study, "output", "sector_id", sectors, "sector"),
        *_amounts(study, "trade_flow", "value_usd_current"),
        *_amounts(study, "output", "gross_output_usd_current"),
        *_twice(study, "trade_flow", ("exporter", "importer", "sector_id")),
        *_twice(study, "output", ("country_id", "sector_id")),
        *_selves(study),
    ]
    raise_if(problems)
    flows = np.zeros((len(sectors), len(countries), len(countries)))
    sector_of = {name: s for s, name in enumerate(sectors)}
    country_of = {name: i for i, name in enumerate(countries)}
    where = (
        _positions(flow["sector_id"], sector_of),
        _positions(flow["exporter"], country_of),
        _positions(flow["importer"], country_of),
    )
    flows[where] = flow["value_usd_current"]
    made = np.full((len(sectors), len(countries)), np.nan)
    made[
        _positions(output["sector_id"], sector_of), _positions(output["country_id"], country_of)
    ] = output["gross_output_usd_current"]
    exports = flows.sum(axis=2)
    home = domestic(made, exports, _parameter(study, FLOOR))
    diagonal = np.arange(len(countries))
    flows[:, diagonal, diagonal] = home
    raise_if(_idle(flows, countries))
    flows.flags.writeable = False
    notes = _notes(countries, sectors, made, exports, home)
    return TradeMatrix(countries, sectors, flows, study.settings.baseline_year, notes)


def elasticities(study: Study, sectors: tuple[str, ...] | None = None) -> Floats:
    """Return the trade elasticity of each sector ``[S]``, or raise with the missing ones."""
    sectors = tuple(study["sector"]["sector_id"]) if sectors is None else sectors
    table = study["elasticity"]
    theta = dict(zip(table["sector_id"], table["theta"], strict=True))
    raise_if(
        Problem(
            "sector_without_elasticity",
            f"sector {sector} has no trade elasticity",
            table="elasticity",
            column="sector_id",
            value=sector,
            expected="one row per sector",
        )
        for sector in sectors
        if sector not in theta
    )
    return np.array([theta[sector] for sector in sectors], dtype=np.float64)


def _positions(names: npt.NDArray[np.object_], places: dict[str, int]) -> npt.NDArray[np.intp]:
    return np.fromiter(map(places.__getitem__, names.tolist()), dtype=np.intp, count=len(names))


def _parameter(study: Study, name: str) -> float:
    table = study["parameter"]
    found = table["value"][table["parameter_id"] == name]
    if len(found) != 1:
        raise_if(
            [
                Problem(
                    "missing_parameter",
                    f"the parameter {name} stands {len(found)} times",
                    table="parameter",
                    column="parameter_id",
                    value=name,
                    expected="once",
                )
            ]
        )
    return float(found[0])


def _unknown(
    study: Study, table: str, column: str, known: tuple[str, ...], word: str
) -> list[Problem]:
    """Return each unknown id once, at the first row that names it."""
    cells = study[table][column].tolist()
    missing = set(cells) - set(known)
    first = {name: cells.index(name) for name in missing}
    message = f"there is no {word} {{}}".format
    expected = f"an id of table {word}"
    return [
        at(study, "unknown_reference", message(name), table, i, column, expected)
        for name, i in sorted(first.items(), key=lambda item: item[1])
    ]


def _amounts(study: Study, table: str, column: str) -> list[Problem]:
    values = study[table][column]
    message = "this is no amount of money"
    return [
        at(study, "trade_amount", message, table, int(i), column, "0 or more")
        for i in np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    ]


def _twice(study: Study, table: str, key: tuple[str, ...]) -> list[Problem]:
    seen: dict[tuple[str, ...], int] = {}
    problems: list[Problem] = []
    keys = list(zip(*(study[table][column].tolist() for column in key), strict=True))
    if len(set(keys)) == len(keys):
        return problems
    for i, names in enumerate(keys):
        if seen.setdefault(names, i) != i:
            text = f"{', '.join(names)} stands twice"
            problems.append(at(study, "duplicate_key", text, table, i, key[0], "each key once"))
    return problems


def _selves(study: Study) -> list[Problem]:
    flow = study["trade_flow"]
    message = "exporter and importer are the same"
    return [
        at(
            study,
            "domestic_in_trade_flow",
            message,
            "trade_flow",
            int(i),
            "importer",
            "another country",
            "use table output",
        )
        for i in np.flatnonzero(flow["exporter"] == flow["importer"])
    ]


def _idle(flows: Floats, countries: tuple[str, ...]) -> list[Problem]:
    return [
        Problem(
            "trade_country_without_output",
            f"{countries[i]} buys but neither produces nor exports anything",
            table="output",
            column="country_id",
            value=countries[i],
            expected="output or exports in at least one sector",
            mend="give its output or merge it into a neighbour",
        )
        for i in np.flatnonzero(flows.sum(axis=(0, 2)) <= 0)
    ]


def _notes(
    countries: tuple[str, ...],
    sectors: tuple[str, ...],
    made: Floats,
    exports: Floats,
    home: Floats,
) -> tuple[DomesticNote, ...]:
    missing = np.isnan(made)
    floored = (exports > 0) & (missing | (home > np.nan_to_num(made) - exports))
    return tuple(
        DomesticNote(
            countries[i],
            sectors[s],
            "no_output_row" if missing[s, i] else "floor",
            float(made[s, i]),
            float(exports[s, i]),
            float(home[s, i]),
        )
        for s, i in np.argwhere(floored)
    )
