"""Freight rates in US$ of 2024, by mode, country, cargo and kind of flow."""

from __future__ import annotations

from data.common import Row, band
from data.network.context import Build
from data.network.places import EU
from data.network.prices import TEU_T, TRUCK_T, WAGON_T, Band, Prices, plus, scaled

CARGOES = ("container", "bulk")
# Container rates all in (TC044-TC049); the INSTC rates cover the infrastructure only and need
# TC050 for platform and box.
CONTAINER_BLOCK = {"CHN": "TC044", "UZB": "TC046", "AZE": "TC047", "GEO": "TC048", "TUR": "TC049"}
CONTAINER_INSTC = {"KAZ": "TC003", "TKM": "TC006", "IRN": "TC009"}
BULK = {"UZB": "TC033", "AZE": "TC040", "GEO": "TC041", "TUR": "TC042", "CHN": "TC043",
        "RUS": "TC032"}  # fmt: skip
BULK_MULTIPLE = {"BLR": "TC023", "KGZ": "TC024"}
ROAD = {"KAZ": "TC065", "TKM": "TC067", "UZB": "TC068", "AZE": "TC069", "GEO": "TC070",
        "TUR": "TC071", "RUS": "TC072", "CHN": "TC073", "KGZ": "TC074", "TJK": "TC075",
        "AFG": "TC076", "PAK": "TC077", "IND": "TC078", "ARM": "TC079", "ARE": "TC080",
        "OMN": "TC081", "IRQ": "TC082"}  # fmt: skip
# Countries without a row of their own; between the rows above (assumed).
DEFAULT_CONTAINER: Band = (0.4, 0.6, 0.85)
DEFAULT_BULK: Band = (0.02, 0.035, 0.05)
DEFAULT_ROAD: Band = (0.8, 1.1, 1.6)
# Domestic wagons in Turkmenistan: no row; the level of Uzbekistan (assumed).
# Local haulage at an end: a short trip costs more per km than a long one (assumed).
SHORT_HAUL = (1.2, 1.5, 2.0)
ZERO: Band = (0.0, 0.0, 0.0)


class Rates:
    """Writes table ``mode_rate``."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.prices = Prices(build)

    def put(self, rate_id: str, cells: Row, rate: Band, fixed: Band, params: str) -> None:
        """One row; ``params`` names the parameters behind it, the first is its source."""
        names = params.split()
        source, status = "study-joins", "assumed"
        if names:
            source, status = self.prices.source(names[0]), self.prices.status(*names)
        self.build.add(
            "mode_rate",
            {
                "rate_id": rate_id,
                "flow_kind": "all",
                **cells,
                **band("rate", "usd_per_unit_km", *rate),
                **band("fixed", "usd_per_unit", *fixed),
                "source": source,
                "status": status,
            },
        )

    def rail_container(self) -> None:
        """US$ per FEU-km."""
        price = self.prices.band
        for country, param in CONTAINER_INSTC.items():
            rate = plus(price(param), price("TC050"))
            self._rail("container", country, rate, f"{param} TC050")
        for country, param in CONTAINER_BLOCK.items():
            self._rail("container", country, price(param), param)
        low, mode, high = price("TC045")
        # The discount of 20 % on boxes for the eastern route (TC015) at the lower end.
        rate = (low * (1 - price("TC015")[0]), mode, high)
        self._rail("container", "RUS", rate, "TC045 TC015")
        self._rail("container", "", DEFAULT_CONTAINER, "")

    def rail_bulk(self) -> None:
        """US$ per tonne-km; transit apart where discounts or a dearer tariff hold."""
        price = self.prices.band
        kaz = price("TC019")
        mtt = price("TC034")
        cut_kaz, cut_tkm = 1 - price("TC012")[1], price("TC013")[1]
        self._rail("bulk", "KAZ", kaz, "TC019", "domestic")
        self._rail("bulk", "KAZ", kaz, "TC019", "import_export")
        # Transit: between the discounted home tariff and the discounted transit tariff.
        transit = (kaz[0] * cut_kaz, mtt[0] * cut_kaz, mtt[2] * cut_kaz)
        self._rail("bulk", "KAZ", transit, "TC012 TC019 TC034", "transit")
        self._rail("bulk", "TKM", price("TC033"), "", "domestic")
        self._rail("bulk", "TKM", mtt, "TC034", "import_export")
        transit = (mtt[0] * (1 - cut_tkm), mtt[1] * 0.55, mtt[2] * 0.6)
        self._rail("bulk", "TKM", transit, "TC013 TC014 TC034", "transit")
        self._rail("bulk", "IRN", price("TC038"), "TC038", "domestic")
        self._rail("bulk", "IRN", price("TC038"), "TC038", "import_export")
        self._rail("bulk", "IRN", price("TC039"), "TC039", "transit")
        for country, param in BULK.items():
            self._rail("bulk", country, price(param), param)
        for country, param in BULK_MULTIPLE.items():
            self._rail("bulk", country, scaled(kaz, price(param)[1]), f"{param} TC019")
        self._rail("bulk", "", DEFAULT_BULK, "")

    def _rail(self, cargo: str, country: str, rate: Band, params: str, flow: str = "all") -> None:
        name = f"rail:{country or 'default'}:{cargo}" + ("" if flow == "all" else f":{flow}")
        unit = "feu" if cargo == "container" else "t"
        cells = {"mode": "rail", "country_id": country, "cargo": cargo, "flow_kind": flow,
                 "unit": unit}  # fmt: skip
        self.put(name, cells, rate, ZERO, params)

    def road_rates(self) -> dict[str, tuple[Band, str]]:
        """US$ per truck-km of every country with a row, and the parameter behind it."""
        rates = {c: (self.prices.band(p), p) for c, p in ROAD.items()}
        rates |= {c: (self.prices.band("TC083"), "TC083") for c in EU}
        rates["IRN"] = (self.prices.band("TC066"), "TC066")
        rates[""] = (DEFAULT_ROAD, "")
        return rates

    def road(self) -> None:
        """US$ per truck-km; Iran has a domestic market of its own beside the trips abroad."""
        for country, (rate, param) in sorted(self.road_rates().items()):
            kinds = [("all", rate, param)]
            if country == "IRN":
                abroad = self.prices.band("TC086")
                kinds = [("domestic", rate, param), ("import_export", abroad, "TC086"),
                         ("transit", abroad, "TC086")]  # fmt: skip
            for flow, value, source in kinds:
                for cargo in CARGOES:
                    name = f"road:{country or 'default'}:{cargo}"
                    name += "" if flow == "all" else f":{flow}"
                    cells = {"mode": "road", "country_id": country, "cargo": cargo,
                             "flow_kind": flow, "unit": "truck"}  # fmt: skip
                    self.put(name, cells, value, ZERO, source)

    def sea(self) -> None:
        """By TEU or tonne and km; the part per voyage stands in the charges of the ports."""
        price = self.prices.band
        self._sea("sea:default:container", "sea", "", "container", "teu", price("TC129"), "TC129")
        self._sea("sea:default:bulk", "sea", "", "bulk", "t", price("TC130"), "TC130")
        # Aktau-Alat is 525 km: 40 % of the freight by km, the rest per voyage (assumed split).
        rate = scaled(price("TC111"), 0.4 / 525)
        self._sea(
            "sea:caspian:container", "sea", "caspian", "container", "teu", rate, "TC111 TC111"
        )
        # Aktau-Amirabad is 848 km, 8 US$/t of the freight per voyage (6 to 12 at the ports).
        low, mode, high = price("TC110")
        rate = ((low - 6) / 848, (mode - 8) / 848, (high - 12) / 848)
        self._sea("sea:caspian:bulk", "sea", "caspian", "bulk", "t", rate, "TC110 TC110")
        self._sea(
            "sea:volga_don:container", "sea", "volga_don", "container", "teu", (0.2, 0.35, 0.6), ""
        )
        self._sea("sea:volga_don:bulk", "sea", "volga_don", "bulk", "t", (0.01, 0.018, 0.03), "")

    def _sea(
        self, name: str, mode: str, area: str, cargo: str, unit: str, rate: Band, params: str
    ) -> None:
        cells = {"mode": mode, "area": area, "cargo": cargo, "unit": unit}
        self.put(name, cells, rate, ZERO, params)

    def ferries(self) -> None:
        """Per loaded wagon or truck and sailing."""
        wagon, truck = self.prices.band("TC112"), self.prices.band("TC113")
        # Two FEU ride on a platform wagon of 80 ft.
        self._ferry("caspian", "wagon", "container", "feu", ZERO, scaled(wagon, 0.5), "TC112 TC112")
        self._ferry("caspian", "wagon", "bulk", "wagon", ZERO, wagon, "TC112")
        # TC113 over 400 km and TC108 over 870 km: half of TC113 per sailing, the rest by km.
        rate, fixed = scaled(truck, 0.5 / 400), scaled(truck, 0.5)
        for cargo in CARGOES:
            self._ferry("caspian", "truck", cargo, "truck", rate, fixed, "TC113 TC108")
        self._ferry("lake", "wagon", "container", "feu", ZERO, (75.0, 150.0, 300.0), "")
        self._ferry("lake", "wagon", "bulk", "wagon", ZERO, (150.0, 300.0, 600.0), "")
        for carries, low, mode, high in (("wagon", 900, 1300, 1900), ("truck", 900, 1200, 1700)):
            for cargo in CARGOES:
                self._ferry("", carries, cargo, carries, ZERO, (low, mode, high), "")

    def _ferry(
        self,
        area: str,
        carries: str,
        cargo: str,
        unit: str,
        rate: Band,
        fixed: Band,
        params: str,
    ) -> None:
        name = f"ferry:{area or 'default'}:{carries}:{cargo}"
        cells = {"mode": "sea", "area": area, "carries": carries, "cargo": cargo, "unit": unit}
        self.put(name, cells, rate, fixed, params)

    def access(self) -> None:
        """First and last kilometres by truck, with the lift or the charge per wagon."""
        lift, wagon = self.prices.band("TC051"), self.prices.band("TC052")
        quay = self.prices.band("TC136")
        liner = scaled(self.prices.band("TC128"), 0.5)
        for country, (rate, param) in sorted(self.road_rates().items()):
            short = (rate[0] * SHORT_HAUL[0], rate[1] * SHORT_HAUL[1], rate[2] * SHORT_HAUL[2])
            tonne = scaled(short, 1 / TRUCK_T)
            first = param if param else ""
            for on, cargo, unit, km, fixed, more in (
                ("rail", "container", "feu", short, lift, " TC051"),
                ("rail", "bulk", "t", tonne, scaled(wagon, 1 / WAGON_T), " TC052"),
                ("road", "container", "truck", short, ZERO, ""),
                ("road", "bulk", "truck", short, ZERO, ""),
                ("sea", "container", "teu", scaled(short, TEU_T / TRUCK_T), plus(quay, liner),
                 " TC128"),
                ("sea", "bulk", "t", tonne, (4.0, 5.75, 7.5), " TC130"),
            ):  # fmt: skip
                name = f"access:{on}:{country or 'default'}:{cargo}"
                cells = {"mode": "access", "country_id": country, "on_mode": on, "cargo": cargo,
                         "unit": unit}  # fmt: skip
                params = (first + more).strip() if first else ""
                self.put(name, cells, km, fixed, params + (f" {first}" if first else ""))


def rates(build: Build) -> None:
    """Table ``mode_rate``."""
    table = Rates(build)
    table.rail_container()
    table.rail_bulk()
    table.road()
    table.sea()
    table.ferries()
    table.access()
