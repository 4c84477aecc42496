"""What each crossing or terminal is worth: what happens if it shuts, or lets half through."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from opencorridor.operations.check import checked
from opencorridor.operations.workbench.keep import read_note, write_note
from opencorridor.operations.workbench.places import capacity_name, names_of
from opencorridor.study import OpenCorridorError, Problem, Study, Table, open_study
from opencorridor.study.cache import cache_dir, code_version
from opencorridor.study.errors import raise_if, suggest

if TYPE_CHECKING:
    from opencorridor.operations.workbench.session import Session
    from opencorridor.scenario.model import Model
    from opencorridor.scenario.moving import Side
    from opencorridor.scenario.resilience import Solved

__all__ = ["CLOSED", "DAMAGE", "KINDS", "RULE", "YEAR_WEEKS", "ClosuresRequest",
           "ClosuresResult", "closed_row", "closure", "closure_row", "kept_list", "over_weeks",
           "run", "stored"]  # fmt: skip

Row = dict[str, Any]
Progress = Callable[[str, int, int], None]
KINDS: Mapping[str, tuple[str, str]] = {
    "crossing": ("border_crossing", "border_crossing_id"),
    "terminal": ("terminal", "terminal_id"),
}
"""Table and id of what a list may be of."""
YEAR_WEEKS = 52.0
_SUMS = ("rerouted_t", "extra_t_h", "extra_usd", "held_usd", "no_way_t", "stuck_t", "stranded_t",
         "lost_usd", "lost_pair_usd", "damage_usd")  # fmt: skip
CLOSED = (
    "passed_t", "rerouted_t", "extra_t_h", "extra_h", "extra_usd", "held_usd", "no_way_t",
    "stuck_t", "stranded_t", "lost_usd", "lost_pair_usd", "damage_usd", "bottleneck_id",
    "bottleneck", "bottleneck_wait_h", "bottleneck_rise_h", "bottleneck_new", "relief_id",
    "relief", "relief_wait_h", "relief_fall_h",
)  # fmt: skip
"""Columns of a row that tell what a closure does, whatever shuts."""
DAMAGE = (
    "Damage: the extra generalised cost (money, and hours and spread at their values) of the goods "
    "that still find a way, plus the value of the trade that is lost."
)
RULE = (
    "Over N weeks a closure does N/52 of what it does in a year. Trade lost is what has no way "
    "left, and what trade gives up at the higher costs, both pro rata; with fixed trade nobody "
    "buys elsewhere, and only what does not arrive is lost."
)


@dataclass(frozen=True)
class ClosuresRequest:
    """A list of closures, each place alone, for some weeks.

    ``halve`` lets half through instead of nothing; ``fixed_trade`` leaves trade as it is;
    ``kind`` is one of :data:`KINDS`.
    """

    study: str = "iran_kazakhstan"
    weeks: float = YEAR_WEEKS
    halve: bool = False
    fixed_trade: bool = False
    kind: str = "crossing"


@dataclass(frozen=True)
class ClosuresResult:
    """Closures by damage, largest first; US$ are constant of ``price_year``.

    Each row has ``place_id, name, names, kind, mode, countries, lon, lat, state, passed_t``
    (a year), the sums over the weeks ``rerouted_t, extra_t_h, extra_usd, held_usd, no_way_t,
    stuck_t, stranded_t, lost_usd, lost_pair_usd, damage_usd``, ``extra_h`` a tonne on another way,
    ``bottleneck_id, bottleneck, bottleneck_wait_h, bottleneck_rise_h, bottleneck_new``,
    ``relief_id, relief, relief_wait_h, relief_fall_h``, ``capacity_known, solved, problem``.
    """

    study_id: str
    study_hash: str
    price_basis: str
    weeks: float
    halve: bool
    fixed_trade: bool
    kind: str
    solved: int
    rows: tuple[Row, ...]

    def as_dict(self) -> Row:
        """Plain values for JSON."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {"schema_version": 1, **values, "rows": list(self.rows), "damage": DAMAGE,
                "rule": RULE}  # fmt: skip


def _problems(weeks: float, kind: str) -> list[Problem]:
    found = []
    if not 0.0 < weeks <= YEAR_WEEKS:
        found.append(
            Problem("out_of_range", f"{weeks:g} weeks", column="weeks", value=f"{weeks:g}",
                    expected="more than 0 and at most 52 weeks", mend="correct the weeks")
        )  # fmt: skip
    if kind not in KINDS:
        found.append(
            Problem("bad_kind", f"no list of {kind}", column="kind", value=kind,
                    expected=" or ".join(KINDS), mend=suggest(kind, list(KINDS)))
        )  # fmt: skip
    return found


def over_weeks(row: Row, weeks: float) -> Row:
    """Return a row of a year as one of some weeks: sums in proportion, means as they are."""
    share = weeks / YEAR_WEEKS
    return {**row, **{name: row[name] * share for name in _SUMS}}


def _place(study: Study, place: str, kind: str = "") -> Row:
    """Return what a crossing, terminal or link is."""
    for name, (table_name, key) in KINDS.items():
        table = study[table_name]
        at = np.flatnonzero(table[key] == place)
        if at.size and kind in ("", name):
            return _known(table, int(at[0]), name, place)
    return {"place_id": place, "name": place, "names": {}, "kind": "link", "mode": "",
            "countries": [], "lon": None, "lat": None, "state": ""}  # fmt: skip


def _known(table: Table, row: int, kind: str, place: str) -> Row:
    def cell(column: str) -> str:
        return str(table[column][row]) if column in table.columns else ""

    ends = [float(table[c][row]) for c in ("lon", "lat")]
    countries = [cell(c) for c in ("country_a", "country_b", "country_id")]
    return {
        "place_id": place,
        "name": cell("name_en") or place,
        "names": names_of(table, row),
        "kind": kind,
        "mode": cell("mode"),
        "countries": [c for c in countries if c],
        "lon": ends[0] if np.isfinite(ends[0]) else None,
        "lat": ends[1] if np.isfinite(ends[1]) else None,
        "state": cell("state"),
    }


def closure_row(model: Model, one: Solved, place: Row) -> Row:
    """Return a closure as plain values of a year, after those that say what the place is."""
    e = one.effect

    def named(f: int) -> tuple[str, str]:
        if f >= model.places.n:
            return "", str(place["name"])
        if f < 0:
            return "", ""
        name = capacity_name(model.study, model.places.table, f)
        return str(model.places.capacity_id[f]), name

    (longer_id, longer), (shorter_id, shorter) = named(e.bottleneck), named(e.relief)
    return {
        **place,
        "passed_t": e.passed_t,
        "rerouted_t": e.rerouted_t,
        "extra_t_h": e.extra_t_h,
        "extra_h": e.extra_t_h / e.rerouted_t if e.rerouted_t > 0.0 else None,
        "extra_usd": e.extra_usd,
        "held_usd": e.held_usd,
        "no_way_t": e.no_way_t,
        "stuck_t": e.stuck_t,
        "stranded_t": e.stranded_t,
        "lost_usd": e.lost_usd,
        "lost_pair_usd": e.lost_pair_usd,
        "damage_usd": e.damage_usd,
        "bottleneck_id": longer_id,
        "bottleneck": longer,
        "bottleneck_wait_h": e.bottleneck_wait_h,
        "bottleneck_rise_h": e.bottleneck_rise_h,
        "bottleneck_new": e.bottleneck_new,
        "relief_id": shorter_id,
        "relief": shorter,
        "relief_wait_h": e.relief_wait_h,
        "relief_fall_h": e.relief_fall_h,
        "capacity_known": one.capacity_known,
        "solved": one.solved,
        "problem": one.problem,
    }


def closed_row(
    model: Model, places: Sequence[str], without: Side, closed: Side, weeks: float
) -> Row:
    """Return what places do that shut within a scenario, over the weeks, as a row of a list.

    ``without`` is the same scenario with the places open; both know the same ways.
    """
    from opencorridor.scenario.closure_effect import effect_of
    from opencorridor.scenario.detours import place_arcs
    from opencorridor.scenario.moving import route_hours
    from opencorridor.scenario.resilience import Case, Solved

    over = model.routes.passes(place_arcs(model, places))[model.options.route]
    hours = route_hours(model, without.study, without.date)
    effect = effect_of(model, without, closed, over, hours=hours, fixed=False)
    case = Case(";".join(places), tuple(places))
    named = {"place_id": case.name, "name": ", ".join(places)}
    return over_weeks(closure_row(model, Solved(case, effect, solved=True), named), weeks)


def _file(study: Study, halve: bool, fixed_trade: bool, kind: str) -> Path:
    text = json.dumps([code_version(), halve, fixed_trade, kind])
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    return cache_dir(study.hash) / f"closures-{name}.json"


def _result(study: Study, request: ClosuresRequest, rows: Iterable[Row]) -> ClosuresResult:
    scaled = [over_weeks(row, request.weeks) for row in rows]
    # What was solved stands before what is 0 without; a closure may also be a relief.
    scaled.sort(key=lambda r: (-r["damage_usd"], not r["solved"], r["place_id"]))
    return ClosuresResult(
        study.settings.id,
        study.hash,
        f"constant US$ of {study.settings.price_year}",
        request.weeks,
        request.halve,
        request.fixed_trade,
        request.kind,
        sum(bool(r["solved"]) for r in scaled),
        tuple(scaled),
    )


def stored(study: Study, request: ClosuresRequest) -> ClosuresResult | None:
    """Return a list that was computed before, for the weeks that are asked for; else None.

    Raises
    ------
    OpenCorridorError
        Weeks out of range, a kind that is none.
    """
    raise_if(_problems(request.weeks, request.kind))
    rows = read_note(_file(study, request.halve, request.fixed_trade, request.kind))
    return None if rows is None else _result(study, request, rows)


def kept_list(study: Study, request: ClosuresRequest) -> Row:
    """Return a list as plain values; ``ready`` says whether it was computed before.

    Raises
    ------
    OpenCorridorError
        Weeks out of range, a kind that is none.
    """
    found = stored(study, request)
    return {**(found or _result(study, request, ())).as_dict(), "ready": found is not None}


def _solve(study: Study, request: ClosuresRequest, progress: Progress) -> list[Row]:
    """Solve all closures of a list, as of a year."""
    from opencorridor.scenario.prices import prices
    from opencorridor.scenario.resilience import HALF, SHUT, cases_of, solve_all
    from opencorridor.scenario.state import baseline
    from opencorridor.scenario.store import load_model

    progress("model", 0, 0)
    model = load_model(study)
    progress("baseline", 0, 0)
    base = baseline(model, prices(model, study, study.settings.baseline_date))
    table, key = KINDS[request.kind]
    cases = cases_of(study[table][key].astype(str).tolist(), HALF if request.halve else SHUT)
    found = solve_all(model, base, cases, fixed=request.fixed_trade, progress=progress)
    return [closure_row(model, one, _place(study, one.case.name, request.kind)) for one in found]


def run(
    request: ClosuresRequest, progress: Progress = lambda *_: None, *, use_cache: bool = True
) -> ClosuresResult:
    """Return what every crossing (or terminal) is worth, solved or from the cache.

    Raises
    ------
    OpenCorridorError
        Bad input, with all problems.
    """
    progress("study", 0, 0)
    study = open_study(request.study)
    found = stored(study, request) if use_cache else None
    raise_if(_problems(request.weeks, request.kind))
    if found is not None:
        return found
    checked(study)
    rows = _solve(study, request, progress)
    if use_cache:
        write_note(_file(study, request.halve, request.fixed_trade, request.kind), rows)
    return _result(study, request, rows)


def _unknown(study: Study, place: str) -> OpenCorridorError:
    ids = [str(i) for table, key in KINDS.values() for i in study[table][key]]
    return OpenCorridorError(
        [
            Problem("unknown_place", f"no crossing, terminal or link {place[:60]}", column="place",
                    value=place[:60], expected="an id of the study", mend=suggest(place[:60], ids))
        ]
    )  # fmt: skip


def closure(session: Session, place: str, request: ClosuresRequest) -> Row:
    """Return one closure with the places before and after.

    Returns
    -------
    dict
        The row as of :class:`ClosuresResult`, and under ``places`` load and wait of every place
        with a capacity, before and after, as of a year.

    Raises
    ------
    OpenCorridorError
        An id that is none, weeks out of range.
    NotConverged
        If no state is found.
    """
    from opencorridor.operations.workbench.compare import place_rows
    from opencorridor.scenario.resilience import HALF, SHUT, Case, solve_case

    study = session.study
    raise_if(_problems(request.weeks, request.kind))
    what = _place(study, place)
    if what["kind"] == "link" and place not in study["link"]["link_id"].astype(str):
        raise _unknown(study, place)

    def make() -> Row:
        model, base = session.model, session.base
        case = Case(place, (place,), HALF if request.halve else SHUT)
        with session.solving:
            one = solve_case(model, base, case, fixed=request.fixed_trade)
        row = closure_row(model, one, what)
        places = []
        if one.model is not None and one.before is not None and one.after is not None:
            places = place_rows(one.model, one.before, one.after)
        for own in (p for p in places if p["capacity_id"] == place):
            own |= {"name": what["name"], "place_ids": [place]}
        return {**row, "places": places}

    key = (place, request.halve, request.fixed_trade)
    found: Row = session.kept("closures", 32).get(key, make)
    return {**over_weeks(found, request.weeks), "weeks": request.weeks, "halve": request.halve,
            "fixed_trade": request.fixed_trade,
            "price_basis": f"constant US$ of {study.settings.price_year}"}  # fmt: skip
