"""What ``opencorridor trade potential`` prints of a study."""

from __future__ import annotations

from typing import Any

from opencorridor.cli import show

__all__ = ["print_study"]

_STEPS = {
    "potential": "Potential",
    "transport": "Transport beyond distance",
    "tariff": "Tariffs",
    "non_tariff": "Non-tariff measures",
    "not_explained": "Not explained: payments, sanctions, information",
    "actual": "Actual",
}
_PARTS = {
    "other_year": "another year",
    "coverage": "counts otherwise (reporter, transit, prices at either border)",
    "goods": "counts other goods",
    "same_book": "the same side said something else",
    "together": "other goods or reporter, not told apart from the year",
    "model_set": "the study is set to it",
}
_WINNERS = 3


def _millions(value: float | None) -> str:
    return show.number(None if value is None else value / 1e6, 1)


def print_study(values: dict[str, Any], products: bool) -> None:
    """Print the potential of a pair, its books, sectors or goods, and its levers."""
    names = [values["names"][country]["en"] for country in values["pair"]]
    print(show.bold(f"{names[0]} and {names[1]}, million {values['price_basis']}"))
    band = f"{_millions(values['low'])} to {_millions(values['high'])}"
    print(f"Actual {_millions(values['actual_usd_current'])} by {values['book']}, potential "
          f"{_millions(values['potential_usd_current'])} ({band} by ways to estimate)")  # fmt: skip
    if "size_alone" in values["notes"]:
        print("The study has no distances: the potential is what size alone gives")
    _print_comparable(values["comparable"])
    rows = [
        [_STEPS[s["step"]], *map(_millions, (s["value_usd_current"], s["low"], s["high"]))]
        for s in values["waterfall"]
    ]
    print("\n" + show.table(["step", "value", "low", "high"], rows, right=(1, 2, 3)))
    _print_books(values["books"])
    if products:
        _print_goods(values["goods"], names)
    else:
        _print_sectors(values["sectors"], names)
    if "turned" in values:
        _print_turned(values["turned"])
    else:
        _print_levers(values["levers"])


def _print_comparable(near: dict[str, Any]) -> None:
    if near["rank_share"] is not None:
        print(
            f"Actual over expected {near['pair_share']:.2f}; of {near['pairs']} pairs of that size "
            f"{show.percent(near['rank_share'])} stand lower, the middle half at "
            f"{near['p25']:.2f} to {near['p75']:.2f}"
        )


def _print_books(books: list[dict[str, Any]]) -> None:
    """Print what each book has, and what separates it from the study's own."""
    rows = []
    for one in books:
        why = "; ".join(
            f"{_PARTS[part['reason']]} {_millions(part['usd_current'])}".rstrip()
            for part in one["parts"]
        )
        days = f"{one['period_start']} to {one['period_end']}"
        rows.append([one["book"], days, one["goods"], _millions(one["usd_current"]), why])
    if rows:
        print("\n" + show.table(["book", "days", "goods", "trade", "why"], rows, right=(3,)))


def _print_sectors(rows: list[dict[str, Any]], names: list[str]) -> None:
    arrow = {"a_to_b": f"to {names[1]}", "b_to_a": f"to {names[0]}"}
    cells = [
        [
            row["name"]["en"],
            arrow[row["direction"]],
            *(_millions(row[f"{k}_usd_current"]) for k in ("actual", "potential", "gap")),
            show.percent(row["tariff_share"]),
            show.percent(row["delivered_cost_share"]),
            show.number(row["rca"], 2),
            _millions(row["export_potential_usd_current"]),
        ]
        for row in rows
    ]
    head = ["sector", "direction", "actual", "potential", "gap", "tariff", "delivery", "RCA"]
    head.append("supply x demand x ease")
    print("\n" + show.table(head, cells, right=(2, 3, 4, 5, 6, 7, 8)))


def _print_goods(rows: list[dict[str, Any]], names: list[str]) -> None:
    """Print goods of both directions: the study has no world trade finer than its sectors."""
    arrow = {"a_to_b": f"to {names[1]}", "b_to_a": f"to {names[0]}"}
    cells = [
        [
            row["name"]["en"],
            row["hs2"].replace(";", " "),
            arrow[row["direction"]],
            *(_millions(row[f"{k}_usd_current"]) for k in ("actual", "potential", "gap")),
            show.number(row["rca"], 2),
            _millions(row["export_potential_usd_current"]),
            f"{row['status']}: {', '.join(row['sources'])}",
        ]
        for row in rows
    ]
    head = ["goods", "HS chapters", "direction", "actual", "potential", "gap", "RCA"]
    head += ["supply x demand x ease", "mix from"]
    print("\n" + show.table(head, cells, right=(3, 4, 5, 6, 7)))
    print("Sectors are spread over goods by the study's mix; the world's trade is known by sector "
          "only, so advantage is that of the sectors a class lies in")  # fmt: skip


def _print_levers(levers: list[dict[str, Any]]) -> None:
    """Print the levers that can be turned: where they stand, their range, when they act."""
    rows = []
    for one in levers:
        share = one["unit"] == "share"

        def told(value: float | None, share: bool = share) -> str:
            return show.percent(value) if share else show.number(value, 1)

        since = "" if one["in_force"] is None else told(one["in_force"])
        rows.append(
            [
                one["lever_id"],
                one["name"].get("en", ""),
                told(one["now"]),
                f"{told(one['low'])} to {told(one['high'])}",
                f"{told(one['minimum'])} to {told(one['maximum'])}",
                "" if share else one["unit"],
                since,
                f"{one['from_year']}, {one['phase_in_years']:g} years",
                f"{one['status']}: {one['source']}",
            ]
        )
    head = ["--set", "lever", "now", "band", "range", "unit", "in force", "from", "source"]
    if rows:
        print("\n" + show.table(head, rows, right=(2,)))


def _print_turned(found: dict[str, Any]) -> None:
    band = f"{_millions(found['low'])} to {_millions(found['high'])}"
    print(f"\nWith the levers: {_millions(found['trade_usd_current'])} ({band}) from "
          f"{_millions(found['baseline_usd_current'])}; created "
          f"{_millions(found['created_usd_current'])}, trade with others "
          f"{_millions(found['diverted_usd_current'])}")  # fmt: skip
    rows = [
        [one["lever_id"], *map(_millions, (one["usd_current"], one["low"], one["high"]))]
        for one in found["by_lever"]
    ]
    print(show.table(["lever", "adds", "low", "high"], rows, right=(1, 2, 3)))
    years = [
        [str(one["year"]), *(_millions(one[k]) for k in ("usd_current", "baseline_usd_current"))]
        for one in found["by_year"]
    ]
    print(
        "\n"
        + show.table(["year", "with, million US$ of that year", "without"], years, right=(1, 2))
    )
    countries = found["countries"]
    ends = countries[:_WINNERS] + countries[max(_WINNERS, len(countries) - _WINNERS) :]
    rows = [
        [
            one["name"]["en"],
            f"{one['welfare_change_share'] * 1e6:+,.1f}",
            _millions(one["exports_change"]),
            _millions(one["imports_change"]),
        ]
        for one in ends
    ]
    head = ["wins or loses most", "real income, millionths", "exports", "imports"]
    print("\n" + show.table(head, rows, right=(1, 2, 3)))
