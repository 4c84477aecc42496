"""Made-up panels of trade for the tests of estimates."""

from __future__ import annotations

from typing import Any

import numpy as np

Table = dict[str, Any]


def made_panel(
    countries: int = 8, years: int = 4, seed: int = 3, home: bool = False, noise: float = 0.5,
    beta: float = 0.6,
) -> Table:  # fmt: skip
    """Return trade with effects of country and year and of pair, and an agreement by pair, year."""
    rng = np.random.default_rng(seed)
    out, into = rng.normal(0, 0.5, (2, countries, years))
    pair = rng.normal(0, 0.5, (countries, countries))
    names = [f"C{i:02d}" for i in range(countries)]
    table: Table = {key: [] for key in ("exporter", "importer", "year", "trade", "rta", "dist")}
    starts = rng.integers(0, years + 2, (countries, countries))
    dist = rng.uniform(0.5, 3, (countries, countries))
    for i in range(countries):
        for j in range(countries):
            for t in range(years):
                if i == j and not home:
                    continue
                rta = float(t >= starts[min(i, j), max(i, j)] and i != j)
                log = out[i, t] + into[j, t] + pair[i, j] + beta * rta - dist[i, j]
                log += 6.0 if i == j else 0.0
                values = (names[i], names[j], f"{2000 + t}",
                          np.exp(log + noise * rng.normal()), rta, dist[i, j])  # fmt: skip
                for key, value in zip(table, values, strict=True):
                    table[key].append(value)
    return {
        key: np.array(values, dtype=object if key in ("exporter", "importer", "year") else float)
        for key, values in table.items()
    }


def rows(table: Table, keep: Any) -> Table:
    """Return some rows of a table, in the order of ``keep``."""
    return {key: values[keep] for key, values in table.items()}
