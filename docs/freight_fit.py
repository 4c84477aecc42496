"""The page ``reference/freight-fit.md``: modelled against observed tonnages, from the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from opencorridor.operations.freight_places import PlacesRequest, run

if TYPE_CHECKING:
    from opencorridor.scenario.observed import FreightFit, Line, Seen, Share

__all__ = ["page"]

WHY = {
    "background": "background set from it",
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
        "[decision 036](../decisions/036-background-load.md). The same table on any study:",
        "`opencorridor freight places --fit`.",
        "",
        f"Judged: {len(fit.judged)} quantities that nothing was set from. {fit.near} lie within a",
        f"factor of two of the count, {fit.inside} within a factor of two of the span of all",
        f"counts near the year; the median of modelled over observed is {fit.median_ratio:.2f}.",
        "",
        "## Judged",
        "",
        *_table(fit.judged),
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
        tonnes = (line.observed_t, line.modelled_t, line.background_t)
        observed, modelled, beside = (_mt(t) for t in tonnes)
        cells = (observed, str(line.year), modelled, beside, f"{line.ratio:.2f}",
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
