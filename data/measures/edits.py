"""Table ``measure_edit``: the hand-made list ``edits.csv`` resolved to rows of our tables."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from data.economy.shared import Row, Sources, Tables, num, read

from . import ferries
from .registry import raw_measures

HERE = Path(__file__).parent
ID_OF = {
    "capacity": "capacity_id",
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
    raw = read(HERE / "edits.csv") + ferries.new_lines(network)
    for row in raw:
        row = {**row, "source": source_of[row["measure_id"]]}
        row["key"] = row["key"].replace("source=@", f"source={row['source']}")
        row["key"] = _passages(row["key"], network)
        if row["op"] != "insert":
            row["key"] = _resolve(row["table"], row["key"], network)
            if not row["key"]:
                lost[row["measure_id"]].append(row["table"])
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
    for code, tables in sorted(lost.items()):
        print(f"measure_edit: {code} found no row in {', '.join(sorted(set(tables)))}")
    return rows, reasons


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
    matching = [row for row in rows if _matches(table, row, wanted, network)]
    if not matching:
        return ""
    column = ID_OF.get(table)
    if column is None:
        return key
    return f"{column}=" + ",".join(sorted(row[column] for row in matching))


def _matches(table: str, row: Row, wanted: dict[str, list[str]], network: Tables) -> bool:
    for column, values in wanted.items():
        if column == "place":
            if not set(row["place_ids"].split(";")) & set(values):
                return False
        elif column == "class":
            if row["class_id"] not in values:
                return False
        elif column == "terminal":
            if not _at_terminal(table, row, values, network):
                return False
        elif row[column] not in values:
            return False
    return True


def _at_terminal(table: str, row: Row, terminals: list[str], network: Tables) -> bool:
    if table == "transshipment":
        return row["terminal_id"] in terminals
    return bool(set(row["link_ids"].split(";")) & ferries.links_of(terminals, network))
