"""Trade facilitation indicators that CPMM observed, to stand beside those of a route."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from opencorridor.study import Study

__all__ = ["observed_rows"]

_DOLLARS = ("tfi2_usd", "tfi3_usd")


def _index(study: Study) -> dict[int, float]:
    """Return the price index by year: current dollars per dollar of the price year."""
    table = study["deflator"]
    return dict(zip(table["year"].astype(int).tolist(), table["price_index"].tolist(), strict=True))


def observed_rows(study: Study, passed: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the latest observed value of every indicator for the modes and countries passed.

    Parameters
    ----------
    passed
        Pairs of mode and country id; of each mode the values of all corridors, which have no
        country, are returned too.

    Returns
    -------
    list of dict
        ``value`` in dollars of the study's price year where it is money, ``printed`` as on the
        page. Without a deflator of its year a number is left out.
    """
    table, index = study["corridor_indicator"], _index(study)
    modes = {mode for mode, _ in passed}
    latest: dict[tuple[str, str, str], int] = {}
    for row in np.argsort(table["year"], kind="stable").tolist():
        mode, country = str(table["mode"][row]), str(table["country_id"][row])
        if (mode, country) in passed or (not country and mode in modes):
            latest[mode, country, str(table["indicator"][row])] = row
    found = []
    for (mode, country, indicator), row in latest.items():
        year, printed = int(table["year"][row]), float(table["value"][row])
        if indicator in _DOLLARS and year not in index:
            continue
        value = printed / index[year] if indicator in _DOLLARS else printed
        found.append(
            {
                "indicator": indicator,
                "mode": mode,
                "country_id": country or None,
                "year": year,
                "value": round(value, 4),
                "printed": printed,
                "row": row,
                "status": str(table["status"][row]),
            }
        )
    return sorted(found, key=lambda r: (r["mode"], r["country_id"] or "", r["indicator"]))
