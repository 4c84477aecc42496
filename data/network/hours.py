"""Opening hours, holidays, seasons, driving rules, limits of cargo and permits."""

from __future__ import annotations

from data.common import Row
from data.network.context import Build
from data.network.places import EU

CALENDARS = {
    "IRN": (
        "holidays-irn",
        "Official holidays of Iran on fixed days of the Solar Hijri calendar (public record)",
        "",
    ),
    "KAZ": (
        "holidays-kaz",
        "Law of the Republic of Kazakhstan on holidays, No. 267 of 13 December 2001",
        "https://adilet.zan.kz/eng/docs/Z010000267_",
    ),
}
_BOOK = ("title", "url", "year")


def hours(build: Build) -> None:
    """Tables of days and hours, and the rules for trucks and cargo."""
    _register(build)
    for fact in build.facts("opening_hours"):
        build.add("opening_hours", {**_facts(build, fact, fact["opening_id"]),
                                    "place_kind": "border_crossing"})  # fmt: skip
    for fact in build.facts("holiday"):
        build.add("holiday", {**fact, "source": CALENDARS[fact["calendar_id"]][0]})
    for fact in build.facts("season"):
        _season(build, fact)
    for fact in build.facts("driving_rule"):
        _driving(build, fact)
    for table in ("cargo_rule", "permit"):
        for fact in build.facts(table):
            build.add(table, _facts(build, fact, fact[f"{table}_id"]))


def _register(build: Build) -> None:
    for source, title, url in CALENDARS.values():
        build.sources.add(source, title, url=url, year="2024")
    build.sources.add(
        "aetr",
        "European Agreement concerning the Work of Crews of Vehicles engaged in International "
        "Road Transport (AETR), 1970, as amended",
        publisher="UNECE",
        url="https://unece.org/transport/road-transport/text-and-status-agreement",
        year="2010",
    )
    build.sources.add(
        "eu-561",
        "Regulation (EC) No 561/2006 on driving times, breaks and rest periods",
        publisher="European Union",
        url="https://eur-lex.europa.eu/eli/reg/2006/561/oj",
        year="2006",
    )


def _facts(build: Build, fact: Row, name: str) -> Row:
    """Return the row of a fact, its page registered as a source (one per page)."""
    known = [s for s in build.sources.known.values() if s["title"] == fact["title"]]
    source = known[0]["source_id"] if known else build.sources.add(
        f"rule-{name.lower()}", fact["title"], url=fact["url"], year=fact["year"]
    )  # fmt: skip
    return {**{k: v for k, v in fact.items() if k not in _BOOK}, "source": source}


def _season(build: Build, fact: Row) -> None:
    """Add a waterway's season: ships at any time of it, so no headway and no berth."""
    row = _facts(build, fact, fact["timetable_id"].replace(":", "-"))
    known = {r["link_id"] for r in build.tables["link/sea"]}
    lost = set(row["link_ids"].split(";")) - known
    if lost:
        raise ValueError(f"the season of {row['name']} names links that are not there: {lost}")
    build.add("timetable", {**row, "headway_h": "0", "berth_h": "0", "sails_share": "1"})


def _driving(build: Build, fact: Row) -> None:
    """Add one row per country of a driving rule."""
    row = dict(fact)
    name, countries = row.pop("rule_id"), row.pop("countries")
    for country in EU if countries == "EU" else countries.split(";"):
        build.add(
            "driving_rule",
            {**row, "driving_rule_id": f"{name}:{country}", "country_id": country},
        )
