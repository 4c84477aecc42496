"""Dated tariffs on the teaching study by hand: prints ``docs/tutorials/dated-tariffs.md``.

Standard library only; the figures are typed, never read. Run

    python tests/by_hand/dated_tariffs.py --write

to renew the page; without ``--write`` it goes to standard output.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from hand_figures import BASE
from hand_routes import Route, routes

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "dated-tariffs.md"
KM = 480  # rails of Bravoland between Alba Gate and Beacon Gate

# What is added to a copy of the teaching study: invented, like all of it.
ROWS = (
    "tariff_rail_id,country_id,enters_by,leaves_by,flow_kind,cargo,except_class_ids,unit,"
    "gross_t_to,coefficient,rate_usd_per_unit_km,valid_from,valid_to,document_no,source,status",
    "T5,BBB,,BC_RAIL,transit,all,,,,0.50,,2025-01-01,2025-06-30,T-5/2025,SRC_STAT,observed",
    "T9,BBB,,BC_RAIL,transit,all,M,,,0.70,,2025-07-01,2025-09-30,T-9/2025,SRC_STAT,observed",
    "T10,BBB,AB_RAIL,BC_RAIL,transit,container,,feu,26,,0.50,2025-07-01,2025-09-30,T-10/2025,"
    "SRC_STAT,observed",
    "S2,BBB,,,transit,all,,,,0.80,,2025-03-01,2025-12-31,S-2/2025,SRC_STAT,observed",
)


@dataclass(frozen=True)
class Day:
    """What one class pays in Bravoland on a date: US$ per tonne-km, why, by which document."""

    date: str
    klass: str
    usd_per_tkm: float
    why: str
    document: str
    remark: str = ""

    @property
    def transit_usd(self) -> float:
        """US$ per tonne for the transit."""
        return KM * self.usd_per_tkm

    @property
    def route(self) -> Route:
        """The rail route from Alpha City to Charlie City at this rate."""
        rate = {**BASE.rail_rate, ("BBB", self.klass, "transit"): self.usd_per_tkm}
        found = routes(replace(BASE, rail_rate=rate), "A1", "C1", self.klass)
        return next(route for route in found if route.mode == "rail")


GRAIN = 1.80 / 60  # US$ per wagon-km over 60 t
BOX = 0.80 / 20  # US$ per FEU-km over 20 t

DAYS = (
    Day("2025-02-01", "G", 0.50 * GRAIN, "0.50 · 1.80 ÷ 60", "T-5/2025"),
    Day("2025-04-01", "G", 0.50 * GRAIN, "0.50 · 1.80 ÷ 60", "T-5/2025", "not 0.50 · 0.80"),
    Day("2025-08-01", "G", 0.70 * GRAIN, "0.70 · 1.80 ÷ 60", "T-9/2025", "not 0.70 · 0.80"),
    Day("2025-11-01", "G", 0.80 * GRAIN, "0.80 · 1.80 ÷ 60", "S-2/2025"),
    Day("2026-02-01", "G", GRAIN, "1.80 ÷ 60", ""),
    Day("2025-02-01", "M", 0.50 * BOX, "0.50 · 0.80 ÷ 20", "T-5/2025"),
    Day("2025-08-01", "M", 0.50 / 20, "0.50 ÷ 20", "T-10/2025", "below 0.80 · 0.80 ÷ 20 = 0.0320"),
    Day("2025-11-01", "M", 0.80 * BOX, "0.80 · 0.80 ÷ 20", "S-2/2025"),
    Day("2026-02-01", "M", BOX, "0.80 ÷ 20", ""),
)
NAMES = {"G": "Grain, in wagons of 60 t", "M": "Machines, in FEU of 20 t"}


def _table(klass: str) -> str:
    lines = [
        "| date | US$ per t-km | US$ per t in Bravoland | whole route | document |",
        "|---|---|--:|--:|---|",
    ]
    for day in DAYS:
        if day.klass == klass:
            remark = f" ({day.remark})" if day.remark else ""
            lines.append(
                f"| {day.date} | {day.why} = {day.usd_per_tkm:.4f}{remark} "
                f"| {KM} · {day.usd_per_tkm:.4f} = **{day.transit_usd:.2f}** "
                f"| {day.route.usd:.2f} | {day.document or 'none holds'} |"
            )
    return "\n".join(lines)


def page() -> str:
    """Return the page."""
    rows = "\n".join(f"    {row}" for row in ROWS)
    tables = "\n\n".join(f"**{NAMES[k]}**\n\n{_table(k)}" for k in ("G", "M"))
    legs = "\n".join(f"| {leg.what} | {leg.usd:.2f} |" for leg in DAYS[0].route.legs)
    return f"""# Dated tariffs, by hand

<!-- written by tests/by_hand/dated_tariffs.py; do not edit -->

What a railway charges for transit often hangs on where the cargo leaves the country, and holds for
a quarter of a year. This page computes it for the teaching study, to the cent; a test holds the
product to it.

    opencorridor study new dated --from teaching

Add a file `tariff_rail.csv` to the folder `dated`:

{rows}

T-5/2025 and T-9/2025 are coefficients for what leaves Bravoland by Beacon Gate, T-9/2025 not for
machines. T-10/2025 is a through rate for containers from Alba Gate to Beacon Gate, for boxes of up
to 26 t gross (20 t and 3.9 t of the box itself). S-2/2025 holds wherever transit comes from and
goes to. Where several hold, the shipper pays the lowest price alone; they are not multiplied.

    opencorridor route "Alpha City" "Charlie City" --study dated --commodity G --unit wagon \\
      --mode rail --at 2025-02-01

The usual rate of transit in Bravoland is 1.80 US$ per wagon-km and 0.80 US$ per FEU-km. There are
{KM} km from gate to gate.

{tables}

The whole route of the first line, US$ per tonne:

| leg | US$ per t |
|---|--:|
{legs}
| **in all** | **{DAYS[0].route.usd:.2f}** |

The answer names the document and its dates at the leg. On the last date none holds: the usual rate
is charged, and a note says which coefficient ended, and when. Transit by another gate may use
S-2/2025 alone, and goods of Bravoland itself none of them.
"""


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
