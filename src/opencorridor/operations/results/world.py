"""What the plan does to the world: winners and losers, created and diverted trade."""

from __future__ import annotations

from typing import Any

import numpy as np

from opencorridor.operations.results.solve import Solved

__all__ = ["tonnes_rows", "winner_rows"]

Row = dict[str, Any]


def winner_rows(solved: Solved, each: int = 10) -> list[Row]:
    """Countries that gain and lose most trade by the new measures, target year."""
    model = solved.model
    year = solved.target_year
    before, after = solved.without[year], solved.plan[year]
    change = (after.flows - before.flows).sum(axis=0)
    np.fill_diagonal(change, 0.0)
    with_pair = change[:, model.pair].sum(axis=1) + change[model.pair, :].sum(axis=0)
    total = change.sum(axis=1) + change.sum(axis=0)
    welfare = after.welfare_hat / before.welfare_hat - 1.0
    order = np.argsort(-total, kind="stable")
    chosen = [*order[:each], *order[-each:]]
    names = dict(
        zip(solved.study["country"]["country_id"], solved.study["country"]["name_en"], strict=True)
    )
    return [
        {
            "country": model.countries[n],
            "name": names.get(model.countries[n], model.countries[n]),
            "trade_change_usd": float(total[n]),
            "welfare_change_share": float(welfare[n]),
            "created_usd": float(max(with_pair[n], 0.0)),
            "diverted_usd": float(min(with_pair[n], 0.0)),
            "status": "derived",
        }
        for n in dict.fromkeys(chosen)
    ]  # fmt: skip


def tonnes_rows(solved: Solved, years: int = 2, most: int = 12) -> list[Row]:
    """Tonnes that the pair's trade implies beside what customs and carriers report.

    Reports of the baseline year and of ``years`` before and after, the largest first.
    """
    model, series = solved.model, solved.study["trade_series"]
    a, b = (model.countries[n] for n in model.pair)
    centre = solved.study.settings.baseline_year
    values = model.cell_values(model.flows)
    tonnes = (solved.base.prices.tonnes_per_usd * values).sum(axis=1)
    rows: list[Row] = []
    for first, second in ((a, b), (b, a)):
        i, j = model.countries.index(first), model.countries.index(second)
        cells = (model.cells.exporter == i) & (model.cells.importer == j)
        implied = float(tonnes[cells].sum())
        found = np.flatnonzero(
            (series["exporter"] == first)
            & (series["importer"] == second)
            & np.isfinite(series["tonnes"])
            & (np.abs(series["year"] - centre) <= years)
        )
        for r in found[np.argsort(-series["tonnes"][found], kind="stable")][:most]:
            rows.append(
                {
                    "direction": f"{first} to {second}",
                    "implied_t": implied,
                    "reference_t": float(series["tonnes"][r]),
                    "year": int(series["year"][r]),
                    "note": f"{series['product'][r]}, {series['period'][r]}",
                    "reporter": series["reporter"][r],
                    "source": series["source"][r],
                    "status": series["status"][r],
                }
            )
        if not found.size:
            rows.append(
                {"direction": f"{first} to {second}", "implied_t": implied, "status": "derived"}
            )
    return rows
