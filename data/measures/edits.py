"""Table ``measure_edit``: the hand-made list ``edits.csv`` resolved to rows of our tables."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from data.economy.shared import Row, Sources, Tables, num, read

from .registry import raw_measures

HERE = Path(__file__).parent
ID_OF = {
    "capacity": "capacity_id",
    "fleet": "fleet_id",
    "transshipment": "transshipment_id",
    "timetable": "timetable_id",
    "mode_rate": "rate_id",
    "link": "link_id",
    "border_crossing": "border_crossing_id",
}


def measure_edit(
    source: Path, sources: Sources, network: Tables
) -> tuple[list[Row], dict[str, str]]:
    """Edits whose rows exist, and the measures that lost all of theirs with the reason.

    Parameters
    ----------
    network
        Tables that are edited; a table that is not there yet is not checked.
    """
    source_of = {row["measure_id"]: sources.page(row["source"]) for row in raw_measures(source)}
    rows: list[Row] = []
    lost: dict[str, list[str]] = defaultdict(list)
    already: set[str] = set()
    raw = read(HERE / "edits.csv")
    for row in raw:
        row = {**row, "source": source_of[row["measure_id"]]}
        row["key"] = row["key"].replace("source=@", f"source={row['source']}")
        row["key"] = _passages(row["key"], network)
        if row["op"] != "insert":
            row["key"] = _resolve(row["table"], row["key"], network)
            if not row["key"]:
                lost[row["measure_id"]].append(row["table"])
                continue
            if _is_so_already(row, network):
                already.add(row["measure_id"])
                continue
        for column in ("value_low", "value_high"):
            row[column] = num(row[column], 9)
        rows.append(row)
    _drop_measures_without_effect(rows, lost)
    for number, row in enumerate(rows):
        first = number == 0 or rows[number - 1]["measure_id"] != row["measure_id"]
        row["edit_no"] = "1" if first else str(int(rows[number - 1]["edit_no"]) + 1)
    kept = {row["measure_id"] for row in rows}
    reasons = {
        code: "the network has no row to edit in " + ", ".join(sorted(set(tables)))
        for code, tables in lost.items()
        if code not in kept
    }
    reasons |= dict.fromkeys(already - kept, "in the baseline: the network has it so")
    for code, tables in sorted(lost.items()):
        print(f"measure_edit: {code} found no row in {', '.join(sorted(set(tables)))}")
    return rows, reasons


def _is_so_already(edit: Row, network: Tables) -> bool:
    """Whether an edit of a state finds every row in that state."""
    if edit["column"] != "state" or not network.get(edit["table"]):
        return False
    wanted = _pairs(edit["key"])
    states = {row.get("state", "open") for row in network[edit["table"]] if _matches(row, wanted)}
    return states == {edit["value"]}


def _drop_measures_without_effect(rows: list[Row], lost: dict[str, list[str]]) -> None:
    """Take out inserts of capacity whose measure lost the links that it would serve."""
    edited = {
        row["measure_id"]
        for row in rows
        if not (row["table"] == "capacity" and f"capacity_id={row['measure_id']}" in row["key"])
    }
    rows[:] = [row for row in rows if row["measure_id"] in edited or not lost[row["measure_id"]]]


def _pairs(key: str) -> dict[str, list[str]]:
    return {
        column: value.split(",") for column, _, value in (p.partition("=") for p in key.split(";"))
    }


def _passages(key: str, network: Tables) -> str:
    """Replace ``@passage:NAME`` by the sea links of that strait or canal."""
    if "@passage:" not in key:
        return key
    name = key.partition("@passage:")[2].partition(";")[0]
    links = sorted(
        row["link_id"] for row in network.get("link", []) if row.get("passage", "") == name
    )
    return key.replace(f"@passage:{name}", ",".join(links))


def _resolve(table: str, key: str, network: Tables) -> str:
    """Key by ids of the rows that are there; blank where there are none."""
    wanted = _pairs(key)
    rows = network.get(table, [])
    new = wanted.get(ID_OF.get(table, ""), [])
    own_row = any(part[:1] == "M" and part[1:4].isdigit() for part in new)
    if not rows or own_row or table in ("tariff", "restriction"):
        return key
    matching = [row for row in rows if _matches(row, wanted)]
    if not matching:
        return ""
    column = ID_OF.get(table)
    if column is None:
        return key
    return f"{column}=" + ",".join(sorted(row[column] for row in matching))


def _matches(row: Row, wanted: dict[str, list[str]]) -> bool:
    for column, values in wanted.items():
        if column == "place":
            if not set(row["place_ids"].split(";")) & set(values):
                return False
        elif column == "class":
            if row.get("class_id", "") not in values:
                return False
        elif column == "terminal":
            if row["terminal_id"] not in values or not _at_sea_or_yard(row):
                return False
        elif column.endswith("_ids"):
            if not set(row.get(column, "").split(";")) & set(values):
                return False
        elif row.get(column, "") not in values:
            return False
    return True


def _at_sea_or_yard(row: Row) -> bool:
    """Whether a move goes to or from the open sea, or changes the gauge; ferries are left out."""
    ends = (row["from_node_id"], row["to_node_id"])
    return any(end.startswith("sea:") for end in ends) or row["terminal_id"].startswith("gauge:")
