"""Numbers as a reader takes them: a text of the page as an interval, a printed line as its value.

Nothing here knows how the workbench finds or prints a number: cells are read from the tables of
the study, of a run, or of an answer of the API.
"""

from __future__ import annotations

import ast
import json
import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from opencorridor.study import Study

# What a word after a number makes of it, in the unit of its cell.
_SCALES = {
    "billion": 1e9, "million": 1e6, "Mt": 1e6, "min": 1 / 60, "days": 24.0, "%": 0.01,
    "t CO2e": 1000.0,
}  # fmt: skip
# These are shown with two or three digits that count: zeros at the end are not among them.
_ROUNDED = ("kg CO2e", "t·h", "t")
_WORDS = sorted([*_SCALES, *_ROUNDED], key=len, reverse=True)
_TEXT = re.compile(
    r"([+\u2212]?)\$?([\d,]+(?:\.\d+)?)\s*(" + "|".join(map(re.escape, _WORDS)) + r")?(?![\w·])"
)


@dataclass(frozen=True)
class Shown:
    """A number of the page: its value, and half of a unit of the last digit that is shown."""

    value: float
    half: float

    def holds(self, value: float, more: float = 0.0) -> bool:
        """Whether a value is shown like this."""
        # A value half-way between two texts is one of them: which one, its last bit decides.
        return abs(value - self.value) <= self.half + 2 * math.ulp(value) + more


def shown(text: str, rounded: bool = False) -> Shown:
    """Read the first number of a text with its unit; ``rounded``: zeros at its end do not count."""
    found = _TEXT.search(text)
    assert found, f"no number in {text!r}"
    sign, digits, word = found[1], found[2].replace(",", ""), found[3] or ""
    places = len(digits.partition(".")[2])
    if not places and (rounded or word in _ROUNDED):
        places = -(len(digits) - len(digits.rstrip("0"))) if digits.strip("0") else 0
    scale = _SCALES.get(word, 1.0)
    value = float(digits) * scale * (-1 if sign == "\u2212" else 1)
    return Shown(value, 0.5 * 10.0**-places * scale)


# --- printed arithmetic -------------------------------------------------------------------------

_SIGNS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}  # fmt: skip
_LINE = re.compile(r": ([^:=]+) = ([\u2212\d.,e+]+)$")


def _computed(node: ast.expr, largest: list[float]) -> float:
    if isinstance(node, ast.Constant):
        largest.append(abs(float(node.value)))
        return float(node.value)
    if isinstance(node, ast.UnaryOp):
        return -_computed(node.operand, largest)
    if isinstance(node, ast.Call):
        return abs(_computed(node.args[0], largest))
    assert isinstance(node, ast.BinOp), ast.dump(node)
    found = _SIGNS[type(node.op)](*(_computed(side, largest) for side in (node.left, node.right)))
    largest.append(abs(found))
    return found


@dataclass(frozen=True)
class Arithmetic:
    """A printed line: what it gives, what it says that it gives, and its largest number."""

    gives: float
    says: float
    largest: float


def arithmetic(formula: str) -> Arithmetic | None:
    """Compute the line that a formula prints; None where it is told in words alone."""
    found = _LINE.search(formula)
    if not found:
        return None
    plain = re.sub(r"\|([^|]*)\|", r"abs(\1)", found[1])
    for sign, by in (("\u2212", "-"), ("×", "*"), ("÷", "/"), (",", "")):
        plain = plain.replace(sign, by)
    largest: list[float] = []
    gives = _computed(ast.parse(plain, mode="eval").body, largest)
    says = float(found[2].replace(",", "").replace("\u2212", "-"))
    return Arithmetic(gives, says, max(largest))


# --- cells --------------------------------------------------------------------------------------

# What an indicator is called in the answer of a scenario; of the baseline it is 0 without one.
_INDICATORS = {
    "trade": ("trade_usd", "baseline_usd"), "a_to_b": ("a_to_b_usd", "baseline_a_to_b_usd"),
    "b_to_a": ("b_to_a_usd", "baseline_b_to_a_usd"),
    "tonnes": ("pair_t_per_year", "baseline_pair_t_per_year"),
    "rerouted": ("rerouted_t_per_year", ""), "hours": ("extra_hours_t_h", ""),
    "cost": ("extra_cost_usd", ""), "stranded": ("stranded_t", ""),
    "before": ("before_congestion_usd", "baseline_usd"), "taken_back": ("taken_back_usd", ""),
    "taken_back_share": ("taken_back_share", ""),
}  # fmt: skip

# What names a row of an answer about flows.
_FLOW_KEYS = {
    "modes": ("mode",), "countries": ("country",), "pairs": ("exporter", "importer"),
    "classes": ("class_id",), "places": ("place_id", "place_kind"),
    "transit": ("country", "charge", "at_kind", "at"),
    "chains": ("origin", "place_id", "destination"),
}  # fmt: skip
# What names a row of an answer about places, and of one about fleets and empties.
_PLACE_KEYS = {
    "places": ("capacity_id",), "months": ("capacity_id", "month"), "lines": ("series",),
    "shares": ("part", "whole"),
}  # fmt: skip
_FLEET_KEYS = {
    "fleets": ("fleet_id",), "after": ("fleet_id",), "units": ("unit",),
    "balance": ("unit", "country_id"), "returns": ("unit", "from_country", "to_country"),
    "crossings": ("unit", "border_crossing_id", "from_country"),
}  # fmt: skip


@dataclass
class Cells:
    """Reads the cell that a button names, from the API and from the study itself."""

    api: str
    study: Study
    client: httpx.Client
    kept: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, body: Any = None) -> Any:
        """Ask the server; the same question once."""
        key = json.dumps([path, body], sort_keys=True)
        if key not in self.kept:
            if body is None:
                answer = self.client.get(self.api + path)
            else:
                answer = self.client.post(self.api + path, json=body)
            assert answer.status_code == 200, answer.text
            self.kept[key] = answer.json()
        return self.kept[key]

    def _result(self, result_id: str) -> Any:
        """Return summary and tables of a run, or of the plan that a job found."""
        for job in self.get("/jobs")["jobs"]:
            if job["result_id"] == result_id and job["kind"] == "roadmap":
                plan = self.get(f"/jobs/{job['job_id']}/result")
                return plan["summary"], {**plan, "trade_path": plan["path"]}
        return self.get(f"/results/{result_id}")["summary"], None

    def _rows_of_run(self, result_id: str, table: str) -> list[dict[str, Any]]:
        """Return all rows of a table of a run, page by page."""
        rows: list[dict[str, Any]] = []
        while True:
            path = f"/results/{result_id}/tables/{table}?limit=1000&offset={len(rows)}"
            found = self.get(path)
            rows += [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]
            if len(rows) >= found["total"]:
                return rows

    def _row_of_result(self, source: dict[str, Any]) -> dict[str, Any]:
        _, tables = self._result(source["result_id"])
        if tables is not None:
            return dict(tables[source["table"]][source["row"]])
        rows = self._rows_of_run(source["result_id"], source["table"])
        if "key" in source:
            return next(row for row in rows if source["key"] in row.values())
        return rows[source["row"]]

    def _row_of_study(self, source: dict[str, Any]) -> dict[str, Any]:
        table = self.study[source["table"]]
        at = source.get("row")
        if at is None:
            at = table[table.schema.key[0]].tolist().index(source["key"])
        return {name: table[name].tolist()[at] for name in table.columns}

    def _side(self, side: dict[str, Any] | None) -> Any:
        if side is None:
            return None
        if side["full"]:
            jobs = [j for j in self.get("/jobs")["jobs"] if j["params"].get("spec") == side["spec"]]
            return self.get(f"/jobs/{jobs[0]['job_id']}/result")
        return self.get("/scenarios/solve", side["spec"])

    def _scenario(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        a, b = (self._side(asked[end]) for end in ("a", "b"))
        place = asked["table"] == "scenario_places"
        name = "wait_h" if asked["column"].startswith("wait") else "load_t_per_year"

        def read(own: Any, other: Any) -> float:
            if place:
                rows = (own or other)["places"]
                row = next(r for r in rows if r["capacity_id"] == asked["key"])
                return float(row[name if own else f"baseline_{name}"])
            mine, base = _INDICATORS[asked["key"]]
            return float(own[mine] if own else other[base] if base else 0.0)

        ends = {"a": lambda: read(a, b), "b": lambda: read(b, a)}
        row = {"name": asked["key"].replace("_", " ")}
        if place:
            named = {r["capacity_id"]: r["name"] for r in (b or a)["places"]}
            row = {"name": named[asked["key"]]}
        if asked["column"] == "difference":
            return ends["b"]() - ends["a"](), row
        return ends[asked["column"][-1]](), row

    def _route(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        routes = self.get("/routes", asked["ask"])["routes"]
        route = next(r for r in routes if r["route_id"] == asked["route_id"])
        if asked.get("first_legs") is not None:
            legs = route["legs"][: asked["first_legs"]]
            end = legs[-1]["to"] if legs else route["legs"][0]["from"]
            return math.fsum(leg[asked["column"]] for leg in legs), {"to": end}
        row = route if asked.get("leg") is None else route["legs"][asked["leg"]]
        if asked["column"] not in row:
            return self._quoted(asked)
        ends = {"from": route["legs"][0]["from"], "to": route["legs"][-1]["to"]}
        return float(row[asked["column"]]), {**ends, **row}

    def route_of_point(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return a point of the front as the number of the route that makes it."""
        body = {**asked["ask"], "point": asked["point_id"]}
        points = self.get("/routes", body)["front"]["points"]
        mine = next(p for p in points if p["point_id"] == asked["point_id"])
        route = {"ask": body, "route_id": mine["route_id"], "column": asked["column"]}
        return {"route": {**route, "leg": None}}

    def _front(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return a number of a point as the first answer gave it: its route was not listed."""
        points = self.get("/routes", asked["ask"])["front"]["points"]
        mine = next(p for p in points if p["point_id"] == asked["point_id"])
        _, row = self._route(self.route_of_point(asked)["route"])
        return float(mine[asked["column"]]), row

    def _corridor(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return an indicator of a corridor, or a part of its hours."""
        found = self.get("/corridors", asked["ask"])
        mine = next(c for c in found["corridors"] if c["route_id"] == asked["route_id"])
        ends = {end: found[end]["names"]["en"] for end in ("origin", "destination")}
        row = {**ends, "mode": asked["mode"] or ""}
        name = asked["indicator"]
        if name in mine:
            return float(mine[name]), row
        of = (one for one in mine["indicators"] if one["mode"] == asked["mode"])
        return float(next(one["value"] for one in of if one["indicator"] == name)), row

    def _quoted(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        body = {"ask": asked["ask"], "route_id": asked["route_id"]}
        quoted = self.get("/routes/quotation", body)
        row = quoted["total"] if asked.get("leg") is None else quoted["lines"][asked["leg"]]
        ends = {"from": quoted["origin"], "to": quoted["destination"]}
        if asked["column"] == "return_usd_per_unit":
            rides = quoted["equipment"]["rides"]
            row |= next(ride for ride in rides if ride["legs"][0] == asked["leg"] + 1)
        return float(row[asked["column"]]), {**ends, **row}

    def _count(self, asked: dict[str, str]) -> tuple[float, dict[str, Any]]:
        """Return how many promises there are of a status and a group of sides."""
        found = self.get("/promises")["commitments"]
        mine = [c for c in found if all(c[name] == word for name, word in asked.items())]
        return len(mine), {str(n): c["commitment_id"] for n, c in enumerate(mine)}

    def _crossing(self, source: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return the load of a crossing: the sum over the lines that name it."""
        link = self.study["link"]
        mine = (link["border_crossing_id"] == source["crossing"]) & (link["border_charge"] != "0")
        found = self.get(f"/results/{source['result_id']}/tables/load?limit=1000")
        rows = [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]
        rows = [row for row in rows if row["link_id"] in set(link["link_id"][mine].tolist())]
        label = {f"{n}": f"{row['name']}, {row['link_id']}" for n, row in enumerate(rows)}
        return sum(float(row[source["column"]]) for row in rows), label

    def _rows(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return how many rows of a table, or of all tables, hold a value; or their share."""
        column, value = asked.get("column", ""), asked.get("value", "")
        if asked.get("result_id"):
            return len(self._rows_of_run(asked["result_id"], asked["table"])), {}
        name = asked.get("table", "")
        tables = [self.study[name]] if name else [*self.study.tables.values()]
        if not column:
            return sum(table.n for table in tables), {}
        cells = [str(cell) for table in tables if column in table.columns
                 for cell in table[column].tolist()]  # fmt: skip
        n = sum(value in (cell.split(";") if column == "source" else [cell]) for cell in cells)
        return n / len(cells) if asked.get("share") else n, {}

    def _layer(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return how many items of a layer are drawn, or the mean hours of a crossing."""
        items = [f["properties"] for f in self.get(f"/map/{asked['layer']}")["features"]]
        if asked.get("stay"):
            mine = next(item for item in items if item["id"] == asked["stay"])
            return float(mine["mean_h"]), {"crossing": mine["id"], "other": self._sides(mine)}
        low, high = asked.get("at_least"), asked.get("below")

        def counts(item: dict[str, Any]) -> bool:
            if asked.get("mode"):
                return bool(item["mode"] == asked["mode"])
            hours = item.get("mean_h")
            if asked.get("missing"):
                return hours is None
            if low is None and high is None:
                return True
            return hours is not None and (low or 0) <= hours < (high or math.inf)

        return sum(map(counts, items)), {}

    @staticmethod
    def _sides(crossing: dict[str, Any]) -> str:
        return f"{crossing['country_a']}, {crossing['country_b']}, all, container, bulk, general"

    def _links(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return how many links differ by more than a limit, and at most by another."""
        sides = [self._side(asked[end]) for end in ("a", "b")]
        left, right = ({r["link_id"]: r for r in (s or {}).get("links", [])} for s in sides)
        n = 0
        for link in {**left, **right}:
            base = (left.get(link) or right[link])["baseline_t_per_year"]
            a, b = (s[link]["t_per_year"] if link in s else base for s in (left, right))
            low = -math.inf if asked["above"] is None else asked["above"]
            high = math.inf if asked["at_most"] is None else asked["at_most"]
            n += abs(b - a) >= 1.0 and low < b - a <= high
        return n, {}

    def _fact(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return a number of an answer about routes that no leg holds."""
        found = self.get("/routes", asked["ask"])
        route = next(r for r in found["routes"] if r["route_id"] == asked["route_id"])
        fact, at = asked["fact"], asked["at"]
        if fact == "opening_km":
            way = route["opens_with"][at]
            label = " with ".join(f"{part['name']} ({part['why']})" for part in way["parts"])
            return float(way["distance_km"]), {"way": label}
        if fact.startswith("difference_"):
            return abs(route["difference"][fact.removeprefix("difference_")]), {}
        if fact.startswith("schedule_"):
            timed = route["schedule"]
            row = timed if at is None else timed["legs"][at]
            waits = [w["hours"] for leg in ([row] if at is not None else row["legs"])
                     for w in leg["waits"]]  # fmt: skip
            ends = {name: str(row.get(name, "")) for name in ("from", "to")}
            return row["hours"] if fact == "schedule_h" else math.fsum(waits), ends
        counts = {
            "front_size": (found["front"] or {}).get("size"),
            "front_listed": sum(r["on_front"] for r in found["routes"]),
            "gauge_changes": route["gauge_changes"],
        }
        return counts[fact], {}

    def _zones(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return a number of all zones of a reach map."""
        zones = self.get("/reach", asked["ask"])["zones"]
        if asked["of"] == "lost":
            return sum(z["reason"] not in (None, "same_place") for z in zones), {}
        numbers = sorted(z[asked["column"]] for z in zones if z["reason"] is None)
        if asked["of"] == "median":
            return numbers[len(numbers) // 2], {}
        low, high = asked["at_least"] or -math.inf, asked["below"] or math.inf
        return sum(low <= number < high for number in numbers), {}

    def _trade(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return a number of an answer about a pair's trade, and the part that holds it."""
        pair = {"a": asked["a"], "b": asked["b"]}
        if asked["of"] == "levers":
            body = {"pair": [*pair.values()], "levers": asked["levers"]}
            found = self.get("/trade/levers", body)
        else:
            more = {k: asked[k] for k in ("year", "book") if asked[k] is not None}
            found = self.get(f"/trade/{asked['of']}?{httpx.QueryParams({**pair, **more})}")
        holds = found
        for part in asked["path"].split("."):
            holds, found = found, found[int(part)] if isinstance(found, list) else found[part]
        return float(found), holds

    def _flows(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return a number of what moves: the cell of the row that its key names."""
        if asked.get("minus"):
            then, row = self._flows({**asked, "minus": None})
            return then - self._flows({**asked, "ask": asked["minus"], "minus": None})[0], row
        found = self.get("/freight/flows", asked["ask"])
        if asked["table"] == "total":
            return float(found["total"][asked["column"]]), {"key": asked["key"]}
        names = _FLOW_KEYS[asked["table"]]
        keyed = {">".join(str(row[name]) for name in names): row for row in found[asked["table"]]}
        # Where nothing passes a place the answer has no row of it.
        row = keyed[asked["key"]] if asked["table"] != "places" else keyed.get(asked["key"], {})
        return float(row.get(asked["column"], 0.0)), {"key": asked["key"]}

    def _closure(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return a number of a closure, of the list or alone, or of a place while it lasts."""
        query = {k: asked[k] for k in ("weeks", "halve", "fixed_trade")}
        if asked["listed"]:
            query["kind"] = asked["kind"]
            rows = self.get(f"/freight/closures?{httpx.QueryParams(query)}")["rows"]
            row = next(r for r in rows if r["place_id"] == asked["place"])
        else:
            row = self.get(f"/freight/closures/{asked['place']}?{httpx.QueryParams(query)}")
        if asked["capacity"]:
            row = next(p for p in row["places"] if p["capacity_id"] == asked["capacity"])
        return float(row[asked["column"]]), row

    def _places(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return a number of a place, of a month of it, or of what was counted there."""
        found = self.get("/freight/places")
        if asked["table"] == "fit":
            return float(found[asked["column"]]), {"key": asked["key"]}
        names = _PLACE_KEYS[asked["table"]]
        keyed = {">".join(str(row[name]) for name in names): row for row in found[asked["table"]]}
        row = keyed[asked["key"]]
        return float(row[asked["column"]]), {**row, "key": asked["key"]}

    def _fleet(self, asked: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return a number of a fleet, of what more units do, or of the empties."""
        if asked["table"] in ("fleets", "after", "effect"):
            body = {"add": asked["add"]} if asked["add"] else None
            found = self.get("/freight/fleets", body)
        else:
            found = self.get("/freight/empties")
        if asked["table"] == "effect":
            added = {str(n): f"{one['units']:+g} {one['fleet_id']}"
                     for n, one in enumerate(asked["add"])}  # fmt: skip
            return float(found["effect"][asked["column"]]), added
        names = _FLEET_KEYS[asked["table"]]
        keyed = {":".join(str(row[name]) for name in names): row for row in found[asked["table"]]}
        row = keyed[asked["key"]]
        return float(row[asked["column"]]), {**row, "key": asked["key"]}

    def read(self, source: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return the number that a button names, and the row that it stands in."""
        if "scenario" in source:
            return self._scenario(source["scenario"])
        if "route" in source:
            return self._route(source["route"])
        if "front" in source:
            return self._front(source["front"])
        if "corridor" in source:
            return self._corridor(source["corridor"])
        if "trade" in source:
            return self._trade(source["trade"])
        if "crossing" in source:
            return self._crossing(source)
        if "commitments" in source:
            return self._count(source["commitments"])
        for name in (
            "rows", "layer", "links", "fact", "zones", "flows", "closure", "places", "fleet",
        ):  # fmt: skip
            if name in source:
                made: Callable[..., tuple[float, dict[str, Any]]] = getattr(self, f"_{name}")
                return made(source[name])
        if "summary" in source:
            found: Any = self._result(source["result_id"])[0]
            row = dict(found)
            for part in source["summary"].split("."):
                found = found[int(part)] if isinstance(found, list) else found[part]
                row |= found if isinstance(found, dict) else {}
            return float(len(found) if isinstance(found, list) else found), row
        of = self._row_of_result if source.get("result_id") else self._row_of_study
        row = of(source)
        return float(row[source["column"]]), row
