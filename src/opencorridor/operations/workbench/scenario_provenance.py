"""Where a number of a solved scenario, or of two beside each other, comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opencorridor.documents.texts import column_title
from opencorridor.operations.workbench import counts, formulas
from opencorridor.operations.workbench.cells import Cell, Line
from opencorridor.operations.workbench.grounds import changes_text, frame, grounds, told, unknown
from opencorridor.operations.workbench.inputs import cells_of
from opencorridor.study import Study

__all__ = ["COLUMNS", "INDICATORS", "PLACES", "Asked", "of_comparison", "of_cut", "of_links"]

Row = Mapping[str, Any]
INDICATORS = "scenario"
PLACES = "scenario_places"
COLUMNS = ("a", "b", "difference", "wait_a", "wait_b")
"""Columns of a comparison; the two of waits are those of places alone."""

# What an indicator is called in a result: of the scenario, and of what it is compared with. None
# where the baseline is what is counted from; it strands what it strands.
_NAMES: dict[str, tuple[str, str | None]] = {
    "trade": ("trade_usd", "baseline_usd"),
    "a_to_b": ("a_to_b_usd", "baseline_a_to_b_usd"),
    "b_to_a": ("b_to_a_usd", "baseline_b_to_a_usd"),
    "tonnes": ("pair_t_per_year", "baseline_pair_t_per_year"),
    "rerouted": ("rerouted_t_per_year", None),
    "hours": ("extra_hours_t_h", None),
    "cost": ("extra_cost_usd", None),
    "stranded": ("stranded_t", None),
    "before": ("before_congestion_usd", "baseline_usd"),
    "taken_back": ("taken_back_usd", None),
    "taken_back_share": ("taken_back_share", None),
}
# What a side may lack: without the loop, or where nothing happens before congestion.
_SIDE_ONLY = ("stranded", "taken_back_share")


@dataclass(frozen=True)
class Asked:
    """A number of a comparison: solved results (None: the baseline of the other), and the cell.

    ``key`` is an indicator, or the capacity of a place.
    """

    a: Row | None
    b: Row | None
    table: str
    key: str
    column: str


def _indicators(own: Row | None, other: Row | None) -> dict[str, float]:
    """Return the indicators of one side."""
    if own is not None:
        return {key: float(own[n]) for key, (n, _) in _NAMES.items() if own[n] is not None}
    if other is None:
        return {}
    at_base = {key: base and float(other[base]) for key, (_, base) in _NAMES.items()}
    # What moves, and what is stuck, is counted from the baseline.
    return {key: float(value or 0.0) for key, value in at_base.items() if key not in _SIDE_ONLY}


def _place(own: Row | None, other: Row | None, capacity_id: str, name: str) -> float | None:
    """Return the load or wait of a place on one side; that of the baseline where it is that."""
    source, key = (own, name) if own is not None else (other, f"baseline_{name}")
    rows = source["places"] if source is not None else ()
    return next((float(r[key]) for r in rows if r["capacity_id"] == capacity_id), None)


def _sides(asked: Asked) -> tuple[float | None, float | None]:
    if asked.table == PLACES:
        name = "wait_h" if asked.column.startswith("wait") else "load_t_per_year"
        return (
            _place(asked.a, asked.b, asked.key, name),
            _place(asked.b, asked.a, asked.key, name),
        )
    left, right = _indicators(asked.a, asked.b), _indicators(asked.b, asked.a)
    return left.get(asked.key), right.get(asked.key)


def _value(asked: Asked, a: float | None, b: float | None) -> float | None:
    """Return the number of the column; None where the table has none there."""
    if asked.table == INDICATORS and asked.column.startswith("wait"):
        return None
    if asked.column != "difference":
        return a if asked.column.endswith("a") else b
    return None if a is None or b is None else b - a


def _specs(asked: Asked) -> list[Row]:
    """Return what the sides that the number rests on change."""
    end = asked.column.rpartition("_")[2]
    sides = {"a": [asked.a], "b": [asked.b], "difference": [asked.a, asked.b]}[end]
    return [side["spec"] for side in sides if side is not None]


def _changes(specs: Sequence[Row]) -> str:
    """Return in words what scenarios change."""
    parts = []
    for spec in specs:
        parts += [f"{m['measure_id']} ({m['effect']})" for m in spec["measures"]]
        parts += [
            f"{e['table']} {e['key']}: {e['column']} {e['op']} {e['value']}" for e in spec["edits"]
        ]
        parts += [f"{place} closed" for place in spec["closed"]]
        parts += [f"economy of {spec['year']}"] if spec["year"] is not None else []
    return changes_text(parts)


def _line(study: Study, asked: Asked) -> Line:
    """Return the number as a line of a table, so that the catalogue's groups find its cells."""
    specs = _specs(asked)
    chosen = {
        "measures": [m["measure_id"] for spec in specs for m in spec["measures"]],
        "edits": [edit for spec in specs for edit in spec["edits"]],
        "closed": [place for spec in specs for place in spec["closed"]],
    }
    return Line(study, chosen, {"capacity_id": asked.key if asked.table == PLACES else ""})


def _numbers(asked: Asked, a: float | None, b: float | None) -> dict[str, float]:
    """Return the numbers that the catalogue's arithmetic may name."""
    ends = {name: value for name, value in (("a", a), ("b", b)) if value is not None}
    if asked.table == PLACES or asked.column == "difference":
        return ends
    own, other = (asked.a, asked.b) if asked.column == "a" else (asked.b, asked.a)
    return _indicators(own, other)


def _formula(asked: Asked) -> formulas.Formula:
    name = asked.key if asked.key in _NAMES else ""
    if asked.table == PLACES:
        name = "wait" if asked.column.startswith("wait") else "load"
    found = formulas.formula_of(asked.table, name, {})
    if found is None:
        raise unknown("row", asked.key, list(_NAMES), table=asked.table)
    return found


def _row(asked: Asked) -> tuple[int, str]:
    """Return which row of its table a number stands in, and what that is called."""
    if asked.table == INDICATORS:
        return list(_NAMES).index(asked.key), column_title(asked.key)
    rows = (asked.b or asked.a or {}).get("places", [])
    for number, row in enumerate(rows):
        if row["capacity_id"] == asked.key:
            return number, str(row["name"])
    raise unknown("row", asked.key, [str(r["capacity_id"]) for r in rows], table=asked.table)


def of_comparison(study: Study, asked: Asked) -> dict[str, Any]:
    """Return where a number of a comparison comes from.

    Raises
    ------
    OpenCorridorError
        ``unknown_row`` or ``unknown_column``; a baseline against itself has no numbers.
    """
    formula = _formula(asked)
    row, name = _row(asked)
    a, b = _sides(asked)
    value = _value(asked, a, b)
    if value is None:
        known = [c for c in COLUMNS if asked.table == PLACES or not c.startswith("wait")]
        raise unknown("column", asked.column, known, table=asked.table)
    words, expression = formula.words, formula.expression
    if asked.column == "difference":
        less = formulas.formula_of(INDICATORS, "difference", {})
        assert less is not None
        words, expression = f"{less.words}. {words}", less.expression
    line = _line(study, asked)
    return {
        "label": name,
        "value": value,
        "unit": formula.unit,
        "low": None,
        "high": None,
        "status": "derived",
        "formula": told(words, expression, _numbers(asked, a, b), value),
        **grounds(study, cells_of(line, formula.inputs)),
        "table": asked.table,
        "row": row,
        "row_label": name,
        "column": asked.column,
        "description": _changes(_specs(asked)),
        **frame(study, None),
    }


def _by_link(a: Row | None, b: Row | None) -> dict[str, float]:
    """Return the difference B − A of every link that either side names, tonnes a year."""
    left, right = ({r["link_id"]: r for r in (side or {}).get("links", ())} for side in (a, b))
    found = {}
    for link in {**left, **right}:
        base = (left.get(link) or right[link])["baseline_t_per_year"]
        ends = [side[link]["t_per_year"] if link in side else base for side in (left, right)]
        found[link] = float(ends[1] - ends[0])
    return found


def of_links(
    study: Study, a: Row | None, b: Row | None, above: float | None, at_most: float | None
) -> dict[str, Any]:
    """Return where the number of links comes from whose load differs by an amount.

    Parameters
    ----------
    study, a, b
        The study, and both sides; None stands for the baseline of the other.
    above, at_most
        Tonnes a year of B less A between which a link counts; those below 1 t never do.
    """
    mine = [
        link
        for link, size in _by_link(a, b).items()
        if abs(size) >= 1.0
        and (above is None or size > above)
        and (at_most is None or size <= at_most)
    ]
    ends = [("above", above), ("at most", at_most)]
    limits = " and ".join(f"{word} {end:,.0f} t a year" for word, end in ends if end is not None)
    sides = [side["spec"] for side in (a, b) if side is not None]
    return counts.answer(
        study,
        label="Number of links",
        value=float(len(mine)),
        unit="links",
        formula=f"Links whose load in B less that in A is {limits or 'not 0'}; changes below 1 t "
        "a year are none",
        table="scenario_links",
        row_label=counts.named(mine),
        column="difference",
        description=_changes(sides),
    )


_CUTS = {
    "bound_t": "Tonnes that must pass one of the places, with no way round all of them",
    "stranded_t": "Tonnes that no wait at the places lets through",
}


def of_cut(study: Study, side: Row, capacity_id: str, column: str) -> dict[str, Any]:
    """Return where a number of a cut of a solved scenario comes from.

    Parameters
    ----------
    study, side
        The study, and the solved scenario.
    capacity_id, column
        One of the capacities of the cut, and the number.

    Raises
    ------
    OpenCorridorError
        ``unknown_row`` where no cut has the capacity.
    """
    cuts = side.get("cuts", [])
    mine = [n for n, cut in enumerate(cuts) if capacity_id in cut["capacity_ids"]]
    if not mine:
        known = [str(c) for cut in cuts for c in cut["capacity_ids"]]
        raise unknown("row", capacity_id, known, table="scenario_cuts")
    cut = cuts[mine[0]]
    table = study["capacity"]
    ids = table["capacity_id"].tolist()
    cells = [
        Cell("capacity", ids.index(c), "capacity_t_per_year")
        for c in cut["capacity_ids"]
        if c in ids
    ]
    return counts.answer(
        study,
        label=_CUTS[column].partition(",")[0],
        value=float(cut[column]),
        unit="t/year",
        formula=_CUTS[column],
        table="scenario_cuts",
        row=mine[0],
        row_label=counts.named([str(n) for n in cut["names"]]),
        column=column,
        description=_changes([side["spec"]]),
        **grounds(study, cells),
    )
