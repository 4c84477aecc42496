"""``opencorridor freight closures``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from opencorridor.cli import options, show
from opencorridor.cli.run import progress_lines

__all__ = ["EXAMPLES", "closures", "effect_lines"]

EXAMPLES = """Examples:

\b
  opencorridor freight closures --weeks 4
  opencorridor freight closures --halve --top 20
  opencorridor freight closures --fixed-trade --json
"""

_COLUMNS = ("place_id", "name", "damage_usd", "passed_t", "rerouted_t", "extra_t_h", "extra_usd",
            "held_usd", "stranded_t", "lost_usd", "lost_pair_usd", "bottleneck_id",
            "bottleneck_rise_h", "relief_id", "relief_fall_h", "solved", "problem")  # fmt: skip


def effect_lines(row: dict[str, Any], weeks: float, basis: str) -> list[str]:
    """Return the effect of one closure in sentences."""
    mean = row["extra_h"]
    hours = f" ({mean:+.1f} h a re-routed tonne)" if mean is not None else ""
    place = row["bottleneck"]
    new = "New bottleneck" if row["bottleneck_new"] else "Longest new wait"
    relief = []
    if row["relief"]:
        relief = [
            f"Most relieved: {row['relief']}, {row['relief_wait_h']:.1f} h "
            f"({-row['relief_fall_h']:+.1f} h). If no wait changed the extra cost were "
            f"{show.number(row['held_usd'] / 1e6, 2)} million US$."
        ]
    return [
        f"Over {weeks:g} weeks: {show.number(row['rerouted_t'] / 1e3, 1)} kt take another way, "
        f"{show.number(row['stranded_t'] / 1e3, 1)} kt are stranded.",
        f"Extra time {show.number(row['extra_t_h'] / 1e6, 2)} million tonne-hours{hours}, extra "
        f"cost {show.number(row['extra_usd'] / 1e6, 2)} million US$.",
        f"Trade lost: {show.number(row['lost_usd'] / 1e6, 2)} million US$ between all countries, "
        f"{show.number(row['lost_pair_usd'] / 1e6, 2)} of the pair, {basis}.",
        f"{new}: {place}, {row['bottleneck_wait_h']:.1f} h ({row['bottleneck_rise_h']:+.1f} h)."
        if place
        else "No wait gets longer.",
        *relief,
    ]


def _rows(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [
        (
            str(n),
            show.shorten(str(r["name"]), 30),
            str(r["place_id"]),
            show.number(r["damage_usd"] / 1e6, 1),
            show.number(r["passed_t"] / 1e3),
            show.number(r["rerouted_t"] / 1e3),
            show.number(r["extra_t_h"] / 1e6, 1),
            show.number(r["extra_usd"] / 1e6, 1),
            show.number(r["stranded_t"] / 1e3),
            show.number(r["lost_usd"] / 1e6, 1),
            show.shorten(str(r["bottleneck"]), 26),
        )
        for n, r in enumerate(rows, 1)
    ]


_HEADS = ("", "place", "id", "damage m$", "kt a year", "re-routed kt", "m t.h", "cost m$",
          "stranded kt", "lost m$", "new wait at")  # fmt: skip


def closures(
    study: options.Study = options.DEFAULT_STUDY,
    weeks: Annotated[float, typer.Option("--weeks", help="Weeks that each stays shut.")] = 52.0,
    halve: Annotated[bool, typer.Option("--halve", help="Let half through, not nothing.")] = False,
    fixed_trade: Annotated[
        bool, typer.Option("--fixed-trade", help="Leave trade as it is: goods only re-route.")
    ] = False,
    kind: Annotated[str, typer.Option("--kind", help="crossing or terminal.")] = "crossing",
    top: Annotated[int, typer.Option("--top", help="Rows to print; 0 for all.", min=0)] = 20,
    as_json: options.Json = False,
    plain: options.Plain = False,
    quiet: options.Quiet = False,
) -> None:
    """Rank all crossings by the damage if each closes (or halves) for some weeks."""
    from opencorridor.operations.freight_closures import ClosuresRequest
    from opencorridor.operations.freight_closures import run as operation

    request = ClosuresRequest(study, weeks, halve, fixed_trade, kind)
    result = operation(request, progress_lines(quiet))
    values = result.as_dict()
    rows = values["rows"][: top or None]
    if as_json:
        show.print_json({**values, "rows": rows})
        return
    if plain:
        show.print_plain([_COLUMNS, *([row[c] for c in _COLUMNS] for row in rows)])
        return
    print(show.table(_HEADS, _rows(rows), (0, 3, 4, 5, 6, 7, 8, 9)))
    failed = [str(r["place_id"]) for r in result.rows if r["problem"]]
    still = len(result.rows) - result.solved - len(failed)
    print(f"{result.solved} places carry goods and were solved; {still} carry nothing and change "
          "nothing.")  # fmt: skip
    if failed:
        print(f"No state was found for: {', '.join(failed)} (why: --json).")
    print(f"{values['damage']} {result.price_basis}.")
    print(values["rule"])
