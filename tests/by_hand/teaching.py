"""The teaching study computed by hand: prints ``docs/tutorials/teaching.md``.

Standard library only; the figures are typed from the tables in ``hand_figures``, never read. Run

    python tests/by_hand/teaching.py --write

to renew the page; without ``--write`` it goes to standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from hand_figures import (
    BASE,
    CARGO,
    CLASSES,
    COUNTRIES,
    EXPORT_SHARE,
    GDP_2030,
    IMPORT_SHARE,
    MILLION,
    NAMES,
    PRICES_2030,
    ZONES,
    Figures,
    with_measure,
)
from hand_freight import (
    Baseline,
    Outcome,
    allowed,
    baseline,
    cleared_answer,
    composite,
    cost_with_wait,
    density,
    first_answer,
    load,
    options_of,
    scenario,
    shares,
    tonnes,
)
from hand_routes import Route, routes, skim
from hand_trade import equilibrium, expenditure, grow, matrix, output, pair

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "teaching.md"
TARGET = 2110 * MILLION


def measures(*names: str) -> Figures:
    """Figures with several measures."""
    f = BASE
    for name in names:
        f = with_measure(f, name)
    return f


@cache
def start() -> Baseline:
    """The baseline, solved once."""
    return baseline()


@cache
def solved(names: tuple[str, ...], in_2030: bool = False) -> Outcome:
    """Trade and traffic with measures, in the world of 2024 or grown to 2030."""
    if in_2030:  # the window at Alba Gate is in force by then
        return scenario(measures("ALBA_WINDOW", *names), start(), grow(start().flows))
    return scenario(measures(*names), start())


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Markdown table; numbers to the right."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def legs_table(route: Route) -> str:
    rows = [(leg.what, f"{leg.km:,.0f}", f"{leg.hours:.1f}", f"{leg.usd:.2f}", f"{leg.co2:.2f}")
            for leg in route.legs]  # fmt: skip
    rows.append(("**in all**", f"**{route.km:,.0f}**", f"**{route.hours:.1f}**",
                 f"**{route.usd:.2f}**", f"**{route.co2:.2f}**"))  # fmt: skip
    return table(("leg", "km", "h", "US$/t", "kg CO2e/t"), rows)


def routes_part() -> str:
    parts = [
        "## 1 Routes, leg by leg",
        "",
        "Generalised cost = money + value of time × hours; value of time 0.1 US$ per t·h for grain"
        " (G, bulk), 0.5 for machinery (M, in boxes). No price on CO2e and none on spread.",
    ]
    for k in CLASSES:
        for start, end in (("A1", "C1"), ("C1", "A1")):
            for route in routes(BASE, start, end, k):
                title = f"### {k}: {NAMES[start]} to {NAMES[end]} by {route.mode}"
                sum_ = f"{route.usd:.2f} + {route.value_of_time} × {route.hours:.1f}"
                parts += ["", title, "", legs_table(route), "",
                          f"Generalised cost {sum_} = **{route.cost:.2f} US$/t**."]  # fmt: skip
    parts += ["", "The hours differ by direction: the border at Beacon Gate takes 12 h towards"
              " Charlieland (10 h for boxes) and 30 h back, Alba Gate 6 h and 4 h."]  # fmt: skip
    return "\n".join(parts)


def skim_part() -> str:
    parts = ["## 2 Skims", ""]
    for k in CLASSES:
        found = skim(BASE, k)
        rows = []
        for i in ZONES:
            cells = [f"{found[i, j].cost:.2f} ({found[i, j].hours:.0f} h, {found[i, j].mode})"
                     if i != j else "" for j in ZONES]  # fmt: skip
            rows.append((NAMES[i], *cells))
        parts += [f"Class {k}, {CARGO[k]}: US$/t generalised, hours, mode of the cheapest route.",
                  "", table(("from / to", *(NAMES[z] for z in ZONES)), rows), ""]  # fmt: skip
    parts += ["Countries: cheapest generalised cost by the shares of zones (exports of the class"
              " × imports).", ""]  # fmt: skip
    rows = [(k, i, j, f"{country_skim(BASE, k, i, j):.4f}") for k in CLASSES for i in COUNTRIES
            for j in COUNTRIES if i != j]  # fmt: skip
    parts.append(table(("class", "from", "to", "US$/t"), rows))
    return "\n".join(parts)


def country_skim(f: Figures, k: str, i: str, j: str) -> float:
    """Cheapest generalised cost from country to country, by the shares of zones."""
    found = skim(f, k)
    return sum(out * into * found[a, b].cost for a, out in EXPORT_SHARE[i, k].items()
               for b, into in IMPORT_SHARE[j].items())  # fmt: skip


def tau_part() -> str:
    f = measures("TRANSIT_DEAL")
    parts = [
        "## 3 From US$ per tonne to trade costs",
        "",
        "Measure TRANSIT_DEAL: transit rates of Bravoland fall by a fifth. Without queues, by the"
        " cheapest routes: τ̂ = (1 + c′/v) ÷ (1 + c/v); a sector takes the mean over its classes by"
        " value (AGR: all grain; MFG: 0.9 machinery, 0.1 grain).",
        "",
    ]
    rows = []
    for i, j in (("AAA", "CCC"), ("CCC", "AAA")):
        t = {}
        for k in CLASSES:
            old, new, v = country_skim(BASE, k, i, j), country_skim(f, k, i, j), density(k, i, j)
            t[k] = (1 + new / v) / (1 + old / v)
            rows.append((f"{i}-{j}", k, f"{old:.4f}", f"{new:.4f}", f"{v:,.0f}", f"{t[k]:.8f}"))
        rows.append((f"{i}-{j}", "MFG", "", "", "", f"{0.9 * t['M'] + 0.1 * t['G']:.8f}"))
    parts.append(table(("pair", "class", "c", "c′", "v", "τ̂"), rows))
    return "\n".join(parts)


def trade_part() -> str:
    flows = matrix()
    f = measures("DUTY_FREE")
    change = {key: (1 + f.tariff.get((key[2], key[1], key[0]), 0.0))
              / (1 + BASE.tariff.get((key[2], key[1], key[0]), 0.0)) for key in flows}  # fmt: skip
    new, wage, steps = equilibrium(flows, change)
    parts = [
        "## 4 Trade",
        "",
        "Baseline: output, expenditure (million US$ of 2024). World output equals world"
        " expenditure; deficits keep their share of it.",
        "",
        table(("country", "output", "expenditure", "deficit"),
              [(i, f"{output(flows, i) / MILLION:,.0f}", f"{expenditure(flows, i) / MILLION:,.0f}",
                f"{(expenditure(flows, i) - output(flows, i)) / MILLION:,.0f}")
               for i in COUNTRIES]),
        "",
        "Counterfactual DUTY_FREE, freight unchanged: τ̂ = 1.05/1.20 (AGR), 1.05/1.15 (MFG)"
        " southwards and 1/1.10, 1/1.05 northwards.",
        "",
        table(("sector", "from", "to", "before", "after, million US$"),
              [(s, i, j, f"{flows[s, i, j] / MILLION:,.1f}", f"{new[s, i, j] / MILLION:,.6f}")
               for s in ("AGR", "MFG") for i in COUNTRIES for j in COUNTRIES]),
        "",
        "Wages: " + ", ".join(f"{i} {wage[i]:.10f}" for i in COUNTRIES)
        + f" (world output stays; {steps} steps of a damped fixed point). Trade of the pair:"
        f" {pair(flows) / MILLION:,.1f} to **{pair(new) / MILLION:,.6f}** million US$.",
    ]  # fmt: skip
    return "\n".join(parts)


def freight_part() -> str:
    base = start()
    rows, options = tonnes(base.flows), options_of(BASE)
    lines = []
    for (k, i, j), t in rows.items():
        part = shares(options[k, i, j], base.wait_h)
        text = ", ".join(f"{r.mode} {s:.4f} at {cost_with_wait(r, base.wait_h):.2f}"
                         for r, s in zip(options[k, i, j], part, strict=True))  # fmt: skip
        lines.append((k, NAMES[i], NAMES[j], f"{t:,.0f}", text))
    back = load(rows, options, base.wait_h, "BC_RAIL", "BBB")
    cap = BASE.capacity_t
    a = ("G", "A1", "C1")
    return "\n".join([
        "## 5 Tonnes, choice and the wait at Beacon Gate",
        "",
        "Tonnes = US$ × share of the class ÷ value density × shares of the zones. Shares of routes:"
        " power logit, (cost)^-45, over the routes that cost at most 1.1 times the cheapest in one"
        " of four states: as things stand or with all measures, without a queue or with 120 hours"
        " at every place that has a capacity.",
        "",
        table(("class", "from", "to", "t a year", "share of each route and its cost with the wait"),
              lines),
        "",
        "Rail through Beacon Gate towards Charlieland without a queue:"
        f" {load(rows, options, 0):,.0f} t a year against a capacity of {cap:,.0f} t. A queue of w"
        " hours lets through cap × (0.8 × 12 + w) ÷ (12 + w). The wait at which the load that still"
        " chooses the gate"
        f" equals it, by bisection: **w = {base.wait_h:.6f} h**, load {base.load_t:,.1f} t,"
        f" let through {allowed(base.wait_h, cap):,.1f} t. Towards Bravoland {back:,.1f} t of"
        " 1,200,000 t pass and nobody waits: the wait belongs to one direction.",
        "",
        f"Composite cost of grain {NAMES['A1']} to {NAMES['C1']} (sum of c^-45)^(-1/45) ="
        f" {composite(options[a], base.wait_h):.6f} US$/t. Countries, by the shares of zones:",
        "",
        table(("class", "from", "to", "US$/t in the baseline"),
              [(*key, f"{c:.6f}") for key, c in base.cost.items()]),
    ])  # fmt: skip


ALONE = ("DUTY_HALF", "DUTY_FREE", "BEACON_YARD", "BEACON_SHIFT", "BRIGHT_LINE", "BRIGHT_YARD",
         "TRANSIT_DEAL", "E_DECLARATION")  # fmt: skip
TOGETHER = (("BEACON_YARD", "BEACON_SHIFT"), ("BRIGHT_LINE", "BRIGHT_YARD"),
            ("TRANSIT_DEAL", "E_DECLARATION"))  # fmt: skip
CHEAP = ("DUTY_FREE", "BEACON_YARD", "BEACON_SHIFT", "TRANSIT_DEAL", "E_DECLARATION")
ALL = (*CHEAP, "BRIGHT_LINE", "BRIGHT_YARD")


def loop_part() -> str:
    base = start()
    rows = []
    for names in (*((n,) for n in ALONE), *TOGETHER):
        found = solved(names)
        rows.append((" + ".join(names), f"{found.pair_usd / MILLION:,.4f}",
                     f"{found.wait_h:.4f}", f"{found.load_t:,.0f}"))  # fmt: skip
    return "\n".join([
        "## 6 Measures: trade and traffic agree",
        "",
        "Each row is solved until waits, costs, trade and tonnes agree. Before: 1,000 million US$,"
        f" {base.wait_h:.4f} h, {base.load_t:,.0f} t.",
        "",
        table(("measures", "pair, million US$ of 2024", "wait, h", "load, t"), rows),
        "",
        "BEACON_YARD and BEACON_SHIFT are substitutes: the second adds little. BRIGHT_LINE and"
        " BRIGHT_YARD are complements: alone each does nothing.",
    ])  # fmt: skip


def path_part() -> str:
    base = start()
    grown = grow(base.flows)
    rows = []
    for names in ((), ("DUTY_FREE",), CHEAP, ALL):
        found = solved(names, True)
        now = found.pair_usd * PRICES_2030
        word = "reached" if now >= TARGET else "missed"
        rows.append((" + ".join(names) or "none", f"{found.pair_usd / MILLION:,.3f}",
                     f"{now / MILLION:,.3f}", f"{found.wait_h:.4f}", word))  # fmt: skip
    gdp = ", ".join(f"{i} {g:.2f}" for i, g in GDP_2030.items())
    return "\n".join([
        "## 7 The way to 2030",
        "",
        f"GDP of 2030 over 2024: {gdp}. Trade starts at X × g of one end × g of the other ÷ that of"
        " the world, sales at home at X × g; both are balanced to output and expenditure: the pair"
        f" grows from {pair(base.flows) / MILLION:,.1f} to"
        f" **{pair(grown) / MILLION:,.6f}** million US$ of 2024. Prices of 2030 are"
        f" {PRICES_2030:.2f} of 2024, so that is {pair(grown) * PRICES_2030 / MILLION:,.6f}"
        f" million current US$; 2,110 million current are {TARGET / PRICES_2030 / MILLION:,.4f}."
        " With growth the queue grows; the window at Alba Gate is in force in every row.",
        "",
        table(("new measures", "million US$ of 2024", "million current US$", "wait, h",
               "2,110 million current US$"), rows),
        "",
        "Without the line by Bright Gate (240 million US$ with its yard) the target is missed; with"
        " it, it is reached.",
    ])  # fmt: skip


BORDER = (("TRANSIT_DEAL",), ("E_DECLARATION",), ("TRANSIT_DEAL", "E_DECLARATION"),
          ("BEACON_SHIFT",), ("BEACON_YARD",))  # fmt: skip


def congestion_part() -> str:
    base = start()
    before = pair(base.flows)
    rows = []
    for names in BORDER:
        f, after = measures(*names), solved(names)
        first = pair(first_answer(f, base))
        second, wait = cleared_answer(f, base)
        share = f"{(first - after.pair_usd) / (first - before):.1%}" if first > before + 1 else ""
        rows.append((" + ".join(names), *(f"{(x - before) / MILLION:+,.4f}" for x in
                     (first, pair(second), after.pair_usd)),
                     f"{(first - after.pair_usd) / MILLION:,.4f}", share,
                     f"{wait:.4f}", f"{after.wait_h:.4f}"))  # fmt: skip
    after = solved(("E_DECLARATION",))
    queue = after.wait_h - base.wait_h
    grain, boxes = (BASE.dwell_h["BC_RAIL", "BBB", "CCC", k] / 2 for k in CLASSES)
    return "\n".join([
        "## 8 What congestion takes back",
        "",
        "The same change answered three times, each with more of the world let to answer.",
        "",
        "- *Before congestion*: costs change, the queue at Beacon Gate stays as it was"
        f" ({base.wait_h:.4f} h), trade answers.",
        "- *Cleared*: goods choose their ways anew at the old trade, the queue clears, trade"
        " answers; what it adds joins no queue (`--no-loop`).",
        "- *After congestion*: trade and traffic agree, as in part 6.",
        "",
        table(("measures", "before, million US$", "cleared", "after", "taken back", "share",
               "wait cleared, h", "wait after, h"), rows),
        "",
        f"With pencil and paper: E_DECLARATION halves the hours at the gate, {grain:.0f} h less for"
        f" grain and {boxes:.0f} h for boxes towards Charlieland. Rail gets cheaper, goods come"
        f" from road and sea until the gate is as full as its queue allows, and the queue grows by"
        f" {after.wait_h:.4f} - {base.wait_h:.4f} = {queue:.4f} h. Of the {0.1 * grain:.2f} US$"
        f" ({grain:.0f} h at 0.1 US$ per t·h) that a tonne of grain gains, {0.1 * queue:.4f} go"
        f" back into the queue; a tonne in a box gains {0.5 * boxes:.2f} and pays"
        f" {0.5 * queue:.4f} more. What stays is won northwards, where nobody queues: 15 h less.",
        "",
        "A yard or a night shift changes no hours but the queue: before congestion there is nothing"
        " to gain, and all of the gain is congestion that goes away. What trade then adds fills a"
        " little of the new room again: after is less than cleared. `opencorridor scenario --study"
        " teaching --measures TRANSIT_DEAL,E_DECLARATION` prints before and after; it looks for"
        " ways once more at the new prices and offers some that this page does not, so that its"
        " figures differ a little.",
    ])  # fmt: skip


def page() -> str:
    """Return the whole page."""
    head = (
        "# The teaching study, computed by hand\n\n"
        "<!-- written by tests/by_hand/teaching.py; do not edit -->\n\n"
        "Alphaland (AAA), Bravoland (BBB) and Charlieland (CCC) are invented, and so is every"
        " number. This page is worked out with the standard library of Python and figures typed"
        " from the tables, apart from the product; the tests hold the product to it."
    )
    parts = (routes_part, skim_part, tau_part, trade_part, freight_part, loop_part, path_part,
             congestion_part)  # fmt: skip
    return "\n\n".join([head, *(part() for part in parts)]) + "\n"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
