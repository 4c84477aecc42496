"""Transport costs of the source folder in US$ of 2024, and charges per tonne made of them."""

from __future__ import annotations

from data.common import Row, worst
from data.network.context import Build
from data.network.sources import parameter

Band = tuple[float, float, float]
# Tonnes in a typical load, for figures per vehicle (vehicle_payloads, observations: 14 t per TEU).
TRUCK_T = 20.0
TEU_T = 14.0
FEU_T = 20.0
WAGON_T = 65.0
PAYLOAD_T = {"truck": TRUCK_T, "teu": TEU_T, "feu": FEU_T, "wagon": WAGON_T, "t": 1.0}


def scaled(values: Band, factor: float) -> Band:
    """Multiply a band by a positive factor."""
    return values[0] * factor, values[1] * factor, values[2] * factor


def plus(*bands: Band) -> Band:
    """Sum of bands, ends added (they are thought to move together)."""
    return sum(b[0] for b in bands), sum(b[1] for b in bands), sum(b[2] for b in bands)


class Prices:
    """Rows of ``transport_costs`` in US$ of 2024, with their sources."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._rows = {r["param_id"]: r for r in build.read("parameters/transport_costs.csv")}
        self._factor = {
            r["year"]: float(r["factor_to_usd_2024"])
            for r in build.read("parameters/price_index.csv")
        }

    def factor(self, year: str) -> float:
        """Return US$ of 2024 per US$ of a year."""
        return self._factor[year]

    def row(self, param: str) -> Row:
        """Return the row of a parameter as the source folder has it."""
        return self._rows[param]

    def band(self, param: str) -> Band:
        """Low, mode and high in US$ of 2024; shares and multiples as they are."""
        row = self._rows[param]
        factor = self._factor[row["price_year"]] if row["unit"].startswith("USD") else 1.0
        return scaled((float(row["low"]), float(row["mode_value"]), float(row["high"])), factor)

    def source(self, param: str) -> str:
        """Id of the source of a parameter."""
        return parameter(self._build.sources, self._rows[param])

    def status(self, *params: str) -> str:
        """Provenance of a figure made of these parameters: derived at best."""
        words = [self._rows[p]["status"] for p in params]
        one = len(params) == 1 and self._rows[params[0]]["price_year"] in ("2024", "")
        return words[0] if one else worst("derived", *words)

    def border(self, mode: str, start: str, end: str, crossing: str) -> Band:
        """Fees and charges of a passage, US$ per tonne, from country to country.

        CAREC averages per crossing and 20 t; by road the Turkmen entry and transit fee when
        Turkmenistan is entered, and the Amu Darya bridge behind Farap.
        """
        cost = scaled(self.band("TC058" if mode == "rail" else "TC107"), 1 / TRUCK_T)
        if mode == "road" and end == "TKM":
            cost = plus(cost, scaled(self.band("TC101"), 1 / TRUCK_T))
        if crossing == "TKM-UZB-RO01":
            cost = plus(cost, scaled(self.band("TC104"), 1 / TRUCK_T))
        return cost
