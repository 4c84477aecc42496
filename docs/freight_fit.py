"""The page ``reference/freight-fit.md``: modelled against observed tonnages, from the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from opencorridor.operations.freight_places import PlacesRequest, run
from opencorridor.study import open_study

if TYPE_CHECKING:
    from opencorridor.scenario.observed import FreightFit, Line, Seen, Share

__all__ = ["page"]

WHY = {
    "background": "background of a place set from a count",
    "choice": "choice calibrated on it",
    "old": "far from the baseline year",
    "converted": "converted from boxes, vehicles or trains",
}


def page(study: str) -> str:
    """Return the page for a study: solves its baseline."""
    found = run(PlacesRequest(study, path=False))
    fit = found.fit
    lines = [
        "# Fit to observed tonnages",
        "",
        "Loads of the model's baseline beside what was counted at crossings, ports and corridors",
        "(tables `traffic` and `traffic_match`), million tonnes a year. *Beside* is background",
        "load, *third* the share of the modelled tonnes with neither end in the study's pair of",
        "countries. Of each quantity the count nearest to the baseline year is compared; the",
        "others stand in the last column, contradictory ones included. How background is set:",
        "[decision 036](../decisions/036-background-load.md), constants of the choice:",
        "[decision 041](../decisions/041-generation-and-constants.md). The same table on any",
        "study: `opencorridor freight places --fit`.",
        "",
        f"Judged: {len(fit.judged)} quantities that nothing was set from. {fit.near} lie within a",
        f"factor of two of the count, {fit.inside} within a factor of two of the span of all",
        f"counts near the year; the median of modelled over observed is {fit.median_ratio:.2f}.",
        "",
        "## Judged",
        "",
        *_table(fit.judged),
        "",
        "## Fitted, and left out",
        "",
        "Constants of the choice (table `choice_constant`) are fitted to these counts. *Left out*",
        "is what the model carries when they are fitted without the count in that row: the honest",
        "measure of what a constant can say of a place that it has not seen.",
        "",
        *_left_out(fit),
        "",
        "Fitted shares of generalised cost, drawn to 0, within half of the cost of a way; the",
        "range is where the sum of squares is one more than at its least:",
        "",
        *_constants(study),
        "",
        "## Not judged",
        "",
        "Agreement is by construction, or the count is old or converted from other units.",
        "*Alone* is the model without background over what was counted.",
        "",
        *_not_judged(fit),
        "",
        "## Shares of ways",
        "",
        "Parts of a quantity by a mode or over a place, where both were counted for about the",
        "same time. A share above 100 % says that the two counts contradict each other.",
        "",
        *_shares(fit.shares),
    ]
    return "\n".join(lines) + "\n"


def _left_out(fit: FreightFit) -> list[str]:
    out = [
        "| place | goods | observed | span | fitted | ratio | left out | ratio |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for line in fit.lines:
        if line.reason == "choice" and line.left_out_t == line.left_out_t:
            span = f"{_mt(line.low_t)} to {_mt(line.high_t)}"
            cells = (_mt(line.observed_t), span, _mt(line.modelled_t), f"{line.model_ratio:.2f}",
                     _mt(line.left_out_t), f"{line.left_out_t / line.observed_t:.2f}")  # fmt: skip
            out.append(f"| {line.name} | {line.goods} | {' | '.join(cells)} |")
    return out


def _constants(study: str) -> list[str]:
    table, seen = open_study(study)["choice_constant"], set[str]()
    out = ["| ways | share of cost | low | high | what it stands for |", "|---|---:|---:|---:|---|"]
    for row in range(table.n):
        group = str(table["constant_group"][row])
        if group in seen:
            continue
        seen.add(group)
        value = float(table["cost_share"][row])
        ends = [float(table[f"cost_share_{end}"][row]) for end in ("low", "high")]
        shares = (_percent(x) if x == x else _percent(value) for x in (value, *ends))
        out.append(f"| {group} | {' | '.join(shares)} | {table['note'][row]} |")
    return out


def _mt(value: float) -> str:
    return "" if value != value else f"{value / 1e6:.2f}"


def _percent(value: float) -> str:
    return "" if value != value else f"{100 * value:.0f} %"


def _table(found: Sequence[Line]) -> list[str]:
    out = [
        "| place | goods | observed | year | modelled | beside | ratio | third | counts |",
        "|---|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for line in found:
        loads = (_mt(line.modelled_t), _mt(line.background_t))
        cells = (_mt(line.observed_t), str(line.year), *loads, f"{line.ratio:.2f}",
                 _percent(line.third_share))  # fmt: skip
        out.append(f"| {line.name} | {line.goods} | {' | '.join(cells)} | {_counts(line)} |")
    return out


def _not_judged(fit: FreightFit) -> list[str]:
    out = [
        "| place | goods | observed | year | modelled | beside | alone | third | why | counts |",
        "|---|---|---:|---:|---:|---:|---:|---:|---|---|",
    ]
    for line in fit.lines:
        if line.judged:
            continue
        cells = (_mt(line.observed_t), str(line.year), _mt(line.modelled_t),
                 _mt(line.background_t), f"{line.model_ratio:.2f}", _percent(line.third_share),
                 WHY[line.reason])  # fmt: skip
        out.append(f"| {line.name} | {line.goods} | {' | '.join(cells)} | {_counts(line)} |")
    return out


def _counts(line: Line) -> str:
    text = "; ".join(_count(one) for one in line.seen)
    return f"**contradictory:** {text}" if line.contradictory else text


def _count(seen: Seen) -> str:
    printed = "" if seen.measured == "counted" else f" {seen.measured}"
    return f"{seen.traffic_id} {seen.year} {_mt(seen.t_per_year)}{printed} (`{seen.source}`)"


def _shares(found: Sequence[Share]) -> list[str]:
    out = ["| part | goods | of | years | observed | modelled |", "|---|---|---|---|---:|---:|"]
    for share in found:
        years = f"{share.part_seen.year}, {share.whole_seen.year}"
        cells = (share.whole.name, years, _percent(share.observed), _percent(share.modelled))
        out.append(f"| {share.part.name} | {share.part.goods} | {' | '.join(cells)} |")
    return out
