"""Years that a scenario may ask about."""

from __future__ import annotations

from opencorridor.study import Study

__all__ = ["asked_years"]


def asked_years(study: Study) -> tuple[int, int]:
    """Return the first and last year that a scenario may ask about."""
    start = study.settings.baseline_year
    last: dict[str, float] = {}
    table = study["growth"]
    for country, year in zip(table["country_id"], table["year"].tolist(), strict=True):
        last[country] = max(last.get(country, year), year)
    return start, max(start, int(min(last.values(), default=start)))
