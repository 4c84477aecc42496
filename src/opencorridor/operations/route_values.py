"""Routes as plain values: stable field names, units in names, null where there is none."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opencorridor.operations.alternatives import Alternative
    from opencorridor.routing.reliability import Reliability
    from opencorridor.routing.routes import Route
    from opencorridor.routing.tariffs import RowTariff
    from opencorridor.study.places import Place

__all__ = ["figures", "listed_values", "place_values", "rounded", "tell_tariffs"]

_TOTALS = ("time_h", "spread_h", "cost_usd_per_t", "gc_usd_per_t", "co2_kg_per_t", "distance_km")
_DECIMALS = 4


def figures(
    route: Route, spread: Reliability | None, tonnes: float, payload_t: float
) -> dict[str, Any]:
    """Return totals, crossings and legs of a route; null where there is none."""
    values: dict[str, Any] = {}
    for name in _TOTALS:
        values[name] = rounded(getattr(route.totals, name) if route.totals else None)
    values["p50_h"] = rounded(spread.p50_h if spread else None)
    values["p95_h"] = rounded(spread.p95_h if spread else None)
    values["p95_seed"] = spread.seed if spread else None
    values["p95_draws"] = spread.draws if spread else None
    values["p95_by_clock"] = spread.by_clock if spread else None
    values["cost_usd"] = _scaled(values["cost_usd_per_t"], tonnes)
    values["cost_usd_per_unit"] = _scaled(values["cost_usd_per_t"], payload_t)
    values["co2_kg"] = _scaled(values["co2_kg_per_t"], tonnes)
    values["crossings"] = list(route.crossings)
    values["transshipments"] = list(route.transshipments)
    values["modes_used"] = list(route.modes_used)
    values["legs"] = [_leg(leg, tonnes) for leg in route.legs]
    return values


def tell_tariffs(legs: list[dict[str, Any]], named: tuple[tuple[RowTariff, ...], ...]) -> None:
    """Name the rows that price each leg."""
    for leg, tariffs in zip(legs, named, strict=False):
        leg["tariffs"] = [{**asdict(one), "text": str(one)} for one in tariffs]


def listed_values(item: Alternative, tonnes: float, payload_t: float) -> dict[str, Any]:
    """Return a route that no other beats."""
    choice = item.choice
    difference = choice.difference
    return {
        "roles": list(choice.roles),
        "nearly": dict(choice.nearly),
        "why": item.why,
        "difference": asdict(difference) if difference else None,
        "shared_share": choice.shared_share,
        **figures(item.route, item.reliability, tonnes, payload_t),
    }


def rounded(value: float | None) -> float | None:
    """Return a number as answers have it."""
    return None if value is None else round(value, _DECIMALS)


def _scaled(value: float | None, tonnes: float) -> float | None:
    return None if value is None else round(value * tonnes, _DECIMALS)


def place_values(place: Place) -> dict[str, Any]:
    """Return the place that a name was taken for."""
    return {"kind": place.kind, "id": place.id, "name": place.name, "country": place.country}


def _leg(leg: Any, tonnes: float) -> dict[str, Any]:
    plain = asdict(leg)
    plain.pop("arcs")
    values: dict[str, Any] = {
        "mode": plain.pop("mode"),
        "from": plain.pop("origin"),
        "to": plain.pop("destination"),
    }
    for name, value in plain.items():
        values[name] = rounded(value) if isinstance(value, float) else (value or None)
    values["co2_kg"] = _scaled(values["co2_kg_per_t"], tonnes)
    values["cost_usd"] = _scaled(values["cost_usd_per_t"], tonnes)
    return values
