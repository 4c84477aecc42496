"""Borders that politics keeps closed, and places closed for a time."""

from __future__ import annotations

from data.network.context import Build, pair_of


def restricted_pairs(build: Build) -> set[str]:
    """Pairs of countries whose whole border a restriction closes."""
    return {row["pair"] for row in build.facts("restriction")}


def restrictions(build: Build) -> None:
    """Table ``restriction``: one row per pair, with all its crossings; then dated closures."""
    source = build.sources.add(
        "border-closures",
        "Borders closed by politics, general knowledge of the public record",
        publisher="OpenCorridor",
        year="2026",
    )
    for fact in build.facts("restriction"):
        places = [
            row["border_crossing_id"]
            for row in build.tables["border_crossing"]
            if pair_of(row["country_a"], row["country_b"]) == fact["pair"]
            and row["mode"] in fact["modes"].split(";")
        ]
        if not places:
            raise ValueError(f"the restriction of {fact['pair']} closes nothing")
        build.add(
            "restriction",
            {
                "restriction_id": f"closed:{fact['pair']}",
                "place_kind": "border_crossing",
                "place_ids": ";".join(sorted(places)),
                "allowed_share": "0",
                "valid_from": fact["valid_from"],
                "reason": fact["reason"],
                "source": source,
                "status": fact["status"],
            },
        )
    for fact in build.facts("closure"):
        page = build.sources.add(
            f"closure-{fact['restriction_id'].replace(':', '-').lower()}",
            fact["title"],
            url=fact["url"],
            year=fact["year"],
        )
        row = {k: v for k, v in fact.items() if k not in ("title", "url", "year")}
        build.add("restriction", {**row, "allowed_share": "0", "source": page})
