"""The data sets that the network tables come from."""

from __future__ import annotations

from data.common import Row, Sources

ODBL = "ODbL 1.0"
OSM = "© OpenStreetMap contributors"
STUDY = "OpenCorridor"


def register(sources: Sources) -> None:
    """Register every data set; single pages are registered where their figures are used."""
    sources.add(
        "osm-rail",
        "Railways of OpenStreetMap (package scgraph_data 2.0.0), breaks closed, simplified",
        publisher="OpenStreetMap contributors",
        url="https://www.openstreetmap.org/copyright",
        year="2024",
        licence=ODBL,
        attribution=OSM,
    )
    sources.add(
        "osm-road",
        "Main roads of OpenStreetMap (package scgraph_data 2.0.0), simplified",
        publisher="OpenStreetMap contributors",
        url="https://www.openstreetmap.org/copyright",
        year="2024",
        licence=ODBL,
        attribution=OSM,
    )
    sources.add(
        "border-nodes",
        "Treatment of every place where the network changes country, from OpenStreetMap geometry",
        publisher=STUDY,
        year="2026",
        licence=ODBL,
        attribution=OSM,
    )
    sources.add(
        "searoute",
        "Sea lanes of searoute 1.6.0 (Oak Ridge global shipping lanes, Eurostat SeaRoute)",
        publisher="Eurostat; searoute",
        url="https://pypi.org/project/searoute/",
        licence="Apache-2.0; EUPL 1.2",
        attribution="Sea lanes: Eurostat SeaRoute, Oak Ridge National Laboratory",
    )
    sources.add(
        "caspian-lanes",
        "Shortest lines inside the Caspian outline of Natural Earth 10m, times 1.1 for harbour "
        "approaches",
        publisher=STUDY,
        licence="public domain outline; own work",
    )
    sources.add(
        "wpi",
        "World Port Index (Pub. 150), early 2024, with 18 ports added",
        publisher="National Geospatial-Intelligence Agency",
        url="https://msi.nga.mil/Publications/WPI",
        year="2024",
        licence="US public domain",
    )
    sources.add(
        "zones",
        "Zones: places of GeoNames, codes of UN/LOCODE 2023-1, official population statistics",
        publisher="GeoNames; UNECE; national statistical offices",
        url="https://www.geonames.org/",
        licence="CC BY 4.0",
        attribution="Places: GeoNames; UN/LOCODE: UNECE",
    )
    sources.add(
        "crossings",
        "Border crossings: UN/LOCODE 2023-1, CAREC border points, railway and customs names",
        publisher=STUDY,
        year="2026",
        licence="facts",
    )
    sources.add(
        "study-joins",
        "Judgements of the study: splits, defaults and repairs between its data sets",
        publisher=STUDY,
        year="2026",
        licence="Apache-2.0",
    )
    sources.add(
        "cldr",
        "Names of countries, Unicode Common Locale Data Repository (package babel 2.18.0)",
        publisher="Unicode",
        url="https://cldr.unicode.org/",
        licence="Unicode License v3",
        attribution="© Unicode, Inc.",
    )
    sources.add(
        "names-geonames",
        "Names of places in several languages (GeoNames)",
        publisher="GeoNames",
        url="https://www.geonames.org/",
        licence="CC BY 4.0",
        attribution="Names: GeoNames",
    )
    sources.add(
        "names-study",
        "Names and spellings from the study's own tables and general knowledge",
        publisher=STUDY,
        licence="Apache-2.0",
    )
    sources.add(
        "ember",
        "Carbon intensity of electricity 2022-2023 (package codecarbon 3.3.2)",
        publisher="Ember; Our World in Data",
        url="https://ourworldindata.org/grapher/carbon-intensity-electricity",
        year="2023",
        licence="CC BY 4.0",
        attribution="Ember; Our World in Data",
    )


def parameter(sources: Sources, row: Row) -> str:
    """Register the page behind a row of transport costs, speeds or emissions; return its id."""
    name = row.get("name") or row.get("vehicle", "")
    what = ", ".join(x for x in (name, row.get("applies_to", ""), row["country_iso3"]) if x)
    page = row["source"]
    return sources.add(
        f"net-{row['param_id'].lower()}",
        f"{row['param_id']}: {what}" + ("" if page else " (assumption of the study)"),
        publisher="" if page else STUDY,
        url=page if page.startswith("http") else "",
        year=row["year"],
        licence="facts" if page else "Apache-2.0",
    )
