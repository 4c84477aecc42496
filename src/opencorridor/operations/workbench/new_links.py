"""New links of one's own: checked against the study, with all that is wrong with one at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from opencorridor.network.geo import haversine_km
from opencorridor.study import OpenCorridorError, Problem, Study, Table
from opencorridor.study.check.links import expected_modes
from opencorridor.study.edits import parse_key
from opencorridor.study.errors import suggest
from opencorridor.study.numbers import meant, plain_float

if TYPE_CHECKING:
    from opencorridor.operations.workbench.edits import Edit

__all__ = ["DETOUR", "FIELDS", "inserted", "node_item", "nodes_near"]

# A line between two towns is longer than the great circle: an assumption that the user may mend.
DETOUR = 1.25
# What the key of an inserted link may spell out.
FIELDS = ("from_node_id", "to_node_id", "mode", "length_km", "gauge_mm", "speed_km_per_h",
          "electrified", "border_crossing_id", "name", "capacity_t_per_year")  # fmt: skip
_REQUIRED = ("from_node_id", "to_node_id", "mode", "length_km")
_CAPACITY = "capacity_t_per_year"
_NUMBERS = ("length_km", "gauge_mm", "speed_km_per_h", _CAPACITY)
_MOST_KM = 20_000.0
_MOST_KM_PER_H = 500.0
_MOST_T_PER_YEAR = 1e9


class _Draft:
    """A new link as it is asked for, and what is wrong with it."""

    def __init__(self, tables: Mapping[str, Table], edit: Edit) -> None:
        self.tables, self.edit = tables, edit
        self.problems: list[Problem] = []
        self.cells: dict[str, str] = {}
        self.number: dict[str, float] = {}
        self.ends: list[dict[str, Any]] = []

    def wrong(self, code: str, column: str, message: str, value: Any = "", *, expected: str = "",
              mend: str = "") -> None:  # fmt: skip
        self.problems.append(
            Problem(code, message, table="link", column=column, value=str(value),
                    expected=expected, mend=mend)
        )  # fmt: skip

    def read(self) -> None:
        """Take the cells of the key."""
        try:
            named = parse_key(self.edit.key)
        except ValueError as error:
            self.wrong("bad_key", "link_id", str(error), self.edit.key,
                       expected="column=value;column=value")  # fmt: skip
            return
        self.cells = {name: ",".join(values).strip() for name, values in named.items()}
        for name in self.cells:
            if name not in FIELDS:
                self.wrong("unknown_column", name, f"a new link takes no {name}", name,
                           expected=", ".join(FIELDS), mend=suggest(name, FIELDS))  # fmt: skip
        for name in _REQUIRED:
            if not self.cells.get(name):
                self.wrong("missing_field", name, f"a new link needs its {name}",
                           expected="a value")  # fmt: skip

    def check_id(self) -> None:
        """Refuse a name that another link has, or that no key can name."""
        name = str(self.edit.value).strip()
        if not name or set(name) & set(";=,"):
            self.wrong("bad_id", "link_id", f"{name!r} is no id of a link", name,
                       expected="a text without ; = and ,")  # fmt: skip
        elif name in {*self.tables["link"]["link_id"], *self.tables["capacity"]["capacity_id"]}:
            self.wrong("id_taken", "link_id", f"there is a link {name!r} already", name,
                       mend="choose another id")  # fmt: skip

    def check_numbers(self) -> None:
        """Read the numbers and their limits."""
        limits = {"length_km": (_MOST_KM, "km"), "speed_km_per_h": (_MOST_KM_PER_H, "km/h"),
                  "gauge_mm": (5_000.0, "mm"),
                  _CAPACITY: (_MOST_T_PER_YEAR, "t/year")}  # fmt: skip
        for name in _NUMBERS:
            text = self.cells.get(name, "")
            if not text:
                continue
            value, (most, unit) = plain_float(text), limits[name]
            if value is None or not math.isfinite(value):
                readings = " or ".join(f"{v:g}" for v in meant(text))
                mend = f"{readings} may be meant" if readings else "write a number"
                self.wrong("text_in_number", name, f"{text!r} is no number written plainly", text,
                           expected=f"a number in {unit}", mend=mend)  # fmt: skip
            elif not 0.0 < value <= most:
                code = "negative_value" if value < 0 else "out_of_range"
                self.wrong(code, name, f"{name} would be {value:g}", text,
                           expected=f"above 0 and at most {most:g} {unit}")  # fmt: skip
            else:
                self.number[name] = value

    def check_ends(self) -> None:
        """Find both nodes; they must differ and be of the link's mode."""
        node, mode = self.tables["node"], self.cells.get("mode", "")
        modes = self.tables["link"].schema.column("mode").values
        if mode and mode not in modes:
            self.wrong("not_a_value", "mode", f"{mode!r} is not allowed", mode,
                       expected=", ".join(modes), mend=suggest(mode, modes))  # fmt: skip
        for column in ("from_node_id", "to_node_id"):
            name = self.cells.get(column, "")
            found = np.flatnonzero(node["node_id"] == name).tolist() if name else []
            if name and not found:
                self.wrong("unknown_node", column, f"node {name!r} does not exist", name,
                           expected="an id of node", mend="choose a place near a node")  # fmt: skip
            if found:
                end = node.row(found[0])
                self.ends.append(end)
                if mode in modes and end["mode"] not in expected_modes(mode, ""):
                    self.wrong("link_joins_modes", column,
                               f"a {mode} link ends at a {end['mode']} node", name,
                               expected=f"a {mode} node")  # fmt: skip
        if len(self.ends) == 2 and self.ends[0]["node_id"] == self.ends[1]["node_id"]:
            self.wrong("self_loop", "to_node_id", "both ends are the same node",
                       self.ends[0]["node_id"], expected="another node")  # fmt: skip

    def check_gauge(self) -> None:
        """Give a railway the gauge of its ends; they must agree."""
        if self.cells.get("mode") != "rail":
            return
        found = {float(e["gauge_mm"]) for e in self.ends if np.isfinite(e["gauge_mm"])}
        if "gauge_mm" in self.number:
            found.add(self.number["gauge_mm"])
        if len(found) > 1:
            words = " and ".join(f"{g:g}" for g in sorted(found))
            self.wrong("gauge_mismatch", "gauge_mm", f"link and nodes have gauges {words} mm",
                       self.cells.get("gauge_mm", ""), expected="one gauge",
                       mend="choose nodes of one gauge")  # fmt: skip
        elif found:
            self.number["gauge_mm"] = found.pop()

    def check_border(self) -> None:
        """Ask for the crossing where the link changes country."""
        if len(self.ends) < 2 or self.cells.get("mode") in ("sea", "inland_water"):
            return
        a, b = (str(end["country_id"]) for end in self.ends)
        crossing, table = self.cells.get("border_crossing_id", ""), self.tables["border_crossing"]
        if a == b:
            self.cells["country_id"] = a
            if crossing:
                message = "the link stays in one country"
                self.wrong("crossing_of_other_countries", "border_crossing_id", message, crossing,
                           expected="no crossing")  # fmt: skip
            return
        mine = [
            str(i)
            for i, x, y, mode in zip(
                *(table[c] for c in ("border_crossing_id", "country_a", "country_b", "mode")),
                strict=True,
            )
            if {str(x), str(y)} == {a, b} and mode == self.cells.get("mode")
        ]  # fmt: skip
        if crossing in mine:
            return
        code = "crossing_of_other_countries" if crossing else "border_without_crossing"
        message = f"the link leads from {a} to {b}" + (
            f", {crossing!r} does not" if crossing else " without a border crossing")  # fmt: skip
        some = ", ".join(mine[:8])
        mend = f"name one of {some}" if mine else "the study has no crossing of the two"
        self.wrong(code, "border_crossing_id", message, crossing,
                   expected=f"a crossing of {a} and {b} by the link's mode", mend=mend)  # fmt: skip

    def row(self) -> dict[str, Any]:
        """Return the row for the table."""
        text = {k: v for k, v in self.cells.items() if k not in _NUMBERS}
        number = {k: v for k, v in self.number.items() if k != _CAPACITY}
        return {
            **text, **number, "link_id": str(self.edit.value).strip(), "state": "open",
            "oneway": "0", "border_charge": "1", "source": "", "status": "assumed",
        }  # fmt: skip

    def capacity_row(self) -> dict[str, Any]:
        """Return the row of its capacity, of all goods in both directions together."""
        name = str(self.edit.value).strip()
        return {
            "capacity_id": name, "place_kind": "link", "place_ids": name, "cargo": "all",
            _CAPACITY: self.number[_CAPACITY], "background_t_per_year": 0.0, "source": "",
            "status": "assumed",
        }  # fmt: skip


def inserted(tables: Mapping[str, Table], edit: Edit) -> tuple[dict[str, Table], list[Problem]]:
    """Return the links with a new one, whose id is the edit's value; or all that is wrong with it.

    The key spells out its cells (:data:`FIELDS`). The country, and the gauge of a railway, are
    those of its ends. Where the key gives a capacity, the capacities have a row more too; without
    one the link lets any amount through.
    """
    draft = _Draft(tables, edit)
    if edit.table != "link" or edit.column != "link_id":
        draft.wrong("bad_op", edit.column, "rows are inserted into link only, named by link_id",
                    edit.table, expected="table link, column link_id")  # fmt: skip
        return {}, draft.problems
    draft.read()
    draft.check_id()
    draft.check_numbers()
    draft.check_ends()
    draft.check_gauge()
    draft.check_border()
    if draft.problems:
        return {}, draft.problems
    made = {"link": tables["link"].concat([draft.row()])}
    if _CAPACITY in draft.number:
        made["capacity"] = tables["capacity"].concat([draft.capacity_row()])
    return made, []


def _node(node: Table, at: int, km: float) -> dict[str, Any]:
    row = node.row(at)
    gauge = float(row["gauge_mm"])
    return {
        "node_id": str(row["node_id"]),
        "name": str(row["name"]),
        "mode": str(row["mode"]),
        "country_id": str(row["country_id"]) or None,
        "gauge_mm": int(gauge) if math.isfinite(gauge) else None,
        "lon": float(row["lon"]),
        "lat": float(row["lat"]),
        "distance_km": round(km, 3),
    }


def node_item(study: Study, node_id: str) -> dict[str, Any]:
    """Return a node by its id.

    Raises
    ------
    OpenCorridorError
        Code ``unknown_place``.
    """
    found = np.flatnonzero(study["node"]["node_id"] == node_id)
    if not found.size:
        raise OpenCorridorError(
            [Problem("unknown_place", f"there is no node {node_id!r}", table="node",
                     column="node_id", value=node_id)]
        )  # fmt: skip
    return _node(study["node"], int(found[0]), 0.0)


def nodes_near(study: Study, mode: str, lon: float, lat: float, limit: int) -> dict[str, Any]:
    """Return the nodes of a mode nearest to a place, with their distance in km."""
    node = study["node"]
    at = np.flatnonzero(node["mode"] == mode)
    km = haversine_km(lon, lat, node["lon"][at], node["lat"][at])
    nearest = np.argsort(km, kind="stable")[:limit].tolist()
    return {
        "nodes": [_node(node, int(at[n]), float(km[n])) for n in nearest],
        "detour_factor": DETOUR,
    }
