"""Dated tariffs of the railways, with the documents that set them."""

from __future__ import annotations

from data.common import Row, band, num
from data.network.context import Build
from data.network.prices import Band, Prices, scaled

# Border points of the documents and the crossings that they are.
PLACES = {
    "Akyayla": ("TKM-IRN-RA01",),
    "Sarahs": ("TKM-IRN-RA02",),
    "Serhetyaka": ("KAZ-TKM-RA01",),
    "Bolashak": ("KAZ-TKM-RA01",),
    "Imamnazar": ("TKM-AFG-RA02",),
}
# All rail crossings of a pair of countries.
BORDERS = {"Russia": ("KAZ", "RUS"), "Kazakhstan": ("KAZ", "RUS"), "China": ("CHN", "KAZ")}
PLACE_COLUMNS = ("enters_by", "leaves_by", "except_enters_by", "except_leaves_by")
SAME = (
    "tariff_rail_id", "country_id", "flow_kind", "cargo", "except_class_ids", "goods", "unit",
    "ownership", "gross_t_from", "gross_t_to", "coefficient", "applies", "valid_from", "valid_to",
    "note",
)  # fmt: skip
# Full rate of the Turkmen railways for wagons in transit, before any coefficient.
BULK_BASE = "rail:TKM:bulk:import_export"


def tariffs(build: Build) -> None:
    """Table ``tariff_rail``."""
    prices = Prices(build)
    papers = {row["document"]: row for row in build.facts("tariff_document")}
    for paper in papers.values():
        build.sources.add(
            paper["source_id"], paper["title"], publisher=paper["publisher"], url=paper["url"],
            year=paper["year"],
        )  # fmt: skip
    for fact in build.facts("tariff_rail"):
        paper = papers[fact["document"]]
        row: Row = {name: fact[name] for name in SAME}
        row |= {name: _places(build, fact[name]) for name in PLACE_COLUMNS}
        row |= _base(prices, fact["base"]) | _rate(prices, fact)
        row |= {"document_no": paper["document_no"], "source": paper["source_id"],
                "status": "observed"}  # fmt: skip
        build.add("tariff_rail", row)


def _places(build: Build, names: str) -> str:
    """Return the crossings of border points, or of whole borders."""
    found: list[str] = []
    for name in names.split(";") if names else ():
        if name in PLACES:
            found += PLACES[name]
            continue
        found += [
            row["border_crossing_id"]
            for row in build.tables["border_crossing"]
            if {row["country_a"], row["country_b"]} == set(BORDERS[name]) and row["mode"] == "rail"
        ]
    return ";".join(dict.fromkeys(found))


def _base(prices: Prices, base: str) -> Row:
    """Return the base rate of a coefficient: no document that prints one was found.

    Wagons: the transit level before any discount (TC034). Containers: the agreed rate of 2023,
    taken to be what a discount of 40 to 50 % left of it (TC006, TC013, TC014); platform and box
    come on top (TC050).
    """
    if base == "TKM:bulk":
        return {"base_rate_id": BULK_BASE}
    if base != "TKM:container":
        return {}
    agreed = prices.band("TC006")
    half, less = 1 - prices.band("TC013")[1], 1 - prices.band("TC014")[1]
    full: Band = (agreed[0] / less, agreed[1] / half, agreed[2] / half)
    return {
        **band("base", "usd_per_unit_km", *full),
        "base_status": "assumed",
        **band("addon", "usd_per_unit_km", *prices.band("TC050")),
    }


def _rate(prices: Prices, fact: Row) -> Row:
    """Return a through rate in US$ of 2024, and platform and box on top of it."""
    if not fact["rate"]:
        return {}
    share = {"feu": 1.0, "teu": 0.5}[fact["unit"]]  # two TEU ride where one FEU does
    rate = float(fact["rate"]) * prices.factor(fact["price_year"])
    printed = f"printed: {fact['rate']} US$ of {fact['price_year']}"
    return {
        "rate_usd_per_unit_km": num(rate),
        **band("addon", "usd_per_unit_km", *scaled(prices.band("TC050"), share)),
        "note": "; ".join(x for x in (fact["note"], printed) if x),
    }
