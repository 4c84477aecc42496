"""Modelled against observed tonnages: the cuts of the table ``traffic_match`` through a state.

Rows of one series tell the same quantity, for several years or by several sources. The one
nearest to the baseline year stands for it; all are kept beside it. A series that a part of the
study was set from (``calibrates``) agrees by construction and is not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.indicators import option_tonnes
from opencorridor.freight.observed import (
    Cut,
    Loaded,
    background_t,
    counted,
    cut_of,
    third_share,
)
from opencorridor.scenario.constants import ways_of
from opencorridor.scenario.model import Model
from opencorridor.scenario.state import Baseline, State
from opencorridor.study import Study

__all__ = ["FreightFit", "Line", "Seen", "Share", "freight_fit", "loaded", "option_loads"]

# A count speaks for the baseline year if it is at most so many years from it.
NEAR_YEARS = 2
# Counts of one quantity near the baseline year that differ by more than this factor contradict.
CONTRADICTED = 1.5
FACTOR = 2.0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """One reported tonnage: t a year as printed or converted, and how it was measured."""

    traffic_id: str
    t_per_year: float
    year: int
    measured: str
    note: str
    source: str
    status: str


@dataclass(frozen=True)
class Line:
    """One series: what was seen, what the model carries, what is set beside it.

    ``low_t``, ``high_t`` span the values seen near the baseline year. ``third_share`` is the
    share of the modelled tonnes with neither end in the pair, ``left_out_t`` what the model carries
    where constants are fitted without this line (NaN: none was). ``judged`` is False where
    ``reason`` says why: background or choice (by construction), old, converted.
    """

    series: str
    name: str
    goods: str
    cut: Cut
    seen: tuple[Seen, ...]
    observed_t: float
    year: int
    low_t: float
    high_t: float
    modelled_t: float
    background_t: float
    third_share: float
    left_out_t: float
    contradictory: bool
    reason: str

    @property
    def place_ids(self) -> tuple[str, ...]:
        """Crossings and terminals that are counted at."""
        return self.cut.passes

    @property
    def total_t(self) -> float:
        """Modelled and background together, t a year."""
        return self.modelled_t + (0.0 if np.isnan(self.background_t) else self.background_t)

    @property
    def ratio(self) -> float:
        """Modelled and background over observed."""
        return self.total_t / self.observed_t if self.observed_t > 0 else float("nan")

    @property
    def model_ratio(self) -> float:
        """Modelled alone over observed."""
        return self.modelled_t / self.observed_t if self.observed_t > 0 else float("nan")

    @property
    def judged(self) -> bool:
        """Whether agreement says anything about the model."""
        return not self.reason

    def as_dict(self) -> dict[str, Any]:
        """Plain values, NaN as None."""
        values = asdict(self) | {
            "ratio": self.ratio,
            "model_ratio": self.model_ratio,
            "judged": self.judged,
            "place_ids": list(self.place_ids),
            "seen": [asdict(one) for one in self.seen],
        }
        return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in values.items()}


@dataclass(frozen=True)
class Share:
    """A part of a quantity, by a mode or over a place: both were seen for the same time.

    ``part_seen`` and ``whole_seen`` are the counts whose years lie closest to each other.
    """

    part: Line
    whole: Line
    part_seen: Seen
    whole_seen: Seen

    @property
    def observed(self) -> float:
        """Observed share; above 1 where the two sources contradict each other."""
        return self.part_seen.t_per_year / self.whole_seen.t_per_year

    @property
    def modelled(self) -> float:
        """Modelled share; NaN without tonnes."""
        whole = self.whole.modelled_t
        return self.part.modelled_t / whole if whole > 0 else float("nan")


@dataclass(frozen=True)
class FreightFit:
    """The fit of the loads of a state to observed tonnages."""

    lines: tuple[Line, ...]
    shares: tuple[Share, ...]

    @property
    def judged(self) -> tuple[Line, ...]:
        """Lines that say something about the model."""
        return tuple(line for line in self.lines if line.judged)

    @property
    def near(self) -> int:
        """Judged lines within a factor of two of what was seen nearest to the baseline year."""
        return sum(1.0 / FACTOR <= line.ratio <= FACTOR for line in self.judged)

    @property
    def inside(self) -> int:
        """Judged lines within a factor of two of the span of what was seen near that year."""
        return sum(
            line.low_t / FACTOR <= line.total_t <= line.high_t * FACTOR for line in self.judged
        )

    @property
    def median_ratio(self) -> float:
        """Median of modelled over observed on the judged lines; NaN without any."""
        found = [line.ratio for line in self.judged]
        return float(np.median(found)) if found else float("nan")

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        median = self.median_ratio
        return {
            "judged": len(self.judged),
            "within_factor_two": self.near,
            "within_factor_two_of_span": self.inside,
            "median_ratio": None if np.isnan(median) else median,
            "lines": [line.as_dict() for line in self.lines],
            "shares": [
                {"part": s.part.series, "whole": s.whole.series, "name": s.part.name,
                 "goods": s.part.goods, "observed": s.observed,
                 "year": s.part_seen.year, "whole_year": s.whole_seen.year,
                 "traffic_ids": [s.part_seen.traffic_id, s.whole_seen.traffic_id],
                 "modelled": None if np.isnan(s.modelled) else s.modelled}
                for s in self.shares
            ],
        }  # fmt: skip


def option_loads(model: Model, solved: Baseline | State) -> Floats:
    """Return (O,) tonnes a year on every option of a state or baseline."""
    if isinstance(solved, State):
        tonnes = solved.tonnes
    else:
        tonnes = (solved.prices.tonnes_per_usd * model.cell_values(model.flows)).sum(axis=1)
    rows = (tonnes * model.covered)[model.rows.cell] * solved.prices.weight
    return option_tonnes(model.options, rows, solved.share)


def loaded(model: Model, solved: Baseline | State) -> Loaded:
    """Return loads of a state or baseline, ready to be counted."""
    return ways_of(model, option_loads(model, solved))


def freight_fit(model: Model, solved: Baseline | State, study: Study | None = None) -> FreightFit:
    """Compare the loads of a state with every series of ``traffic_match`` in use.

    ``study`` gives the observations and backgrounds; by default the model's own.
    """
    study = study or model.study
    match, at = study["traffic_match"], _rows_by_id(study)
    by_series: dict[str, list[int]] = {}
    for row in np.flatnonzero(match["use"] == "compared"):
        by_series.setdefault(str(match["series"][row]), []).append(int(row))
    state = loaded(model, solved)
    lines = tuple(
        _line(study, model, state, series, rows, at) for series, rows in by_series.items()
    )
    lines = tuple(sorted(lines, key=lambda line: (not line.judged, -line.observed_t)))
    return FreightFit(lines, tuple(_shares(study, lines)))


def _rows_by_id(study: Study) -> dict[str, int]:
    return {str(t): n for n, t in enumerate(study["traffic"]["traffic_id"])}


def _seen(study: Study, match_row: int, row: int) -> Seen:
    table, match = study["traffic"], study["traffic_match"]
    year = table["year"][row]
    return Seen(
        traffic_id=str(table["traffic_id"][row]),
        t_per_year=float(table["t_per_year"][row]),
        year=0 if np.isnan(year) else int(year),
        measured=str(match["measured"][match_row]),
        note=str(table["note"][row]),
        source=str(table["source"][row]),
        status=str(table["status"][row]),
    )


def _line(
    study: Study,
    model: Model,
    state: Loaded,
    series: str,
    rows: Sequence[int],
    at: dict[str, int],
) -> Line:
    match, base = study["traffic_match"], study.settings.baseline_year
    seen = [_seen(study, r, at[str(match["traffic_id"][r])]) for r in rows]
    # A whole year that was counted speaks before a part of one, the nearer before the farther.
    order = {"counted": 0, "annualised": 1, "converted": 2}
    # Of equals, one that the table uses goes before one that it only checks with.
    use = study["traffic"]["use"]
    first = {s.traffic_id: (use[at[s.traffic_id]] != "yes", s.traffic_id) for s in seen}
    seen.sort(
        key=lambda s: (_far(s, base), order[s.measured], abs(s.year - base), first[s.traffic_id])
    )
    best = seen[0]
    near = [s.t_per_year for s in seen if not _far(s, base)] or [best.t_per_year]
    cut = cut_of(match, rows[0])
    hit = counted(state, cut)
    sets = {str(match["calibrates"][r]) for r in rows} - {""}
    beside = background_t(study["capacity"], cut)
    # A group of places agrees in part by construction once one of them was filled up to a count.
    sets |= {"background"} if not sets and beside > 0.0 else set()
    reason = sets.pop() if sets else "old" if _far(best, base) else ""
    return Line(
        series=series,
        name=_name(study, cut),
        goods=_goods(study, cut),
        cut=cut,
        seen=tuple(seen),
        observed_t=best.t_per_year,
        year=best.year,
        low_t=min(near),
        high_t=max(near),
        modelled_t=float(state.option_t[hit].sum()),
        background_t=beside,
        third_share=third_share(state, hit, model.pair),
        left_out_t=float(match["left_out_t_per_year"][rows[0]]),
        contradictory=max(near) > CONTRADICTED * min(near),
        reason=reason or ("converted" if best.measured == "converted" else ""),
    )


def _far(seen: Seen, base: int) -> bool:
    return abs(seen.year - base) > NEAR_YEARS


def _name(study: Study, cut: Cut) -> str:
    if cut.country:
        table = study["country"]
        names = dict(zip(table["country_id"], table["name_en"], strict=True))
        return str(names.get(cut.country, cut.country))
    known = dict(zip(study["terminal"]["terminal_id"], study["terminal"]["name_en"], strict=True))
    crossing = study["border_crossing"]
    known |= dict(zip(crossing["border_crossing_id"], crossing["name_en"], strict=True))
    text = ", ".join(str(known.get(i, i)) for i in cut.passes)
    if cut.then_passes:
        text += " – " + ", ".join(str(known.get(i, i)) for i in cut.then_passes)
    return text


def _goods(study: Study, cut: Cut) -> str:
    """Say in words which goods a cut counts."""
    table = study["commodity"]
    names = dict(zip(table["class_id"], table["name_en"], strict=True))
    words = [" and ".join(str(names.get(c, c)).lower() for c in cut.classes)]
    words.append({"container": "containers", "bulk": "bulk"}.get(cut.cargo, ""))
    if cut.not_country:
        words.append("transit")
    if cut.exporters == cut.importers and cut.exporters:
        words.append("between " + ", ".join(cut.exporters))
    else:
        words.append("from " + ", ".join(cut.exporters) if cut.exporters else "")
        words.append("to " + ", ".join(cut.importers) if cut.importers else "")
    if cut.mode:
        words.append(f"by {cut.mode}")
    if cut.from_country:
        words.append(f"{cut.from_country} to {cut.to_country}")
    return " ".join(w for w in words if w) or "all goods"


def _shares(study: Study, lines: Sequence[Line]) -> list[Share]:
    """Parts by mode or place of quantities that were seen as a whole within a year of them."""
    match = study["traffic_match"]
    first = {str(match["series"][r]): r for r in range(match.n - 1, -1, -1)}
    key = ("country_id", "exporters", "importers", "not_country", "class_ids", "cargo")
    goods = {
        line.series: tuple(str(match[name][first[line.series]]) for name in key) for line in lines
    }
    modes = {line.series: str(match["mode"][first[line.series]]) for line in lines}
    out: list[Share] = []
    for whole in lines:
        if whole.place_ids or modes[whole.series]:
            continue
        for part in lines:
            narrower = bool(part.place_ids or modes[part.series])
            same = goods[part.series][1:] == goods[whole.series][1:]
            same &= bool(part.place_ids) or goods[part.series][0] == goods[whole.series][0]
            # A share of two quantities needs goods that both name; all transit is one country's.
            same &= not part.place_ids or bool(goods[part.series][1])
            if narrower and same:
                out.extend(_share(part, whole, study.settings.baseline_year))
    return out


def _share(part: Line, whole: Line, base: int) -> list[Share]:
    """Pair the counts of two quantities whose years lie closest, and near the baseline year."""
    found = [
        (abs(a.year - b.year), abs(a.year - base), n, a, b)
        for n, (a, b) in enumerate(product(part.seen, whole.seen))
        if not _far(a, base) and not _far(b, base)
    ]
    if not found:
        return []
    *_, a, b = min(found)
    return [Share(part, whole, a, b)] if abs(a.year - b.year) <= 1 else []
