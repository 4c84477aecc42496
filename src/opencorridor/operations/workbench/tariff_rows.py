"""Tariffs of one sector where the study has one rate for all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from opencorridor.study import Table
from opencorridor.study.edits import matching_rows, parse_key

__all__ = ["by_sector"]


def by_sector(tables: Mapping[str, Table], key: str) -> Table:
    """Return the tariffs with a row per sector where a key names a sector of a rate for all.

    The rows that the key otherwise means are split only where none has that sector already: what
    is charged stays the same, sector by sector.
    """
    table = tables["tariff"]
    try:
        named = parse_key(key)
        sectors = named.pop("sector_id", [])
        if not sectors or matching_rows(table, key).any():
            return table
        rest = ";".join(f"{name}={','.join(values)}" for name, values in named.items())
        whole = matching_rows(table, rest) & (table["sector_id"] == "")
    except (KeyError, ValueError):
        return table  # what is wrong with the key is told by whoever reads it next
    known = [str(s) for s in tables["sector"]["sector_id"]]
    if not whole.any() or not set(sectors) <= set(known):
        return table
    rows = [
        {**table.row(int(r)), "sector_id": s, "tariff_id": f"{table['tariff_id'][r]}:{s}"}
        for r in np.flatnonzero(whole)
        for s in known
    ]
    return table.where(~whole).concat(rows)
