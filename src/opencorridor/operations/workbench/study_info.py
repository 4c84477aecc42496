"""What every page needs to know of a study."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from opencorridor import __version__
from opencorridor.network import MODES
from opencorridor.operations.results.maps import window_of
from opencorridor.operations.workbench.places import names_of, traded_countries
from opencorridor.operations.workbench.years import asked_years
from opencorridor.routing.asking import UNITS
from opencorridor.study import Study
from opencorridor.study.provenance import STATUSES

__all__ = ["study_info"]

Row = dict[str, Any]


def _commodities(study: Study) -> list[Row]:
    table = study["commodity"]
    out = []
    for row in range(table.n):
        payload = {"t": 1.0}
        for unit in UNITS[1:]:
            value = float(table[f"payload_t_per_{unit}"][row])
            if np.isfinite(value):
                payload[unit] = value
        class_id = str(table["class_id"][row])
        out.append({"class_id": class_id, "names": names_of(table, row), "payload_t": payload})
    return out


def _countries(study: Study) -> list[Row]:
    table, traded = study["country"], traded_countries(study)
    return [
        {
            "country_id": str(table["country_id"][row]),
            "names": names_of(table, row),
            "traded": str(table["country_id"][row]) in traded,
        }
        for row in range(table.n)
    ]


def _sectors(study: Study) -> list[Row]:
    table = study["sector"]
    return [
        {"sector_id": str(table["sector_id"][row]), "names": names_of(table, row)}
        for row in range(table.n)
    ]


def _status_shares(study: Study) -> dict[str, float]:
    """Return the share of all rows with a status that is observed, derived and assumed."""
    count: Counter[str] = Counter()
    for table in study.tables.values():
        if "status" in table.columns:
            count.update(table["status"].tolist())
    total = sum(count[s] for s in STATUSES)
    return {s: count[s] / total if total else 0.0 for s in STATUSES}


def study_info(study: Study) -> Row:
    """Return identity, target, cargo, countries, window and size of a study.

    ``counts`` are the rows of every table that has any; ``status_shares`` those of all rows.
    """
    settings, target = study.settings, study.settings.target
    countries = _countries(study)
    names = {c["country_id"]: c["names"] for c in countries}
    return {
        "study_id": study.id,
        "title": settings.title,
        "description": settings.description,
        "licence": settings.licence,
        "study_hash": study.hash,
        "version": __version__,
        "baseline_date": settings.baseline_date,
        "baseline_year": settings.baseline_year,
        "last_year": asked_years(study)[1],
        "price_year": settings.price_year,
        "pair": list(settings.pair),
        "pair_names": [names.get(c, {"en": c}) for c in settings.pair],
        "target_usd": target.usd if target else None,
        "target_year": target.year if target else None,
        "sides": [
            {"side": s.side, "usd": s.usd, "stage": s.stage, "year": s.year, "source": s.source}
            for s in (target.sides if target else ())
        ],
        "default_commodity": settings.default.commodity or str(study["commodity"]["class_id"][0]),
        "default_unit": settings.default.unit or "t",
        "modes": list(MODES),
        "commodities": _commodities(study),
        "countries": countries,
        "sectors": _sectors(study),
        "window": window_of(study),
        "counts": {name: table.n for name, table in study.tables.items() if table.n},
        "status_shares": _status_shares(study),
    }
