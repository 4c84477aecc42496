"""Table ``corridor_indicator``: trade facilitation indicators of CPMM as its pages print them."""

from __future__ import annotations

import re
from pathlib import Path

from data.economy.shared import Row, num, read

_NUMBER = r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?"
# How the collected notes name a quantity.
_PRINTED = {
    "tfi1_h": rf"border(?: crossing)? {_NUMBER} h\b",
    "tfi2_usd": rf"border[^;]* h; {_NUMBER} USD",
    "swod_km_per_h": rf"(?:SWOD|speed without delay) {_NUMBER}(?:,| km/h)",
    "swd_km_per_h": rf"(?:SWD|speed with delay|, with delay) {_NUMBER} km/h",
}
# Words of a note that say which of its numbers cannot be meant.
_DOUBT = {"tfi3_usd": "implausibly low", "swd_km_per_h": "looks like a misprint"}
_NO_CURRENCY = ("tfi1_h", "swod_km_per_h", "swd_km_per_h")


def corridor_indicator(source: Path, observations: list[Row]) -> list[Row]:
    """Return one row per printed number; what its own note doubts is left out."""
    countries = {r["obs_id"]: r["origin_iso3"] for r in read(source / "corridor/observations.csv")}
    rows = []
    for seen in observations:
        if seen["kind"] != "cpmm_average":
            continue
        for indicator, (value, low, high) in _numbers(seen).items():
            rows.append(
                {
                    "indicator_id": f"{seen['obs_id']}:{indicator}",
                    "indicator": indicator,
                    "mode": seen["mode_chain"],
                    "country_id": countries[seen["obs_id"]],
                    "year": seen["year"],
                    "value": value,
                    "low": low,
                    "high": high,
                    "price_year": "" if indicator in _NO_CURRENCY else seen["year"],
                    "obs_id": seen["obs_id"],
                    "note": seen["note"],
                    "source": seen["source"],
                    "status": seen["status"],
                }
            )
    return rows


def _numbers(seen: Row) -> dict[str, tuple[str, str, str]]:
    """Return value, low and high by indicator; the middle of a printed range is its value."""
    found = {}
    if seen["cost_usd_current"]:
        found["tfi3_usd"] = (seen["cost_usd_current"], "", "")
    for indicator, pattern in _PRINTED.items():
        match = re.search(pattern, seen["note"])
        if match:
            low, high = match.group(1), match.group(2)
            middle = num((float(low) + float(high)) / 2) if high else num(low)
            found[indicator] = (middle, num(low) if high else "", num(high) if high else "")
    return {
        name: value
        for name, value in found.items()
        if name not in _DOUBT or _DOUBT[name] not in seen["note"]
    }
