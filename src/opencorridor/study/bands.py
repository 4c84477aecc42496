"""Uncertainty: every (value, low, high) of a study in use, and seeded draws from them.

A band is a triangular distribution with the value as its mode. One draw of a study replaces every
banded value by its quantile at a uniform number that depends on seed, draw, table, column and the
group of the row only: adding a table, or a row by a measure, shifts no other draw, and the draws do
not depend on who computes them.

Rows of a group share their uniform number: all years of one country's growth, all years of the
deflator, both directions of a border crossing, the capacity rows of one place. Shares that must
add up, and trade flows of one ``sum_group``, are scaled back to the sum that they had.

The uniform numbers come from the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable
pseudorandom number generators", OOPSLA 2014) applied to a hash of the group, keyed by two words
of ``numpy.random.SeedSequence(seed, spawn_key=(draw,))``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.study.schema import load_schema
from opencorridor.study.study import Study
from opencorridor.study.table import Array, Table

__all__ = ["Band", "Plan", "collapse", "draw", "in_use", "numbers_of", "plan", "quantile"]

Floats = npt.NDArray[np.float64]

# Observed numbers are compared with, not computed from: drawing them would move nothing.
NOT_DRAWN = ("corridor_indicator", "observation", "observation_match", "traffic", "trade_series")
# Columns whose values make one group that shares a draw ("": the whole table).
SHARED_DRAW: dict[str, tuple[str, ...]] = {
    "growth": ("country_id",),
    "deflator": (),
    "border_dwell": ("border_crossing_id",),
    "tariff_rail": ("country_id",),
    "capacity": ("place_kind", "place_ids"),
    "choice": ("choice_group",),
    "choice_constant": ("constant_group",),
}
# Columns whose values make one group that keeps its sum: (table, banded column).
KEPT_SUM: dict[tuple[str, str], tuple[str, ...]] = {
    ("trade_flow", "value_usd_current"): ("sum_group",),
    ("zone_share", "share"): ("country_id", "direction", "class_id"),
    ("concordance", "share"): ("sector_id", "exporter", "importer"),
}


def quantile(u: Array, low: Array, mode: Array, high: Array) -> Floats:
    """Return quantiles of triangular distributions, element by element.

    Parameters
    ----------
    u
        Probabilities in [0, 1].
    low, mode, high
        ``low <= mode <= high``. Where low equals high the mode is returned.
    """
    width = high - low
    fixed = width <= 0
    safe = np.where(fixed, 1.0, width)
    split = (mode - low) / safe
    rising = low + np.sqrt(np.maximum(u * safe * (mode - low), 0.0))
    falling = high - np.sqrt(np.maximum((1.0 - u) * safe * (high - mode), 0.0))
    drawn = np.where(u < split, rising, falling)
    # Rounding may step over an end by one unit in the last place.
    return np.where(fixed, mode, np.clip(drawn, low, high))


def _mix(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Finaliser of SplitMix64: a bijection of 64-bit words that scatters them."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: npt.NDArray[np.uint64] = x ^ (x >> np.uint64(31))
    return mixed


def _uniform(keys: npt.NDArray[np.uint64], words: npt.NDArray[np.uint64]) -> Floats:
    """Return one number in (0, 1) per key; ``words`` are the two words of the draw."""
    mixed = _mix(_mix(keys ^ words[0]) + words[1])
    return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def _key(*parts: str) -> int:
    text = "\x1f".join(parts).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """The uncertain values of one column.

    ``rows`` are row numbers of the table; ``low, mode, high`` and ``keys`` (of the streams) have
    one entry per such row. ``sum_rows, sum_group, sums`` say which rows of the table keep their
    sum: row numbers, group number of each, and the sum of each group.
    """

    table: str
    column: str
    rows: Array
    low: Floats
    mode: Floats
    high: Floats
    keys: npt.NDArray[np.uint64]
    sum_rows: Array
    sum_group: Array
    sums: Floats

    def values(self, original: Array, drawn: Floats) -> Floats:
        """Return the whole column with the drawn values of ``rows`` put in."""
        out = np.array(original, dtype=np.float64)
        out[self.rows] = drawn
        if self.sum_rows.size:
            part = out[self.sum_rows]
            sums = np.bincount(self.sum_group, part, self.sums.size)
            scale = np.divide(self.sums, sums, out=np.ones_like(sums), where=sums > 0)
            out[self.sum_rows] = part * scale[self.sum_group]
        return out


def numbers_of(values: Array) -> Floats:
    """Return a column as float64; text that is no number is NaN (``measure_edit.value``)."""
    if values.dtype == np.float64:
        return values
    out = np.full(len(values), np.nan)
    for i, cell in enumerate(values):
        try:
            out[i] = float(cell) if cell else np.nan
        except ValueError:
            continue
    return out


def _joined(table: Table, columns: Sequence[str]) -> list[str]:
    parts = [table[name].tolist() for name in columns]
    parts = [[f"{v:.17g}" if isinstance(v, float) else v for v in part] for part in parts]
    return ["\x1f".join(cells) for cells in zip(*parts, strict=True)] if parts else [""] * table.n


def _stream_names(table: Table) -> list[str]:
    if table.name in SHARED_DRAW:
        return _joined(table, SHARED_DRAW[table.name])
    return _joined(table, table.schema.key)


def _kept_sums(table: Table, column: str, rows: Array) -> tuple[Array, Array, Floats]:
    nothing = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    columns = KEPT_SUM.get((table.name, column))
    if columns is None:
        return nothing
    groups = np.array(_joined(table, columns), dtype=object)
    drawn = set(groups[rows].tolist())
    if table.name == "trade_flow":
        drawn.discard("")
    number = {name: k for k, name in enumerate(sorted(drawn))}
    if not number:
        return nothing
    code = np.array([number.get(name, -1) for name in groups.tolist()], dtype=np.int64)
    members = np.flatnonzero(code >= 0)
    sums: Floats = np.bincount(code[members], table[column][members], len(number)).astype(float)
    return members, code[members], sums


def _band(table: Table, column: str, low_name: str, high_name: str) -> Band | None:
    low, high = numbers_of(table[low_name]), numbers_of(table[high_name])
    if np.isnan(low).all() or np.isnan(high).all():
        return None
    mode = numbers_of(table[column])
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero((low < high) & (low <= mode) & (mode <= high))
    if not rows.size:
        return None
    names = _stream_names(table)
    keys = np.array([_key(table.name, column, names[i]) for i in rows.tolist()], dtype=np.uint64)
    kept = _kept_sums(table, column, rows)
    return Band(table.name, column, rows, low[rows], mode[rows], high[rows], keys, *kept)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All bands of one study, ready to draw from many times: make it with ``plan(study)``.

    ``keys, low, mode, high`` are those of all bands joined, so that one call draws them all.
    """

    study: Study
    bands: tuple[Band, ...]
    keys: npt.NDArray[np.uint64]
    low: Floats
    mode: Floats
    high: Floats

    def draw(self, seed: int, draw: int) -> Study:
        """Return the study of one draw: the same whatever the order or number of workers."""
        state = np.random.SeedSequence(seed, spawn_key=(draw,)).generate_state(2, np.uint64)
        drawn = quantile(
            _uniform(self.keys, state.astype(np.uint64)), self.low, self.mode, self.high
        )
        columns: dict[str, dict[str, Array]] = {}
        start = 0
        for band in self.bands:
            part = drawn[start : start + band.rows.size]
            start += band.rows.size
            original = self.study[band.table][band.column]
            if original.dtype == np.float64:
                values: Array = band.values(original, part)
            else:
                values = original.copy()
                values[band.rows] = [repr(v) for v in part.tolist()]
            columns.setdefault(band.table, {})[band.column] = values
        tables = {name: self.study[name].with_columns(new) for name, new in columns.items()}
        return self.study.replace(tables)


def plan(study: Study) -> Plan:
    """Gather every band of a study: rows with low < high around the value; blank means fixed."""
    found: list[Band] = []
    for name, schema in load_schema().items():
        table = study[name]
        if table.n and name not in NOT_DRAWN:
            bands = (_band(table, *columns) for columns in schema.bands)
            found += [band for band in bands if band is not None]
    none = np.zeros(0)
    return Plan(
        study,
        tuple(found),
        np.concatenate([np.zeros(0, np.uint64), *(band.keys for band in found)]).astype(np.uint64),
        np.concatenate([none, *(band.low for band in found)]),
        np.concatenate([none, *(band.mode for band in found)]),
        np.concatenate([none, *(band.high for band in found)]),
    )


def draw(study: Study, seed: int, draw: int) -> Study:
    """Return draw number ``draw`` of a study. For many draws make a ``plan`` once."""
    return plan(study).draw(seed, draw)


def collapse(study: Study) -> Study:
    """Return the study with low = high = value wherever both ends of a band are filled."""
    tables: dict[str, Table] = {}
    for name, schema in load_schema().items():
        table = study[name]
        new: dict[str, Array] = {}
        for column, low, high in schema.bands if table.n else []:
            mode = numbers_of(table[column])
            filled = ~np.isnan(table[low]) & ~np.isnan(table[high]) & ~np.isnan(mode)
            new[low] = np.where(filled, mode, table[low])
            new[high] = np.where(filled, mode, table[high])
        if new:
            tables[name] = table.with_columns(new)
    return study.replace(tables)


def in_use(study: Study) -> list[tuple[str, str, int]]:
    """List the bands in use as (table, column, number of rows)."""
    return [(band.table, band.column, band.rows.size) for band in plan(study).bands]
