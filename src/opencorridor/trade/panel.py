"""Rows of bilateral trade made ready for an estimate: effects, and which rows cannot be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import Problem, raise_if, suggest
from opencorridor.trade.kernels import separation

__all__ = ["EFFECTS", "REASONS", "Panel", "levels", "panel", "trim"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

EFFECTS: Mapping[str, tuple[str, ...]] = {
    "exporter": ("exporter",),
    "importer": ("importer",),
    "year": ("year",),
    "exporter-year": ("exporter", "year"),
    "importer-year": ("importer", "year"),
    "pair": ("exporter", "importer"),
    "symmetric-pair": ("exporter", "importer"),
}
"""Effects, and groups to cluster by, with the columns that make them; any column is one too."""

REASONS: Mapping[str, str] = {
    "missing": "a value is missing",
    "zero": "trade is 0, which has no logarithm",
    "effects": "separated: all trade of an effect is 0",
    "regressors": "separated: regressors and effects predict no trade at all",
    "singleton": "the only row of an effect",
}
"""Why a row is not used, in the order in which rows are left out."""

_SHOWN = 10


@dataclass(frozen=True, eq=False)
class Panel:
    """Rows of trade with their regressors and effects.

    Attributes
    ----------
    trade
        Trade ``[n]``, in any unit; its logarithm is not taken here.
    x
        Regressors ``[n, k]``.
    names
        Names of the regressors.
    effects
        Levels ``[n, m]`` of the effects called ``effect_names``, counted from 0.
    exporter, importer, year
        Country and year of each row as numbers; country numbers are common to both ends.
    countries, years
        Their names.
    groups
        Level ``[n]`` to cluster standard errors by, or None.
    dropped
        Reason of every row left out, "" where it is used ``[n]``.
    columns
        Values ``[n]`` of the effects that are columns of the table, by name.
    """

    trade: Floats
    x: Floats
    names: tuple[str, ...]
    effects: Ints
    effect_names: tuple[str, ...]
    exporter: Ints
    importer: Ints
    year: Ints
    countries: tuple[str, ...]
    years: tuple[str, ...]
    groups: Ints | None
    dropped: npt.NDArray[np.str_]
    columns: Mapping[str, Any]

    @property
    def keep(self) -> Bools:
        """Rows to use ``[n]``."""
        kept: Bools = self.dropped == ""
        return kept

    def counts(self) -> dict[str, int]:
        """Return the number of rows left out by reason, those with none omitted."""
        found = {reason: int((self.dropped == reason).sum()) for reason in REASONS}
        return {reason: count for reason, count in found.items() if count}

    def level_names(self, effect: str, rows: Ints) -> list[tuple[str, ...]]:
        """Return the names that an effect's level has on some rows; years where there are any."""
        if effect not in EFFECTS:
            return [(str(value),) for value in np.asarray(self.columns[effect])[rows]]
        parts = {
            "exporter": [self.countries[k] for k in self.exporter[rows]],
            "importer": [self.countries[k] for k in self.importer[rows]],
            "year": [self.years[k] for k in self.year[rows]],
        }
        wanted = [parts[part] for part in EFFECTS[effect] if part != "year" or self.years != ("",)]
        names: list[tuple[str, ...]] = list(zip(*wanted, strict=True)) or [()] * len(rows)
        if effect == "symmetric-pair":
            names = [tuple(sorted(name)) for name in names]
        return names

    def connected_groups(self) -> int:
        """Return how many groups of countries never trade with each other, in the rows used."""
        from scipy import sparse
        from scipy.sparse.csgraph import connected_components

        use = self.keep & (self.trade > 0)
        n = len(self.countries)
        links = sparse.coo_array(
            (np.ones(int(use.sum())), (self.exporter[use], self.importer[use])), shape=(n, n)
        )
        present = np.zeros(n, dtype=np.bool_)
        present[self.exporter[self.keep]] = present[self.importer[self.keep]] = True
        _, label = connected_components(links, directed=False)
        return len(np.unique(label[present]))


def levels(*codes: Ints) -> Ints:
    """Return one number per distinct combination of codes, counted from 0 as they come."""
    import pandas as pd

    joint = codes[0].astype(np.int64)
    for code in codes[1:]:
        joint = joint * (int(code.max(initial=0)) + 1) + code
    return np.asarray(pd.factorize(joint)[0], dtype=np.intp)


def _effect(name: str, columns: Mapping[str, Any], known: Mapping[str, Ints]) -> Ints:
    """Return the levels of an effect by name; other names are columns of the table."""
    import pandas as pd

    if name == "symmetric-pair":
        ends = known["exporter"], known["importer"]
        return levels(np.minimum(*ends), np.maximum(*ends))
    if name in EFFECTS:
        return levels(*(known[part] for part in EFFECTS[name]))
    return np.asarray(pd.factorize(np.asarray(columns[name]))[0], dtype=np.intp)


def _wanted_columns(
    columns: Mapping[str, Any], numbers: Sequence[str], ids: Sequence[str], effects: Sequence[str]
) -> list[Problem]:
    there = [str(name) for name in columns]
    problems = []
    for name in (*numbers, *ids):
        if name not in columns:
            mend = suggest(name, there) or f"the columns are {', '.join(there[:12])}"
            problems.append(
                Problem("missing_column", f"there is no column {name}", column=name, mend=mend)
            )
    for name in effects:
        if name not in EFFECTS and name not in columns:
            known = ", ".join(EFFECTS)
            mend = suggest(name, [*EFFECTS, *there])
            text = f"there is no effect {name}"
            problems.append(
                Problem("unknown_effect", text, value=name, expected=f"{known}, or a column",
                        mend=mend)
            )  # fmt: skip
    return problems


def _bad_numbers(values: Floats, name: str, trade: bool, file: str) -> list[Problem]:
    bad = np.isinf(values) | ((values < 0) if trade else False)
    rows = np.flatnonzero(bad)
    code = "negative_value" if trade else "infinite_value"
    found = [
        Problem(
            code, f"{name} is {values[i]:g}", "", file, int(i) + 2, name, f"{values[i]:g}",
            "0 or more" if trade else "a number", "correct the row, or leave it out",
        )
        for i in rows[:_SHOWN]
    ]  # fmt: skip
    if len(rows) > _SHOWN:
        more = f"{len(rows) - _SHOWN} more such cells"
        found.append(Problem(code, more, "", file, None, name))
    return found


def panel(
    columns: Mapping[str, Any],
    regressors: Sequence[str],
    effects: Sequence[str] = (),
    *,
    trade: str = "trade",
    exporter: str = "exporter",
    importer: str = "importer",
    year: str | None = None,
    cluster: str | None = None,
    file: str = "",
) -> Panel:
    """Return the rows of a table as a panel; rows with a missing value are marked so.

    Parameters
    ----------
    columns
        Arrays of one length by name (a DataFrame, or ``FlowTable.columns``).
    regressors
        Columns of numbers.
    effects
        Names in :data:`EFFECTS`, or columns.
    trade, exporter, importer, year
        Names of the columns; without a year all rows are of one.
    cluster
        What to cluster by: a name as in ``effects``, or None.
    file
        Name of the file, for messages.

    Raises
    ------
    OpenCorridorError
        With every unknown column or effect, negative trade, infinite number.
    """
    import pandas as pd

    ids = [exporter, importer, *([year] if year else [])]
    asked = [*effects, *([cluster] if cluster else [])]
    raise_if(_wanted_columns(columns, [trade, *regressors], ids, asked))
    y = np.array(columns[trade], dtype=np.float64)
    x = np.empty((len(y), len(regressors)))
    problems = _bad_numbers(y, trade, True, file)
    for k, name in enumerate(regressors):
        x[:, k] = np.asarray(columns[name], dtype=np.float64)
        problems += _bad_numbers(x[:, k], name, False, file)
    raise_if(problems)
    if not len(y):
        raise_if([Problem("no_rows", "there are no rows", file=file)])
    ends = [np.asarray(columns[name]).astype(object) for name in (exporter, importer)]
    code, countries = pd.factorize(np.concatenate(ends))
    when = pd.factorize(np.asarray(columns[year])) if year else (np.zeros(len(y)), [""])
    known = {
        "exporter": code[: len(y)].astype(np.intp),
        "importer": code[len(y) :].astype(np.intp),
        "year": np.asarray(when[0], dtype=np.intp),
    }
    made = [_effect(name, columns, known) for name in effects]
    dropped = np.where(np.isfinite(y) & np.isfinite(x).all(axis=1), "", "missing").astype("<U10")
    return Panel(
        trade=y,
        x=x,
        names=tuple(regressors),
        effects=np.stack(made, axis=1) if made else np.empty((len(y), 0), dtype=np.intp),
        effect_names=tuple(effects),
        exporter=known["exporter"],
        importer=known["importer"],
        year=known["year"],
        countries=tuple(map(str, countries)),
        years=tuple(map(str, when[1])),
        groups=_effect(cluster, columns, known) if cluster else None,
        dropped=dropped,
        columns={name: columns[name] for name in effects if name not in EFFECTS},
    )


def trim(data: Panel, poisson: bool, keep_singletons: bool = False) -> Panel:
    """Return the panel with the reason of every row that no estimate can use.

    Poisson: rows separated by effects, then by regressors; logarithms: rows without trade. Then
    rows that are alone in an effect. All again until nothing more falls out.
    """
    dropped = data.dropped.copy()
    if not poisson:
        dropped[(dropped == "") & (data.trade <= 0)] = "zero"
    checked = False
    while True:
        before = int((dropped != "").sum())
        if poisson:
            _mark(dropped, separation.separated_by_effects, data.trade, data.effects, "effects")
        if not keep_singletons:
            alone = separation.singletons(data.effects, dropped == "")
            dropped[alone] = "singleton"
        if int((dropped != "").sum()) != before:
            continue
        if not poisson or checked:
            break
        _mark_regressors(dropped, data)
        checked = True
    return replace(data, dropped=dropped)


def _mark(dropped: Any, found: Any, trade: Floats, effects: Ints, reason: str) -> None:
    while (out := found(trade, effects, dropped == "")).any():
        dropped[out] = reason


def _mark_regressors(dropped: Any, data: Panel) -> None:
    keep = np.flatnonzero(dropped == "")
    x = data.x[keep]
    if not data.effects.shape[1]:
        x = np.column_stack((x, np.ones(len(x))))
    out = separation.separated_by_rectifier(data.trade[keep], x, data.effects[keep])
    dropped[keep[out]] = "regressors"
