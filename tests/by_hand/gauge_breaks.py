"""Ways to change gauge on the teaching study by hand: prints ``docs/tutorials/gauge-breaks.md``.

Standard library only; the figures are typed, never read. Run

    python tests/by_hand/gauge_breaks.py --write

to renew the page; without ``--write`` it goes to standard output.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from hand_figures import BASE
from hand_routes import Route, routes

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "gauge-breaks.md"
WAGON_T, FEU_T = 60, 20
MEASURE = "WHEELS"

# What is added to a copy of the teaching study: invented, like all of it.
_ENDS = {"S": "rail:5:CCC:1520,rail:5:CCC:1435", "N": "rail:5:CCC:1435,rail:5:CCC:1520"}
_WAYS = (
    ("B", "bulk,bogie_change,9.5,0,90,wagon,open,2025-03-01,B-3/2025"),
    ("C", "container,bogie_change,9.5,0,30,feu,open,2025-03-01,B-3/2025"),
    ("V", "bulk,variable_gauge,1.25,0,30,wagon,planned,,"),
)
OVER = (
    "transshipment_id,terminal_id,from_node_id,to_node_id,cargo,method,time_h,cost_usd_per_t,"
    "charge_usd_per_unit,charge_unit,state,valid_from,document_no,source,status",
    *(
        f"{name}{way},GAUGE_BEACON,{ends},{cells},SRC_STAT,observed"
        for name, cells in _WAYS
        for way, ends in _ENDS.items()
    ),
)
CAPACITY = (
    "capacity_id,place_kind,place_ids,cargo,method,capacity_t_per_year,source,status",
    "CAPV,terminal,GAUGE_BEACON,bulk,variable_gauge,200000,SRC_STAT,observed",
)
MEASURES = (
    "measure_id,title,kind,role,countries,cost_status,planned_year,source,status",
    f"{MEASURE},Wagons with variable wheels by Beacon Gate,rail,candidate,CCC,assumed,2026,"
    "SRC_ASSUME,assumed",
)
EDITS = (
    "measure_id,edit_no,table,key,column,op,value,source,status",
    f"{MEASURE},1,transshipment,terminal_id=GAUGE_BEACON;method=variable_gauge,state,set,open,"
    "SRC_ASSUME,assumed",
)
RULES = (
    "cargo_rule_id,place_kind,place_ids,method,class_ids,valid_from,valid_to,document_no,reason,"
    "source,status",
    "HEAT,terminal,GAUGE_BEACON,bogie_change,G,2025-07-01,2025-08-31,B-7/2025,no grain on other "
    "bogies in the heat,SRC_STAT,observed",
)
TABLES = {
    "transshipment": OVER,
    "capacity": CAPACITY,
    "measure": MEASURES,
    "measure_edit": EDITS,
    "cargo_rule": RULES,
}


@dataclass(frozen=True)
class Case:
    """One class on a date: how it changes gauge, the hours and US$ per tonne there, and why."""

    date: str
    klass: str
    method: str
    hours: float
    usd: float
    sum: str
    why: str
    measure: bool = False

    @property
    def route(self) -> Route:
        """The rail route from Alpha City to Charlie City with this change of gauge."""
        gauge = {**BASE.gauge, self.klass: (self.hours, self.usd)}
        found = routes(replace(BASE, gauge=gauge), "A1", "C1", self.klass)
        return next(route for route in found if route.mode == "rail")


WORDS = {
    "transfer": "transfer",
    "bogie_change": "change of bogies",
    "variable_gauge": "variable wheels",
}
_BOX = "2 + 0.50 · 8 = 6.00 beats 1.50 + 0.50 · 9.5 = 6.25"
CASES = (
    Case("2025-02-28", "G", "transfer", 24, 4, "", "no bogies are changed yet"),
    Case("2025-03-01", "G", "bogie_change", 9.5, 90 / WAGON_T, "90 ÷ 60", "B-3/2025"),
    Case("2025-08-01", "G", "transfer", 24, 4, "", "B-7/2025 forbids bogies to grain"),
    Case("2025-08-01", "G", "variable_gauge", 1.25, 30 / WAGON_T, "30 ÷ 60",
         f"with measure {MEASURE}", measure=True),
    Case("2025-02-28", "M", "transfer", 8, 2, "", "the only way for boxes"),
    Case("2025-03-01", "M", "transfer", 8, 2, "", _BOX),
)  # fmt: skip
# Boxes on other bogies: cheaper and slower, so it stands in the front beside the transfer.
CHEAPER = Case("2025-03-01", "M", "bogie_change", 9.5, 30 / FEU_T, "30 ÷ 20", "cheapest")
NAMES = {"G": "Grain, in wagons of 60 t", "M": "Machines, in FEU of 20 t"}


def clock(hours: float) -> str:
    """Return hours and minutes."""
    minutes = round(hours * 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _table(klass: str) -> str:
    lines = [
        "| date | way | hours | US$ per t | whole route | why |",
        "|---|---|--:|--:|--:|---|",
    ]
    for case in CASES:
        if case.klass == klass:
            said = f"{case.sum} = " if case.sum else ""
            lines.append(
                f"| {case.date} | {WORDS[case.method]} | {clock(case.hours)} "
                f"| {said}**{case.usd:.2f}** "
                f"| {clock(case.route.hours)}, {case.route.usd:.2f} | {case.why} |"
            )
    return "\n".join(lines)


def _file(name: str) -> str:
    verb = "Add to" if name in ("transshipment", "capacity", "measure", "measure_edit") else "Make"
    rows = "\n".join(f"    {row}" for row in TABLES[name])
    return f"{verb} `{name}.csv`:\n\n{rows}"


def page() -> str:
    """Return the page."""
    files = "\n\n".join(_file(name) for name in TABLES)
    tables = "\n\n".join(f"**{NAMES[k]}**\n\n{_table(k)}" for k in ("G", "M"))
    return f"""# Ways to change gauge, by hand

<!-- written by tests/by_hand/gauge_breaks.py; do not edit -->

Where tracks of 1520 and 1435 mm meet, goods are lifted or reloaded (`transfer`), or the loaded
wagon goes on: on other bogies (`bogie_change`), or on wheels that shift (`variable_gauge`). Each
way is a row of `transshipment` with its own hours, price, days and document; rows of the same two
nodes stand side by side, and the search takes the best for the cargo. This page computes it for
the teaching study, to the cent and the minute; a test holds the product to it.

    opencorridor study new gauges --from teaching

The columns that a row does not give stay blank.

{files}

A charge per wagon or box is divided by the payload of the class. Variable wheels need wagons that
have them: the capacity is what those can carry in a year. Nothing runs on them before the measure
opens the rows.

    opencorridor route "Alpha City" "Charlie City" --study gauges --commodity G --unit wagon \\
      --mode rail --at 2025-03-01

{tables}

On other bogies the machines would take {clock(CHEAPER.hours)} and pay {CHEAPER.sum} =
**{CHEAPER.usd:.2f}** US$ per tonne there: the whole route {clock(CHEAPER.route.hours)} and
{CHEAPER.route.usd:.2f} US$. It is cheaper, the transfer is faster: the front has both.
"""


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
